"""Search among a desk's reports: opened in the staff session, batch by batch, and forgotten.

Nothing that was opened is kept, on disk or between two batches: a batch says which reports have
the words, and where, and which report it ended with. Filters narrow first, because each report
costs two openings. The instance's custody says who searched how much, and not for what.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from reports import custody, genuine
from reports.errors import NotAllowed, SealBroken
from reports.intake.questions import FIELDS, Words
from reports.model import Finding, Message, Note, Organisation, Report, ReportBody
from reports.roster.keyring import Keyring
from reports.triage import added, notes
from reports.triage.traces import compact, numbers_in
from reports.vault import Opener, Vault, unpad

BATCH: Final = 500
"""Reports of one batch: about a quarter of a second."""
QUERY_LIMIT: Final = 200
SHORTEST: Final = 2
"""Characters that a query has at most, and at least."""
_PLANE: Final = map(chr, range(0x10000))
_ACCENTS: Final = re.compile(f"[{''.join(c for c in _PLANE if unicodedata.combining(c))}]+")
_FREE: Final = tuple(name for name, field in FIELDS.items() if isinstance(field, Words))


@dataclass(frozen=True)
class Way:
    """One way in which a report can have what was asked for: all the words and all the numbers."""

    words: frozenset[str]
    numbers: tuple[frozenset[str], ...] = ()

    def here(self, folded: str, compacted: str) -> set[object]:
        """Which of them stand in a text."""
        found: set[object] = {word for word in self.words if word in folded}
        return found | {
            each for each in self.numbers if any(number in compacted for number in each)
        }

    def __len__(self) -> int:
        return len(self.words) + len(set(self.numbers))

    def __repr__(self) -> str:
        return "Way(...)"


@dataclass(frozen=True)
class Wanted:
    """What to look for, and among which reports; None looks among all, closed ones too."""

    query: str
    status: str | None = None
    country: str | None = None
    form: str | None = None
    since: date | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The words that a report must have, all of them; none for a query that is too short."""
        folded = fold(self.query[:QUERY_LIMIT])
        return tuple(folded.split()) if len(folded.replace(" ", "")) >= SHORTEST else ()

    @property
    def ways(self) -> tuple[Way, ...]:
        """The words as they are; and, where there is a phone or a plate among them, the others
        with that number, however it was written."""
        if not self.words:
            return ()
        plain = Way(frozenset(self.words))
        rest, numbers = numbers_in(self.query[:QUERY_LIMIT])
        return (plain, Way(frozenset(fold(rest).split()), numbers)) if numbers else (plain,)

    def __repr__(self) -> str:
        return "Wanted(...)"


@dataclass(frozen=True)
class Place:
    """The last report of a batch; the newest come first."""

    day: date
    id: UUID

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read what `str` gave; None for anything else."""
        day, _dot, id = text.partition(".")
        try:
            return cls(date.fromisoformat(day), UUID(id))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.day.isoformat()}.{self.id.hex}"


@dataclass(frozen=True)
class Found:
    """A report that has the words. `where`: "story", "answers", "messages", "notes" or "name"."""

    report_id: UUID
    where: tuple[str, ...]


@dataclass(frozen=True)
class Batch:
    """What a batch found, how many it looked through, and where the next begins, if one does."""

    found: tuple[Found, ...]
    searched: int
    damaged: int
    following: Place | None


def total(session: Session, keyring: Keyring, wanted: Wanted) -> int:
    """How many reports the filters leave to search."""
    count: Any = select(func.count()).select_from(Report)
    return session.scalar(_narrowed(count, session, keyring, wanted)) or 0


def record(session: Session, vault: Vault, keyring: Keyring, count: int, now: datetime) -> None:
    """Write down that this person searches `count` reports; never for which words."""
    chain = session.get_one(Organisation, 1)
    detail = {"reports": str(count)}
    custody.append(session, vault, chain, "searched", now, staff_id=keyring.staff.id, detail=detail)


def search(
    session: Session,
    vault: Vault,
    keyring: Keyring,
    wanted: Wanted,
    after: Place | None = None,
    size: int = BATCH,
) -> Batch:
    """Open up to `size` reports and look for the words. Damaged parts are passed over, counted."""
    columns = (Report.id, Report.received_day, Report.desk_key_id, Report.private_by_desk)
    whole: Any = select(*columns, ReportBody.sealed)
    query = _narrowed(whole, session, keyring, wanted).outerjoin(
        ReportBody, ReportBody.report_id == Report.id
    )
    if after is not None:
        query = query.where(_behind(after))
    query = query.order_by(Report.received_day.desc(), Report.id.desc()).limit(size + 1)
    rows = session.execute(query).all()
    shown = rows[:size]
    reader = _Reader(session, vault, keyring, [row.id for row in shown])
    found: list[Found] = []
    ways = wanted.ways
    for row in shown:
        where = _where(ways, reader.parts(row))
        if where:
            found.append(Found(row.id, where))
    last = shown[-1] if len(rows) > size else None
    return Batch(
        tuple(found),
        len(shown),
        reader.damaged,
        Place(last.received_day, last.id) if last else None,
    )


def fold(text: str) -> str:
    """Without accents, in small letters, with single blanks: what is compared."""
    small = text.casefold()
    if not small.isascii():
        small = _ACCENTS.sub("", unicodedata.normalize("NFKD", small))
    return " ".join(small.split())


class _Reader:
    """Opens the parts of a batch of reports; each desk key is prepared once."""

    def __init__(self, session: Session, vault: Vault, keyring: Keyring, ids: list[UUID]) -> None:
        self.damaged = 0
        self._session, self._vault, self._keyring = session, vault, keyring
        self._desks: dict[UUID, Opener] = {}
        self._notes: dict[UUID, list[Note]] = defaultdict(list)
        self._messages: dict[UUID, list[Message]] = defaultdict(list)
        self._traces: dict[UUID, list[Finding]] = defaultdict(list)
        said = select(Finding).where(Finding.report_id.in_(ids), Finding.kind == added.KIND)
        for finding in session.scalars(said):
            self._traces[finding.report_id].append(finding)
        for note in session.scalars(select(Note).where(Note.report_id.in_(ids))):
            self._notes[note.report_id].append(note)
        written = select(Message).where(Message.report_id.in_(ids), Message.author == "reporter")
        for message in session.scalars(written):
            self._messages[message.report_id].append(message)

    def parts(self, row: Any) -> Iterator[tuple[str, str]]:
        """The name and the text of each part of one report that can be read."""
        yield "name", row.id.hex[:8]
        for note in self._notes.get(row.id, ()):
            yield from self._try("notes", lambda note=note: self._note(note))
        for finding in self._traces.get(row.id, ()):
            yield from self._try("notes", lambda finding=finding: self._trace(finding))
        try:
            opener = self._desk(row.desk_key_id)
            private = opener.open(row.private_by_desk, kind="case key", id=row.id.bytes)
            case = Opener(private)
        except (NotAllowed, SealBroken):
            self.damaged += 1
            return
        answers: dict[str, str] = {}
        for _name, text in self._try("body", lambda: _body(case, row)):
            answers = json.loads(text)["answers"]
        yield "story", answers.get("story", "")
        yield "answers", "\n".join(answers.get(name, "") for name in _FREE if name != "story")
        for message in self._messages.get(row.id, ()):
            yield from self._try("messages", lambda message=message: self._message(case, message))

    def _try(self, name: str, read: Any) -> Iterator[tuple[str, str]]:
        try:
            yield name, read()
        except (NotAllowed, SealBroken):
            self.damaged += 1

    def _desk(self, desk_key_id: UUID) -> Opener:
        if desk_key_id not in self._desks:
            private = self._keyring.desk_private(self._session, desk_key_id)
            self._desks[desk_key_id] = Opener(private)
        return self._desks[desk_key_id]

    def _note(self, note: Note) -> str:
        genuine.check(note.seal, genuine.note_seal(self._vault, note))
        opener = self._desk(note.desk_key_id)
        return _text(opener.open(note.sealed, kind=notes.KIND, id=note.id.bytes))

    def _trace(self, finding: Finding) -> str:
        genuine.check(finding.seal, genuine.finding_seal(self._vault, finding))
        opener = self._desk(finding.desk_key_id)
        sealed = opener.open(finding.sealed, kind=added.KIND, id=finding.id.bytes)
        return str(json.loads(unpad(sealed))["value"])

    def _message(self, case: Opener, message: Message) -> str:
        genuine.check(message.seal, genuine.message_seal(self._vault, message))
        return _text(case.open(message.sealed, kind="message reporter", id=message.id.bytes))


def _body(case: Opener, row: Any) -> str:
    if row.sealed is None:
        raise SealBroken("there is no body")
    return unpad(case.open(row.sealed, kind="report body", id=row.id.bytes)).decode()


def _text(opened: bytes) -> str:
    told: dict[str, str] = json.loads(unpad(opened))
    return told.get("text", "")


def _where(ways: tuple[Way, ...], parts: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The parts that have any of what one way asks for, if together they have all of it."""
    numbers = any(way.numbers for way in ways)
    texts = [(name, fold(text), compact(text) if numbers else "") for name, text in parts]
    for way in ways:
        here = [(name, way.here(folded, compacted)) for name, folded, compacted in texts]
        if len(set().union(*(found for _name, found in here))) == len(way):
            return tuple(dict.fromkeys(name for name, found in here if found))
    return ()


def _narrowed(query: Any, session: Session, keyring: Keyring, wanted: Wanted) -> Any:
    """The query, of whatever columns, for the reports that may be searched."""
    query = query.where(Report.desk_id.in_(keyring.desk_ids(session)))
    if wanted.status:
        query = query.where(Report.status == wanted.status)
    if wanted.country:
        query = query.where(Report.country == wanted.country)
    if wanted.form:
        query = query.where(Report.form == wanted.form)
    if wanted.since:
        query = query.where(Report.received_day >= wanted.since)
    return query


def _behind(place: Place) -> ColumnElement[bool]:
    same_day = (Report.received_day == place.day) & (Report.id < place.id)
    return or_(Report.received_day < place.day, same_day)
