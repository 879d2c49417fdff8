"""Sends further files through an open mailbox, with or without a message: whole, or in parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flask import Blueprint, Response, abort, make_response, render_template, request
from sqlalchemy.exc import SQLAlchemyError

from reports import mailbox
from reports.attachments import mailbox_uploads
from reports.attachments.uploads import UploadOwner
from reports.errors import (
    FileRefused,
    MailboxClosed,
    NoRoom,
    NotFounded,
    RosterBroken,
    TextEmpty,
    TextTooLong,
)
from webapp.i18n import get_language
from webapp.mailbox import views
from webapp.mailbox.forms import MESSAGE_FIELD, MOST_CARRIED, MailboxForm, shorten_message
from webapp.site import disk_guard, failure_log
from webapp.site.clock import now
from webapp.site.db import get_vault, transaction
from webapp.site.padded_response import allow_echo
from webapp.site.page_codes import MAILBOX_FILES
from webapp.site.security_headers import allow_recording
from webapp.uploads import form_files, multipart, tus
from webapp.uploads.multipart import FormWithFiles
from webapp.wording.public_errors import UNREADABLE, describe_error

_TROUBLE: Final = (NoRoom, NotFounded, RosterBroken, SQLAlchemyError, OSError)
SEND: Final = "send"

blueprint = Blueprint("later_files", __name__)


@blueprint.get("/<language>/67", provide_automatic_options=False)
def ask_code() -> str:
    """Asks for the code, when somebody returns to this address."""
    return views.ask_code()


@blueprint.post("/<language>/67", provide_automatic_options=False)
def receive() -> str | Response:
    """Stores the files that the form carried; with "send", attaches them to the report."""
    if "Upload-Length" in request.headers:
        return tus.create(_holder(), get_language().tag, MAILBOX_FILES)
    with multipart.read() as came:
        fields = came.fields
        visit = fields.get("t", "")[:MOST_CARRIED]
        message = shorten_message(fields.get(MESSAGE_FIELD, ""))
        button = SEND if fields.get("b") == SEND else "look"
        views.remember_form(MailboxForm(visit, "", message, button))
        try:
            return _answer(came, visit, message)
        except MailboxClosed:
            return views.continue_visit(MailboxForm(visit, "", message, "look"))


@blueprint.route("/<language>/67", methods=["OPTIONS"])
def show_options() -> Response:
    """Describes the supported resumable uploads."""
    return tus.show_options()


@blueprint.route(f"/<language>/67<any({', '.join(tus.PLACES)}):place>", methods=tus.METHODS)
def serve_part(place: str) -> Response:
    """Serves requests about one file that is uploaded in parts."""
    return tus.serve(_holder(), place)


def _answer(came: FormWithFiles, visit: str, message: str) -> str | Response:
    with transaction() as session:
        holder = mailbox_uploads.find_owner(session, visit, now())
        lost = form_files.take_loss(session, holder)
    wrong: Mapping[str, str] = {}
    files = [*filter(None, [lost]), *form_files.keep_files(holder, came)]
    button = came.fields.get("b", "")
    form_files.remove_file(holder, button)
    form_files.leave_name_out(holder, button)
    if button == views.TONGUES and not files:
        return views.render_languages(MailboxForm(visit, "", message, ""), files=True)
    if button == SEND and not files:
        wrong = _send(visit, message)
        if not wrong:
            return views.continue_visit(MailboxForm(visit, "", "", "look"), told="files")
    return _page(holder, visit, message, files, wrong)


def _send(visit: str, message: str) -> Mapping[str, str]:
    """Stores message and files in one transaction; returns errors by field."""
    if "\ufffd" in message:
        return {MESSAGE_FIELD: str(UNREADABLE)}
    try:
        disk_guard.require_reserved_space()
        with transaction() as session:
            count = mailbox_uploads.send(session, get_vault(), visit, now())
            if message.strip() or not count:
                mailbox.write(session, get_vault(), visit, message, now())
    except (TextEmpty, TextTooLong) as problem:
        return {MESSAGE_FIELD: describe_error(problem)}
    except FileRefused as problem:
        return {form_files.FILES_FIELD: describe_error(problem, "mailbox")}
    except _TROUBLE as problem:
        failure_log.log_failure(problem)
        return {MESSAGE_FIELD: describe_error(problem)}
    return {}


def _page(
    holder: UploadOwner, visit: str, message: str, files: Sequence[str], wrong: Mapping[str, str]
) -> Response:
    allow_echo(message)
    mistakes = [*wrong.items(), *((form_files.FILES_FIELD, sentence) for sentence in files)]
    html = render_template(
        "mailbox/files.html",
        visit=visit,
        message=message,
        message_mistake=wrong.get(MESSAGE_FIELD, ""),
        files=form_files.list_files(holder),
        mistakes=mistakes,
        limits=form_files.format_limits(),
    )
    return allow_recording(make_response(html))


def _holder() -> UploadOwner:
    """Returns the owner of the files; aborts with 403 without an open visit."""
    try:
        with transaction() as session:
            return mailbox_uploads.find_owner(
                session, request.headers.get(tus.TOKEN_HEADER, ""), now()
            )
    except MailboxClosed:
        abort(403)
