"""Keyed hashes for what a seal does not tell: whose public key a report has, and who wrote.

Anybody can seal to a public key. With these, who can write the database and has not the keys folder
can neither put in a key of their own, which would open what is written later, nor write to a
reporter in the name of the desk.
"""

from __future__ import annotations

import hmac
from uuid import UUID

from reports.errors import RosterBroken, SealBroken
from reports.model import (
    Attachment,
    Finding,
    LegalHold,
    Message,
    Note,
    Proposal,
    ReferralAnswer,
    Report,
)
from reports.vault import Vault


def make_case_seal(vault: Vault, report_id: UUID, public: bytes) -> bytes:
    """The hash over the public half of a report's case key."""
    return vault.compute_mac("case public key", report_id.bytes, public)


def verify_case_public(vault: Vault, report: Report) -> bytes:
    """The public key of a report. Raises `RosterBroken` when it is not the one it began with."""
    if not hmac.compare_digest(report.case_seal, make_case_seal(vault, report.id, report.public)):
        raise RosterBroken("a report's public key is not the one it began with")
    return report.public


def make_message_seal(vault: Vault, row: Message) -> bytes:
    """The hash over a message: whose thread it is in, who wrote it, and its sealed text."""
    ids = row.id.bytes, row.report_id.bytes
    return vault.compute_mac("message", *ids, row.author.encode(), row.sealed)


def make_note_seal(vault: Vault, row: Note) -> bytes:
    """The hash over a note: which report it is on, who wrote it, and its sealed text."""
    ids = row.id.bytes, row.report_id.bytes, row.desk_key_id.bytes, row.staff_id.bytes
    return vault.compute_mac("note", *ids, row.sealed)


def make_finding_seal(vault: Vault, row: Finding) -> bytes:
    """The hash over a finding: which report it is on, what it is, who wrote it, its sealed text."""
    ids = row.id.bytes, row.report_id.bytes, row.desk_key_id.bytes, row.staff_id.bytes
    return vault.compute_mac("finding", *ids, row.kind.encode(), row.sealed)


def make_proposal_seal(vault: Vault, row: Proposal) -> bytes:
    """The hash over a proposal: for which report, by whom, and what it proposes."""
    ids = row.id.bytes, row.report_id.bytes, row.desk_key_id.bytes, row.staff_id.bytes
    return vault.compute_mac("proposal", *ids, row.sealed)


def make_answer_seal(vault: Vault, row: ReferralAnswer) -> bytes:
    """The hash over a recipient's answer: to which referral, what it is, by whom, and its words."""
    by = row.staff_id.bytes if row.staff_id else b""
    ids = row.id.bytes, row.referral_id.bytes, row.desk_key_id.bytes, by
    return vault.compute_mac("referral answer", *ids, row.kind.encode(), row.sealed)


def make_hold_seal(vault: Vault, row: LegalHold) -> bytes:
    """The hash over a legal hold: of which report, how far it is, by whom, and its reason."""
    ids = row.report_id.bytes, row.desk_key_id.bytes, row.staff_id.bytes
    return vault.compute_mac("legal hold", *ids, row.state.encode(), row.sealed)


def make_attachment_seal(vault: Vault, row: Attachment) -> bytes:
    """The hash over a file: whose it is, the objects it consists of, and its sealed details."""
    names = (row.blob or "").encode(), (row.original_blob or "").encode()
    owner = row.report_id.bytes if row.report_id else b""
    return vault.compute_mac("attachment", row.id.bytes, owner, *names, row.sealed)


def check(found: bytes, right: bytes) -> None:
    """Raises `SealBroken` unless a row carries the hash that it should."""
    if not hmac.compare_digest(found, right):
        raise SealBroken("written by somebody without this instance's keys")
