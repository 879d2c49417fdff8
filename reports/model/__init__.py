"""The tables: columns, relationships and CHECKs, nothing that acts."""

from reports.model.base import Base, Day, Flag, Id, Instant
from reports.model.custody import CustodyLine
from reports.model.delivery import ContactSetting, Delivery, Lease, Referral
from reports.model.report import (
    Draft,
    Guess,
    IntakeHour,
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
    Staff,
    StaffSession,
)

__all__ = [
    "Base",
    "ContactSetting",
    "CustodyLine",
    "Day",
    "Delivery",
    "Desk",
    "DeskGrant",
    "DeskKey",
    "Draft",
    "Flag",
    "Guess",
    "Id",
    "Instant",
    "IntakeHour",
    "Lease",
    "Membership",
    "Message",
    "Note",
    "Organisation",
    "Referral",
    "Report",
    "ReportBody",
    "ReporterSession",
    "RosterGrant",
    "Staff",
    "StaffSession",
]
