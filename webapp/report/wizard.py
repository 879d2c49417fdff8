"""Processes one submitted form: finds its token, stores the answers, and chooses the next page.

Answers are stored in the draft in one transaction before the next page is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from sqlalchemy.orm import Session

from reports import unsent_room
from reports.attachments.uploads import UploadOwner
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

TONGUES = "tongues"
"""The button that leads to the page with all languages."""
KEEP = "keep"
"""The button of that page: it comes back to the step, and has none of its fields."""
STAYING = ("stay", "back", TONGUES)
"""Buttons that do not require answers: an empty field is then no error."""
TO_THE_END = "end"
"""The button that skips the remaining questions."""


class LossReason(Enum):
    """Why earlier answers are no longer available."""

    HOUR = "hour"
    FORGED = "forged"
    ROOM = "room"


@dataclass(frozen=True)
class NextPage:
    """The next page: a step with its answers, or the receipt of a report sent before.

    `typed_back`: the code as the reporter typed it on the receipt's page. `helpers`: ids of the
    contact points that the receipt listed while the answers were available. `quiet`: do not mention
    that the report had been sent before, because only the page's script repeated it. `choosing`:
    the reporter wants to choose among all languages; the step follows. `files_gone`: a file of this
    form had to make room.
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
    choosing: bool = False
    files_gone: bool = False


@dataclass(frozen=True)
class FormToken:
    """The token for the answers from now on; `lost` says why it replaces another, if it does."""

    text: str
    token: Token
    lost: LossReason | None = None


def read_or_issue_token(vault: Vault, sent: StepForm, now: datetime) -> FormToken:
    """Returns the form's token, or a new one when it is missing, expired or invalid."""
    if sent.fresh:
        return issue_token(vault, now, None)
    try:
        return FormToken(sent.token, token.read(vault, sent.token, now))
    except TokenExpired:
        return issue_token(vault, now, LossReason.HOUR)
    except TokenInvalid:
        return issue_token(vault, now, LossReason.FORGED)


def issue_token(vault: Vault, now: datetime, lost: LossReason | None) -> FormToken:
    """Returns a new token, under which nothing is stored yet."""
    text = token.issue(vault, now)
    return FormToken(text, token.read(vault, text, now), lost)


def has_begun(session: Session, vault: Vault, sent: StepForm, now: datetime) -> bool:
    """Tells whether this form goes on with answers that are stored already."""
    try:
        return bool(sent.token) and draft.is_stored(
            session, token.read(vault, sent.token, now), now
        )
    except (TokenExpired, TokenInvalid):
        return False


def find_losses(session: Session, held: Token) -> tuple[bool, bool]:
    """Tells whether the answers, and whether a file, of this form had to make room; once."""
    files = UploadOwner.from_secret(held.secret).place
    return (
        unsent_room.take_notice(session, held.draft_hash),
        unsent_room.take_notice(session, files),
    )


def save_answers(
    session: Session,
    vault: Vault,
    sent: StepForm,
    now: datetime,
    network: int | None = None,
) -> NextPage:
    """Stores the answers of `sent` in the draft and returns the next page. The caller commits.

    `network` is the tag of the sender's network.
    """
    held = read_or_issue_token(vault, sent, now)
    receipt = submit.find_receipt(session, held.token)
    if receipt:
        return repeat_receipt(session, held, receipt)
    earlier = draft.load(session, held.token, now)
    answers_gone, files_gone = find_losses(session, held.token)
    if earlier is None and held.lost is None and answers_gone:
        # The same token: the files of this form are found by it.
        held = replace(held, lost=LossReason.ROOM)
    elif earlier is None and held.lost is None and not _begins(sent, held.token, now):
        held = issue_token(vault, now, LossReason.HOUR)
    # The form also carries the door, so that its tone outlives an expired draft.
    earlier = {**read_door(sent), **(earlier or {})}
    answers, faults = _read(sent, earlier)
    answers = drop_foreign_region({**earlier, **answers})
    step = _next(sent, answers, faults, held.lost)
    if step == REVIEW:
        answers[REVIEWED] = "yes"
    if sent.trapped:
        answers[TRAPPED] = "yes"
    draft.save(session, held.token, answers, now, network)
    return NextPage(
        step,
        held.text,
        answers,
        faults,
        held.lost,
        work="" if held.lost else sent.work,
        choosing=sent.button == TONGUES and not faults and not held.lost,
        files_gone=files_gone,
    )


def begin_again(held: FormToken, sent: StepForm) -> NextPage:
    """Returns the first question for a form whose answers had to make room; its files stay."""
    return NextPage(FIRST, held.text, read_door(sent), lost=LossReason.ROOM)


def read_door(sent: StepForm) -> dict[str, str]:
    """Returns the answer to "who reports" as the form itself carries it."""
    return {"kind": sent.kind} if sent.kind in KINDS else {}


def start_form(vault: Vault, now: datetime, lost: LossReason | None = None) -> NextPage:
    """Returns the first question with a new token. Stores nothing."""
    return NextPage(FIRST, issue_token(vault, now, lost).text, {}, lost=lost)


def repeat_receipt(session: Session, held: FormToken, receipt: Receipt) -> NextPage:
    """Returns the receipt again; its answers come from the clear columns of the report."""
    report = session.get_one(Report, receipt.report_id)
    answers = {
        "country": report.country or "unknown",
        "form": report.form,
        "danger": "yes" if report.urgency == urgency.NOW else "unknown",
    }
    return NextPage(REVIEW, held.text, answers, receipt=receipt)


def _begins(sent: StepForm, held: Token, now: datetime) -> bool:
    """Whether no draft is missing: the first step of a form opened within the hour."""
    return sent.fresh or (sent.step == FIRST and now - held.issued_at <= draft.LIFETIME)


def _read(sent: StepForm, earlier: Mapping[str, str]) -> tuple[dict[str, str], list[FieldError]]:
    if sent.fresh or sent.button == KEEP:
        # The door may already answer "who reports", which can still be changed.
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
    # The door may have changed on another page; skip a step that it is not asked.
    return step if flow.has_page(step) else flow.find_next(step)


def _choose_step(
    sent: StepForm, flow: FormFlow, faults: Sequence[FieldError], lost: LossReason | None
) -> str:
    if sent.fresh:
        return flow.find_next(FIRST) if flow.answers else FIRST
    if lost and sent.step not in STEPS:
        return FIRST
    if faults or lost or sent.button in ("stay", KEEP, TONGUES):
        return sent.step
    if sent.button == "back":
        return flow.find_previous(sent.step) or FIRST
    if is_step(sent.button):
        return find_step(sent.button)
    return flow.find_next(sent.step, to_the_end=sent.button == TO_THE_END)
