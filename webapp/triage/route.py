"""The proposed route as the page shows it, with what staff can do for each contact point."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.model import ContactSetting
from reports.routing.country import Countries
from reports.routing.entries import Contact
from reports.triage import routing_facts
from reports.triage.referral import dispatch
from reports.triage.referral.dispatch import BY_STAFF, WHY_STAFF
from reports.triage.referral.reach import EXPIRED, UNREADY, Reach, find_reach
from reports.triage.report_reader import OpenReport
from reports.vault import Vault

RouteState = Literal["call", "ready", "unready", "expired", "blocked", "sent"]
SOON: Final = timedelta(days=30)


@dataclass(frozen=True)
class RouteChoice:
    """One contact point. `setting` is its confirmed settings, if any; `proposed`: by a rule.

    `key_ends` is the last day of its key; `ends_soon`: that is within 30 days. `obstacle` is the
    code of what its channel lacks, when it is blocked.
    """

    contact: Contact
    rule: str
    why: str
    source: str
    state: RouteState
    setting: ContactSetting | None
    open_now: bool | None
    proposed: bool
    key_ends: date | None = None
    ends_soon: bool = False
    obstacle: str | None = None


@dataclass(frozen=True)
class RouteOffer:
    """All contact points that staff can choose from, and the flags of the route."""

    choices: tuple[RouteChoice, ...]
    flags: tuple[str, ...]

    @property
    def others(self) -> list[RouteChoice]:
        """The contact points that can be sent to although no rule proposed them."""
        return [choice for choice in self.choices if not choice.proposed]

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries of the proposed contact points, in the order of the proposal."""
        proposed = (choice.contact.country for choice in self.choices if choice.proposed)
        return tuple(dict.fromkeys(proposed))

    @property
    def writable(self) -> bool:
        """Whether any contact point can be sent to."""
        return any(choice.state == "ready" for choice in self.choices)

    @property
    def next_step(self) -> bool:
        """Whether the next step is sending to a proposed contact point."""
        return any(choice.state == "ready" and choice.proposed for choice in self.choices)

    def select(self, contact_ids: Iterable[str]) -> list[RouteChoice]:
        """Returns the choices with these ids that can be sent to now, in the order of the offer."""
        wanted = set(contact_ids)
        return [
            choice
            for choice in self.choices
            if choice.contact.id in wanted and choice.state == "ready"
        ]


def build_offer(
    session: Session,
    vault: Vault,
    countries: Countries,
    opened: OpenReport,
    now: datetime,
    *,
    otherwise: Mapping[str, str] | None = None,
) -> RouteOffer:
    """Returns the route that the answers lead to, then the other contact points with settings.

    `otherwise` holds answers that staff try in place of the report's; nothing is stored.
    """
    if opened.judged is None:
        return RouteOffer((), ())
    route = routing_facts.propose_route(countries, {**opened.judged, **(otherwise or {})}, now)
    sent = set(dispatch.find_active(session, opened.report.id))
    choices = [
        _choice(
            session,
            vault,
            countries.find_contact(each.id),
            sent,
            now,
            each.rule,
            each.why,
            each.source,
        )
        for each in route.recipients
    ]
    ids = select(ContactSetting.contact_id).order_by(ContactSetting.contact_id)
    for contact_id in session.scalars(ids):
        if contact_id in countries.contacts and contact_id not in route.ids:
            entry = countries.find_contact(contact_id)
            choices.append(_choice(session, vault, entry, sent, now, BY_STAFF, WHY_STAFF, ""))
    return RouteOffer(tuple(choices), route.flags)


def _choice(
    session: Session,
    vault: Vault,
    entry: Contact,
    sent: set[str],
    now: datetime,
    rule: str,
    why: str,
    source: str,
) -> RouteChoice:
    nothing_to_send = entry.category == "emergency" or entry.id in sent
    reach = Reach(None) if nothing_to_send else find_reach(session, vault, entry.id, now)
    state, obstacle = _state(reach, entry, sent)
    ends = reach.key_ends
    return RouteChoice(
        entry,
        rule,
        why,
        source,
        state,
        reach.setting,
        entry.hours.is_open_at(now),
        rule != BY_STAFF,
        ends,
        ends is not None and ends <= now.date() + SOON,
        obstacle,
    )


def _state(reach: Reach, entry: Contact, sent: set[str]) -> tuple[RouteState, str | None]:
    if entry.category == "emergency":
        return "call", None
    if entry.id in sent:
        return "sent", None
    if reach.obstacle == UNREADY:
        return "unready", None
    if reach.obstacle == EXPIRED:
        return "expired", None
    return "blocked" if reach.obstacle else "ready", reach.obstacle or None
