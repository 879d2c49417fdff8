"""The list of chapters: the template folder, address and order of each.

To add one: a row here and a folder of paragraphs. Addresses reveal nothing: a country's letter and
a digit, or for a chapter of all countries one or two digits.
"""

from dataclasses import dataclass
from typing import Final

from flask_babel import LazyString

from reports.routing.country import Country
from webapp.i18n import MESSAGES
from webapp.site import page_codes
from webapp.site.country_edition import get_letters

_ = MESSAGES.lazy_gettext

ALL: Final = "all"
"""The name of the template for a chapter that belongs to all countries."""
RIGHTS: Final = "rights"
"""The chapter that many pages link to, for countries that have it."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter: `name` is its folder, `code` its digits, `heading` may name the country.

    `shared`: it belongs to all countries. `legal`: it states law, so it opens with a disclaimer.
    `at_work`: for professionals who meet victims; no chapter for victims links to it. `door`: it
    lists the signs of exploitation in the words for this door of the taxonomy. `sign`: its
    pictogram in lists (`sign-…` in the style sheet).
    """

    name: str
    code: str
    heading: LazyString
    sign: str
    shared: bool = False
    legal: bool = True
    at_work: bool = False
    door: str = ""

    def find_template(self, country: Country | None) -> str:
        """Returns the name of the template with the paragraphs."""
        own = ALL if country is None else country.code.lower()
        return f"info/chapters/{self.name}/{own}.html"


def _of_all(
    name: str,
    code: str,
    heading: LazyString,
    sign: str,
    *,
    legal: bool = False,
    at_work: bool = False,
    door: str = "",
) -> Chapter:
    """Returns a chapter that belongs to all countries."""
    return Chapter(name, code, heading, sign, shared=True, legal=legal, at_work=at_work, door=door)


OF_A_COUNTRY: Final = (
    Chapter(RIGHTS, page_codes.RIGHTS, _("Your rights: %(country)s"), "page"),
    Chapter("danger", "2", _("If you are in danger now: %(country)s"), "alert", legal=False),
    Chapter("time", "3", _("Time to think: %(country)s"), "clock"),
    Chapter("staying", "4", _("Staying, every step: %(country)s"), "card"),
    Chapter("police", "5", _("If you do not want the police: %(country)s"), "unguarded"),
    Chapter("minors", "6", _("If you are under age: %(country)s"), "child"),
    Chapter("asylum", "7", _("If you also ask for asylum: %(country)s"), "globe"),
    Chapter(
        "citizens", "8", _("For citizens, also of the European Union: %(country)s"), "passport"
    ),
    Chapter(
        "onward", "9", _("For professionals, the next steps: %(country)s"), "case", at_work=True
    ),
)
OF_ALL: Final = (
    _of_all("signs", "11", _("Is this happening to me?"), "question", door="self"),
    _of_all("steps", "12", _("Papers, debts, threats: what is safer?"), "guarded"),
    _of_all("after", "13", _("What happens after a report?"), "envelope"),
    _of_all("witness", "14", _("You see something: what can you do?"), "eye", door="witness"),
    _of_all("side", "17", _("The countries side by side"), "table", legal=True),
    _of_all(
        "professionals", "16", _("For professionals"), "case", door="professional", at_work=True
    ),
    _of_all(
        "safety", page_codes.SAFETY, _("What this page hides, and what it cannot hide"), "lock"
    ),
    _of_all("about", "15", _("About this site"), "info"),
)


def build_code(chapter: Chapter, letter: str = "") -> str:
    """Returns the code in a chapter's address; `letter` is the country's."""
    return chapter.code if chapter.shared else letter + chapter.code


def find_chapter(code: str) -> tuple[Chapter, str] | None:
    """Returns the chapter at this code and its country's letter ("" for all countries), or None."""
    for chapter in OF_ALL:
        if chapter.code == code:
            return chapter, ""
    for chapter in OF_A_COUNTRY:
        if code.endswith(chapter.code) and code.removesuffix(chapter.code) in get_letters():
            return chapter, code.removesuffix(chapter.code)
    return None
