"""The country files as the web side uses them: one edition at a time, the last good one.

Every few seconds one request of each process looks whether a file changed. Files that are whole
become the next edition; files with any fault are named in the log, and the site goes on with what
it has. A request keeps to the edition that it began with. Several processes change within seconds
of each other and need not agree: an edition is complete in itself.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final, cast

from flask import Flask, abort, g
from flask.sansio.app import App

from reports.routing.country import Countries, Country, list_files, load_all
from reports.routing.entries import Contact
from reports.routing.events import EVENTS_FILE
from reports.routing.faults import CountryFaults, FileFault
from reports.territory import Territory, add_source
from webapp.i18n import COUNTRIES
from webapp.site.app_services import get_services, has_services
from webapp.site.page_codes import assign_country_letters

LOOK_EVERY: Final = 5.0
"""Seconds between two looks at the files; a look asks the file system for four times and sizes."""
_log: Final = logging.getLogger("wayside.countries")

FileStamp = tuple[tuple[str, int, int], ...]
EditionCheck = Callable[["Edition"], list[FileFault]]
"""What else must hold before an edition is used, such as that every chapter can be written."""


@dataclass(frozen=True, slots=True)
class Edition:
    """The country files as they stood together at one moment. `number` counts up from 1."""

    number: int
    countries: Countries
    letters: Mapping[str, str]
    territory: Territory

    @classmethod
    def build(cls, number: int, countries: Countries, served: Iterable[str]) -> Edition:
        """The edition of these files; `CountryFaults` where they name what does not exist."""
        territory = Territory.build(countries, served)
        return cls(number, countries, assign_country_letters(territory.served), territory)


class EditionCache:
    """The present edition of one process. Any thread may look; one at a time reads.

    Only files that were there at the start are read: one that comes later means nothing before the
    next start, whatever is in it, so that no page, desk or count changes under people's hands.
    """

    def __init__(self, folder: Path, served: tuple[str, ...]) -> None:
        """Read the first edition; `CountryFaults` with every fault where there is none."""
        self._folder = folder
        self._served = served
        self._names = frozenset(path.name for path in list_files(folder))
        self._seen = stamp_files(folder, self._names)
        self._next = 0.0
        self._reading = threading.Lock()
        self.present = self._read(1)

    def refresh(self, moment: float, trial: EditionCheck) -> None:
        """At `moment` (seconds of a steady clock): take changed files, if they are whole."""
        if moment < self._next or not self._reading.acquire(blocking=False):
            return
        try:
            self._next = moment + LOOK_EVERY
            seen = stamp_files(self._folder, self._names)
            if seen == self._seen:
                return
            self._seen = seen
            self._take(trial)
        finally:
            self._reading.release()

    def is_fresh(self, moment: float) -> bool:
        """Whether nothing needs to be looked at before this moment of a steady clock."""
        return moment < self._next

    def _take(self, trial: EditionCheck) -> None:
        try:
            edition = self._read(self.present.number + 1)
            if faults := trial(edition):
                raise CountryFaults(faults)
        except (CountryFaults, OSError) as problem:
            if isinstance(problem, OSError):
                self._seen = ()
            for line in str(problem).splitlines():
                _log.error("event=countries_kept edition=%d %s", self.present.number, line)
            return
        self.present = edition
        _log.warning("event=countries_changed edition=%d", edition.number)

    def _read(self, number: int) -> Edition:
        everything = load_all(self._folder, names=self._names)
        gone = [code for code in self._served if code not in everything.codes]
        if gone:
            sentence = "this country is served, and its file is not there"
            raise CountryFaults(FileFault(f"{code.lower()}.toml", "", sentence) for code in gone)
        return Edition.build(number, everything, self._served)


def stamp_files(folder: Path, names: Collection[str] | None = None) -> FileStamp:
    """By which a change of the files is noticed: name, time and size of each, or of `names`."""
    found = []
    for path in (*list_files(folder), folder / EVENTS_FILE):
        if names is not None and path.name not in (*names, EVENTS_FILE):
            continue
        try:
            state = path.stat()
        except FileNotFoundError:
            continue
        found.append((path.name, state.st_mtime_ns, state.st_size))
    return tuple(found)


def get_edition() -> Edition:
    """The edition that this request (or command) began with."""
    if "edition" not in g:
        g.edition = get_services().countries.present
    return cast(Edition, g.edition)


def get_countries() -> Countries:
    """All country files, the common one included."""
    return get_edition().countries


def get_letters() -> Mapping[str, str]:
    """The letters in addresses of the countries that this instance serves, to their codes."""
    return get_edition().letters


def find_territory() -> Territory | None:
    """The territory of the edition of this request; None outside every site."""
    return get_edition().territory if has_services() else None


add_source(find_territory)


def find_letter(code: str) -> str:
    """The letters of a country in addresses; KeyError for one that is not served."""
    return {code: letter for letter, code in get_letters().items()}[code]


def get_country_or_404(letter: str) -> Country:
    """The country of these letters in an address; 404 for any other."""
    code = get_letters().get(letter)
    if code is None:
        abort(404)
    return get_countries()[code]


def translate_name(country: Country) -> str:
    """The country's name in the language of the request."""
    return str(COUNTRIES.gettext(country.name))


def list_emergency_contacts(country: Country) -> list[Contact]:
    """Whom to call in danger in this country: what its own emergency rules name, in order."""
    rules = (rule for block in country.sections["emergency"] for rule in block.rules)
    ids = dict.fromkeys(name for rule in rules for name in rule.placed)
    return [get_countries().find_contact(name) for name in ids]


def add_check(app: App, trial: EditionCheck) -> None:
    """Let `trial` judge every later edition before it is used."""
    get_services(app).edition_checks.append(trial)


def run_checks(edition: Edition) -> list[FileFault]:
    """What the trials find wrong with an edition."""
    return [fault for trial in get_services().edition_checks for fault in trial(edition)]


def init_app(app: Flask) -> None:
    """Look before each request whether a country file changed."""
    app.before_request(lambda: get_services().countries.refresh(monotonic(), run_checks))
