"""The questions of a report: one declaration each, in the order of the form.

A declaration says how the answer is stored, asked, corrected and used for routing, and its English
label in a packet; the translated words stand in `webapp.wording.report_questions` under the same
name. Codes are stored and never change. A question that may be skipped has a code for "I don't
know". The order of the steps is in `reports.intake.form_flow`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from reports.intake.question import (
    N_,
    SAME,
    UNKNOWN,
    ChoiceField,
    FormField,
    LanguageField,
    MultiChoiceField,
    RoutingMeaning,
    TextField,
)
from reports.intake.taxonomy import DESK, TAXONOMY
from reports.routing import facts
from reports.territory import PLACES, LiveWords, Territory
from reports.territory import REGIONS as REGION_CODES

STORY_LIMIT = 20_000
PLACE_LIMIT = 300
LINE_LIMIT = 200
LONG_LIMIT = 1_000
MESSAGE_LIMIT = 5_000
"""The limits are in characters. A story of the full length is about seven pages."""
WRITTEN_LIMIT = 40_000
"""Bytes that a text may take on a page: 20,000 letters of two bytes, or 13,300 of three. So a page
that hands a story back has one size (docs/security-parameters.md#SP-5.4)."""

_YES_NO: Final = {"yes": N_("yes"), "no": N_("no"), "unknown": UNKNOWN}


def _name_places(here: Territory) -> dict[str, str]:
    known = {code: each.place.sentence_name for code, each in here.countries.items()}
    return {**known, "other": N_("another country"), "unknown": UNKNOWN}


def _name_regions(here: Territory) -> dict[str, str]:
    return {**{code: each.words for code, each in here.regions.items()}, "unknown": UNKNOWN}


_PLACES: Final = LiveWords(_name_places)
_PRESENTS: Final = LiveWords(lambda here: {SAME: N_("where it happens"), **_name_places(here)})
_REGIONS: Final = LiveWords(_name_regions)
_KINDS: Final = {
    "self": N_("the person affected"),
    "witness": N_("a witness"),
    "professional": N_("a professional"),
    "unknown": UNKNOWN,
}
_FORMS: Final = {
    "sexual": N_("sexual exploitation"),
    "labour": N_("exploitation at work"),
    "begging": N_("forced begging"),
    "forced_crime": N_("being forced to commit crimes"),
    "organs": N_("removal of organs"),
    "child_sale": N_("sale of a child"),
    "forced_marriage": N_("forced marriage"),
    "illegal_adoption": N_("illegal adoption"),
    "surrogacy": N_("exploitation of surrogacy"),
    "unknown": UNKNOWN,
}
_AGES: Final = {
    "adult": N_("adult"),
    "minor": N_("minor"),
    "doubtful": N_("in doubt: to be treated as a minor"),
    "unknown": UNKNOWN,
}
_POLICE: Final = {
    "accepted": N_("agrees that the police are told"),
    "refused": N_("does not want the police"),
    "unknown": UNKNOWN,
}
_PEOPLE: Final = {
    "one": N_("one"),
    "few": N_("2 to 5"),
    "many": N_("6 to 20"),
    "crowd": N_("more than 20"),
    "unknown": UNKNOWN,
}
_SINCE: Final = {
    "days": N_("days"),
    "weeks": N_("weeks"),
    "months": N_("months"),
    "years": N_("years"),
    "unknown": UNKNOWN,
}
_SECTORS: Final = {each.id: each.words[DESK] for each in TAXONOMY.sectors} | {"unknown": UNKNOWN}
_SIGNS: Final = {each.id: each.words[DESK] for each in TAXONOMY.signs} | {"unknown": UNKNOWN}

FORMS, AGES, POLICE = facts.FORMS, facts.AGES, facts.POLICE
COUNTRIES, REGIONS, KINDS = PLACES, REGION_CODES, tuple(_KINDS)
YES_NO, SINCE, PEOPLE = tuple(_YES_NO), tuple(_SINCE), tuple(_PEOPLE)
SIGNS, SECTORS = tuple(_SIGNS), tuple(_SECTORS)
"""The codes for use in other modules; those of `PEOPLE` mean 1, 2 to 5, 6 to 20 and more than
20."""

_OTHERS: Final = ("witness", "professional")
"""The doors for questions that a person affected is not asked, because they are one person and
speak for themselves."""

_DECLARED: Final[tuple[FormField, ...]] = (
    ChoiceField(
        "kind",
        5,
        "kind",
        N_("Who reports"),
        _KINDS,
        meaning=RoutingMeaning("kind"),
        always=True,
        correctable=True,
        # Silence counts as the person affected, and only a witness can stay unknown to the police.
        protects=(("self",), ("unknown",), ("witness",), ("professional",)),
    ),
    ChoiceField(
        "country",
        1,
        "where",
        N_("Country"),
        _PLACES,
        meaning=RoutingMeaning("exploitation_country"),
        always=True,
        correctable=True,
        protects=(),
    ),
    TextField("place", 3, "where", N_("Place"), PLACE_LIMIT),
    ChoiceField(
        "region",
        2,
        "region",
        N_("Region"),
        _REGIONS,
        meaning=RoutingMeaning("region"),
        correctable=True,
        protects=(),
    ),
    ChoiceField(
        "danger",
        7,
        "danger",
        N_("In danger now"),
        {**_YES_NO, "yes": N_("YES")},
        meaning=RoutingMeaning("danger", true_for=("yes",)),
        always=True,
        correctable=True,
        protects=(("yes",), ("unknown", "no")),
    ),
    ChoiceField(
        "form",
        4,
        "form",
        N_("What it seems to be"),
        _FORMS,
        meaning=RoutingMeaning("form"),
        always=True,
        correctable=True,
        protects=(),
    ),
    ChoiceField(
        "sector",
        9,
        "sector",
        N_("Kind of work"),
        _SECTORS,
        doors=_OTHERS,
        correctable=True,
        protects=(),
    ),
    TextField("story", 8, "story", N_("Story"), STORY_LIMIT, needed=True),
    ChoiceField(
        "people",
        10,
        "people",
        N_("How many people"),
        _PEOPLE,
        doors=_OTHERS,
        correctable=True,
        protects=(),
    ),
    ChoiceField(
        "age",
        6,
        "people",
        N_("Age of who is at risk"),
        _AGES,
        # "Looks younger than they say" makes no sense in the first person.
        withheld={"self": ("doubtful",)},
        meaning=RoutingMeaning("age"),
        always=True,
        correctable=True,
        protects=(("minor", "doubtful"), ("unknown", "adult")),
    ),
    ChoiceField(
        "alone",
        11,
        "people",
        N_("Here without family or guardian"),
        _YES_NO,
        meaning=RoutingMeaning("unaccompanied", true_for=("yes",)),
    ),
    TextField("languages", 12, "people", N_("Languages they speak"), LINE_LIMIT, doors=_OTHERS),
    MultiChoiceField("signs", 13, "signs", N_("Signs"), _SIGNS),
    ChoiceField("since", 14, "time", N_("Since when"), _SINCE),
    ChoiceField(
        "ongoing", 15, "time", N_("Still going on"), _YES_NO, correctable=True, protects=()
    ),
    TextField("next", 16, "time", N_("What may happen next"), LINE_LIMIT),
    TextField("controller", 17, "control", N_("Who controls them"), LONG_LIMIT),
    TextField("names", 18, "control", N_("Names"), LONG_LIMIT),
    TextField("vehicles", 19, "control", N_("Vehicles"), LONG_LIMIT),
    TextField("plates", 20, "control", N_("Number plates"), LINE_LIMIT),
    TextField("phones", 21, "control", N_("Phone numbers"), LINE_LIMIT),
    TextField("adverts", 22, "control", N_("Adverts"), LONG_LIMIT),
    ChoiceField(
        "present",
        23,
        "now",
        N_("Where the person is now"),
        _PRESENTS,
        default=SAME,
        meaning=RoutingMeaning("present_country"),
        correctable=True,
        protects=(),
    ),
    ChoiceField(
        "reception",
        24,
        "now",
        N_("In a reception centre"),
        _YES_NO,
        meaning=RoutingMeaning("asylum_reception", true_for=("yes",)),
    ),
    TextField("online", 25, "now", N_("Online"), PLACE_LIMIT),
    ChoiceField(
        "help",
        26,
        "wishes",
        N_("The person wants help"),
        _YES_NO,
        correctable=True,
        protects=(("no",), ("unknown", "yes")),
    ),
    ChoiceField(
        "police",
        27,
        "wishes",
        N_("The person at risk and the police"),
        _POLICE,
        meaning=RoutingMeaning("police"),
        correctable=True,
        protects=(("refused",), ("unknown",), ("accepted",)),
    ),
    ChoiceField(
        "anonymous",
        28,
        "wishes",
        N_("Wants to stay unknown to the police too"),
        _YES_NO,
        # Only a witness is asked whether to stay unknown to the police as well.
        doors=("witness",),
        meaning=RoutingMeaning("anonymous", true_for=("yes",)),
    ),
    ChoiceField("reply", 29, "reply", N_("Wants an answer in the mailbox"), _YES_NO),
    ChoiceField(
        "abroad",
        30,
        "reply",
        N_("May go to another country"),
        _YES_NO,
        correctable=True,
        protects=(("no",), ("unknown",), ("yes",)),
    ),
    LanguageField("reply_language", 31, "reply", N_("Language of the answer")),
)
FIELDS: Final[dict[str, FormField]] = {field.name: field for field in _DECLARED}
"""Every question by its name: the single source for all code that needs a question."""


def list_missing(answers: Mapping[str, str]) -> list[str]:
    """Returns the names of required fields that have no answer."""
    return [
        name
        for name, field in FIELDS.items()
        if isinstance(field, TextField) and field.needed and not answers.get(name)
    ]


def complete(answers: Mapping[str, str]) -> dict[str, str]:
    """Returns a value for every field: the answer, or else the default."""
    return {name: answers.get(name) or field.default for name, field in FIELDS.items()}


def list_correctable() -> dict[str, ChoiceField]:
    """Returns the questions whose answers staff may correct, by name."""
    return {
        name: field
        for name, field in FIELDS.items()
        if isinstance(field, ChoiceField) and field.correctable
    }


def order_names(first: Iterable[str]) -> tuple[str, ...]:
    """Returns the names of all questions: `first`, then the rest in the order of the form."""
    return tuple(dict.fromkeys((*first, *FIELDS)))


def find_country(answers: Mapping[str, str]) -> str:
    """Returns the country whose desk gets the report: where the person is now, else where it
    happens.

    The country where the person is comes first for their safety; the sources leave the choice open
    (B:162-172).
    """
    present = answers.get("present", SAME)
    served = present not in (SAME, "other", "unknown")
    return present if served else answers.get("country", "unknown")


def split_codes(value: str) -> list[str]:
    """Returns the codes in the answer to a `MultiChoiceField`."""
    return value.split()


def clean(text: str) -> str:
    """Returns `text` with "\\n" line ends, without control characters and surrounding blanks."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in unified if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()
