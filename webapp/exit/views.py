"""The two requests of the quick exit: a link that works without script, and the script's beacon.

Both clear the site's storage and set the guard, a cookie of two minutes that makes
`webapp.site.padded_response` answer every page with a redirect to the exit target. `"storage"`
only: `"cookies"` would delete the guard, and `"cache"` would delay the exit.
"""

from typing import Final

from flask import Blueprint
from werkzeug.wrappers import Response

from webapp.site.padded_response import GUARD, redirect_to_exit
from webapp.site.page_codes import EXIT

GUARD_SECONDS: Final = 120

blueprint = Blueprint("exit", __name__)


@blueprint.get(EXIT)
def follow() -> Response:
    """Redirects to the exit target, for the link."""
    return _wiped(redirect_to_exit())


@blueprint.post(EXIT)
def notify() -> Response:
    """Only clears and sets the guard: the script has already left the page."""
    return _wiped(Response(status=204))


def _wiped(response: Response) -> Response:
    response.headers["Clear-Site-Data"] = '"storage"'
    response.set_cookie(
        GUARD,
        "1",
        max_age=GUARD_SECONDS,
        path="/",
        secure=True,
        httponly=True,
        samesite="Lax",
    )
    return response
