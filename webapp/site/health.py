"""`GET /up`: 204 when our database answers, for whatever watches this process.

Small on purpose: a watcher asks it every few seconds, and it must depend on little.
"""

from flask import Blueprint, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from reports.errors import SchemaUnfit
from webapp.site.db import get_session

blueprint = Blueprint("up", __name__)


@blueprint.get("/up")
def check_health() -> Response:
    """Nothing but a status: 204, or 503 when the database does not answer or is none of ours."""
    try:
        get_session().execute(text("SELECT 1"))
    except (SchemaUnfit, SQLAlchemyError):
        return Response(status=503, mimetype="text/plain", headers={"Retry-After": "30"})
    return Response(status=204, mimetype="text/plain")
