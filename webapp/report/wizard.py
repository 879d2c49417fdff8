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
from reports.intake import draft, submit, token, urgency
from reports.intake.answers import FieldError, read_answers
from reports.intake.form_flow import (
    FIRST,
    REVIEW,
    REVIEWED,
    STEPS,
    FormFlow,
    drop_foreign_region,
)
from reports.intake.questions import KINDS
from reports.intake.submit import Receipt
from reports.intake.token import Token
from reports.model import Report
from reports.vault import Vault
from webapp.report.forms import StepForm
from webapp.report.steps import TRAPPED, find_step, is_step

STAYING = ("stay", "back")
"""Buttons that do not ask for an answer: an empty field is then no mistake."""
TO_THE_END = "end"
"""The button that leaves out the questions that are left."""


class LossReason(Enum):
    """Why earlier answers are not here any more."""

    HOUR = "hour"
    FORGED = "forged"


@dataclass(frozen=True)
class NextPage:
    """The page that follows: a step with its answers, or the receipt of a report sent before.

    `typed_back`: the code as the reporter typed it to make sure, on the receipt's page.
    `helpers`: the contact points that the receipt named before, while the answers were here.
    `quiet`: nothing is said of a report that was here before, where only the script knows it.
    """

    step: str
    token_text: str
    answers: Mapping[str, str]
    faults: Sequence[FieldError] = ()
    lost: LossReason | None = None
    receipt: Receipt | None = None
    work: str = ""
    typed_back: str | None = None
    quiet: bool = False
    helpers: str = ""


@dataclass(frozen=True)
class FormToken:
    """The token that answers are kept under from here on, and why it is a new one, if it is."""

    text: str
    token: Token
    lost: LossReason | None = None


def read_or_issue_token(vault: Vault, sent: StepForm, now: datetime) -> FormToken:
    """The form's token, or a new one where it has none, an old one, or one that is not ours."""
    if sent.fresh:
        return issue_token(vault, now, None)
    try:
        return FormToken(sent.token, token.read(vault, sent.token, now))
    except TokenExpired:
        return issue_token(vault, now, LossReason.HOUR)
    except TokenInvalid:
        return issue_token(vault, now, LossReason.FORGED)


def issue_token(vault: Vault, now: datetime, lost: LossReason | None) -> FormToken:
    """A token that nothing is kept under yet."""
    text = token.issue(vault, now)
    return FormToken(text, token.read(vault, text, now), lost)


def save_answers(session: Session, vault: Vault, sent: StepForm, now: datetime) -> NextPage:
    """Keep what `sent` answers and say which page follows. Writes; the caller commits."""
    held = read_or_issue_token(vault, sent, now)
    receipt = submit.find_receipt(session, held.token)
    if receipt:
        return repeat_receipt(session, held, receipt)
    earlier = draft.load(session, held.token, now)
    if earlier is None and held.lost is None and not _begins(sent, held.token, now):
        held = issue_token(vault, now, LossReason.HOUR)
    # The form carries the door too, so that its tone outlives a draft that is gone.
    earlier = {**read_door(sent), **(earlier or {})}
    answers, faults = _read(sent, earlier)
    answers = drop_foreign_region({**earlier, **answers})
    step = _next(sent, answers, faults, held.lost)
    if step == REVIEW:
        answers[REVIEWED] = "yes"
    if sent.trapped:
        answers[TRAPPED] = "yes"
    draft.save(session, held.token, answers, now)
    return NextPage(
        step, held.text, answers, faults, held.lost, work="" if held.lost else sent.work
    )


def read_door(sent: StepForm) -> dict[str, str]:
    """Who reports, as the form itself says."""
    return {"kind": sent.kind} if sent.kind in KINDS else {}


def start_form(vault: Vault, now: datetime, lost: LossReason | None = None) -> NextPage:
    """The first question under a new token. Nothing is stored."""
    return NextPage(FIRST, issue_token(vault, now, lost).text, {}, lost=lost)


def repeat_receipt(session: Session, held: FormToken, receipt: Receipt) -> NextPage:
    """The receipt once more, with what the report's row tells in the clear as its answers."""
    report = session.get_one(Report, receipt.report_id)
    answers = {
        "country": report.country or "unknown",
        "form": report.form,
        "danger": "yes" if report.urgency == urgency.NOW else "unknown",
    }
    return NextPage(REVIEW, held.text, answers, receipt=receipt)


def _begins(sent: StepForm, held: Token, now: datetime) -> bool:
    """Whether there was no draft to lose: the first step, of a form opened within the hour."""
    return sent.fresh or (sent.step == FIRST and now - held.issued_at <= draft.LIFETIME)


def _read(sent: StepForm, earlier: Mapping[str, str]) -> tuple[dict[str, str], list[FieldError]]:
    if sent.fresh:
        # A door may say who asks: the question is then answered, and can still be changed.
        return read_door(sent), []
    asked = FormFlow.from_answers({**earlier, **sent.raw}).list_fields(sent.step)
    answers, faults = read_answers(asked, sent.raw)
    if sent.button in STAYING:
        faults = [fault for fault in faults if fault.code != "empty"]
    return answers, faults


def _next(
    sent: StepForm,
    answers: Mapping[str, str],
    faults: Sequence[FieldError],
    lost: LossReason | None,
) -> str:
    flow = FormFlow.from_answers(answers)
    step = _choose_step(sent, flow, faults, lost)
    # The door can have changed on another page: what it does not ask leads on.
    return step if flow.has_page(step) else flow.find_next(step)


def _choose_step(
    sent: StepForm, flow: FormFlow, faults: Sequence[FieldError], lost: LossReason | None
) -> str:
    if sent.fresh:
        return flow.find_next(FIRST) if flow.answers else FIRST
    if lost and sent.step not in STEPS:
        return FIRST
    if faults or lost or sent.button == "stay":
        return sent.step
    if sent.button == "back":
        return flow.find_previous(sent.step) or FIRST
    if is_step(sent.button):
        return find_step(sent.button)
    return flow.find_next(sent.step, to_the_end=sent.button == TO_THE_END)
