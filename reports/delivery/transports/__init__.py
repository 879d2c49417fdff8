"""The ways by which a packet can leave the outbox, and the choice between them."""

from __future__ import annotations

from typing import Literal, Protocol

from reports.delivery.outbox import ClaimedDelivery
from reports.delivery.transports.folder import FolderTransport
from reports.delivery.transports.smtp import SmtpTransport
from reports.errors import ChannelMissing
from reports.settings import Settings


class Transport(Protocol):
    """Carries one mail. `outcome` is the delivery's state after success."""

    @property
    def outcome(self) -> Literal["sent", "folder"]: ...

    def send(self, claim: ClaimedDelivery) -> None:
        """Returns when the mail is safely on the other side; raises `ChannelFailed`."""


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
