"""The page of one report: a cover before it was opened in this session, everything afterwards."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from uuid import UUID

from flask import (
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import LazyString
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from reports import custody
from reports.errors import (
    ClaimedByAnother,
    WaysideError,
)
from reports.model import Report, Staff
from reports.settings import Settings
from reports.triage import report_reader, status
from reports.triage.queue import claim, queue
from reports.triage.referral import deliveries, recipient_answers
from reports.triage.report_reader import OpenReport
from webapp.desk import labels
from webapp.desk.desk_errors import describe_error
from webapp.desk.staff_act import acting
from webapp.i18n import DESK
from webapp.site import clock
from webapp.site.app_services import get_services
from webapp.site.country_edition import get_countries
from webapp.site.db import get_session, get_vault
from webapp.staff_auth import get_keyring, get_sitting
from webapp.triage import attachments, delivery_view, delivery_wording, report_context, route
from webapp.triage.priority import explain_urgency
from webapp.wording import statistic_labels

_ = DESK.lazy_gettext


def get_settings() -> Settings:
    """Returns the settings of the domain."""
    return get_services().config.domain


def find_report(report_id: UUID) -> Report:
    """Returns the report if it is at one of the signed-in person's desks. Raises `NoSuchReport`."""
    return queue.find(get_session(), get_keyring(), report_id)


def read_opened(report: Report) -> OpenReport:
    """Returns the whole report, decrypted."""
    return report_reader.read(get_session(), get_vault(), report, get_keyring())


def has_opened(report: Report) -> bool:
    """Returns whether the signed-in person has opened this report in this session."""
    return report_reader.has_opened(get_session(), report, get_keyring().staff.id, get_sitting())


def require_opened(report_id: UUID, *, alongside: bool = False) -> Report:
    """Returns the report if it was opened in this session; otherwise redirects to its cover.

    A POST also takes or renews the claim, and aborts with 409 and what was typed while a colleague
    holds it. `alongside` skips this, for what a second person does deliberately meanwhile, such as
    four eyes.
    """
    report = find_report(report_id)
    if not has_opened(report):
        abort(make_response(redirect(url_for("triage.show_report", report_id=report_id), 303)))
    if request.method == "POST" and not alongside:
        try:
            with acting() as act:
                claim.take_on(act, report)
        except ClaimedByAnother as problem:
            abort(_claimed(report_id, problem))
    return report


def _claimed(report_id: UUID, problem: ClaimedByAnother) -> Response:
    """Returns the report's current page, with what was typed and who has claimed the report."""
    field = _TYPED.get(request.endpoint or "", "")
    text = next(filter(None, map(request.form.get, ("text", "reason", "note"))), "")
    typed = {field: text} | _touched(_MANY.get(request.endpoint or "", ""))
    page = render_report(report_id, typed=typed, mistakes={"claim": describe_error(problem)})
    page.status_code = 409
    return page


def _touched(prefix: str) -> dict[str, str]:
    """Returns the changed values of a form with many fields, under the names used on the page."""
    form = request.form if prefix else {}
    return {f"{prefix}{name}": form[name] for name in form if form[name] != form.get(f"was-{name}")}


def render_report(
    report_id: UUID,
    *,
    done: LazyString | None = None,
    typed: Mapping[str, str] | None = None,
    mistakes: Mapping[str, LazyString | str] | None = None,
) -> Response:
    """Returns the report's page; with `mistakes`, the fields show what was `typed`."""
    session, report = get_session(), find_report(report_id)
    if not has_opened(report):
        return make_response(render_template("triage/cover.html", report=report, labels=labels))
    opened = read_opened(report)
    sendings = deliveries.list_for_report(session, report)
    answers = recipient_answers.read(session, get_vault(), get_keyring(), report)
    names = {row.id: row.name for row in session.execute(select(Staff.id, Staff.name))}
    page = render_template(
        "triage/report.html",
        report=report,
        opened=opened,
        offer=route.build_offer(session, get_vault(), get_countries(), opened, clock.now()),
        sendings=sendings,
        deliveries=delivery_view.build(report, sendings, answers, names),
        history=custody.list_lines(session, report),
        names=names,
        next_statuses=status.ALLOWED[report.status],
        contacts=get_countries().contacts,
        settings=get_settings(),
        holder=claim.find_holder(session, report.id, clock.now()),
        colleagues=claim.list_colleagues(session, report.desk_id),
        priority=explain_urgency(opened.judged),
        now=clock.now(),
        once=secrets.token_urlsafe(16),
        files=attachments.list_files(report),
        wording=delivery_wording,
        counted=statistic_labels,
        labels=labels,
        done=done,
        typed=typed or {},
        mistakes=mistakes or {},
        **report_context.build(
            session, get_vault(), get_keyring(), opened, translates=bool(get_settings().translate)
        ),
        **report_context.build_referrals(opened),
    )
    return make_response(page, 422 if mistakes else 200)


def redirect_to_report(report_id: UUID, done: str, anchor: str | None = None) -> BaseResponse:
    """Redirects to the report's page, with a confirmation of what was done."""
    return redirect(
        url_for("triage.show_report", report_id=report_id, done=done, _anchor=anchor), 303
    )


def render_with_error(report_id: UUID, field: str, typed: str, problem: WaysideError) -> Response:
    """Returns the report's page with what was typed and an error next to it."""
    return render_report(report_id, typed={field: typed}, mistakes={field: describe_error(problem)})


_TYPED: Mapping[str, str] = {
    "triage.send_reply": "reply",
    "triage.add_note": "note",
    "closure.close": "close",
    "findings.correct": "correct",
    "deliveries.record_answer": "told",
    "assignment.hand_over": "note",
    "referral.choose": "note",
    "referral.confirm": "note",
    "deliveries.record_call": "note",
}
"""The field on the report's page that shows the typed text of a form again; the note for forms
without a field there."""

_MANY: Mapping[str, str] = {"findings.correct": "c-", "related_reports.add_identifier": "t-"}
"""The prefix that the report's page gives to the fields of a form with many fields."""
