"""Viewing and saving a file of the reporter. Custody records each before it happens.

Only re-encoded pictures are ever displayed; everything else is a download, which no browser
executes. A file is read to its end and verified before the first byte is sent, so that a damaged
one is never delivered in part.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reports.attachments import report_files
from reports.attachments.report_files import ReportFile
from reports.errors import Busy, FileRefused, NoSuchReport, SealBroken, StoreFailed
from reports.model import Report
from webapp.desk.desk_errors import describe_error
from webapp.desk.download import BINARY, fence
from webapp.desk.staff_act import acting_on
from webapp.i18n import DESK
from webapp.site.app_services import get_services
from webapp.site.file_store import get_store
from webapp.staff_auth import TRIAGE, require_role
from webapp.triage.attachments import SAVED, SHOWN, find, has_been_shown, list_files
from webapp.triage.report_page import find_report, render_report, require_opened

_ = DESK.lazy_gettext
_UNREADABLE = (SealBroken, StoreFailed, FileRefused)

blueprint = Blueprint("files", __name__, url_prefix="/desk/reports/<uuid:report_id>/files")


@blueprint.post("/<uuid:file_id>/show")
@require_role(*TRIAGE)
def open_picture(report_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Records that a picture is viewed, then redirects to it."""
    report = require_opened(report_id, alongside=True)
    _found(report, file_id)
    _record(report_id, SHOWN, file_id)
    return redirect(url_for("files.show_file", report_id=report_id, file_id=file_id), 303)


@blueprint.get("/<uuid:file_id>")
@require_role(*TRIAGE)
def show_file(report_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Shows a picture on a page; redirects to the report if its viewing is not yet recorded."""
    report = require_opened(report_id)
    if not has_been_shown(report, file_id):
        return redirect(url_for("triage.show_report", report_id=report_id), 303)
    file = next((each for each in list_files(report) if each.id == file_id), None)
    if file is None:
        abort(404)
    return render_template("triage/file.html", report=report, file=file)


@blueprint.get("/<uuid:file_id>/picture")
@require_role(*TRIAGE)
def show_picture(report_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Returns the picture, re-encoded as a JPEG of screen size."""
    report = find_report(report_id)
    if not has_been_shown(report, file_id):
        abort(404)
    try:
        chunks = report_files.read_content(get_store(), find(report, file_id))
        with get_services().scrubber.run("picture", chunks) as outcome:
            data = b"".join(outcome.chunks)
    except Busy:
        abort(503)
    except _UNREADABLE:
        abort(404)
    return Response(data, mimetype="image/jpeg", headers=fence("inline"))


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
        act.record_look(report, what, {"file": str(file_id), **(more or {})})
