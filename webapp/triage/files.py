"""Looking at the pages of a reporter's file, and saving it. Custody records each before it happens.

What is displayed are pages as the renderer draws them; the file itself is a download, which no
browser executes. A file is read to its end and verified before the first byte is sent, so that a
damaged one is never delivered in part.
"""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from reports.attachments import report_files
from reports.attachments.report_files import ReportFile
from reports.errors import FileRefused, NoSuchReport, SealBroken, StoreFailed
from reports.model import Report
from webapp.desk.desk_errors import describe_error
from webapp.desk.download import BINARY, fence
from webapp.desk.page_view import choose_number, draw_page, render_page
from webapp.desk.staff_act import acting_on
from webapp.i18n import DESK
from webapp.site.file_store import get_store
from webapp.staff_auth import TRIAGE, require_role
from webapp.triage.attachments import SAVED, SHOWN, find, has_been_shown
from webapp.triage.report_page import render_report, require_opened

_ = DESK.lazy_gettext

blueprint = Blueprint("files", __name__, url_prefix="/desk/reports/<uuid:report_id>/files")


@blueprint.post("/<uuid:file_id>/show")
@require_role(*TRIAGE)
def open_pages(report_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Records that the pages of a file are looked at, then redirects to the first."""
    report = require_opened(report_id, alongside=True)
    _found(report, file_id)
    _record(report_id, SHOWN, file_id)
    return redirect(url_for("files.show_file", report_id=report_id, file_id=file_id), 303)


@blueprint.get("/<uuid:file_id>")
@require_role(*TRIAGE)
def show_file(report_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Shows one page of a file; redirects to the report if looking at it is not yet recorded."""
    report = require_opened(report_id)
    if not has_been_shown(report, file_id):
        return redirect(url_for("triage.show_report", report_id=report_id), 303)
    try:
        file = _found(report, file_id)
    except SealBroken as problem:
        return render_report(report_id, mistakes={"files": describe_error(problem, "file")})
    view = draw_page(
        file.name,
        file.details.kind if file.details else "",
        partial(report_files.read_content, get_store(), file),
        choose_number(request.args),
    )
    return render_page("triage/file.html", view, report_id=report_id, file_id=file_id)


@blueprint.post("/<uuid:file_id>/save")
@require_role(*TRIAGE)
def save(report_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Returns a file as a download, after recording it."""
    report = require_opened(report_id, alongside=True)
    original = request.form.get("original") == "1"
    try:
        file = _found(report, file_id)
        size = sum(
            len(piece) for piece in report_files.read_content(get_store(), file, original=original)
        )
    except (SealBroken, StoreFailed) as problem:
        return render_report(report_id, mistakes={"files": describe_error(problem, "file")})
    _record(report_id, SAVED, file_id, {"what": "original"} if original else {})
    response = Response(
        report_files.read_content(get_store(), file, original=original),
        mimetype=BINARY,
        headers=fence("attachment", file.name),
    )
    response.content_length = size
    return response


def _found(report: Report, file_id: UUID) -> ReportFile:
    try:
        return find(report, file_id)
    except FileRefused as problem:
        raise NoSuchReport("no such file") from problem


def _record(report_id: UUID, what: str, file_id: UUID, more: dict[str, str] | None = None) -> None:
    with acting_on(report_id) as (act, report):
        record = act.record_sight if what == SHOWN else act.record_look
        record(report, what, {"file": str(file_id), **(more or {})})
