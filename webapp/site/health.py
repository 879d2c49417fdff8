"""What a monitor asks: `GET /up` whether the process is alive, `GET /ready` whether it can serve.

Neither says more than a status: whoever asks may be a stranger.

Small on purpose: what it takes to know stands in `readiness`, without a request.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from webapp.site.app_services import get_services

_RETRY_SECONDS: Final = "30"

blueprint = Blueprint("up", __name__)


@blueprint.get("/up")
def check_alive() -> Response:
    """204, without a question to database, store or keys."""
    return Response(status=204, mimetype="text/plain")


@blueprint.get("/ready")
def check_ready() -> Response:
    """204 when database, schema, keys and store are as they must be, else 503.

    The answer comes within `readiness.DEADLINE`, whatever the parts do.
    """
    if get_services().readiness.ask():
        return Response(status=204, mimetype="text/plain")
    return Response(status=503, mimetype="text/plain", headers={"Retry-After": _RETRY_SECONDS})
