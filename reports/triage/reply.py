"""What the desk writes to the reporter, whom it does not know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from reports import custody, mailbox, quick_replies
from reports.errors import QuestionRefused
from reports.model import Report
from reports.vault import Vault


def reply(
    session: Session,
    vault: Vault,
    report: Report,
    typed: str,
    now: datetime,
    *,
    staff_id: UUID,
    once: bytes,
    language: str = "",
) -> None:
    """Seal a message of the desk into the thread; the same form sent twice gives one.

    `language` is what it is written in: the reporter is told where it is another than theirs.
    Raises `TextEmpty`, `TextTooLong`, or `RosterBroken` when the report's key was changed.
    """
    if mailbox.add_message(
        session, vault, report, "desk", typed, now, once=once, language=language
    ):
        custody.append(session, vault, report, "replied", now, staff_id=staff_id)


def send_standing_message(
    session: Session,
    vault: Vault,
    report: Report,
    code: str,
    now: datetime,
    *,
    staff_id: UUID,
    once: bytes,
) -> None:
    """Put one of the standing answers into the thread. Raises `QuestionRefused`, `RosterBroken`."""
    if quick_replies.add_coded(session, vault, report, "code", code, now, once=once):
        custody.append(session, vault, report, "replied", now, staff_id=staff_id)


def ask(
    session: Session,
    vault: Vault,
    report: Report,
    codes: Iterable[str],
    now: datetime,
    *,
    staff_id: UUID,
    once: bytes,
) -> None:
    """Put quick questions into the thread. Raises `QuestionRefused`, also when there is none."""
    wanted = list(codes)
    if not wanted:
        raise QuestionRefused("nothing was asked")
    put = [
        quick_replies.add_coded(session, vault, report, "question", code, now, once=once)
        for code in wanted
    ]
    if any(put):
        custody.append(session, vault, report, "asked", now, staff_id=staff_id)
