"""File uploads: the form with files, and resumable uploads in parts.

They have addresses of their own because their requests are much larger. Without script, files come
with the form; with script, they are uploaded before the next page is requested. Either way the form
continues as usual.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask import Blueprint, Response, abort, request

from reports.attachments.uploads import UploadOwner
from reports.intake.form_flow import FILES
from webapp.i18n import get_language
from webapp.report import files, forms, views
from webapp.report.wizard import read_or_issue_token
from webapp.site.clock import now
from webapp.site.db import get_vault
from webapp.site.page_codes import REPORT_FILES
from webapp.uploads import form_files, multipart, tus
from webapp.uploads.multipart import FormWithFiles

ADD: Final = "add"
STAY: Final = "stay"

blueprint = Blueprint("upload", __name__)


@blueprint.get("/<language>/57", provide_automatic_options=False)
def start() -> str | Response:
    """Begins a report, for a visitor who returns to this address: it carries no state of a form."""
    return views.start()


@blueprint.post("/<language>/57", provide_automatic_options=False)
def receive() -> str | Response:
    """Stores the files that came with the form and returns the next page, or begins a resumable
    upload."""
    if "Upload-Length" in request.headers:
        return tus.create(_holder(), get_language().tag, REPORT_FILES)
    with multipart.read() as came:
        return _answer(came)


def _answer(came: FormWithFiles) -> str | Response:
    sent = replace(forms.parse_form(came.fields), step=FILES, raw={})
    views.remember_form(sent)
    held = read_or_issue_token(get_vault(), sent, now())
    if held.lost:
        return views.continue_form(sent)
    holder = UploadOwner.from_secret(held.token.secret)
    wrong = form_files.keep_files(holder, came)
    acted = form_files.remove_file(holder, sent.button) or form_files.leave_name_out(
        holder, sent.button
    )
    if wrong or sent.button == ADD or acted:
        sent = replace(sent, button=STAY)
    return views.continue_form(sent, wrong)


@blueprint.route("/<language>/57", methods=["OPTIONS"])
def show_options() -> Response:
    """Describes the supported resumable uploads."""
    return tus.show_options()


@blueprint.route(f"/<language>/57<any({', '.join(tus.PLACES)}):place>", methods=tus.METHODS)
def serve_part(place: str) -> Response:
    """Serves requests about one file that is uploaded in parts."""
    return tus.serve(_holder(), place)


def _holder() -> UploadOwner:
    """Returns the owner of the files; aborts with 403 without a valid form token."""
    found = files.find_owner(request.headers.get(tus.TOKEN_HEADER, ""))
    if found is None:
        abort(403)
    return found
