"""One form that came in: which token it belongs to, what is kept of it, and which page follows.

Every answer ends up in the draft in one transaction before the next page is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy.orm import Session

from reports.errors import TokenExpired, TokenInvalid
from reports.intake import draft, form_flow, questions, submit, token, urgency
from reports.intake.questions import FIRST, KINDS, REVIEW, STEPS, FieldError
from reports.intake.submit import Receipt
from reports.intake.token import Token
from reports.model import Report
from reports.vault import Vault
from webapp.report.forms import Sent
from webapp.report.steps import REVIEWED, TRAPPED, after, before, is_step, step_of

STAYING = ("stay", "back")
"""Buttons that do not ask for an answer: an empty field is then no mistake."""
TO_THE_END = "end"
"""The button that leaves out the questions that are left."""


class Lost(Enum):
    """Why earlier answers are not here any more."""

    HOUR = "hour"
    FORGED = "forged"


@dataclass(frozen=True)
class Turn:
    """The page that follows: a step with its answers, or the receipt of a report sent before.

    `typed_back`: the code as the reporter typed it to make sure, on the receipt's page.
    `helpers`: the contact points that the receipt named before, while the answers were here.
    `quiet`: nothing is said of a report that was here before, where only the script knows it.
    """

    step: str
    token_text: str
    answers: Mapping[str, str]
    faults: Sequence[FieldError] = ()
    lost: Lost | None = None
    receipt: Receipt | None = None
    work: str = ""
    typed_back: str | None = None
    quiet: bool = False
    helpers: str = ""


@dataclass(frozen=True)
class Held:
    """The token that answers are kept under from here on, and why it is a new one, if it is."""

    text: str
    token: Token
    lost: Lost | None = None


def hold(vault: Vault, sent: Sent, now: datetime) -> Held:
    """The form's token, or a new one where it has none, an old one, or one that is not ours."""
    if sent.fresh:
        return new(vault, now, None)
    try:
        return Held(sent.token, token.read(vault, sent.token, now))
    except TokenExpired:
        return new(vault, now, Lost.HOUR)
    except TokenInvalid:
        return new(vault, now, Lost.FORGED)


def new(vault: Vault, now: datetime, lost: Lost | None) -> Held:
    """A token that nothing is kept under yet."""
    text = token.issue(vault, now)
    return Held(text, token.read(vault, text, now), lost)


def take(session: Session, vault: Vault, sent: Sent, now: datetime) -> Turn:
    """Keep what `sent` answers and say which page follows. Writes; the caller commits."""
    held = hold(vault, sent, now)
    receipt = submit.find_receipt(session, held.token)
    if receipt:
        return sent_before(session, held, receipt)
    earlier = draft.load(session, held.token, now)
    if earlier is None and held.lost is None and not _begins(sent, held.token, now):
        held = new(vault, now, Lost.HOUR)
    # The form carries the door too, so that its tone outlives a draft that is gone.
    earlier = {**door_in(sent), **(earlier or {})}
    answers, faults = _read(sent, earlier)
    answers = earlier | answers
    step = _next(sent, answers, faults, held.lost)
    if step == REVIEW:
        answers[REVIEWED] = "yes"
    if sent.trapped:
        answers[TRAPPED] = "yes"
    draft.save(session, held.token, answers, now)
    return Turn(step, held.text, answers, faults, held.lost, work="" if held.lost else sent.work)


def door_in(sent: Sent) -> dict[str, str]:
    """Who reports, as the form itself says."""
    return {"kind": sent.kind} if sent.kind in KINDS else {}


def first_question(vault: Vault, now: datetime, lost: Lost | None = None) -> Turn:
    """The first question under a new token. Nothing is stored."""
    return Turn(FIRST, new(vault, now, lost).text, {}, lost=lost)


def sent_before(session: Session, held: Held, receipt: Receipt) -> Turn:
    """The receipt once more, with what the report's row tells in the clear as its answers."""
    report = session.get_one(Report, receipt.report_id)
    answers = {
        "country": report.country or "unknown",
        "form": report.form,
        "danger": "yes" if report.urgency == urgency.NOW else "unknown",
    }
    return Turn(REVIEW, held.text, answers, receipt=receipt)


def _begins(sent: Sent, held: Token, now: datetime) -> bool:
    """Whether there was no draft to lose: the first step, of a form opened within the hour."""
    return sent.fresh or (sent.step == FIRST and now - held.issued_at <= draft.LIFETIME)


def _read(sent: Sent, earlier: Mapping[str, str]) -> tuple[dict[str, str], list[FieldError]]:
    if sent.fresh:
        # A door may say who asks: the question is then answered, and can still be changed.
        return door_in(sent), []
    if sent.step not in STEPS:
        return {}, []
    asked = form_flow.list_fields(sent.step, form_flow.find_door({**earlier, **sent.raw}))
    answers, faults = questions.read(sent.step, sent.raw, asked)
    if sent.button in STAYING:
        faults = [fault for fault in faults if fault.code != "empty"]
    return answers, faults


def _next(
    sent: Sent, answers: Mapping[str, str], faults: Sequence[FieldError], lost: Lost | None
) -> str:
    if sent.fresh:
        return after(FIRST, answers) if answers else FIRST
    if lost and sent.step not in STEPS:
        return FIRST
    if faults or lost or sent.button == "stay":
        return sent.step
    if sent.button == "back":
        return before(sent.step, answers) or FIRST
    if is_step(sent.button):
        return step_of(sent.button)
    return after(sent.step, answers, to_the_end=sent.button == TO_THE_END)
