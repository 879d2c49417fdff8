"""The loaded country files: facts, contact points and routing rules as frozen data.

`load_all` reads every file of a folder and either returns `Countries` or raises `CountryFaults`
with all faults of all files. Adding a country means adding a file.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from reports.errors import WaysideError
from reports.routing.check import check_all
from reports.routing.entries import Contact, Fact, Hours
from reports.routing.events import EVENTS_FILE, LegalEvent, read_events
from reports.routing.facts import FactSpace
from reports.routing.faults import CountryFaults, FileFault
from reports.routing.load import CountryFile, read_file
from reports.routing.places import CountryPlace, SharedWords
from reports.routing.rules import DerivedFact, RuleBlock

DATA = Path(__file__).parent / "data"
STALE_DAYS = 365
"""Days after which an entry is due for review."""


class NoSuchContact(WaysideError):
    """No country file has a contact point with this id."""


@dataclass(frozen=True, slots=True)
class Country:
    """One country file. The common file (`common`) holds what belongs to no single country.

    `asked`: the id of the public contact point to ask about an open fact; None in the common file.
    """

    code: str
    name: str
    common: bool
    place: CountryPlace
    shared: SharedWords
    office_hours: Hours
    asked: str | None
    facts: Mapping[str, Fact]
    contacts: Mapping[str, Contact]
    sections: Mapping[str, tuple[RuleBlock, ...]]

    @property
    def regions(self) -> tuple[str, ...]:
        """The region codes, in the order of the file."""
        return tuple(region.id for region in self.place.regions)


@dataclass(frozen=True, slots=True)
class Countries:
    """All country files. Iteration yields the codes in the order of the files, the common one
    included."""

    by_code: Mapping[str, Country]
    derived: tuple[DerivedFact, ...]
    space: FactSpace
    contacts: Mapping[str, Contact]
    events: Mapping[str, LegalEvent]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_code)

    def __len__(self) -> int:
        return len(self.by_code)

    def __getitem__(self, code: str) -> Country:
        return self.by_code[code]

    def __contains__(self, code: object) -> bool:
        return code in self.by_code

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the countries, without the common file."""
        return tuple(code for code, country in self.by_code.items() if not country.common)

    @property
    def common(self) -> Country:
        """The common file, used when no country applies."""
        return next(country for country in self.by_code.values() if country.common)

    def find_contact(self, contact_id: str) -> Contact:
        """Returns the contact point with this id. Raises `NoSuchContact`."""
        try:
            return self.contacts[contact_id]
        except KeyError:
            raise NoSuchContact(contact_id) from None


def load_all(
    folder: Path = DATA, *, today: date | None = None, names: Collection[str] | None = None
) -> Countries:
    """Reads and checks every `*.toml` in `folder`; with `today`, refuses later review dates.

    With `names`, all other files are ignored. Raises `CountryFaults` with every fault of every
    file.
    """
    faults: list[FileFault] = []
    paths = [path for path in list_files(folder) if names is None or path.name in names]
    events = read_events(folder, faults)
    files = [read_file(path, faults, events) for path in paths]
    read = [file for file in files if file is not None]
    check_all(read, faults, today=today, complete=len(read) == len(paths))
    if faults:
        raise CountryFaults(faults)
    return _assemble(sorted(read, key=lambda file: file.order), events)


def list_files(folder: Path) -> list[Path]:
    """Returns the country files of a folder, by name."""
    return sorted(path for path in folder.glob("*.toml") if path.name != EVENTS_FILE)


def _read_head(path: Path) -> Mapping[str, object]:
    """What a file says before its first table; nothing where it is no TOML.

    Every process and every command asks, and the whole of a file takes a hundred times as long.
    """
    try:
        text = path.read_text(encoding="utf-8")
        with suppress(tomllib.TOMLDecodeError):
            return tomllib.loads(text.partition("\n[")[0])
        return tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}


@cache
def _read_codes(files: tuple[tuple[Path, int], ...]) -> tuple[str, ...]:
    found: list[tuple[int, str]] = []
    for path, _changed in files:
        told = _read_head(path)
        order = told.get("order")
        if told.get("common") is not True:
            found.append((order if isinstance(order, int) else 0, path.stem.upper()))
    return tuple(code for _order, code in sorted(found))


def list_codes(folder: Path | None = None) -> tuple[str, ...]:
    """Returns the codes of the countries that have a file, in their order. Nothing is checked.

    An unreadable file counts under its name; `load_all` reports what is wrong with it.
    """
    files = list_files(DATA if folder is None else folder)
    return _read_codes(tuple((path, path.stat().st_mtime_ns) for path in files))


def list_stale(countries: Countries, today: date) -> list[FileFault]:
    """Returns a warning for each entry last reviewed more than `STALE_DAYS` before `today`."""
    found: list[FileFault] = []
    for country in countries.by_code.values():
        file = f"{country.code.lower()}.toml"
        reviews = [(f"facts.{key}", fact.review) for key, fact in country.facts.items()]
        reviews += [(f"contacts.{key}", entry.review) for key, entry in country.contacts.items()]
        for key, review in reviews:
            days = (today - review.reviewed_on).days
            if days > STALE_DAYS:
                found.append(
                    FileFault(file, key, f"last reviewed on {review.reviewed_on}, {days} days ago")
                )
    return found


def list_outdated(countries: Countries) -> list[FileFault]:
    """Returns a warning for each fact that is older than a legal event that touches it."""
    return [
        FileFault(
            f"{country.code.lower()}.toml",
            f"facts.{key}",
            f"last reviewed on {fact.review.reviewed_on}; {event.id}, {event.state} "
            f"{event.on}: {event.what}",
        )
        for country in countries.by_code.values()
        for key, fact in country.facts.items()
        for event in (countries.events[each] for each in fact.outdated_by)
    ]


def list_open(countries: Countries) -> list[FileFault]:
    """Returns a line for each fact that could not be confirmed, whatever changed since."""
    return [
        FileFault(f"{country.code.lower()}.toml", f"facts.{key}", f"not confirmed: {fact.text}")
        for country in countries.by_code.values()
        for key, fact in country.facts.items()
        if fact.strength == "open"
    ]


def _assemble(files: list[CountryFile], events: Mapping[str, LegalEvent]) -> Countries:
    by_code = {
        file.code: Country(
            code=file.code,
            name=file.name,
            common=file.common,
            place=file.place,
            shared=file.shared,
            office_hours=file.office_hours,
            asked=file.asked,
            facts=MappingProxyType({fact.key: fact for fact in file.facts}),
            contacts=MappingProxyType({contact.id: contact for contact in file.contacts}),
            sections=MappingProxyType(dict(file.sections)),
        )
        for file in files
    }
    return Countries(
        by_code=MappingProxyType(by_code),
        derived=tuple(fact for file in files for fact in file.derived),
        space=FactSpace.from_places(
            (file.code for file in files if not file.common),
            (region for file in files for region in file.regions),
        ),
        contacts=MappingProxyType(
            {contact.id: contact for file in files for contact in file.contacts}
        ),
        events=events,
    )
