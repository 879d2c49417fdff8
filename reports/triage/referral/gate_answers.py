"""What the gates ask of one report, read from the database; and the answers of staff, stored.

An answer is an act: custody names the gate, the recipient and the answer, and its reason is sealed
to the desk. It goes with the report's other findings: to another desk, and when it is erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from sqlalchemy import select

from reports.act import Act
from reports.errors import GateOpen, SealBroken, TextTooLong
from reports.intake.questions import clean
from reports.intake.urgency import NOW
from reports.model import ContactSetting, Desk, Referral, Report, Staff
from reports.routing.entries import Contact
from reports.settings import Settings
from reports.territory import get_territory
from reports.triage import report_reader
from reports.triage.findings import judgement, sealed_findings
from reports.triage.findings.sealed_findings import OpenFinding
from reports.triage.notes import NOTE_LIMIT
from reports.triage.referral import gates, used_keys
from reports.triage.referral.gates import (
    SPEAK_FOR_THEMSELVES,
    Gate,
    GateAnswer,
    GatePlan,
    GateRecipient,
)
from reports.triage.referral.reach import find_reach
from reports.triage.report_reader import OpenReport

KIND: Final = "gate"
"""The stored kind of this finding."""


@dataclass(frozen=True)
class GateDraft:
    """What somebody entered at a gate: one of its ways, and why."""

    way: str = ""
    reason: str = ""

    def __repr__(self) -> str:
        return f"GateDraft({self.way})"


def build_plan(
    act: Act,
    report: Report,
    contact_ids: Iterable[str],
    settings: Settings | None = None,
    proposed_by: UUID | None = None,
) -> GatePlan:
    """Returns what the gates ask of a referral to these contact points.

    Without `settings` no desk counts as one whose referrals always take two. Raises `SealBroken`
    for a report whose answers cannot be read, and `NotAllowed` at another desk.
    """
    session = act.session
    opened = report_reader.read(session, act.vault, report, act.keyring)
    if opened.answers is None or opened.judged is None:
        raise SealBroken("the report's body is damaged")
    desk = session.get_one(Desk, report.desk_id)
    found = sealed_findings.read(session, act.vault, act.keyring, report)
    written = [line.at for line in opened.thread or () if line.author == "reporter"]
    return GatePlan(
        facts=opened.judged,
        own=_list_own(opened),
        recipients=_list_recipients(act, report, contact_ids),
        sender=act.staff_id,
        proposer=proposed_by,
        given=_extract(found),
        urgent=report.urgency == NOW,
        spoken_at=max(written).isoformat() if written else "",
        language=opened.language,
        languages=_list_languages(act, desk, proposed_by),
        home=desk.country or "",
        by_setting=settings is not None and gates.is_set_for(desk.name, settings),
    )


def answer(act: Act, report: Report, plan: GatePlan, drafts: Mapping[str, GateDraft]) -> GatePlan:
    """Stores what was entered at the gates that are not open, and returns the plan with it.

    `drafts` are by the key of the gate. Raises `GateOpen` for an answer that there is not, that
    lacks its reason, or that who agrees to somebody else's proposal cannot give; `TextTooLong`.
    """
    made = []
    for gate in gates.list_gates(plan):
        draft = drafts.get(gate.key)
        if draft is not None and draft.way and not gate.is_open:
            made.append(_answer(act, report, plan, gate, draft))
    return replace(plan, given=(*plan.given, *made))


def _answer(act: Act, report: Report, plan: GatePlan, gate: Gate, draft: GateDraft) -> GateAnswer:
    reason = clean(draft.reason)
    if draft.way not in gate.ways:
        raise GateOpen(gate.code, gate.contact_id)
    if not reason and (gate.code, draft.way) not in SPEAK_FOR_THEMSELVES:
        raise GateOpen(gate.code, gate.contact_id, "reason")
    if len(reason) > NOTE_LIMIT:
        raise TextTooLong(NOTE_LIMIT, len(reason))
    if gate.two and plan.proposer not in (None, act.staff_id):
        raise GateOpen(gate.code, gate.contact_id, "proposal")
    told = {
        "gate": gate.code,
        "contact": gate.contact_id,
        "about": gate.about,
        "way": draft.way,
        "reason": reason,
    }
    sealed_findings.add(act, report, KIND, told)
    detail = {"gate": gate.code, "answer": draft.way}
    act.record(report, "gate_answered", detail | _name(gate.contact_id))
    return GateAnswer(
        *(gate.code, gate.contact_id, gate.about, draft.way, reason, act.staff_id, act.now)
    )


def _name(contact_id: str) -> dict[str, str]:
    return {"contact": contact_id} if contact_id else {}


def _extract(found: Iterable[OpenFinding]) -> tuple[GateAnswer, ...]:
    return tuple(
        GateAnswer(
            *(told["gate"], told["contact"], told["about"], told["way"], told["reason"]),
            each.staff_id,
            at,
        )
        for each, told, at in sealed_findings.filter_readable(found, KIND)
    )


def _list_own(opened: OpenReport) -> Mapping[str, str]:
    """The reporter's own words: the form, then the mailbox."""
    later = judgement.list_later_answers(opened.thread or ())
    told = sorted(later, key=lambda each: each.at)
    return {**(opened.answers or {}), **{each.field: each.value for each in told}}


def _list_languages(act: Act, desk: Desk, proposed_by: UUID | None) -> frozenset[str]:
    """The languages of the people who decide, and those in which their country's offices work."""
    ids = {act.staff_id, proposed_by} - {None}
    spoken = set(act.session.scalars(select(Staff.language).where(Staff.id.in_(ids))))
    country = get_territory().countries.get(desk.country or "")
    if country is not None:
        own = [region.packet_language for region in country.place.regions]
        spoken |= {tag for tag in (country.place.packet_language, *own) if tag}
    return frozenset(spoken)


def _list_recipients(
    act: Act, report: Report, contact_ids: Iterable[str]
) -> tuple[GateRecipient, ...]:
    query = select(Referral.contact_id, Referral.answered_at).where(
        Referral.report_id == report.id, Referral.standing == "returned"
    )
    returned = {
        contact: at.isoformat() if at else "-" for contact, at in act.session.execute(query)
    }
    found = []
    for contact_id in contact_ids:
        reach = find_reach(act.session, act.vault, contact_id, act.now)
        entry = _find_contact(contact_id)
        found.append(
            GateRecipient(
                contact_id,
                entry.country if entry else "",
                entry is None or entry.category == "police",
                reach.obstacle,
                reach.unnoticed,
                returned.get(contact_id, ""),
                _tell_other_key(act, report, reach.setting),
            )
        )
    return tuple(found)


def _tell_other_key(act: Act, report: Report, setting: ContactSetting | None) -> str:
    if setting is None:
        return ""
    change = used_keys.find_change(act.session, act.vault, report.desk_id, setting)
    return f"{change.before} {change.now}" if change else ""


def _find_contact(contact_id: str) -> Contact | None:
    """The entry of a country file; None for one that no file names any more, which may be
    anybody's."""
    here = get_territory()
    places = (*here.countries.values(), here.common)
    return next((each.contacts[contact_id] for each in places if contact_id in each.contacts), None)
