"""A second person settles what would protect the person less: agrees, declines, or takes it back.

Both rows stay: what the first person said, and what the second one said of it. Custody has both.
"""

from __future__ import annotations

from uuid import UUID

from reports.act import Act
from reports.errors import ProposalGone, SealBroken, SecondPersonNeeded
from reports.model import Report
from reports.triage import report_reader
from reports.triage.findings import corrections, sealed_findings
from reports.triage.findings.judgement import SETTLED, Judgement


def settle(act: Act, report: Report, lowering_id: UUID, *, agreed: bool) -> None:
    """Agrees to a lowering, or ends it: whoever proposed it takes it back, another declines it.

    Raises `ProposalGone` when it no longer waits, `SecondPersonNeeded` when who proposed it would
    agree, `SealBroken` when the answers cannot be read, and `NotAllowed` at another desk.
    """
    # Under the lock, so that of two people who settle at once the second one hears of the first.
    act.lock(report)
    judged = _read(act, report)
    found = next((each for each in judged.waiting if each.made.id == lowering_id), None)
    if found is None:
        raise ProposalGone("it no longer waits")
    own = found.made.staff_id == act.staff_id
    if own and agreed:
        raise SecondPersonNeeded("somebody else must agree")
    fits = judged.list_standing(found)
    if agreed and not fits:
        raise ProposalGone("the answers have changed since")
    at = judged.get_moment(act.now)
    told = {"lowering": str(lowering_id), "agreed": agreed, "at": at}
    sealed_findings.add(act, report, SETTLED, told)
    line = "lowering_agreed" if agreed else "lowering_undone" if own else "lowering_declined"
    act.record(report, line, {"fields": ",".join(found.values), "lowering": str(lowering_id)})
    if agreed:
        corrections.follow(report, judged, fits)


def _read(act: Act, report: Report) -> Judgement:
    judged = report_reader.read(act.session, act.vault, report, act.keyring).judgement
    if judged is None:
        raise SealBroken("the report's body is damaged")
    return judged
