"""All channels by their stored code: the only place that lists them.

Small on purpose: a new channel is one line here.
"""

from __future__ import annotations

from typing import Final

from reports.delivery.channels.channel import Channel
from reports.delivery.channels.hand.hand_channel import HandChannel
from reports.delivery.channels.mail.mail_channel import MailChannel
from reports.delivery.channels.portal.portal_channel import PortalChannel
from reports.delivery.envelopes.openpgp import OpenPgpEnvelope
from reports.delivery.envelopes.smime import SmimeEnvelope
from reports.errors import NoSuchChannel

CHANNELS: Final[dict[str, Channel]] = {
    "openpgp": MailChannel("openpgp", OpenPgpEnvelope()),
    "smime": MailChannel("smime", SmimeEnvelope()),
    "portal": PortalChannel(),
    "hand": HandChannel(),
}
"""In the order in which a form offers them. Mail has one code for each envelope."""


def get_channel(code: str) -> Channel:
    """Returns the channel with a stored code. Raises `NoSuchChannel`."""
    try:
        return CHANNELS[code]
    except KeyError:
        raise NoSuchChannel(code) from None
