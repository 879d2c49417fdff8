"""The first address of a process that serves the desk alone: it leads to the desk.

Small on purpose: the public face has another first page, and a process with both has that one.
"""

from __future__ import annotations

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from webapp.staff_auth import DESK_HOME, allow_everybody

blueprint = Blueprint("door", __name__)


@blueprint.get("/")
@allow_everybody
def redirect_to_desk() -> Response:
    """Whoever types the port alone arrives at the queue, or at the sign-in."""
    return redirect(DESK_HOME, 303)
