"""The ways by which a packet can leave the outbox, and the choice between them."""

from __future__ import annotations

from typing import Protocol

from reports.delivery.outbox import ClaimedDelivery, Outcome
from reports.delivery.transports.folder import FolderTransport
from reports.delivery.transports.smtp import SmtpTransport
from reports.errors import ChannelMissing
from reports.settings import Settings


class Transport(Protocol):
    """Carries one delivery. `outcome` is its state after success.

    `codes` are the stable codes of its failures, but for those that carry a server's number.
    """

    @property
    def outcome(self) -> Outcome: ...

    @property
    def codes(self) -> frozenset[str]: ...

    def send(self, claim: ClaimedDelivery) -> None:
        """Returns when it is safely on the other side. Raises `ChannelFailed`."""


def choose(settings: Settings) -> Transport:
    """A mail server where one is configured, else a folder of this machine.

    Raises `ChannelMissing` in production without a mail server: a folder is no delivery, so
    deliveries wait.
    """
    if settings.smtp_url is not None:
        return SmtpTransport(settings.smtp_url, settings.mail_from)
    if settings.production:
        raise ChannelMissing("no mail server is configured")
    return FolderTransport(settings.mail_folder)


def find_waiting_reason(settings: Settings) -> str | None:
    """Why nothing can leave this instance now, as a code ("no_mail_server"); None if it can."""
    return "no_mail_server" if settings.production and settings.smtp_url is None else None
