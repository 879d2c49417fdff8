"""The country files, loaded and checked: facts, contact points and routing rules as frozen data.

`load_all` reads every file of a folder and either returns `Countries` or raises `CountryFaults`
with all faults of all files. Adding a country is adding a file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from reports.errors import WaysideError
from reports.routing.check import check_all
from reports.routing.entries import Contact, Fact, Hours
from reports.routing.facts import FactSpace
from reports.routing.faults import CountryFaults, FileFault
from reports.routing.load import CountryFile, read_file
from reports.routing.rules import DerivedFact, RuleBlock

DATA = Path(__file__).parent / "data"
STALE_DAYS = 365


class NoSuchContact(WaysideError):
    """No country file holds a contact point of this id."""


@dataclass(frozen=True, slots=True)
class Country:
    """One country file. The common file (`common`) holds what no single country owns."""

    code: str
    name: str
    common: bool
    regions: tuple[str, ...]
    office_hours: Hours
    facts: Mapping[str, Fact]
    contacts: Mapping[str, Contact]
    sections: Mapping[str, tuple[RuleBlock, ...]]


@dataclass(frozen=True, slots=True)
class Countries:
    """All country files together. Iterating gives the codes, the common file's code last."""

    by_code: Mapping[str, Country]
    derived: tuple[DerivedFact, ...]
    space: FactSpace
    contacts: Mapping[str, Contact]

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
        """The codes of the real countries, without the common file."""
        return tuple(code for code, country in self.by_code.items() if not country.common)

    @property
    def common(self) -> Country:
        """The file that answers where no country does."""
        return next(country for country in self.by_code.values() if country.common)

    def find_contact(self, contact_id: str) -> Contact:
        """The contact point of this id; NoSuchContact otherwise."""
        try:
            return self.contacts[contact_id]
        except KeyError:
            raise NoSuchContact(contact_id) from None


def load_all(folder: Path = DATA, *, today: date | None = None) -> Countries:
    """Read and check every `*.toml` of `folder`; with `today`, refuse review dates after it.

    CountryFaults with every fault of every file when anything at all is wrong.
    """
    faults: list[FileFault] = []
    paths = sorted(folder.glob("*.toml"))
    files = [read_file(path, faults) for path in paths]
    read = [file for file in files if file is not None]
    check_all(read, faults, today=today, complete=len(read) == len(paths))
    if faults:
        raise CountryFaults(faults)
    return _assemble(sorted(read, key=lambda file: file.order))


def list_stale(countries: Countries, today: date) -> list[FileFault]:
    """A warning for each entry last reviewed more than a year before `today`."""
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


def _assemble(files: list[CountryFile]) -> Countries:
    by_code = {
        file.code: Country(
            code=file.code,
            name=file.name,
            common=file.common,
            regions=file.regions,
            office_hours=file.office_hours,
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
    )
