"""Words for codes at the desk. They are lazy, so each request gets the staff member's language."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from babel.dates import format_date, format_datetime
from flask import Flask
from flask_babel import LazyString

from reports.model import CustodyLine
from reports.territory import get_territory
from webapp.desk import gate_wording
from webapp.desk.channel_wording import describe_reason, label_channel
from webapp.i18n import COUNTRIES, DESK, get_language
from webapp.wording import report_answers
from webapp.wording.place_labels import make_country_labels

_ = DESK.lazy_gettext
DeskLabels = Mapping[str, LazyString]

URGENCY: Final[Mapping[int, LazyString]] = {
    3: _("Now"),
    2: _("High"),
    1: _("Normal"),
    0: _("Can wait"),
}
STATUS: Final[DeskLabels] = {
    "received": _("New"),
    "in_triage": _("Being read"),
    "ready": _("Ready to send"),
    "referred": _("Passed on"),
    "closed": _("Closed"),
}
TURN: Final[DeskLabels] = {
    "danger": _("Danger now"),
    "agree": _("Waits for you to agree"),
    "reporter_wrote": _("The reporter wrote"),
    "sent_back": _("Sent back"),
    "office_asks": _("An office wrote"),
    "failed": _("Sending failed"),
    "carry": _("Call or carry it"),
    "no_answer": _("No answer"),
    "orphaned": _("Nobody has it any more"),
    "new": _("Not decided yet"),
    "later": _("Look again"),
}
"""Why somebody must do something about a report, as its row and the counts say it."""
DOUBT: Final[DeskLabels] = {
    "no": _("Without unverified ones"),
    "only": _("Unverified only"),
}
COUNTRY: Final[DeskLabels] = make_country_labels(
    {**report_answers.DESK_ELSEWHERE, "elsewhere": _("Elsewhere")}
)
FORM: Final[DeskLabels] = report_answers.DESK_FORM
ROLE: Final[DeskLabels] = {
    "triager": _("Triager"),
    "supervisor": _("Supervisor"),
    "administrator": _("Administrator"),
    "liaison": _("Liaison"),
}
KEY: Final[DeskLabels] = {
    "the file is too large for a key": _("This file is too large for a key."),
    "the file is too large for a certificate": _("This file is too large for a certificate."),
    "the file holds no OpenPGP key": _("There is no OpenPGP key in this."),
    "the file holds no S/MIME certificate": _("There is no S/MIME certificate in this."),
    "the file holds a secret key; it must never leave its owner": _(
        "This is a secret key. It must never leave its owner: tell them to make a new one."
    ),
    "the file holds more than one key": _("There is more than one key in this."),
    "the file holds more than one certificate": _("There is more than one certificate in this."),
    "the key was revoked": _("The key was revoked by its owner."),
    "the key has expired": _("The key has expired. Ask for a newer one."),
    "the certificate has expired": _("The certificate has expired. Ask for a newer one."),
    "the certificate is not valid yet": _("The certificate is not valid yet."),
    "the key has no valid part for encryption": _("Nothing can be encrypted to this key."),
    "the part of the key for encryption has expired": _(
        "The part of this key for encryption has expired. Ask for a newer one."
    ),
    "the part of the key for encryption was revoked": _(
        "The part of this key for encryption was revoked by its owner. Ask for a newer one."
    ),
    "keys on Brainpool curves are not supported": _(
        "This key is on a Brainpool curve. We cannot use such keys yet. Ask for another kind."
    ),
    "the file holds certificates of issuers alone": _(
        "There are only certificates of those who issue them. Ask for the office's own."
    ),
    "the certificate has neither an RSA nor an EC key": _(
        "The certificate has neither an RSA nor an EC key. Others are not possible."
    ),
    "the certificate is not meant for encryption": _("The certificate is for signatures alone."),
    "the certificate is not meant for mail": _("The certificate is not meant for mail."),
    "the key or its signatures are too weak": _(
        "The key or its signatures are too weak. Ask for a new key, at least RSA with 2048 bits."
    ),
}
STAFF_STATE: Final[DeskLabels] = {
    "invited": _("Invited"),
    "waiting": _("Waits for confirmation"),
    "active": _("Active"),
    "disabled": _("Disabled"),
}
FLAG: Final[DeskLabels] = {
    "emergency_calls": _("Someone may be in danger now. Call the emergency numbers first."),
    "age_unknown": _("The age is not known. The route takes the person for an adult."),
    "age_doubtful": _("The age is in doubt. The route takes the person for a minor."),
    "withheld": _(
        "Nobody said yes to the police. The route leaves out authorities. "
        "You can ask in the mailbox."
    ),
    "minor_police_duty": _("In this country whoever learns of a minor must tell the police."),
    "only_police_at_night": _("At this hour only the police answer in this country."),
    "ask_country": _("The country is not known. Ask for it in the mailbox."),
}
"""What a route points out besides its list; a country file can override the words."""
PASSWORD: Final[DeskLabels] = {
    "short": _("Use at least 15 characters. Six random words are good."),
    "long": _("This password is too long. Use at most 256 bytes."),
    "common": _("This password is easy to guess. Six random words are better."),
}
AFTER: Final[DeskLabels] = {
    "ended": _("Your time here was over. Please sign in again."),
    "out": _("You have signed out."),
    "password": _("Your password is changed. Please sign in again."),
    "recovered": _("Your new password is set. Please sign in."),
}
DONE: Final[DeskLabels] = {
    "replied": _("Your answer is in the mailbox."),
    "asked": _("Your question is in the mailbox."),
    "corrected": _("Your corrections are kept. The route follows them."),
    "lowering": _(
        "Your corrections are kept. What protects the person less waits for a second person."
    ),
    "agreed": _("Noted: you agree. The route follows."),
    "undone": _("This has ended. What protects the person more holds."),
    "assessed": _("Your assessment is kept."),
    "linked": _("Both reports say now that they are about the same people."),
    "not_linked": _("The two reports are noted as not related."),
    "noted": _("Your note is kept."),
    "taken": _("You work on this report now."),
    "released": _("You have put the report back. Anybody of the desk can take it."),
    "assigned": _("Your colleague works on this report now."),
    "handed_over": _("The report is at the other desk now."),
    "saved": _("The view is saved."),
    "unsaved": _("The view is removed."),
    "nothing": _("Nothing waits for you."),
    "skipped": _("You are not offered that report until something happens, or until tomorrow."),
    "put_off": _("The report is put off. It comes back on its day, or when something happens."),
    "verified": _("This report stands among the others now."),
    "referred": _("Sending has begun. You see below what became of it."),
    "second": _("Your proposal waits for a second person of the desk. Nothing was sent yet."),
    "declined": _("The proposal has ended. Nothing was sent."),
    "bounced": _("Noted: the mail came back. Nobody has it."),
    "carried": _("Noted: it is done."),
    "told": _("Noted: what they told you."),
    "answered": _("The desk knows now."),
    "hold": _("Noted. The record says who asked and who agreed."),
    "closed": _("The report is closed."),
    "published": _("Everybody can read these counts now."),
    "language": _("The language is changed."),
    "proposed": _("Your change waits for a second administrator."),
    "contact_confirmed": _("The change is confirmed. Reports go this way from now on."),
    "contact_refused": _("The change was dropped. All is as before."),
    "contact_checked": _("Noted: compared again today."),
    "notices": _("Your choice is kept."),
    "session": _("This session has ended."),
    "passkey": _("The passkey is kept. You can sign in with it."),
    "unpasskey": _("The passkey is removed."),
    "app": _("From now on the codes of your new app count."),
    "confirmed": _("This person may sign in now."),
    "disabled": _("This person can no longer sign in. The keys of their desks are new."),
    "renewed": _("The desk has a new key. Every report is sealed anew."),
    "joined": _("This person belongs to the desk now and reads its reports."),
    "left": _("This person no longer reads the desk's reports. The desk has a new key."),
    "erasing_released": _("Noted: the clock is right. What is due is erased within minutes."),
    "erasing_kept": _("Noted: nothing that is due is erased until somebody releases it."),
    "erasing_lifted": _("Noted: today there is no limit."),
    "keys_kept": _("This person can no longer sign in. A desk's key could not be renewed."),
}
NOT_DRAWN: Final[DeskLabels] = {
    "damaged": _("This file is damaged: its pages cannot be drawn."),
    "password": _("This file opens with a password only: its pages cannot be drawn."),
    "pixels": _("This picture has too many pixels to be drawn here."),
    "bomb": _("This page needs too much memory to be drawn here."),
    "late": _("Drawing this page took too long, and was stopped."),
    "type": _("Files of this type cannot be drawn here."),
}
"""Why a page of a file is not shown."""
ACT: Final[DeskLabels] = {
    "received": _("Received"),
    "opened": _("Opened"),
    "files_added": _("The reporter sent files"),
    "file_shown": _("File looked at"),
    "file_saved": _("File saved"),
    "files_erased": _("Files erased"),
    "noted": _("Note written"),
    "replied": _("Answer written"),
    "asked": _("Question asked"),
    "corrected": _("Facts corrected"),
    "lowering_proposed": _("Asked to protect the person less"),
    "lowering_agreed": _("Agreed to protect the person less"),
    "lowering_declined": _("Refused to protect the person less"),
    "lowering_undone": _("No longer asked to protect the person less"),
    "gate_answered": _("Answered before it left"),
    "trace_added": _("Trace added"),
    "trace_removed": _("Trace taken away"),
    "assessed": _("Signs assessed"),
    "linked": _("Linked with another report"),
    "not_linked": _("Not linked with another report"),
    "reporter_wrote": _("The reporter wrote"),
    "assigned": _("Taken on"),
    "released": _("Put back"),
    "handed_over": _("Handed over to another desk"),
    "put_off": _("Put off until a day"),
    "verified": _("Verified as real"),
    "referred": _("Passed on"),
    "sent": _("Sent"),
    "folder": _("Written to a folder"),
    "failed": _("Sending failed"),
    "delivered": _("Delivered"),
    "due_again": _("To be sent once more"),
    "acknowledged": _("They have it"),
    "returned": _("Sent back"),
    "outcome": _("Told how it ended"),
    "chased": _("No answer in time"),
    "portal_opened": _("Opened in the portal"),
    "proposed": _("Proposed to pass on"),
    "agreed": _("Agreed to pass on"),
    "declined": _("Proposal declined"),
    "unproposed": _("Proposal withdrawn"),
    "hold_proposed": _("Legal hold asked for"),
    "held": _("Legal hold agreed"),
    "hold_lifting": _("End of the legal hold asked for"),
    "hold_lifted": _("Legal hold ended"),
    "hold_refused": _("Legal hold refused"),
}


FROM_HERE: Final[DeskLabels] = {
    "acknowledged": _("We have it"),
    "returned": _("It is not for us"),
    "outcome": _("This is how it ended"),
}
FROM_THEM: Final[DeskLabels] = {
    "acknowledged": _("They have it"),
    "returned": _("It is not for them"),
    "outcome": _("How it ended"),
}
STANDING: Final[DeskLabels] = {
    "waiting": _("No answer yet."),
    "acknowledged": _("They have it."),
    "returned": _("They sent it back: it is not for them."),
    "ended": _("They told how it ended."),
}
"""A recipient's answers in their own words, in the desk's, and the standing of a referral."""
NOTICE: Final[DeskLabels] = {
    "news": _("Something waits at the desk."),
    "none": _("Nothing new waits at the desk."),
    "danger": _("Please look at the desk now."),
}
"""The whole text of a mail to staff, which never contains anything of a report."""


def label_code(table: Mapping[str, LazyString], code: str | None) -> str:
    """Returns the words for a code, or the code itself if there are none."""
    return str(table.get(code or "unknown", code or ""))


def label_flag(flag: str, countries: Iterable[str]) -> str:
    """Returns the words for a flag of a route with contact points of these countries."""
    known = get_territory().countries
    own = (known[code].place.flags.get(flag) for code in countries if code in known)
    return next((translate_fact(words) for words in own if words), label_code(FLAG, flag))


def label_act(line: CustodyLine) -> str:
    """Returns what a custody line records: the new status, or the act and its contact point."""
    told = label_code(ACT, line.act)
    try:
        detail = json.loads(line.detail)
    except ValueError:
        detail = None
    if not isinstance(detail, dict):
        return str(_("%(act)s (the rest of this line is damaged)", act=told))
    if line.act == "moved":
        to = label_code(STATUS, str(detail.get("to")))
        return str(_("Open again: %(status)s", status=to)) if "why" in detail else to
    if detail.get("gate") in gate_wording.TITLE:
        told = f"{told}: {gate_wording.TITLE[detail['gate']]}"
    return f"{told}: {detail['contact']}" if "contact" in detail else told


def translate_fact(text: str) -> str:
    """Returns a sentence of a country file in the language of the request."""
    return str(COUNTRIES.gettext(text)) if text else ""


def format_day(value: date) -> str:
    """Formats a day; of a moment, the day that it is where the staff are."""
    if isinstance(value, datetime):
        value = value.astimezone(get_territory().zone)
    return _day(date(value.year, value.month, value.day), get_language().locale)


def format_moment(value: datetime) -> str:
    """Formats a moment in the time zone of the staff."""
    zone, locale = get_territory().zone, get_language().locale
    return format_datetime(value, "d MMM y, HH:mm", tzinfo=zone, locale=locale)


def format_waiting_time(since: date, now: datetime) -> str:
    """Formats how long something has waited: minutes, then hours, from two days on whole days."""
    zone = get_territory().zone
    if isinstance(since, datetime):
        minutes = max(0, int((now - since).total_seconds() // 60))
        if minutes < 60:
            return str(DESK.ngettext("%(num)s minute", "%(num)s minutes", minutes))
        if minutes < 48 * 60:
            return str(DESK.ngettext("%(num)s hour", "%(num)s hours", minutes // 60))
        since = since.astimezone(zone).date()
    days = max(0, (now.astimezone(zone).date() - since).days)
    return str(DESK.ngettext("%(num)s day", "%(num)s days", days))


@lru_cache
def _day(value: date, locale: str) -> str:
    # Cached because the rows of a queue have few different days.
    return format_date(value, "d MMM y", locale=locale)


def format_in_groups(text: str, size: int = 4) -> str:
    """Formats a long fingerprint in groups, for comparison by eye."""
    return " ".join(text[at : at + size] for at in range(0, len(text), size))


def init_app(app: Flask) -> None:
    """Registers these as template filters."""
    app.jinja_env.filters |= {
        "day": format_day,
        "moment": format_moment,
        "grouped": format_in_groups,
        "fact": translate_fact,
        "channel": label_channel,
        "channel_reason": describe_reason,
    }
