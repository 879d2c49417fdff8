"""Links: suggests reports that name the same plate, phone, address, advert or person.

Each identifier gives a token: an HMAC of its normalised form under a key derived from the desk's
private key, computed in a staff session when the report is opened. Without that key a token reveals
nothing, and guessed values cannot be tested against it. Tokens are deleted with the report.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from reports.act import Act
from reports.errors import LinkRefused
from reports.model import DeskGrant, DeskKey, LinkToken, Report, ReportLink
from reports.model.finding import LINKS
from reports.roster.keyring import Keyring
from reports.triage.found_identifiers import read_formats
from reports.triage.identifiers import Identifier, list_spellings, parse_identifier
from reports.triage.queue import queue
from reports.triage.report_reader import OpenReport
from reports.vault import compute_hmac, derive

COMMON: Final = 20
"""An identifier in more reports than this identifies nobody: a help line, a town hall."""
SHOWN: Final = 12
"""The most suggestions on one page; those with most in common come first."""


@dataclass(frozen=True)
class LinkSuggestion:
    """Another report, the identifiers that both name, and the decision of staff ("" for none
    yet)."""

    report: Report
    shared: tuple[Identifier, ...]
    state: str


def list_identifiers(opened: OpenReport) -> tuple[Identifier, ...]:
    """Returns what the reporter's texts were found to name, and what staff added.

    Only what staff typed is parsed here.
    """
    formats = read_formats(opened.judged or {})
    own = (parse_identifier(each.kind, each.value, formats) for each in opened.added)
    return tuple(dict.fromkeys((*opened.looked.identifiers, *filter(None, own))))


def update_tokens(session: Session, keyring: Keyring, opened: OpenReport) -> None:
    """Brings the stored tokens of the report up to date, under its desk key."""
    report, found = opened.report, list_identifiers(opened)
    current = report.desk_key_id
    wanted = set(_tokens(keyring.open_desk_key(session, current), found)) if found else set()
    kept = session.scalars(select(LinkToken).where(LinkToken.report_id == report.id)).all()
    for row in kept:
        if row.token not in wanted:
            session.delete(row)
    known = {row.token for row in kept}
    session.add_all(
        LinkToken(report_id=report.id, token=token, desk_key_id=current) for token in wanted - known
    )


def delete_tokens(session: Session, report_id: UUID) -> None:
    """Deletes the tokens of a report that leaves the desk: another desk's key gives other
    tokens."""
    session.execute(delete(LinkToken).where(LinkToken.report_id == report_id))


def list_suggestions(
    session: Session, keyring: Keyring, opened: OpenReport
) -> list[LinkSuggestion]:
    """Returns up to `SHOWN` reports that share an identifier with this one or were linked by staff.

    Only reports of one's own desks. Tokens under earlier epochs of the desk's key are included as
    far as this person holds those keys.
    """
    report = opened.report
    by_token = {
        token: trace
        for private in _epochs(session, keyring, report.desk_id)
        for token, trace in _tokens(private, list_identifiers(opened), earlier=True).items()
    }
    shared: dict[UUID, set[Identifier]] = {}
    for other_id, token in _matches(session, report, by_token):
        shared.setdefault(other_id, set()).add(by_token[token])
    states = _states(session, report.id)
    ids = {*shared, *(id for id, state in states.items() if state == "confirmed")}
    desks = keyring.list_desk_ids(session)
    rows = session.scalars(select(Report).where(Report.id.in_(ids), Report.desk_id.in_(desks)))
    found = [
        LinkSuggestion(row, _in_order(shared.get(row.id, ())), states.get(row.id, ""))
        for row in rows
    ]
    return sorted(found, key=_rank)[:SHOWN]


def decide(act: Act, report: Report, other_id: UUID, state: str) -> None:
    """Records that two reports do ("confirmed") or do not ("dismissed") concern the same people.

    The custody of both reports says that it was done but not with which other report: erasing one
    must leave no trace of it in the other. Raises `LinkRefused`, `NoSuchReport`.
    """
    if state not in LINKS or other_id == report.id:
        raise LinkRefused("these cannot be linked")
    other = queue.find(act.session, act.keyring, other_id)
    low, high = sorted((report.id, other.id))
    row = act.session.get(ReportLink, (low, high))
    if row is not None and row.state == state:
        return
    made = ReportLink(
        low_id=low, high_id=high, state=state, staff_id=act.staff_id, day=act.now.date()
    )
    act.session.merge(made)
    for each in (report, other):
        act.record(each, "linked" if state == "confirmed" else "not_linked")


def _tokens(
    desk_private: bytes, found: Iterable[Identifier], *, earlier: bool = False
) -> dict[bytes, Identifier]:
    """Returns the token of each identifier; with `earlier`, also those that it had by the rules
    from before, under which reports that were not opened since are kept."""
    key = derive(desk_private, "link tokens")
    return {
        compute_hmac(key, trace.kind.encode(), form.encode()): trace
        for trace in found
        for form in (list_spellings(trace) if earlier else (trace.normal,))
    }


def _epochs(session: Session, keyring: Keyring, desk_id: UUID) -> list[bytes]:
    """Returns the desk's private keys, of every epoch, that this person holds."""
    query = select(DeskKey.id).join(DeskGrant, DeskGrant.desk_key_id == DeskKey.id)
    query = query.where(DeskKey.desk_id == desk_id, DeskGrant.staff_id == keyring.staff.id)
    return [keyring.open_desk_key(session, key_id) for key_id in session.scalars(query)]


def _matches(session: Session, report: Report, tokens: Iterable[bytes]) -> list[tuple[UUID, bytes]]:
    wanted = list(tokens)
    if not wanted:
        return []
    often = (
        select(LinkToken.token)
        .where(LinkToken.token.in_(wanted))
        .group_by(LinkToken.token)
        .having(func.count() > COMMON)
    )
    query = select(LinkToken.report_id, LinkToken.token).where(
        LinkToken.token.in_(wanted),
        LinkToken.token.not_in(often),
        LinkToken.report_id != report.id,
    )
    return [(row.report_id, row.token) for row in session.execute(query)]


def _states(session: Session, report_id: UUID) -> dict[UUID, str]:
    query = select(ReportLink).where(
        or_(ReportLink.low_id == report_id, ReportLink.high_id == report_id)
    )
    return {
        row.high_id if row.low_id == report_id else row.low_id: row.state
        for row in session.scalars(query)
    }


def _in_order(found: Iterable[Identifier]) -> tuple[Identifier, ...]:
    return tuple(sorted(found, key=lambda trace: (trace.kind, trace.normal)))


def _rank(suggestion: LinkSuggestion) -> tuple[int, int, str]:
    """Sorts confirmed links first, then open, then dismissed; within these, a shared name weighs
    least."""
    order = {"confirmed": 0, "": 1, "dismissed": 2}[suggestion.state]
    weight = sum(1 if trace.kind == "name" else 3 for trace in suggestion.shared)
    return order, -weight, suggestion.report.id.hex
