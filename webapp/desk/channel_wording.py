"""The desk's words for each channel: its name, the states of a delivery, and reasons for waiting.

A test fails for a channel without an entry here, or an entry with a word missing, so that no
channel is described in the words of another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from flask_babel import LazyString

from webapp.i18n import DESK

_ = DESK.lazy_gettext


@dataclass(frozen=True)
class ChannelWording:
    """The words of one channel: `label`, and one sentence for each of its states and reasons."""

    label: LazyString
    states: Mapping[str, LazyString]
    reasons: Mapping[str, LazyString] = field(default_factory=dict)

    def list_words(self) -> Iterator[LazyString]:
        """Yields all its texts, for checks of the catalogues."""
        yield from (self.label, *self.states.values(), *self.reasons.values())


_MAIL_STATES: Final = {
    "sent": _("A mail server took it."),
    "delivered": _("It has reached their mailbox."),
    "folder": _("Delivered to a folder on this machine, nobody has received it."),
}
_MAIL_REASONS: Final = {
    "no_mail_server": _("Waiting: no mail server is configured."),
    "bounced": _("The mail came back: the address does not take it."),
    "smtp_connection": _("The mail server cannot be reached."),
    "smtp_tls": _("The connection to the mail server is not safe."),
    "smtp_no_tls": _("The mail server offers no safe connection."),
    "smtp_sign_in": _("The mail server refused this site's name and password."),
    "folder_write": _("The folder cannot be written to."),
}
WORDINGS: Final[dict[str, ChannelWording]] = {
    "openpgp": ChannelWording(_("Encrypted mail (OpenPGP)"), _MAIL_STATES, _MAIL_REASONS),
    "smime": ChannelWording(_("Encrypted mail (S/MIME)"), _MAIL_STATES, _MAIL_REASONS),
    "portal": ChannelWording(
        _("Here, in the liaison's account"),
        {"delivered": _("It lies in the portal for them.")},
        {
            "no_liaison": _(
                "It uses the portal, and nobody there has an account yet. "
                "Ask an administrator to invite somebody."
            )
        },
    ),
    "hand": ChannelWording(
        _("By phone or by hand"),
        {
            "to_do": _("Staff must call them or hand it over."),
            "delivered": _("Staff have told them or handed it over."),
        },
    ),
}
"""By the stored code, as in the registry."""
_ANY_CHANNEL: Final[Mapping[str, LazyString]] = {
    "gave_up": _("It could not be sent for five days, and was given up."),
    "changed": _("Somebody changed this delivery in the database. It was not sent."),
}


def label_channel(code: str) -> LazyString:
    """Returns the name of a channel."""
    return WORDINGS[code].label


def describe_state(code: str, state: str) -> LazyString:
    """Returns a sentence for a delivery of this channel in `state`."""
    return WORDINGS[code].states[state]


def describe_reason(code: str, reason: str) -> LazyString:
    """Returns why a channel cannot be used now, or why due deliveries wait."""
    return WORDINGS[code].reasons[reason]


def describe_problem(code: str, problem: str) -> LazyString | str:
    """Returns why a delivery failed; an unknown code, such as of an earlier version, stays as it
    is."""
    known = WORDINGS[code].reasons.get(problem) or _ANY_CHANNEL.get(problem)
    if known is not None:
        return known
    if problem.startswith("smtp_"):
        return _("The mail server answered with code %(code)s.", code=problem.removeprefix("smtp_"))
    return problem
