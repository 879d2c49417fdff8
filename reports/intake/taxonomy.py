"""The taxonomy of reports: signs of exploitation, forms of exploitation, and sectors of work.

The form, the chapters and the desk share one list, in `data/signs.toml` and `data/work.toml`. Ids
are stored in reports and never change. The words are English and are translated on display, in the
`messages` catalogue. Every entry has words for each door that is asked it, and a source.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final

from reports.errors import WaysideError
from reports.routing.facts import FORMS
from reports.routing.faults import FileFault
from reports.routing.reader import TomlTable

DATA: Final = Path(__file__).parent / "data"
DOORS: Final = ("witness", "self", "professional")
"""The doors; the same codes as the values of the routing fact `kind`."""
DESK: Final = "professional"
"""The door whose words the desk sees."""
GROUPS: Final = ("initial", "physical", "psychological", "practical")
"""The four groups of signs in the sources, in their order (F:1067-1151)."""
CHECKED: Final = ("documents", "archived_pages", "by_phone")


class TaxonomyFaults(WaysideError):
    """The taxonomy is invalid. `faults` holds every fault of both files."""

    def __init__(self, faults: Iterable[FileFault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True, slots=True)
class TaxonomyEntry:
    """One entry that can be ticked. `words` maps a door to an English sentence; a door without one
    is not asked.

    `group` is one of `GROUPS` for a sign, else empty. `reception`: only staff of a reception centre
    can see this sign. `source` is a line of a guide (`F:n`, `B:n`) or a web address.
    """

    id: str
    words: Mapping[str, str]
    source: str
    group: str = ""
    reception: bool = False


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The whole taxonomy, each list in the order of its file. `groups` has one entry for each of
    `GROUPS`."""

    groups: tuple[TaxonomyEntry, ...]
    signs: tuple[TaxonomyEntry, ...]
    forms: tuple[TaxonomyEntry, ...]
    sectors: tuple[TaxonomyEntry, ...]
    reviewed_on: date

    def list_signs(self, door: str, *, reception: bool = False) -> Iterator[TaxonomyEntry]:
        """Returns the signs that `door` is asked; with `reception`, also those of reception
        staff."""
        return (
            sign for sign in self.signs if door in sign.words and (reception or not sign.reception)
        )

    def group_signs(self, codes: Iterable[str]) -> list[tuple[TaxonomyEntry, list[TaxonomyEntry]]]:
        """Returns the signs among `codes` by group, leaving out empty groups."""
        wanted = frozenset(codes)
        rows = [
            (group, [sign for sign in self.signs if sign.group == group.id and sign.id in wanted])
            for group in self.groups
        ]
        return [(group, signs) for group, signs in rows if signs]

    def find_sign(self, code: str) -> TaxonomyEntry | None:
        """Returns the sign with this id, or None."""
        return next((sign for sign in self.signs if sign.id == code), None)


def load(folder: Path = DATA) -> Taxonomy:
    """Reads and checks both files. Raises `TaxonomyFaults` with every fault found."""
    faults: list[FileFault] = []
    signs, work = (_open(folder / name, faults) for name in ("signs.toml", "work.toml"))
    if signs is None or work is None:
        raise TaxonomyFaults(faults)
    taxonomy = Taxonomy(
        groups=_entries(signs, "groups", needed=DOORS),
        signs=_entries(signs, "signs", grouped=True),
        forms=_entries(work, "forms", needed=DOORS),
        sectors=_entries(work, "sectors", one_word=True),
        reviewed_on=max(_reviewed(table) for table in (signs, work)),
    )
    _same_ids(signs, "groups", taxonomy.groups, GROUPS)
    _same_ids(work, "forms", taxonomy.forms, FORMS)
    for table in (signs, work):
        table.close()
    if faults:
        raise TaxonomyFaults(faults)
    return taxonomy


def _open(path: Path, faults: list[FileFault]) -> TomlTable | None:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(FileFault(path.name, "", f"this is no TOML file: {error}"))
        return None
    return TomlTable(path.name, "", values, faults)


def _reviewed(table: TomlTable) -> date:
    table.read_choice("checked", CHECKED)
    return table.read_date("reviewed_on")


def _entries(
    table: TomlTable,
    name: str,
    *,
    needed: tuple[str, ...] = (),
    grouped: bool = False,
    one_word: bool = False,
) -> tuple[TaxonomyEntry, ...]:
    entries = tuple(
        _entry(row, needed, grouped=grouped, one_word=one_word) for row in table.read_tables(name)
    )
    ids = [entry.id for entry in entries]
    for id in sorted({id for id in ids if ids.count(id) > 1}):
        table.note_fault(name, f"{id!r} stands there twice")
    if not entries:
        table.note_fault(name, "there is nothing in this list")
    return entries


def _entry(
    row: TomlTable, needed: tuple[str, ...], *, grouped: bool, one_word: bool
) -> TaxonomyEntry:
    if one_word:
        text = row.read_text("words")
        words = dict.fromkeys(DOORS, text)
    else:
        words = {door: row.read_text(door) for door in DOORS if door in needed or row.has(door)}
        if DESK not in words:
            row.note_fault(DESK, "this key is missing: the desk reads it")
    entry = TaxonomyEntry(
        id=row.read_text("id"),
        words=MappingProxyType(words),
        source=row.read_text("source"),
        group=row.read_choice("group", GROUPS) if grouped else "",
        reception=grouped and row.read_flag("reception", default=False),
    )
    if entry.reception and set(words) - {DESK}:
        row.note_fault("reception", "a sign of reception staff is asked of professionals alone")
    if not (entry.id.isascii() and entry.id.replace("_", "").isalnum() and entry.id.islower()):
        row.note_fault("id", "this must be small letters, figures and _ alone")
    row.close()
    return entry


def _same_ids(
    table: TomlTable, name: str, entries: Iterable[TaxonomyEntry], wanted: tuple[str, ...]
) -> None:
    """Notes a fault for each id of `wanted` that is missing and for each other id."""
    found = {entry.id for entry in entries}
    for id in sorted(set(wanted) - found):
        table.note_fault(name, f"{id!r} is missing")
    for id in sorted(found - set(wanted)):
        table.note_fault(name, f"{id!r} is not one of: {', '.join(wanted)}")


TAXONOMY: Final = load()
