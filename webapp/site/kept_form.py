"""How the form of this request is handed back when what it asked for fails.

A view that has read a form says at once how it looks with what was typed still in it. Whatever
fails afterwards, in the view or behind it, the answer is that page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

from flask import Response, make_response, request

from webapp.site import failure_log

KeptForm = Callable[[int], str | Response]
"""Renders the form for the status of a failure."""
_KEY: Final = "wayside.kept_form"


def remember(render: KeptForm) -> None:
    """Let this request end with what `render` makes, should it fail on our side.

    Kept with the request itself, not with Flask's context, which may be over when it is needed.
    """
    request.environ[_KEY] = render


def render_kept_form(status: int) -> Response | None:
    """Returns the page of the form with what was typed; None where the request was none.

    Should this fail too, that is logged, and the plain page of the failure must do.
    """
    render = cast("KeptForm | None", request.environ.get(_KEY))
    if render is None:
        return None
    try:
        response = make_response(render(status))
    except Exception as problem:
        failure_log.log_fault(problem)
        return None
    response.status_code = status
    return response
