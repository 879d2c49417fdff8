"""Labels for contact points, shared by both faces.

They are lazy, so each request gets its own language.
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
"""The categories of contact points that the public sees, in display order."""
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
"""The pictogram of each category."""
CHECKED: Final[Mapping[str, LazyString]] = {
    "documents": _("We compared this with printed guides. We did not call to check."),
    "archived_pages": _("We compared this with saved web pages. We did not call to check."),
}
FOR_WHOM: Final[Mapping[str, LazyString]] = {
    "minors": _("For children and young people."),
    "adults": _("For adults."),
}
"""Whom a contact point serves; one that serves everybody has no text."""
FREE: Final = "The call is free."
"""The same sentence as notes in country files use, so that a card shows it only once."""
COST: Final[Mapping[str, LazyString]] = {
    "free": _("The call is free."),
    "unknown": _("The call may cost money."),
}
MAY_FAIL_ABROAD: Final = "From abroad this number may not work."
"""The same sentence as notes in country files use, so that a card shows it only once."""
HELP_FLAGS: Final[Mapping[str, LazyString]] = {
    "minor_police_duty": _("In this country the police must know when a child is in need."),
    "only_police_at_night": _("At this hour only the police answer in this country."),
    "ask_country": _("We know no one there. Ask the police or a doctor whom you can trust."),
}
"""What a route for help points out besides its list, as far as the person must know it."""
REACH: Final[Mapping[str, LazyString]] = {
    "may_fail": _("From abroad this number may not work."),
    "inside_only": _("This number works only inside the country."),
}
