"""The answers of a report in words: for the form and its review, and for staff at the desk.

They are lazy, so each request gets its own language. The form's words are in the catalogue
`messages`, those marked with `desk_text` in the catalogue `desk`. A person affected reads "you"
where others read "the person"; texts without such a difference exist once. Which question uses
which labels stands in `webapp.wording.report_questions`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from flask_babel import LazyString

from reports.intake.question import SAME
from reports.intake.taxonomy import DOORS, TAXONOMY, TaxonomyEntry
from webapp.i18n import DESK, MESSAGES
from webapp.wording.place_labels import make_country_labels, make_region_labels
from webapp.wording.taxonomy_labels import SECTORS, label_entry

_ = MESSAGES.lazy_gettext
desk_text = DESK.lazy_gettext
TextByDoor = Mapping[str, LazyString]
"""A text for each door; "" is the text for doors without their own."""
AnswerLabels = Mapping[str, LazyString]
FormLabels = Mapping[str, LazyString | TextByDoor]
"""Code to words, or to the words for each door where they differ."""

UNKNOWN: Final = _("I don't know")

_ELSEWHERE: Final[AnswerLabels] = {"other": _("Another country"), "unknown": UNKNOWN}
COUNTRY: Final[AnswerLabels] = make_country_labels(_ELSEWHERE)
REGION: Final[AnswerLabels] = make_region_labels(UNKNOWN)
KIND: Final[AnswerLabels] = {
    "self": _("Me"),
    "witness": _("Someone else"),
    "professional": _("Someone else. I know this from my work."),
    "unknown": _("I don't want to say"),
}
AGE: Final[AnswerLabels] = {
    "adult": _("18 or older"),
    "minor": _("Younger than 18"),
    "doubtful": _("Says 18 or older, but looks younger"),
    "unknown": UNKNOWN,
}
YES_NO: Final[AnswerLabels] = {"yes": _("Yes"), "no": _("No"), "unknown": UNKNOWN}
POLICE: Final[AnswerLabels] = {"accepted": _("Yes"), "refused": _("No"), "unknown": UNKNOWN}
PRESENT: Final[AnswerLabels] = make_country_labels(
    _ELSEWHERE, first={SAME: _("In the same country")}
)
SINCE: Final[AnswerLabels] = {
    "days": _("Some days ago"),
    "weeks": _("Some weeks ago"),
    "months": _("Some months ago"),
    "years": _("More than a year ago"),
    "unknown": UNKNOWN,
}
PEOPLE: Final[AnswerLabels] = {
    "one": _("One person"),
    "few": _("2 to 5 people"),
    "many": _("6 to 20 people"),
    "crowd": _("More than 20 people"),
    "unknown": UNKNOWN,
}
SECTOR: Final[AnswerLabels] = {**SECTORS, "unknown": UNKNOWN}
REPLY_LANGUAGE: Final[AnswerLabels] = {SAME: _("The language of this page")}


def _label_by_door(entries: Iterable[TaxonomyEntry]) -> dict[str, TextByDoor]:
    return {entry.id: {door: label_entry(entry, door) for door in DOORS} for entry in entries}


FORM: Final[FormLabels] = _label_by_door(TAXONOMY.forms)
SIGN: Final[FormLabels] = {**_label_by_door(TAXONOMY.signs), "unknown": UNKNOWN}

NOT_KNOWN: Final = desk_text("Not known")
DESK_YES_NO: Final[AnswerLabels] = {
    "yes": desk_text("Yes"),
    "no": desk_text("No"),
    "unknown": NOT_KNOWN,
}
DESK_POLICE: Final[AnswerLabels] = {
    "accepted": desk_text("Yes"),
    "refused": desk_text("No"),
    "unknown": NOT_KNOWN,
}
DESK_ELSEWHERE: Final[AnswerLabels] = {
    "other": desk_text("Another country"),
    "unknown": NOT_KNOWN,
}
DESK_COUNTRY: Final[AnswerLabels] = make_country_labels(DESK_ELSEWHERE)
DESK_PRESENT: Final[AnswerLabels] = make_country_labels(
    {**DESK_ELSEWHERE, SAME: desk_text("Where it happens")}
)
DESK_REGION: Final[AnswerLabels] = make_region_labels(NOT_KNOWN)
DESK_FORM: Final[AnswerLabels] = {
    "sexual": desk_text("Sexual exploitation"),
    "labour": desk_text("Labour exploitation"),
    "begging": desk_text("Forced begging"),
    "forced_crime": desk_text("Forced crime"),
    "organs": desk_text("Organ removal"),
    "child_sale": desk_text("Sale of a child"),
    "forced_marriage": desk_text("Forced marriage"),
    "illegal_adoption": desk_text("Illegal adoption"),
    "surrogacy": desk_text("Surrogacy"),
    "unknown": desk_text("Form not known"),
}
DESK_KIND: Final[AnswerLabels] = {
    "self": desk_text("The person affected"),
    "witness": desk_text("A witness"),
    "professional": desk_text("A professional"),
    "unknown": desk_text("Not said: treated as the person affected"),
}
DESK_AGE: Final[AnswerLabels] = {
    "adult": desk_text("Adult"),
    "minor": desk_text("Under 18"),
    "doubtful": desk_text("Says adult, looks younger"),
    "unknown": NOT_KNOWN,
}
DESK_PEOPLE: Final[AnswerLabels] = {
    "one": desk_text("1 person"),
    "few": desk_text("2 to 5 people"),
    "many": desk_text("6 to 20 people"),
    "crowd": desk_text("More than 20 people"),
    "unknown": NOT_KNOWN,
}
DESK_SINCE: Final[AnswerLabels] = {
    "days": desk_text("some days"),
    "weeks": desk_text("some weeks"),
    "months": desk_text("some months"),
    "years": desk_text("more than a year"),
    "unknown": NOT_KNOWN,
}
DESK_SECTOR: Final[AnswerLabels] = {**SECTORS, "unknown": NOT_KNOWN}
DESK_SIGN: Final[AnswerLabels] = {
    **{sign.id: label_entry(sign) for sign in TAXONOMY.signs},
    "unknown": NOT_KNOWN,
}
