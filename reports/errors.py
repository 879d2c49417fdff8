"""The named failures of the domain.

Every failure that a caller should handle derives from `WaysideError`; the web face maps each
to a status and to words in one table. None carries free text of a report, a name or a secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime


class WaysideError(Exception):
    """Base of every failure that the domain announces."""


class SettingsFaults(WaysideError):
    """The settings cannot be used; `faults` holds one sentence for each."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


class NotFounded(WaysideError):
    """The instance has no keys or schema yet: `init` has not run."""


class AlreadyFounded(WaysideError):
    """The instance holds something that founding it again would destroy."""


class BackupDamaged(WaysideError):
    """A backup is not whole, or not one; the message names the first bad part."""


class BackupOfAnotherVersion(WaysideError):
    """A backup has another schema than this version; the message names it."""


# Sealed storage ---------------------------------------------------------------------------------


class SealBroken(WaysideError):
    """Sealed bytes do not open: wrong key, wrong place, damaged or swapped."""


class RosterBroken(WaysideError):
    """A public key in the database does not carry the organisation's signature."""


class Busy(WaysideError):
    """Every slot for slow key derivation was taken for the whole waiting time."""


class NoRoom(WaysideError):
    """Too little is free on the disk to take anything more."""


# Reporters --------------------------------------------------------------------------------------


class CodeMalformed(WaysideError):
    """What was typed cannot be a receipt code: not 24 digits, or the check digit is wrong."""


class CodeRefused(WaysideError):
    """No mailbox opens with this code. Says nothing about which part was wrong."""


class TooManyGuesses(WaysideError):
    """This locator or name was tried too often in the last minute or day."""


class TokenInvalid(WaysideError):
    """A form's token is forged, damaged or not one of ours."""


class TokenExpired(WaysideError):
    """A form's token is genuine and too old."""


class DraftIncomplete(WaysideError):
    """A draft lacks an answer that a report cannot do without; `fields` names them."""

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = tuple(fields)


class TextTooLong(WaysideError):
    """A text has more than `limit` characters; it had `length`."""

    def __init__(self, limit: int, length: int) -> None:
        super().__init__(f"{length} characters, at most {limit}")
        self.limit = limit
        self.length = length


class TextEmpty(WaysideError):
    """A text that was needed is empty."""


class MailboxClosed(WaysideError):
    """The reporter's session has ended: idle, too long, or never begun."""


class FileRefused(WaysideError):
    """A file is not taken; nothing else is lost.

    `code`: "empty", "large", "many", "bomb" (an archive that grows), "pixels", "unclean" (its hidden
    details could not be taken out), "unknown" (no such file), "lost" (its parts are gone).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class OffsetWrong(WaysideError):
    """A part of a file does not begin where the last one ended; `offset` is where it should."""

    def __init__(self, offset: int) -> None:
        super().__init__(str(offset))
        self.offset = offset


class StoreFailed(WaysideError):
    """The place where files are kept could not write, read or erase."""


class NoRoomForFiles(WaysideError):
    """Too little is free on the disk for files; text is still taken."""


# Staff ------------------------------------------------------------------------------------------


class SignInRefused(WaysideError):
    """Name, password and second factor do not belong together. Never says which."""


class SessionEnded(WaysideError):
    """The staff session is unknown, idle too long, too old, or was ended."""


class InvitationInvalid(WaysideError):
    """A set-up link is unknown, used, or past its time."""


class PasswordRefused(WaysideError):
    """A chosen password breaks a rule; `reason` is "short", "long" or "common"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SecondFactorRefused(WaysideError):
    """The one-time code is wrong or was used before."""


class NotAllowed(WaysideError):
    """The role or the desk of this staff member does not reach what was asked."""


class DeskLeftAlone(WaysideError):
    """Nobody would be left at a desk who can give its key to others."""


class NameTaken(WaysideError):
    """A staff member of this name exists."""


# Triage and delivery ----------------------------------------------------------------------------


class NoSuchReport(WaysideError):
    """No report of this id on a desk that the staff member belongs to."""


class ClaimedByAnother(WaysideError):
    """Somebody else is working on the report: `name`, until `until` unless they go on."""

    def __init__(self, name: str, until: datetime) -> None:
        super().__init__("claimed by another")
        self.name = name
        self.until = until


class HandOverRefused(WaysideError):
    """The report cannot go to another desk: it was referred, is held, or waits for a second yes."""


class StatusRefused(WaysideError):
    """The transition is not in the table of statuses."""


class CorrectionRefused(WaysideError):
    """A correction names a field or a value that there is not; `field` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class AssessmentRefused(WaysideError):
    """An assessment names a sign or an answer that there is not."""


class QuestionRefused(WaysideError):
    """A quick question or an answer to one that there is not, or not in this thread."""


class NoTranslation(WaysideError):
    """No engine for machine translation of this name, or none for these two languages."""


class LinkRefused(WaysideError):
    """Two reports that cannot be linked: the same one, or one of another desk."""


class ReasonMissing(WaysideError):
    """Something needs a written reason: closing without a referral, urgency set by hand."""


class NoRecipient(WaysideError):
    """A referral names no recipient that can be written to."""


class RecipientUnready(WaysideError):
    """A contact point has no confirmed address and key on this instance; `contact_id` names it."""

    def __init__(self, contact_id: str) -> None:
        super().__init__(contact_id)
        self.contact_id = contact_id


class KeyRefused(WaysideError):
    """An OpenPGP certificate cannot be used; `reason` says why in a few plain words."""

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


class CustodyBroken(WaysideError):
    """A custody chain does not hold; `chain` and `number` name the first broken line."""

    def __init__(self, chain: str, number: int) -> None:
        super().__init__(f"chain {chain}, line {number}")
        self.chain = chain
        self.number = number


# Counting ---------------------------------------------------------------------------------------


class StatisticRefused(WaysideError):
    """A coded fact has a value that there is not; `field` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class PublicationRefused(WaysideError):
    """The counts of a year cannot be published; `reason` is a stable code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoticeAddressRefused(WaysideError):
    """What was typed is not an address that notices can go to."""
