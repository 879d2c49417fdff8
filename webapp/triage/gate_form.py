"""The gates of a referral on the page: what is open, and what was entered there.

Small on purpose: shared by the page that sends and the page where a second person agrees.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from flask import request
from sqlalchemy import select

from reports.act import Act
from reports.errors import GateOpen, WaysideError
from reports.model import Report, Staff
from reports.triage.queue import claim
from reports.triage.referral import gate_answers, gates
from reports.triage.referral.gate_answers import GateDraft
from reports.triage.referral.gates import Gate
from reports.triage.report_reader import OpenReport
from webapp.desk import gate_wording
from webapp.desk.template_filters import format_language
from webapp.site import clock
from webapp.site.country_edition import get_countries
from webapp.site.db import get_session, get_vault
from webapp.staff_auth import get_keyring
from webapp.triage.report_page import get_settings

WAY, WHY = "gate-", "why-"
"""What the names of the fields begin with; the key of the gate follows."""


@dataclass(frozen=True)
class ShownGate:
    """A gate with its words. `by` is who answered it, `typed` what was entered and not yet kept."""

    gate: Gate
    words: str
    ways: tuple[tuple[str, str], ...]
    given: str
    by: str
    typed: GateDraft
    mistake: str


@dataclass(frozen=True)
class ShownGates:
    """Those that are not green, and the titles of the others. `second`: one more person must agree.

    `answerable`: everything that stands in the way can be answered here. `alone`: nobody else of
    the desk could agree.
    """

    gates: tuple[ShownGate, ...]
    fine: tuple[str, ...]
    second: bool
    answerable: bool
    alone: bool


def read_drafts() -> dict[str, GateDraft]:
    """Returns what the form has for each gate, by its key."""
    form = request.form
    keys = [name.removeprefix(WAY) for name in form if name.startswith(WAY)]
    keys += [name.removeprefix(WHY) for name in form if name.startswith(WHY)]
    return {key: GateDraft(form.get(WAY + key, ""), form.get(WHY + key, "")) for key in keys}


def list_gates(
    report: Report, to: Iterable[str], proposed_by: UUID | None = None
) -> tuple[Gate, ...]:
    """Returns the gates of a referral to these contact points. Raises `SealBroken`."""
    act = Act(get_session(), get_vault(), get_keyring(), clock.now())
    return gates.list_gates(gate_answers.build_plan(act, report, to, get_settings(), proposed_by))


def show_gates(
    opened: OpenReport, found: tuple[Gate, ...], problem: WaysideError | None = None
) -> ShownGates:
    """Returns the gates with their words, and with what was entered."""
    names = {row.id: row.name for row in get_session().execute(select(Staff.id, Staff.name))}
    drafts = read_drafts()
    spoken = format_language(opened.language)
    shown = tuple(
        _show(gate, spoken, names, drafts.get(gate.key, GateDraft()), problem)
        for gate in found
        if not gate.green and gate.code != "second"
    )
    waiting = {gate.code for gate in found if not gate.green}
    titles = dict.fromkeys(gate.code for gate in found if gate.code not in waiting)
    return ShownGates(
        shown,
        tuple(str(gate_wording.TITLE[code]) for code in titles),
        gates.needs_second(found),
        all(each.gate.is_open or each.ways for each in shown),
        claim.is_alone(get_session(), opened.report.desk_id, get_keyring().staff.id),
    )


def _show(
    gate: Gate,
    language: str,
    names: dict[UUID, str],
    draft: GateDraft,
    problem: WaysideError | None,
) -> ShownGate:
    contact = get_countries().contacts.get(gate.contact_id)
    name = contact.name if contact else gate.contact_id
    here = isinstance(problem, GateOpen) and (problem.gate, problem.contact_id) == (
        gate.code,
        gate.contact_id,
    )
    given = gate.given
    return ShownGate(
        gate,
        gate_wording.describe_gate(gate, name, language),
        tuple((way, gate_wording.label_way(gate, way)) for way in gate.ways),
        gate_wording.label_way(gate, given.way) if given else "",
        names.get(given.staff_id, "–") if given else "",
        draft,
        gate_wording.describe_lack(problem) if here and isinstance(problem, GateOpen) else "",
    )
