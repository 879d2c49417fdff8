"""Decrypts the searchable texts of a batch of reports in the staff session.

Each desk key and each case key is prepared once per batch; only the columns to be decrypted are
fetched, in a few queries.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import Session

from reports import outer_layer, sealed_rows
from reports.errors import NotAllowed, SealBroken
from reports.intake.question import TextField
from reports.intake.questions import FIELDS
from reports.model import Finding, Message, Note, Report, ReportBody
from reports.model.seals import SealedRow
from reports.roster.keyring import Keyring
from reports.triage.findings import added_identifiers
from reports.vault import Opener, Vault, unpad

_FREE: Final = frozenset(
    name for name, field in FIELDS.items() if isinstance(field, TextField) and name != "story"
)
# Built once: building a statement costs more than running it.
_IDS: Final[BindParameter[UUID]] = bindparam("ids", expanding=True)
_SEALED: Final = (
    select(
        Report.id,
        Report.desk_key_id,
        Report.private_by_desk,
        Report.outer_slot,
        ReportBody.sealed,
    )
    .outerjoin(ReportBody, ReportBody.report_id == Report.id)
    .where(Report.id.in_(_IDS))
)
_NOTES: Final = select(Note).where(Note.report_id.in_(_IDS))
_TRACES: Final = select(Finding).where(
    Finding.report_id.in_(_IDS), Finding.kind == added_identifiers.KIND
)
_MESSAGES: Final = select(Message).where(Message.report_id.in_(_IDS), Message.author == "reporter")

TextPart = tuple[str, str]
"""The name of a part, as in `reports.triage.search.report_search.SearchHit`, and its text."""


class BatchReader:
    """Decrypts the parts of a batch of reports. `damaged` counts the parts that did not open."""

    def __init__(
        self, session: Session, vault: Vault, keyring: Keyring, ids: Sequence[UUID]
    ) -> None:
        self.damaged = 0
        self._session, self._vault, self._keyring, self._ids = session, vault, keyring, ids
        self._desks: dict[UUID, Opener] = {}
        self._notes: dict[UUID, list[Note]] = self._of_each(_NOTES)
        self._traces: dict[UUID, list[Finding]] = self._of_each(_TRACES)
        self._messages: dict[UUID, list[Message]] = self._of_each(_MESSAGES)

    def read_all(self) -> Iterator[tuple[UUID, list[TextPart]]]:
        """Yields each report's id and readable parts, leaving out reports erased in the
        meantime."""
        for row in self._session.execute(_SEALED, {"ids": self._ids}):
            yield row.id, self._parts(row)

    def _of_each(self, query: Select[Any]) -> dict[UUID, list[Any]]:
        found = defaultdict(list)
        for each in self._session.scalars(query, {"ids": self._ids}):
            found[each.report_id].append(each)
        return found

    def _parts(self, row: Any) -> list[TextPart]:
        id: UUID = row.id
        parts = [("name", id.hex[:8])]
        case = self._open_case(row)
        for note in self._notes.get(id, ()):
            self._add(parts, "notes", partial(self._note, note, case))
        for finding in self._traces.get(id, ()):
            self._add(parts, "notes", partial(self._trace, finding, case))
        if case is None:
            self.damaged += 1
            return parts
        try:
            parts += _written(case, row)
        except SealBroken:
            self.damaged += 1
        for message in self._messages.get(id, ()):
            self._add(parts, "messages", partial(self._message, case, message))
        return parts

    def _open_case(self, row: Any) -> Opener | None:
        try:
            sealed = outer_layer.open_by_desk(self._vault, row)
            private = self._desk(row.desk_key_id).open(sealed, kind="case key", id=row.id.bytes)
            return Opener(private)
        except (NotAllowed, SealBroken):
            return None

    def _add(self, parts: list[TextPart], name: str, read: Callable[[], str]) -> None:
        try:
            parts.append((name, read()))
        except (NotAllowed, SealBroken):
            self.damaged += 1

    def _desk(self, desk_key_id: UUID) -> Opener:
        if desk_key_id not in self._desks:
            private = self._keyring.open_desk_key(self._session, desk_key_id)
            self._desks[desk_key_id] = Opener(private)
        return self._desks[desk_key_id]

    def _open(self, opener: Opener, row: SealedRow, case: Opener | None = None) -> dict[str, Any]:
        return sealed_rows.open_row(self._session, self._vault, opener, row, case)

    def _note(self, note: Note, case: Opener | None) -> str:
        return str(self._open(self._desk(note.desk_key_id), note, case)["text"])

    def _trace(self, finding: Finding, case: Opener | None) -> str:
        opener = self._desk(finding.desk_key_id)
        return str(self._open(opener, finding, case)["value"])

    def _message(self, case: Opener, message: Message) -> str:
        return str(self._open(case, message).get("text", ""))


def _written(case: Opener, row: Any) -> list[TextPart]:
    """Returns the story, and the other free-text answers as one part."""
    if row.sealed is None:
        raise SealBroken("there is no body")
    body = unpad(case.open(row.sealed, kind="report body", id=row.id.bytes))
    answers: dict[str, str] = json.loads(body.decode())["answers"]
    others = "\n".join([text for name, text in answers.items() if name in _FREE])
    return [("story", answers.get("story", "")), ("answers", others)]
