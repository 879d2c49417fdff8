"""What became of a delivery, in words that never say more than is known."""

from __future__ import annotations

from flask_babel import LazyString

from reports.model import Delivery
from reports.settings import Settings
from webapp.desk.labels import moment
from webapp.i18n import DESK

_ = DESK.lazy_gettext

PROBLEMS = {
    "smtp_connection": _("The mail server cannot be reached."),
    "smtp_tls": _("The connection to the mail server is not safe."),
    "smtp_no_tls": _("The mail server offers no safe connection."),
    "smtp_sign_in": _("The mail server refused this site's name and password."),
    "folder_write": _("The folder cannot be written to."),
    "changed": _("Somebody changed this delivery in the database. It was not sent."),
}


def outcome(delivery: Delivery, settings: Settings) -> LazyString:
    """One sentence on what became of a delivery."""
    if delivery.state == "sent":
        return _("A mail server took it.")
    if delivery.state == "folder":
        return _("Delivered to a folder on this machine, nobody has received it.")
    if delivery.state == "failed":
        return _("It could not be sent. Nobody has received it.")
    if settings.smtp_url is None and settings.production:
        return _("Waiting: no mail server is configured.")
    if delivery.state == "claimed":
        return _("It is being sent now.")
    if delivery.attempts and delivery.next_at:
        return _("Waiting to be sent again, at %(time)s.", time=moment(delivery.next_at))
    return _("Waiting to be sent.")


def problem(delivery: Delivery) -> LazyString | str:
    """Why the last attempt did not work; empty when nothing is wrong."""
    code = delivery.problem or ""
    if not code or delivery.state in ("sent", "folder"):
        return ""
    known = PROBLEMS.get(code)
    if known is not None:
        return known
    if code.startswith("smtp_"):
        return _("The mail server answered with code %(code)s.", code=code.removeprefix("smtp_"))
    return code


def advice(delivery: Delivery) -> LazyString | str:
    """What staff can do about a failed delivery; empty for any other."""
    if delivery.state != "failed":
        return ""
    return _("Check the address with an administrator, call them, or choose another contact point.")
