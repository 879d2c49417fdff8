"""The answers of a report in words, for the form, its review and the desk.

Beside `webapp.labels` because these belong together and are many. Lazy, as those are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString

from webapp.i18n import COUNTRIES, MESSAGES

_ = MESSAGES.lazy_gettext

UNKNOWN: Final = _("I don't know")

COUNTRY: Final[Mapping[str, LazyString]] = {
    "BE": COUNTRIES.lazy_gettext("Belgium"),
    "NL": COUNTRIES.lazy_gettext("Netherlands"),
    "LU": COUNTRIES.lazy_gettext("Luxembourg"),
    "other": _("Another country"),
    "unknown": UNKNOWN,
}
REGION: Final[Mapping[str, LazyString]] = {
    "flanders": _("Flanders"),
    "brussels": _("Brussels"),
    "wallonia": _("Wallonia"),
    "unknown": UNKNOWN,
}
FORM: Final[Mapping[str, LazyString]] = {
    "sexual": _("Sex, or sexual pictures and videos"),
    "labour": _("Work, with too little pay or no freedom"),
    "begging": _("Beg for money"),
    "forced_crime": _("Crimes, such as stealing or selling drugs"),
    "organs": _("Give an organ, such as a kidney"),
    "child_sale": _("A child is sold"),
    "forced_marriage": _("Marry against their will"),
    "illegal_adoption": _("An adoption that breaks the law"),
    "surrogacy": _("Have a baby for other people, under pressure"),
    "unknown": _("Something else, or I don't know"),
}
KIND: Final[Mapping[str, LazyString]] = {
    "self": _("Me"),
    "witness": _("Someone else"),
    "professional": _("Someone else. I know this from my work."),
    "unknown": _("I don't want to say"),
}
AGE: Final[Mapping[str, LazyString]] = {
    "adult": _("18 or older"),
    "minor": _("Younger than 18"),
    "doubtful": _("Says 18 or older, but looks younger"),
    "unknown": UNKNOWN,
}
DANGER: Final[Mapping[str, LazyString]] = {
    "yes": _("Yes"),
    "no": _("No"),
    "unknown": UNKNOWN,
}

WORDS: Final[Mapping[str, Mapping[str, LazyString]]] = {
    "country": COUNTRY,
    "region": REGION,
    "form": FORM,
    "kind": KIND,
    "age": AGE,
    "danger": DANGER,
}
"""Field of a report, then value, then words."""
QUESTIONS: Final[Mapping[str, LazyString]] = {
    "country": _("Where does it happen?"),
    "region": _("In Belgium: which part?"),
    "place": _("Which place?"),
    "form": _("What does the person have to do?"),
    "kind": _("Who is it about?"),
    "age": _("How old is the person?"),
    "danger": _("Is someone in danger now?"),
    "story": _("What happened?"),
}
