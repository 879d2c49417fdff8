"""Counts of the turns that wait at one's desks, capped so that counting stays cheap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    Integer,
    ScalarSelect,
    Select,
    bindparam,
    false,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from reports.model import Report, StoredTurn
from reports.model.turn import REASONS
from reports.roster.keyring import Keyring
from reports.triage.queue.queue import OPEN
from reports.triage.turns.turn import IN_DANGER, IN_DOUBT, ORDINARY, find_limit

MOST: Final = 99
"""Above it the page shows "99+": a larger figure would tell nobody more."""
COUNTED: Final = tuple(reason for reason in REASONS if reason != "packet")
"""The reasons for which the desk must do something."""


@dataclass(frozen=True)
class QueueCounts:
    """Counts of reports, each capped at `MOST` + 1, which stands for "more than `MOST`".

    `turns`: by reason, what this person may do something about now. `mine`: assigned to them.
    `overdue`: something must be done and its time is over. Of reports in doubt there is only
    `unverified`.
    """

    turns: Mapping[str, int]
    mine: int
    overdue: int
    unverified: int


def count_reports(session: Session, keyring: Keyring, now: datetime) -> QueueCounts:
    """Returns the counts of one's desks."""
    told = {
        "desks": list(keyring.list_desk_ids(session)),
        "me": keyring.staff.id,
        "most": MOST + 1,
        "limit": find_limit(now),
    }
    *turns, mine, overdue, unverified = session.execute(_FIGURES, told).one()
    by_reason = dict(zip(COUNTED, turns, strict=True))
    return QueueCounts(by_reason, mine, overdue, unverified)


def _counted(*parts: Select[Any]) -> ScalarSelect[int]:
    """Returns the number of reports in all parts together, up to the limit."""
    limit: BindParameter[int] = bindparam("most", type_=Integer)
    limited = [select(part.limit(limit).subquery()) for part in parts]
    whole = union_all(*limited).subquery() if parts[1:] else limited[0].subquery()
    ids = select(whole.c[0]).distinct().limit(limit).subquery()
    return select(func.count()).select_from(ids).scalar_subquery()


def _list_turns(reason: str) -> list[Select[Any]]:
    """Selects what waits for a reason: one index range for each rank, begun or slept until now."""
    me, limit = bindparam("me", type_=StoredTurn.staff_id.type), bindparam("limit", type_=Integer)
    others = StoredTurn.not_staff_id
    here = select(StoredTurn.report_id).where(
        StoredTurn.desk_id.in_(bindparam("desks", expanding=True)),
        StoredTurn.reason == reason,
        or_(others.is_(None), others != me),
    )
    return [
        begun
        for rank in (IN_DANGER, ORDINARY)
        for begun in (
            here.where(StoredTurn.rank == rank, StoredTurn.sleeps.is_(false())),
            here.where(
                StoredTurn.rank == rank, StoredTurn.sleeps.is_(true()), StoredTurn.place < limit
            ),
        )
    ]


def _figures() -> Select[*tuple[Any, ...]]:
    """Builds one statement for all counts: by reason, then in the order of `QueueCounts`."""
    here = select(Report.id).where(Report.desk_id.in_(bindparam("desks", expanding=True)))
    limit: BindParameter[int] = bindparam("limit", type_=Integer)
    overdue = [
        here.where(
            Report.turn_rank == rank, Report.turn_sleeps.is_(sleeps), Report.turn_place < limit
        )
        for rank in (IN_DANGER, ORDINARY)
        for sleeps in (false(), true())
    ]
    return select(
        *(_counted(*_list_turns(reason)) for reason in COUNTED),
        _counted(here.where(Report.assignee_id == bindparam("me"), Report.status.in_(OPEN))),
        _counted(*overdue),
        _counted(here.where(Report.turn_rank == IN_DOUBT)),
    )


_FIGURES: Final = _figures()
"""Built once: building it costs more than running it."""
