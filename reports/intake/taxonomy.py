"""The taxonomy of reports: signs of exploitation, what people are made to do, and kinds of work.

One list in data (`data/signs.toml`, `data/work.toml`) for the form, the chapters and the desk. Its
ids are stored in reports and never change; its words are English and translated where they are
shown, in the `messages` catalogue. Every entry has words for the doors that ask it and its source.
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
"""Who asks; the same codes as the routing fact `kind`."""
DESK: Final = "professional"
"""The door whose words the desk reads."""
GROUPS: Final = ("initial", "physical", "psychological", "practical")
"""The four groups of the sources, in their order (F:1067-1151)."""
CHECKED: Final = ("documents", "archived_pages", "by_phone")


class TaxonomyFaults(WaysideError):
    """The taxonomy cannot be used. `faults` holds every fault of every file."""

    def __init__(self, faults: Iterable[FileFault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True, slots=True)
class TaxonomyEntry:
    """One thing that can be ticked. `words`: door to English sentence; a missing door is not asked.

    `group` is one of `GROUPS` for a sign and empty otherwise. `reception`: a sign that only staff
    of a reception centre can see. `source` is a line of a guide (`F:n`, `B:n`) or an address.
    """

    id: str
    words: Mapping[str, str]
    source: str
    group: str = ""
    reception: bool = False


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All of it, each list in the order of its file. `groups` has an entry for each of `GROUPS`."""

    groups: tuple[TaxonomyEntry, ...]
    signs: tuple[TaxonomyEntry, ...]
    forms: tuple[TaxonomyEntry, ...]
    sectors: tuple[TaxonomyEntry, ...]
    reviewed_on: date

    def list_signs(self, door: str, *, reception: bool = False) -> Iterator[TaxonomyEntry]:
        """The signs that `door` asks; with `reception` also those of reception staff."""
        return (
            sign for sign in self.signs if door in sign.words and (reception or not sign.reception)
        )

    def group_signs(self, codes: Iterable[str]) -> list[tuple[TaxonomyEntry, list[TaxonomyEntry]]]:
        """The signs among `codes`, under their groups; groups without one are left out."""
        wanted = frozenset(codes)
        rows = [
            (group, [sign for sign in self.signs if sign.group == group.id and sign.id in wanted])
            for group in self.groups
        ]
        return [(group, signs) for group, signs in rows if signs]

    def find_sign(self, code: str) -> TaxonomyEntry | None:
        """The sign of this id, if there is one."""
        return next((sign for sign in self.signs if sign.id == code), None)


def load(folder: Path = DATA) -> Taxonomy:
    """Read and check both files. `TaxonomyFaults` with every fault when anything is wrong."""
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
    """Every id of `wanted` and no other."""
    found = {entry.id for entry in entries}
    for id in sorted(set(wanted) - found):
        table.note_fault(name, f"{id!r} is missing")
    for id in sorted(found - set(wanted)):
        table.note_fault(name, f"{id!r} is not one of: {', '.join(wanted)}")


TAXONOMY: Final = load()
