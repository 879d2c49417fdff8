"""Four eyes: one member of the desk proposes a referral, and a second one agrees or declines.

The proposal is sealed to the desk with a fingerprint of what was seen: once the report, a
recipient's key or a country file has changed, nobody can agree to it any more. Custody names both
people. A report has at most one proposal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from reports import sealed_rows
from reports.act import Act
from reports.errors import NotAllowed, ProposalGone, SealBroken, SecondPersonNeeded
from reports.model import Proposal, Report
from reports.roster.keyring import Keyring
from reports.triage.referral import gate_answers, gates
from reports.triage.referral.compose import Selection
from reports.vault import Vault


@dataclass(frozen=True)
class OpenProposal:
    """A decrypted proposal. `to` are contact ids; `fingerprint` covers what the proposer saw."""

    id: UUID
    staff_id: UUID
    to: tuple[str, ...]
    selection: Selection
    fingerprint: str

    def __repr__(self) -> str:
        return "OpenProposal(...)"


def propose(
    act: Act, report: Report, to: Sequence[str], selection: Selection, fingerprint: str
) -> None:
    """Stores a proposal, replacing an earlier one by the same person.

    Raises `ProposalGone` when somebody else's is pending, `GateOpen` while anything but the second
    person stands in the way, and `SealBroken` as `gate_answers.build_plan` does.
    """
    session = act.session
    act.lock(report)
    gates.require_open(replace(gate_answers.build_plan(act, report, to), seconded=True))
    earlier = session.get(Proposal, report.id)
    if earlier is not None:
        if earlier.staff_id != act.staff_id:
            raise ProposalGone("somebody else's proposal waits")
        session.delete(earlier)
        session.flush()
    told = {"to": list(to), "fingerprint": fingerprint, "selection": _told(selection)}
    row = Proposal(report_id=report.id, id=uuid4(), staff_id=act.staff_id, day=act.now.date())
    sealed_rows.say_to_desk(act, report.desk_id, row, told)
    act.record(report, "proposed")


def read(session: Session, vault: Vault, keyring: Keyring, report: Report) -> OpenProposal | None:
    """Returns the pending proposal, or None. Raises `SealBroken` for a damaged one."""
    row = session.get(Proposal, report.id)
    if row is None:
        return None
    try:
        told = sealed_rows.open_for_staff(session, vault, keyring, row)
    except NotAllowed as problem:
        raise SealBroken("sealed to an earlier key of the desk") from problem
    return OpenProposal(
        row.id, row.staff_id, tuple(told["to"]), _selection(told["selection"]), told["fingerprint"]
    )


def agree(act: Act, report: Report, proposal_id: UUID) -> UUID:
    """Records the second person's consent, and returns who proposed.

    The caller dispatches in the same transaction. Raises `ProposalGone`, or `SecondPersonNeeded`
    for the proposer.
    """
    row = _locked(act.session, report, proposal_id)
    if row.staff_id == act.staff_id:
        raise SecondPersonNeeded("somebody else must agree")
    if not sealed_rows.is_whole(act.session, act.vault, row):
        raise ProposalGone("nobody here has proposed it")
    by = row.staff_id
    act.session.delete(row)
    act.record(report, "agreed")
    return by


def end(act: Act, report: Report, proposal_id: UUID) -> None:
    """Withdraws one's own proposal, or declines somebody else's. Raises `ProposalGone`."""
    row = _locked(act.session, report, proposal_id)
    own = row.staff_id == act.staff_id
    act.session.delete(row)
    act.record(report, "unproposed" if own else "declined")


def _locked(session: Session, report: Report, proposal_id: UUID) -> Proposal:
    """Returns the pending proposal with this id, with a lock on the report's row."""
    session.flush()
    session.refresh(report, with_for_update=True)
    row = session.get(Proposal, report.id)
    if row is None or row.id != proposal_id:
        raise ProposalGone("it is no longer there")
    return row


def _told(selection: Selection) -> dict[str, Any]:
    return {
        "fields": sorted(selection.fields),
        "messages": sorted(selection.messages),
        "files": sorted(selection.files),
        "passages": list(selection.passages),
        "note": selection.note,
        "history": selection.history,
    }


def _selection(told: Mapping[str, Any]) -> Selection:
    return Selection(
        fields=frozenset(told["fields"]),
        messages=frozenset(told["messages"]),
        files=frozenset(told["files"]),
        passages=tuple(told["passages"]),
        note=told["note"],
        history=told["history"],
    )
