"""Collects the coded facts of a closed report, stored apart from it and sealed to the desk."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import custody, sealed_rows
from reports.act import Act
from reports.errors import NotAllowed, SealBroken, StatisticRefused
from reports.model import Referral, Report, Statistic
from reports.patience import STATISTICS, allow_time
from reports.roster.keyring import Keyring
from reports.statistics.definitions import ASKED, COUNTRIES, DIMENSIONS
from reports.vault import Opener, Vault

StatisticFacts = Mapping[str, str | int | None]


def collect(act: Act, report: Report, answers: Mapping[str, str], said: Mapping[str, str]) -> None:
    """Stores the facts of `report` for this year's counts; the caller closes the report.

    One that was closed before is counted already. `answers` are the current ones, with corrections.
    `said` holds what staff were asked on closing
    (`definitions.ASKED`): a missing value counts as unknown, a missing ending follows from the
    referrals. Raises `StatisticRefused` for an unknown value.
    """
    if _was_closed_before(act.session, report):
        return
    told = _facts(act.session, report, answers, said)
    row = Statistic(id=uuid4(), year=act.now.year)
    sealed_rows.seal_to_desk(act.session, act.vault, report.desk_id, row, told)


def read_year(
    session: Session, vault: Vault, keyring: Keyring, year: int
) -> Iterator[tuple[Statistic, StatisticFacts | None]]:
    """Yields every row of `year` that this person's desk keys open, with its facts or None if
    damaged."""
    allow_time(session.connection(), STATISTICS)
    openers: dict[object, Opener | None] = {}
    for row in session.scalars(select(Statistic).where(Statistic.year == year)):
        if row.desk_key_id not in openers:
            openers[row.desk_key_id] = _find_opener(session, keyring, row)
        opener = openers[row.desk_key_id]
        if opener is not None:
            yield row, _open(session, vault, opener, row)


def list_years(session: Session) -> list[int]:
    """Returns the years that have any rows, the newest first."""
    query = select(Statistic.year).distinct().order_by(Statistic.year.desc())
    return list(session.scalars(query))


def _was_closed_before(session: Session, report: Report) -> bool:
    moved = (line for line in custody.list_lines(session, report) if line.act == "moved")
    return any(json.loads(line.detail)["from"] == "closed" for line in moved)


def _facts(
    session: Session, report: Report, answers: Mapping[str, str], said: Mapping[str, str]
) -> dict[str, str | int | None]:
    country = answers.get("country", "unknown")
    told: dict[str, str | int | None] = {
        "country": country if country in COUNTRIES else "unknown",
    }
    for name, values in DIMENSIONS.items():
        value = (said if name in ASKED else answers).get(name) or ""
        if name == "ending":
            value = value or _ending(session, report)
        value = value or "unknown"
        if value not in values:
            raise StatisticRefused(name)
        told[name] = value
    told["read_days"], told["answer_days"] = _days(session, report)
    return told


def _ending(session: Session, report: Report) -> str:
    """Returns the ending when staff gave none: it follows from the referrals."""
    standings = set(
        session.scalars(select(Referral.standing).where(Referral.report_id == report.id))
    )
    if standings & {"acknowledged", "ended"}:
        return "taken_up"
    return "passed_on" if standings else "too_little"


def _days(session: Session, report: Report) -> tuple[int | None, int | None]:
    opened = [line.day for line in custody.list_lines(session, report) if line.act == "opened"]
    read = (min(opened) - report.received_day).days if opened else None
    answers = [
        (referral.answered_at - referral.decided_at).days
        for referral in session.scalars(select(Referral).where(Referral.report_id == report.id))
        if referral.answered_at is not None
    ]
    return read, min(answers, default=None)


def _find_opener(session: Session, keyring: Keyring, row: Statistic) -> Opener | None:
    try:
        return Opener(keyring.open_desk_key(session, row.desk_key_id))
    except (NotAllowed, SealBroken):
        return None


def _open(session: Session, vault: Vault, opener: Opener, row: Statistic) -> StatisticFacts | None:
    try:
        return sealed_rows.open_row(session, vault, opener, row)
    except SealBroken:
        return None
