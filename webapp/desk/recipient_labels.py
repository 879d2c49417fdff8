"""Words for what a recipient answers, on the signed link's page, in the portal and at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString

from webapp.i18n import DESK

_ = DESK.lazy_gettext

FROM_HERE: Final[Mapping[str, LazyString]] = {
    "acknowledged": _("We have it"),
    "returned": _("It is not for us"),
    "outcome": _("This is how it ended"),
}
FROM_THEM: Final[Mapping[str, LazyString]] = {
    "acknowledged": _("They have it"),
    "returned": _("It is not for them"),
    "outcome": _("How it ended"),
}
STANDING: Final[Mapping[str, LazyString]] = {
    "waiting": _("No answer yet."),
    "acknowledged": _("They have it."),
    "returned": _("They sent it back: it is not for them."),
    "ended": _("They told how it ended."),
}
