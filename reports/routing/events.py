"""The legal events that can make a fact of a country file old: laws, bills and judgments.

They are kept in `events.toml` beside the country files. A fact names those that touch it in
`changed_by`, and is shown as open until somebody compares it with its source after the event.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, cast

from reports.routing.faults import FileFault
from reports.routing.reader import TomlTable

EVENTS_FILE: Final = "events.toml"
EVENT_STATES: Final = ("in_force", "announced", "pending")
EVENT_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

EventState = Literal["in_force", "announced", "pending"]


@dataclass(frozen=True, slots=True)
class LegalEvent:
    """One change of the law: `what` in plain English, `on` the day from which it counts.

    `state` says how sure that day is. `in_force`: the law applies from `on`. `announced`: `on` is
    the day that was published, and whether it came on that day is not confirmed. `pending`: a
    bill, seen last on `on`; what became of it is not known.
    """

    id: str
    what: str
    on: date
    state: EventState
    source: str

    def is_later_than(self, reviewed_on: date) -> bool:
        """Returns whether what was last compared with its source on that day can be old.

        As long as an event is not confirmed, no day of review is late enough. A law that is known
        beforehand counts at once: nobody should plan on a rule that is about to change.
        """
        return self.state != "in_force" or reviewed_on < self.on


def read_events(folder: Path, faults: list[FileFault]) -> Mapping[str, LegalEvent]:
    """Reads the events of a folder by id, none where there is no such file; notes every fault."""
    path = folder / EVENTS_FILE
    if not path.exists():
        return MappingProxyType({})
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(FileFault(path.name, "", f"this is no TOML file: {error}"))
        return MappingProxyType({})
    table = TomlTable(path.name, "", values, faults)
    events = {event.id: event for event in _read_each(table)}
    table.close()
    return MappingProxyType(events)


def _read_each(table: TomlTable) -> Iterator[LegalEvent]:
    seen: set[str] = set()
    for entry in table.read_tables("events"):
        event = LegalEvent(
            id=entry.read_text("id"),
            what=entry.read_text("what"),
            on=entry.read_date("on"),
            state=cast(EventState, entry.read_choice("state", EVENT_STATES)),
            source=entry.read_text("source"),
        )
        if not EVENT_ID.fullmatch(event.id):
            entry.note_fault("id", "an id is lower-case words joined by hyphens")
        if event.id in seen:
            entry.note_fault("id", f"the id {event.id!r} is used twice")
        seen.add(event.id)
        entry.close()
        yield event
