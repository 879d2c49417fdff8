"""Labels for every answer of a report, as a contact point reads them; marked for translation.

Signs and kinds of work have their words in the taxonomy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reports.delivery.packet_content import PacketLanguage
from reports.intake.questions import SAME, split_codes
from reports.intake.taxonomy import DESK, TAXONOMY


def N_(text: str) -> str:
    """Mark a sentence for the catalogue of the desk; it is translated when a packet is made."""
    return text


LABELS: Final[Mapping[str, str]] = {
    "danger": N_("In danger now"),
    "country": N_("Country"),
    "region": N_("Region"),
    "place": N_("Place"),
    "present": N_("Where the person is now"),
    "form": N_("What it seems to be"),
    "kind": N_("Who reports"),
    "age": N_("Age of who is at risk"),
    "alone": N_("A child without parent or guardian"),
    "people": N_("How many people"),
    "languages": N_("Languages they speak"),
    "sector": N_("Kind of work"),
    "signs": N_("Signs"),
    "since": N_("Since when"),
    "ongoing": N_("Still going on"),
    "next": N_("What may happen next"),
    "controller": N_("Who controls them"),
    "names": N_("Names"),
    "vehicles": N_("Vehicles"),
    "plates": N_("Number plates"),
    "phones": N_("Phone numbers"),
    "adverts": N_("Adverts"),
    "online": N_("Online"),
    "reception": N_("In a reception centre"),
    "help": N_("The person wants help"),
    "police": N_("The person at risk and the police"),
    "anonymous": N_("Wants to stay unknown to the police too"),
    "reply": N_("Wants an answer in the mailbox"),
    "abroad": N_("May go to another country"),
    "reply_language": N_("Language of the answer"),
}
"""In this order; the story follows them all."""
UNKNOWN: Final = N_("not known")
ALWAYS: Final = frozenset({"danger", "country", "form", "kind", "age"})
"""What is said even where nobody knows it."""
YES_NO: Final[Mapping[str, str]] = {"yes": N_("yes"), "no": N_("no")}
PLACES: Final[Mapping[str, str]] = {
    "BE": N_("Belgium"),
    "NL": N_("the Netherlands"),
    "LU": N_("Luxembourg"),
    "other": N_("another country"),
}
VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "country": PLACES,
    "present": {SAME: N_("where it happens"), **PLACES},
    "region": {
        "flanders": N_("Flanders"),
        "brussels": N_("Brussels"),
        "wallonia": N_("Wallonia"),
    },
    "form": {
        "sexual": N_("sexual exploitation"),
        "labour": N_("exploitation at work"),
        "begging": N_("forced begging"),
        "forced_crime": N_("being forced to commit crimes"),
        "organs": N_("removal of organs"),
        "child_sale": N_("sale of a child"),
        "forced_marriage": N_("forced marriage"),
        "illegal_adoption": N_("illegal adoption"),
        "surrogacy": N_("exploitation of surrogacy"),
    },
    "kind": {
        "self": N_("the person affected"),
        "witness": N_("a witness"),
        "professional": N_("a professional"),
    },
    "age": {
        "adult": N_("adult"),
        "minor": N_("minor"),
        "doubtful": N_("in doubt: to be treated as a minor"),
    },
    "danger": {"yes": N_("YES"), "no": N_("no")},
    "people": {
        "one": N_("one"),
        "few": N_("2 to 5"),
        "many": N_("6 to 20"),
        "crowd": N_("more than 20"),
    },
    "since": {
        "days": N_("days"),
        "weeks": N_("weeks"),
        "months": N_("months"),
        "years": N_("years"),
    },
    "police": {
        "accepted": N_("agrees that the police are told"),
        "refused": N_("does not want the police"),
    },
    **dict.fromkeys(
        ("alone", "ongoing", "reception", "help", "anonymous", "reply", "abroad"), YES_NO
    ),
}


def label_answer(field: str, value: str, words: PacketLanguage) -> str | None:
    """What was answered, in words; None for an answer in the reporter's own words."""
    say = words.say
    if field in VALUES:
        return say(VALUES[field].get(value, UNKNOWN))
    if field == "signs":
        found = [sign for code in split_codes(value) if (sign := TAXONOMY.find_sign(code))]
        return "; ".join(say(sign.words[DESK]).rstrip(".") for sign in found) or say(UNKNOWN)
    if field == "sector":
        known = (sector for sector in TAXONOMY.sectors if sector.id == value)
        return say(next((sector.words[DESK] for sector in known), UNKNOWN))
    if field == "reply_language":
        return say(N_("that of the form")) if value == SAME else words.tongue(value)
    return None
