"""Gathers the facts of one report from its rows: clear columns alone, no key and no sealed text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import exists, false, select, true
from sqlalchemy.orm import Session

from reports.model import (
    CustodyLine,
    Delivery,
    Desk,
    DeskGrant,
    DeskKey,
    Finding,
    LegalHold,
    PortalKey,
    Proposal,
    Referral,
    Report,
    Staff,
)
from reports.triage.turns.facts import Happening, ReportFacts, SentReferral, WaitsForSecond
from reports.triage.turns.office_time import find_calendar

_PROPOSES = ("proposed", "lifting")
"""The states of a legal hold in which a second person is waited for."""
_SETTLED = ("lowering_agreed", "lowering_declined", "lowering_undone")
"""The custody lines that end what would protect the person less; they name the finding."""


def gather(session: Session, report: Report) -> ReportFacts:
    """Returns the facts of `report` as its rows say them now."""
    country = session.scalar(select(Desk.country).where(Desk.id == report.desk_id))
    return ReportFacts(
        report.id,
        report.desk_id,
        report.status,
        report.urgency,
        report.unverified,
        report.received_day,
        find_calendar(country),
        assignee_id=report.assignee_id,
        holder_works=_works(session, report),
        happenings=tuple(_list_happenings(session, report.id)),
        waiting=tuple(_list_waiting(session, report)),
        referrals=tuple(_list_referrals(session, report.id)),
    )


def _works(session: Session, report: Report) -> bool:
    """Returns whether the assignee is active, and holds the current key of the report's desk."""
    if report.assignee_id is None:
        return True
    holds = (
        exists()
        .where(DeskGrant.staff_id == Staff.id, DeskGrant.desk_key_id == DeskKey.id)
        .where(DeskKey.desk_id == report.desk_id, DeskKey.current.is_(true()))
    )
    working = select(Staff.id).where(Staff.id == report.assignee_id, Staff.state == "active", holds)
    return session.scalar(working) is not None


def _list_happenings(session: Session, report_id: UUID) -> Iterator[Happening]:
    query = select(CustodyLine.act, CustodyLine.day, CustodyLine.detail)
    lines = query.where(CustodyLine.chain == report_id).order_by(CustodyLine.number)
    for code, day, detail in session.execute(lines):
        told = _read_detail(detail)
        until = _read_day(told.get("until", "")) if code == "put_off" else None
        to = told.get("to", "") if code == "moved" else ""
        yield Happening(code, day, told.get("contact", ""), to, until)


def _read_detail(text: str) -> Mapping[str, str]:
    """Returns the detail of a line; nothing of a damaged one, which the report's page names."""
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _list_waiting(session: Session, report: Report) -> Iterator[WaitsForSecond]:
    """Yields what a second person must agree to: a referral, a hold, less protection."""
    proposals = select(Proposal.id, Proposal.staff_id, Proposal.day)
    holds = select(LegalHold.report_id, LegalHold.staff_id, LegalHold.day)
    for query in (
        proposals.where(Proposal.report_id == report.id),
        holds.where(LegalHold.report_id == report.id, LegalHold.state.in_(_PROPOSES)),
    ):
        for about, staff_id, day in session.execute(query):
            yield WaitsForSecond(about, staff_id, day)
    if report.status != "closed":
        yield from _list_lowerings(session, report.id)


def _list_lowerings(session: Session, report_id: UUID) -> Iterator[WaitsForSecond]:
    """Yields what would protect the person less and nobody has settled; what it says is sealed."""
    asked = select(Finding.id, Finding.staff_id, Finding.day)
    asked = asked.where(Finding.report_id == report_id, Finding.kind == "lowering")
    lowerings = session.execute(asked.order_by(Finding.id)).all()
    if not lowerings:
        return
    ended = select(CustodyLine.detail).where(CustodyLine.chain == report_id)
    ended = ended.where(CustodyLine.act.in_(_SETTLED))
    settled = {_read_detail(told).get("lowering") for told in session.scalars(ended)}
    for about, staff_id, day in lowerings:
        if str(about) not in settled:
            yield WaitsForSecond(about, staff_id, day)


def _list_referrals(session: Session, report_id: UUID) -> Iterator[SentReferral]:
    # One column: a process may read this one, and not all (`reports.database_roles`).
    shared = exists(PortalKey.delivery_id).where(PortalKey.delivery_id == Delivery.id)
    deliveries = (
        select(Delivery.referral_id, Delivery.state, shared)
        .join(Referral, Referral.id == Delivery.referral_id)
        .where(Referral.report_id == report_id, Delivery.reminder.is_(false()))
        .order_by(Delivery.since, Delivery.id)
    )
    states = {id: (state, here) for id, state, here in session.execute(deliveries)}
    rows = select(Referral).where(Referral.report_id == report_id).order_by(Referral.id)
    for row in session.scalars(rows):
        state, here = states.get(row.id, ("", False))
        yield SentReferral(
            row.id,
            row.contact_id,
            row.standing,
            row.decided_at,
            row.answer_due,
            row.chased,
            state,
            here,
        )
