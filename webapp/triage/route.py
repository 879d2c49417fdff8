"""The proposed route as the page shows it: each contact point with what staff can do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import mailbox
from reports.delivery import contact, wording
from reports.errors import RecipientUnready
from reports.model import ContactSetting
from reports.routing.country import Countries
from reports.routing.entries import Contact
from reports.triage import deliveries, facts
from reports.triage.reading import OpenReport
from reports.vault import Vault

State = Literal["call", "ready", "unready", "sent"]
BY_STAFF: Final = "staff"
"""The rule of a recipient that no rule proposed."""
WHY_STAFF: Final = "The desk chose this contact point."


@dataclass(frozen=True)
class Choice:
    """One contact point. `setting` is there when it can be written to; `proposed` by a rule."""

    contact: Contact
    rule: str
    why: str
    source: str
    state: State
    setting: ContactSetting | None
    open_now: bool | None
    proposed: bool


@dataclass(frozen=True)
class Offer:
    """All that staff may choose from, and what they should know before."""

    choices: tuple[Choice, ...]
    flags: tuple[str, ...]

    @property
    def others(self) -> list[Choice]:
        """What no rule proposed and can be written to all the same."""
        return [choice for choice in self.choices if not choice.proposed]

    @property
    def writable(self) -> bool:
        """Whether there is anybody to send to."""
        return any(choice.state == "ready" for choice in self.choices)

    @property
    def next_step(self) -> bool:
        """Whether sending to somebody who was proposed is what comes next."""
        return any(choice.state == "ready" and choice.proposed for choice in self.choices)

    def chosen(self, contact_ids: Iterable[str]) -> list[Choice]:
        """The choices of these ids that can be written to now, in the order of the offer."""
        wanted = set(contact_ids)
        return [
            choice
            for choice in self.choices
            if choice.contact.id in wanted and choice.state == "ready"
        ]


def offer(
    session: Session, vault: Vault, countries: Countries, opened: OpenReport, now: datetime
) -> Offer:
    """The route that the answers propose, then the other contact points that can be written to."""
    if opened.judged is None:
        return Offer((), ())
    route = facts.route_of(countries, opened.judged, now)
    sent = {sending.referral.contact_id for sending in deliveries.of(session, opened.report)}
    choices = [
        _choice(
            session, vault, countries.contact(each.id), sent, now, each.rule, each.why, each.source
        )
        for each in route.recipients
    ]
    ids = select(ContactSetting.contact_id).order_by(ContactSetting.contact_id)
    for contact_id in session.scalars(ids):
        if contact_id in countries.contacts and contact_id not in route.ids:
            entry = countries.contact(contact_id)
            choices.append(_choice(session, vault, entry, sent, now, BY_STAFF, WHY_STAFF, ""))
    return Offer(tuple(choices), route.flags)


def preview(opened: OpenReport, choice: Choice, delivery: str) -> str:
    """The text that this contact point will read. Without a readable body there is none."""
    if opened.answers is None or opened.received_at is None:
        return ""
    answers: Mapping[str, str] = opened.answers
    return wording.text_of(
        answers,
        opened.language,
        opened.received_at,
        mailbox.written(opened.thread),
        delivery=delivery,
        contact_id=choice.contact.id,
        rule=choice.rule,
        why=choice.why,
    )


def _choice(
    session: Session,
    vault: Vault,
    entry: Contact,
    sent: set[str],
    now: datetime,
    rule: str,
    why: str,
    source: str,
) -> Choice:
    setting, state = _state(session, vault, entry, sent)
    open_now = entry.hours.open_at(now)
    return Choice(entry, rule, why, source, state, setting, open_now, rule != BY_STAFF)


def _state(
    session: Session, vault: Vault, entry: Contact, sent: set[str]
) -> tuple[ContactSetting | None, State]:
    if entry.category == "emergency":
        return None, "call"
    if entry.id in sent:
        return None, "sent"
    try:
        return contact.ready(session, vault, entry.id), "ready"
    except RecipientUnready:
        return None, "unready"
