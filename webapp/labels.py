"""Codes and their words: the one place where a value of the domain becomes a text for people.

Lazy, so that each request gets its own language. Both faces use these labels.
"""

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString

from webapp.i18n import MESSAGES

_ = MESSAGES.lazy_gettext

POLICE_TOLD: Final[Mapping[str, LazyString]] = {
    "yes": _("They tell the police: yes"),
    "no": _("They tell the police: no"),
    "unknown": _("Do they tell the police? Ask them first."),
}
CHECKED: Final[Mapping[str, LazyString]] = {
    "documents": _("We compared this with printed guides. We did not call to check."),
    "archived_pages": _("We compared this with saved web pages. We did not call to check."),
}
REACH: Final[Mapping[str, LazyString]] = {
    "may_fail": _("This number may not work from another country."),
    "inside_only": _("This number works only inside the country."),
}
