"""Machine translation of a report, shown beside the original and not stored."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString

from reports.errors import NoTranslation
from reports.triage.report_reader import OpenReport
from webapp.desk import labels
from webapp.desk.desk_errors import describe_error
from webapp.i18n import DESK, get_known_languages, get_language
from webapp.site import failure_log
from webapp.site.app_services import get_services
from webapp.site.db import get_session
from webapp.staff_auth import TRIAGE, require_role
from webapp.triage.report_page import read_opened, require_opened

_ = DESK.lazy_gettext
blueprint = Blueprint("translation", __name__, url_prefix="/desk/reports/<uuid:report_id>")


@blueprint.post("/translate")
@require_role(*TRIAGE)
def translate(report_id: UUID) -> ResponseReturnValue:
    """Translates what the reporter wrote. It is a POST because it is costly; it changes nothing."""
    report = require_opened(report_id, alongside=True)
    opened = read_opened(report)
    chosen = request.form.get("language", "")
    source = chosen if chosen in get_known_languages() else opened.language
    texts = _texts(opened)
    # The engine may take seconds: end the transaction meanwhile.
    get_session().rollback()
    made, mistake = _translated([text for _what, text in texts], source)
    page = render_template(
        "triage/translation.html",
        report_id=report_id,
        pairs=[(what, text, new) for (what, text), new in zip(texts, made, strict=True)],
        source=source,
        sources=sorted(get_known_languages()),
        mistake=mistake,
        labels=labels,
    )
    return make_response(page, 422 if mistake else 200)


def _translated(texts: list[str], source: str) -> tuple[list[str], str]:
    """Returns each text in the language of the page, or empty texts and an error."""
    try:
        engine = get_services().translator
        return [engine.translate(text, source, get_language().tag) for text in texts], ""
    except Exception as problem:  # a plug-in may fail in any way; the page stands
        if not isinstance(problem, NoTranslation):
            failure_log.log_failure(problem)
        return [""] * len(texts), describe_error(problem, "translation")


def _texts(opened: OpenReport) -> list[tuple[LazyString, str]]:
    """Returns what the reporter wrote, with headings, in the order of the page."""
    answers = opened.answers or {}
    told: list[tuple[LazyString, str]] = [
        (_("Story"), answers.get("story", "")),
        (_("Place"), answers.get("place", "")),
        (_("Who controls them"), answers.get("controller", "")),
        (_("When next"), answers.get("next", "")),
    ]
    told += [(_("Mailbox"), line.text) for line in opened.thread or () if line.author == "reporter"]
    return [(what, text) for what, text in told if text]
