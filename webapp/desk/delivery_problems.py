"""Why a delivery did not work: the worker's codes in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString

from webapp.i18n import DESK

_ = DESK.lazy_gettext

PROBLEMS: Final[Mapping[str, LazyString]] = {
    "smtp_connection": _("The mail server cannot be reached."),
    "smtp_tls": _("The connection to the mail server is not safe."),
    "smtp_no_tls": _("The mail server offers no safe connection."),
    "smtp_sign_in": _("The mail server refused this site's name and password."),
    "folder_write": _("The folder cannot be written to."),
    "bounced": _("The mail came back: the address does not take it."),
    "gave_up": _("It could not be sent for five days, and was given up."),
    "changed": _("Somebody changed this delivery in the database. It was not sent."),
}


def describe_problem(code: str) -> LazyString | str:
    """What a code of a failed delivery means; an unknown one as it is."""
    known = PROBLEMS.get(code)
    if known is not None:
        return known
    if code.startswith("smtp_"):
        return _("The mail server answered with code %(code)s.", code=code.removeprefix("smtp_"))
    return code
