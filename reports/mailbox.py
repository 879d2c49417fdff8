"""The mailbox: the two-way thread of one report, for the reporter and for the desk.

A receipt code opens it for a short visit. During the visit the case key, whose mailbox it is and
the times of the visit are stored encrypted under a key derived from the visit's token, and the
token is in the form, never in a URL or a cookie.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from reports import case_proof, clock_record, custody, outer_layer, sealed_rows
from reports.act import Act
from reports.codes import ReceiptCode
from reports.custody import CustodyEntry
from reports.errors import (
    CodeRefused,
    MailboxClosed,
    SealBroken,
    TextEmpty,
    TextTooLong,
)
from reports.intake.questions import MESSAGE_LIMIT, clean
from reports.model import Message, Report, ReporterSession
from reports.secret_text import format_token, parse_token
from reports.triage import status
from reports.triage.turns import turn_beginner
from reports.vault import Opener, Vault, derive, unwrap, wrap

IDLE = timedelta(minutes=10)
LONGEST = timedelta(minutes=30)
"""The limits of a visit: docs/security-parameters.md#SP-2.11."""
STEP = timedelta(minutes=10)
"""What the end of a visit is rounded up to where it stands in the clear."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_ANSWER = "first_answer"
"""The code of the desk's automatic first answer; its words belong to the web side."""
_INSTANCE = "instance"
"""The author of the row that holds it."""


@dataclass(frozen=True)
class Visit:
    """An open mailbox: the report and its private case key."""

    report: Report
    private: bytes

    def __repr__(self) -> str:
        return "Visit(...)"


@dataclass(frozen=True)
class OpenMessage:
    """One decrypted message. `author` is "reporter" or "desk"; `at` is its exact time.

    Instead of `text`, a standing message has a `code`, and a quick question or an answer to one has
    `question`; the answer also has `answer` and, in `answers`, the question's `id`. `language` is
    the language that the desk wrote in, if it said so. `signed` is false for what stands there in
    the desk's name and nobody of the desk has signed: it has no words, and only the day of its row.
    """

    author: str
    text: str
    at: datetime
    code: str = ""
    id: UUID | None = None
    question: str = ""
    answer: str = ""
    answers: UUID | None = None
    language: str = ""
    signed: bool = True

    def __repr__(self) -> str:
        return "OpenMessage(...)"


@dataclass(frozen=True)
class NewMessage:
    """A message to be sealed into a thread: its author, and the content as `OpenMessage` names it.

    `once` is any value that is the same when the same form is sent twice.
    """

    author: str
    words: Mapping[str, str]
    once: bytes

    def __repr__(self) -> str:
        return f"NewMessage({self.author})"

    @classmethod
    def from_text(cls, author: str, typed: str, once: bytes, language: str = "") -> Self:
        """Returns a message in somebody's own words. Raises `TextEmpty`, `TextTooLong`."""
        text = clean(typed)
        if not text:
            raise TextEmpty("nothing was written")
        if len(text) > MESSAGE_LIMIT:
            raise TextTooLong(MESSAGE_LIMIT, len(text))
        words = {"text": text, "language": language} if language else {"text": text}
        return cls(author, words, once + text.encode())


def enter(session: Session, vault: Vault, code: ReceiptCode, key: bytes, now: datetime) -> str:
    """Begins a visit and returns its token. Raises `CodeRefused`, in the same way for every wrong
    code.

    `key` is `vault.derive_receipt_key` of the code, derived beforehand whether the locator exists
    or not.
    """
    case_proof.show_locator(session, code.locator)
    found: tuple[Report, bytes] | None = None
    for report in session.scalars(select(Report).where(Report.locator == code.locator)):
        try:
            wrapped = outer_layer.open_by_code(vault, report)
            opened = unwrap(key, wrapped, kind="case key", id=report.id.bytes)
        except SealBroken:
            continue
        found = (report, opened)
    if found is None:
        raise CodeRefused("no mailbox opens with this code")
    report, private = found
    case_proof.show_proof(session, private)
    report.proof = report.proof or case_proof.compute_proof_hash(private)
    token = secrets.token_bytes(32)
    row = ReporterSession(id_hash=derive(token, "visit place"))
    case_proof.show_visit(session, row.id_hash)
    _keep(row, token, _VisitTimes(report.id, began=now, seen=now), private)
    session.add(row)
    return format_token(token)


def resume(session: Session, token_text: str, now: datetime) -> Visit:
    """Returns the visit of a form's token and marks it as active. Raises `MailboxClosed` when it is
    over."""
    token = _token(token_text)
    place = derive(token, "visit place")
    case_proof.show_visit(session, place)
    row = session.get(ReporterSession, place)
    if row is None:
        raise MailboxClosed("the visit is over")
    times, private = _open(row, token)
    case_proof.show_proof(session, private)
    report = session.get(Report, times.report_id)
    if report is None or times.ends_at < now:
        raise MailboxClosed("the visit is over")
    _keep(row, token, replace(times, seen=now), private)
    return Visit(report, private)


def leave(session: Session, token_text: str) -> None:
    """Ends a visit at once."""
    place = derive(_token(token_text), "visit place")
    case_proof.show_visit(session, place)
    session.execute(delete(ReporterSession).where(ReporterSession.id_hash == place))


@dataclass(frozen=True)
class _VisitTimes:
    """Whose mailbox a visit opened and when it began and was last seen: sealed with its key."""

    report_id: UUID
    began: datetime
    seen: datetime

    @property
    def ends_at(self) -> datetime:
        return min(self.seen + IDLE, self.began + LONGEST)


def _keep(row: ReporterSession, token: bytes, times: _VisitTimes, private: bytes) -> None:
    """Wraps a visit anew; its row shows when it ends at the latest, in steps of `STEP`."""
    stamps = ((each - _EPOCH) // timedelta(microseconds=1) for each in (times.began, times.seen))
    told = times.report_id.bytes + b"".join(each.to_bytes(8, "big") for each in stamps) + private
    row.sealed = wrap(derive(token, "visit key"), told, kind="visit", id=row.id_hash)
    steps = -(-times.ends_at.timestamp() // STEP.total_seconds())
    row.expires_at = datetime.fromtimestamp(steps * STEP.total_seconds(), UTC)


def _open(row: ReporterSession, token: bytes) -> tuple[_VisitTimes, bytes]:
    """What `_keep` wrapped. Raises `MailboxClosed` for a row that another token made."""
    try:
        told = unwrap(derive(token, "visit key"), row.sealed, kind="visit", id=row.id_hash)
    except SealBroken as problem:
        raise MailboxClosed("the visit is damaged") from problem
    began, seen = (
        _EPOCH + timedelta(microseconds=int.from_bytes(each, "big"))
        for each in (told[16:24], told[24:32])
    )
    return _VisitTimes(UUID(bytes=told[:16]), began, seen), told[32:]


def read_thread(
    session: Session, vault: Vault, report: Report, private: bytes
) -> list[OpenMessage]:
    """Returns all messages of the report, oldest first.

    One in the desk's name that nobody of the desk has signed stands there without its words. Raises
    `SealBroken` for one that is damaged or was not written by this instance.
    """
    opener = Opener(private)
    rows = session.scalars(select(Message).where(Message.report_id == report.id))
    found = [
        _line(row, sealed_rows.open_row(session, vault, opener, row))
        if sealed_rows.is_signed(session, vault, row) or not sealed_rows.is_genuine(vault, row)
        else _unsigned(row)
        for row in rows
    ]
    return sorted(found, key=lambda line: (line.at, not line.code))


def count_unsigned(lines: Iterable[OpenMessage]) -> int:
    """Returns how many messages stand there in the desk's name that nobody of it has signed."""
    return sum(not line.signed for line in lines)


def filter_written(lines: Iterable[OpenMessage] | None) -> tuple[OpenMessage, ...] | None:
    """Returns the messages that people wrote in their own words; None for None."""
    return None if lines is None else tuple(line for line in lines if line.text)


def find_answers(lines: Iterable[OpenMessage]) -> dict[UUID, OpenMessage]:
    """Returns the last answer to each quick question, by the question's id."""
    return {line.answers: line for line in lines if line.answers is not None}


def add_message(
    session: Session, vault: Vault, report: Report, message: NewMessage, now: datetime
) -> bool:
    """Seals a message into the thread; returns False when it was already there.

    Needs no private key: the server encrypts with the public key. What is said in the desk's name
    goes through `say`. Raises `RosterBroken` when the report's public key was changed.
    """
    return _add(session, vault, report, message, now) is not None


def say(act: Act, report: Report, message: NewMessage) -> bool:
    """Seals a message of the desk into the thread, signed by who acts; False when it was there.

    Raises as `add_message` does, and as `sealed_rows.sign_row`.
    """
    row = _add(act.session, act.vault, report, message, act.now)
    if row is None:
        return False
    sealed_rows.sign_row(act, row)
    return True


def add_first_answer(session: Session, vault: Vault, report: Report, now: datetime) -> None:
    """Seals the answer that everybody gets at once into the thread: its code, not its words.

    Nobody says it, so nobody signs it; nothing but this code is read from such a row.
    """
    words = {"at": now.isoformat(), "code": FIRST_ANSWER}
    _put(session, vault, report, Message(author=_INSTANCE), words)


def write(session: Session, vault: Vault, token_text: str, typed: str, now: datetime) -> None:
    """Stores what the reporter writes during a visit. Raises as `resume`, `NewMessage.from_text`
    and `add_message` do."""
    report, once = resume(session, token_text, now).report, _token(token_text)
    if add_message(session, vault, report, NewMessage.from_text("reporter", typed, once), now):
        record_news(session, vault, report, "reporter_wrote", now)


def record_news(session: Session, vault: Vault, report: Report, what: str, now: datetime) -> None:
    """Writes the custody line of what came from the reporter; a closed report is open again, at
    once or as soon as somebody finds its turns who may (`reports.triage.turns.turn_beginner`)."""
    # Whoever closes it at this moment finishes first. Refreshing discards unflushed changes.
    session.flush()
    session.refresh(report, with_for_update=True)
    if not turn_beginner.may_only_begin(session):
        status.reopen(session, vault, report, now)
    custody.append(session, vault, report, CustodyEntry(what), now)


def purge(session: Session, now: datetime) -> None:
    """Deletes every visit that is over."""
    session.execute(delete(ReporterSession).where(ReporterSession.expires_at < now))


def _line(row: Message, told: Mapping[str, str]) -> OpenMessage:
    answers = told.get("answers")
    if row.author == _INSTANCE and (set(told), told.get("code")) != ({"at", "code"}, FIRST_ANSWER):
        raise SealBroken("more than the first answer of the instance")
    return OpenMessage(
        author="desk" if row.author == _INSTANCE else row.author,
        text=told.get("text", ""),
        at=datetime.fromisoformat(told["at"]),
        code=told.get("code", ""),
        id=row.id,
        question=told.get("question", ""),
        answer=told.get("answer", ""),
        answers=UUID(answers) if answers else None,
        language=told.get("language", ""),
    )


def _unsigned(row: Message) -> OpenMessage:
    return OpenMessage(row.author, "", datetime.combine(row.day, time(), UTC), signed=False)


def _add(
    session: Session, vault: Vault, report: Report, message: NewMessage, now: datetime
) -> Message | None:
    once_hash = derive(message.once, "message once")
    if session.scalar(select(Message.id).where(Message.token_hash == once_hash)) is not None:
        return None
    row = Message(author=message.author, token_hash=once_hash)
    _put(session, vault, report, row, {"at": now.isoformat(), **message.words})
    report.updated_day = clock_record.correct(session, now).date()
    return row


def _put(
    session: Session, vault: Vault, report: Report, row: Message, words: Mapping[str, str]
) -> None:
    """Seals `words`, including their time, into a new row of the report's thread."""
    public = sealed_rows.verify_case_public(vault, report)
    row.id, row.report_id = uuid4(), report.id
    row.day = datetime.fromisoformat(words["at"]).date()
    sealed_rows.seal_row(vault, public, row, words)
    session.add(row)


def _token(text: str) -> bytes:
    try:
        raw = parse_token(text)
    except ValueError as problem:
        raise MailboxClosed("not a visit") from problem
    if len(raw) != 32:
        raise MailboxClosed("not a visit")
    return raw
