"""The mailbox at a single address: GET asks for the code, and everything else is a POST to it.

The visit's token is in the form, never in a URL or a cookie. When something fails, the form comes
back with what was typed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Blueprint, Response, make_response, render_template
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from reports import codes, guess_limit, mailbox, outer_layer, quick_replies, withdraw
from reports.attachments import report_files
from reports.errors import (
    Busy,
    CodeMalformed,
    CodeRefused,
    MailboxClosed,
    NoRoom,
    NotFounded,
    QuestionRefused,
    RosterBroken,
    SealBroken,
    TextEmpty,
    TextTooLong,
    TooManyGuesses,
)
from reports.mailbox import Visit
from reports.model import Report
from reports.quick_replies import TappedAnswer
from webapp.mailbox import forms
from webapp.mailbox.forms import STATUS, UNSENT, MailboxForm
from webapp.mailbox.help_contacts import find_country_entry, list_contacts
from webapp.site import disk_guard, failure_log, kept_form, rate_limit
from webapp.site.clock import now
from webapp.site.db import get_vault, transaction
from webapp.site.form_body import read_form
from webapp.site.padded_response import allow_echo
from webapp.site.served_countries import list_countries
from webapp.wording.public_errors import UNREADABLE, describe_error

OUR_TROUBLE: Final = (Busy, NoRoom, NotFounded, RosterBroken, SQLAlchemyError, OSError)
"""Failures of the server; the reporter did nothing wrong."""
TONGUES: Final = "tongues"
"""The button that leads to the page with all languages."""

blueprint = Blueprint("mailbox", __name__)


@blueprint.get("/<language>/6")
def ask_code() -> str:
    """Asks for the receipt code."""
    return _code_page(MailboxForm("", "", "", ""))


@blueprint.post("/<language>/6")
def open_or_continue() -> str | Response:
    """Opens the mailbox with a code, or continues an open visit."""
    sent = forms.parse_form(read_form())
    remember_form(sent)
    try:
        return continue_visit(sent) if sent.visit else _enter(sent)
    except OUR_TROUBLE as problem:
        failure_log.log_failure(problem)
        return _unkept(sent)


def remember_form(sent: MailboxForm) -> None:
    """Let whatever fails on our side hand back the code or the message."""
    kept_form.remember(lambda _status: _unkept(sent))


def _unkept(sent: MailboxForm) -> Response:
    """503 with the same form, what was typed still in it, and a button to try again."""
    allow_echo(sent.message)
    if sent.visit:
        told = {"unkept": True, "places": list_countries()}
        return _status(503, 30, render_template("mailbox/unkept.html", sent=sent, **told))
    return _status(503, 30, _code_page(sent, unkept=True))


def _enter(sent: MailboxForm) -> str | Response:
    """Opens the mailbox. The attempt is counted before the slow key derivation, which runs outside
    any transaction."""
    try:
        code, vault = codes.parse(sent.code), get_vault()
        with guess_limit.attempt(transaction, vault, "code", code.locator, now()) as succeed:
            rate_limit.check_keys()
            key = vault.derive_receipt_key(code.locator, code.secret)
            with succeed() as session:
                token = mailbox.enter(session, vault, code, key, now())
    except TooManyGuesses as problem:
        return _status(429, 60, _code_page(sent, describe_error(problem)))
    except (CodeMalformed, CodeRefused) as problem:
        return _code_page(sent, describe_error(problem))
    return continue_visit(MailboxForm(token, "", sent.message, "look"))


def continue_visit(sent: MailboxForm, told: str = "") -> str | Response:
    """Does what the button asks, and shows the thread; `told` is what already happened."""
    try:
        if sent.button == "leave":
            with transaction() as session:
                mailbox.leave(session, sent.visit)
            return _code_page(MailboxForm("", "", "", ""), left=True)
        if sent.button == "erased":
            return _erase(sent)
        with transaction() as session:
            opened = mailbox.resume(session, sent.visit, now())
            if sent.button == TONGUES:
                return render_languages(sent)
            if sent.button == "erase" or (sent.erasing and sent.button == "stay"):
                left = withdraw.has_left(session, opened.report)
                return render_template("mailbox/erase.html", visit=sent.visit, has_left=left)
            mistake = _write(session, sent) if sent.button == "send" else ""
            told = _tap(session, sent) or told
            return _thread_page(session, sent, opened, mistake, told)
    except MailboxClosed:
        return _code_page(
            MailboxForm("", "", sent.message, ""), closed=True, erased=sent.button == "erased"
        )


def _erase(sent: MailboxForm) -> str:
    """Erases the report, after the page that explains what this means."""
    with transaction() as session:
        report = mailbox.resume(session, sent.visit, now()).report
        left = withdraw.has_left(session, report)
        withdraw.withdraw(session, get_vault(), sent.visit, now())
    try:
        outer_layer.overwrite_spent(transaction, get_vault())
    except (OSError, Busy) as problem:
        # It is written down; the worker does it in its next turn.
        failure_log.log_failure(problem)
    return render_template("mailbox/erased.html", has_left=left)


def _write(session: Session, sent: MailboxForm) -> str:
    """Adds the message to the thread; returns an error in words, or ""."""
    disk_guard.require_reserved_space()
    if "\ufffd" in sent.message:
        return str(UNREADABLE)
    try:
        mailbox.write(session, get_vault(), sent.visit, sent.message, now())
    except (TextEmpty, TextTooLong) as problem:
        return describe_error(problem)
    return ""


def _tap(session: Session, sent: MailboxForm) -> str:
    """Stores the answer that was pressed, if any; returns "kept", "danger", "lost" or ""."""
    if not sent.tap:
        return ""
    disk_guard.require_reserved_space()
    try:
        tapped = TappedAnswer(*sent.tapped)
        question = quick_replies.answer(session, get_vault(), sent.visit, tapped, now())
    except (QuestionRefused, SealBroken):
        return "lost"
    return "danger" if (question.code, tapped.value) == ("danger", "yes") else "kept"


def _thread_page(
    session: Session, sent: MailboxForm, opened: Visit, mistake: str, told: str
) -> str:
    written = sent.button == "send" and not mistake
    allow_echo("" if written else sent.message)
    session.flush()
    try:
        lines, damaged = (
            mailbox.read_thread(session, get_vault(), opened.report, opened.private),
            False,
        )
    except SealBroken:
        lines, damaged = [], True
    failure_log.log_unsigned(mailbox.count_unsigned(lines))
    return render_template(
        "mailbox/thread.html",
        visit=sent.visit,
        message="" if written else sent.message,
        written=written,
        told=told,
        mistakes=[(forms.MESSAGE_FIELD, mistake)] if mistake else [],
        status=STATUS[_standing(session, opened.report)],
        thread=forms.choose_part(forms.format_thread(lines), sent.page),
        damaged=damaged,
        files=report_files.count_files(session, opened.report),
        idle_minutes=mailbox.IDLE // timedelta(minutes=1),
        help_at=find_country_entry(opened.report.country),
        helpers=list_contacts(opened.report),
    )


def render_languages(sent: MailboxForm, *, files: bool = False) -> str:
    """Returns the page with all languages, which leads back to the mailbox or to its `files`."""
    allow_echo(sent.message)
    return render_template("mailbox/languages.html", sent=sent, files=files)


def _standing(session: Session, report: Report) -> str:
    """Returns the key of `STATUS` for the report: a closed one that was not sent has its own."""
    if report.status == "closed" and not withdraw.has_left(session, report):
        return UNSENT
    return report.status


def _code_page(
    sent: MailboxForm,
    mistake: str = "",
    *,
    left: bool = False,
    closed: bool = False,
    erased: bool = False,
    unkept: bool = False,
) -> str:
    mistakes = [(forms.CODE_FIELD, mistake)] if mistake else []
    allow_echo(sent.message)
    return render_template(
        "mailbox/code.html",
        sent=sent,
        mistakes=mistakes,
        left=left,
        closed=closed,
        erased=erased,
        unkept=unkept,
        places=list_countries() if unkept else (),
        code_length=codes.LENGTH,
    )


def _status(status: int, retry_seconds: int, html: str) -> Response:
    response = make_response(html, status)
    response.headers["Retry-After"] = str(retry_seconds)
    return response
