"""Codes and their words: the one place where a value of the domain becomes a text for people.

Lazy, so that each request gets its own language. Both faces use these labels.
"""

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString

from webapp.i18n import MESSAGES

_ = MESSAGES.lazy_gettext

POLICE_TOLD: Final[Mapping[str, LazyString]] = {
    "yes": _("Do they tell the police? Yes."),
    "no": _("Do they tell the police? No."),
    "depends": _("Do they tell the police? Sometimes."),
    "unknown": _("Do they tell the police? Not sure."),
}
CATEGORIES: Final[Mapping[str, LazyString]] = {
    "emergency": _("In danger now"),
    "victim_support": _("Help and advice for you"),
    "victim_support_minors": _("Help for children and young people"),
    "anonymous_tipline": _("Tell something without your name"),
    "information": _("Information"),
    "labour_inspectorate": _("Problems at work"),
    "police": _("Police"),
    "asylum_reception": _("Asylum and reception centres"),
    "residence": _("Residence papers"),
}
"""The kinds of contact points that the public sees, in the order of the page."""
CATEGORY_SIGNS: Final[Mapping[str, str]] = {
    "emergency": "alert",
    "victim_support": "phone",
    "victim_support_minors": "child",
    "anonymous_tipline": "eye",
    "information": "info",
    "labour_inspectorate": "case",
    "police": "guarded",
    "asylum_reception": "globe",
    "residence": "card",
}
"""The pictogram of each kind."""
CHECKED: Final[Mapping[str, LazyString]] = {
    "documents": _("We compared this with printed guides. We did not call to check."),
    "archived_pages": _("We compared this with saved web pages. We did not call to check."),
}
FOR_WHOM: Final[Mapping[str, LazyString]] = {
    "minors": _("For children and young people."),
    "adults": _("For adults."),
}
"""For whom a contact point is; one that is for everybody says nothing."""
FREE: Final = "The call is free."
"""The country files may say the same in a note; a card says it once."""
COST: Final[Mapping[str, LazyString]] = {
    "free": _("The call is free."),
    "unknown": _("The call may cost money."),
}
MAY_FAIL_ABROAD: Final = "From abroad this number may not work."
"""The country files may say the same in a note; a card says it once."""
HELP_FLAGS: Final[Mapping[str, LazyString]] = {
    "minor_police_duty": _("In this country the police must know when a child is in need."),
    "only_police_at_night": _("At this hour only the police answer in this country."),
    "ask_country": _("We know no one there. Ask the police or a doctor whom you can trust."),
}
"""What a proposal for help says besides its list, where the person must know it."""
REACH: Final[Mapping[str, LazyString]] = {
    "may_fail": _("From abroad this number may not work."),
    "inside_only": _("This number works only inside the country."),
}
