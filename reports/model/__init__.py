"""The tables: columns, relationships and CHECKs, nothing that acts."""

from reports.model.attachment import Attachment
from reports.model.base import Base, Day, Flag, Id, Instant
from reports.model.claim import Claim, SavedView
from reports.model.clock import ClockRecord
from reports.model.contact import ContactChange, ContactSetting, UsedKey
from reports.model.custody import CustodyLine
from reports.model.delivery import Delivery, Lease, Referral, WorkerTurn
from reports.model.factor import Passkey, SpareCode
from reports.model.finding import Finding, FoundIdentifiers, LinkToken, ReportLink
from reports.model.notice import NoticeAddress
from reports.model.referral import LegalHold, PortalKey, Proposal, ReferralAnswer
from reports.model.report import (
    Draft,
    Guess,
    IntakeHour,
    LetGo,
    Message,
    Note,
    Report,
    ReportBody,
    ReporterSession,
)
from reports.model.staff import (
    Desk,
    DeskGrant,
    DeskKey,
    Membership,
    Organisation,
    RosterGrant,
    SigningKey,
    Staff,
    StaffSession,
)
from reports.model.statistic import Publication, Statistic
from reports.model.tombstone import ErasedReport, SpentSlot, Tombstone
from reports.model.turn import SkippedReport, StoredTurn

__all__ = [
    "Attachment",
    "Base",
    "Claim",
    "ClockRecord",
    "ContactChange",
    "ContactSetting",
    "CustodyLine",
    "Day",
    "Delivery",
    "Desk",
    "DeskGrant",
    "DeskKey",
    "Draft",
    "ErasedReport",
    "Finding",
    "Flag",
    "FoundIdentifiers",
    "Guess",
    "Id",
    "Instant",
    "IntakeHour",
    "Lease",
    "LegalHold",
    "LetGo",
    "LinkToken",
    "Membership",
    "Message",
    "Note",
    "NoticeAddress",
    "Organisation",
    "Passkey",
    "PortalKey",
    "Proposal",
    "Publication",
    "Referral",
    "ReferralAnswer",
    "Report",
    "ReportBody",
    "ReportLink",
    "ReporterSession",
    "RosterGrant",
    "SavedView",
    "SigningKey",
    "SkippedReport",
    "SpareCode",
    "SpentSlot",
    "Staff",
    "StaffSession",
    "Statistic",
    "StoredTurn",
    "Tombstone",
    "UsedKey",
    "WorkerTurn",
]
