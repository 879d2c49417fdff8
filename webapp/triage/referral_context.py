"""What a report's page says of referrals beyond their deliveries."""

from __future__ import annotations

from typing import Any

from reports.model import Proposal
from reports.triage import legal_hold
from reports.triage.report_reader import OpenReport
from webapp.site.db import get_session, get_vault
from webapp.staff_auth import get_keyring
from webapp.triage import whatif


def build(opened: OpenReport) -> dict[str, Any]:
    """The proposal that waits, the legal hold, and facts to try."""
    session, report = get_session(), opened.report
    return {
        "waiting_proposal": session.get(Proposal, report.id),
        "legal_hold": legal_hold.read(session, get_vault(), get_keyring(), report),
        "what_if": whatif.list_fields(opened.judged or {}),
    }
