"""Failures between the decision to pass a report on and its answer."""

from __future__ import annotations

from reports.errors.base import WaysideError


class NoRecipient(WaysideError):
    """A referral names no recipient that can be written to."""


class RecipientUnready(WaysideError):
    """A contact point has no confirmed address and key on this instance; `contact_id` names it."""

    def __init__(self, contact_id: str) -> None:
        super().__init__(contact_id)
        self.contact_id = contact_id


class NoSuchChannel(WaysideError):
    """No channel has this code."""


class AddressRefused(WaysideError):
    """A mail address is not one plain ASCII address such as desk@example.org."""


class KeyRefused(WaysideError):
    """A certificate of a contact point cannot be used; `reason` says why in a few plain words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PacketTooLarge(WaysideError):
    """A packet has more bytes than its channel carries: `length`, at most `limit`."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(f"{length} bytes, at most {limit}")
        self.length = length
        self.limit = limit


class PassageMissing(WaysideError):
    """Words that should be taken out of a report stand nowhere in it; `passage` holds them."""

    def __init__(self, passage: str) -> None:
        super().__init__("a passage stands nowhere in the report")
        self.passage = passage


class PacketChanged(WaysideError):
    """What would leave is no longer what was looked at: the report or a recipient has changed."""


class SecondPersonNeeded(WaysideError):
    """Another member of the desk must look and say yes; nobody does it for what they began."""


class ProposalGone(WaysideError):
    """The proposal was withdrawn, declined or carried out meanwhile."""


class ReceiptInvalid(WaysideError):
    """A code that says "we have it" is forged, mistyped, or of a report that is erased."""


class AnswerRefused(WaysideError):
    """A recipient's answer does not fit what was answered before."""


class ChannelFailed(WaysideError):
    """A channel could not deliver. `lasting` says that trying again cannot help."""

    def __init__(self, code: str, *, lasting: bool) -> None:
        super().__init__(code)
        self.code = code
        self.lasting = lasting


class ChannelMissing(WaysideError):
    """No channel is configured that could carry a delivery; it waits."""


class LeaseLost(WaysideError):
    """A worker came to settle a delivery that is no longer its own."""
