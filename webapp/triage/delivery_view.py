"""The deliveries of a report as its page shows them: the outcome, and what staff can do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from flask_babel import LazyString

from reports.delivery.channels.registry import get_channel
from reports.model import Delivery, Referral, Report
from reports.triage.referral import recipient_answers
from reports.triage.referral.deliveries import ReferralDelivery
from reports.triage.referral.recipient_answers import OpenAnswer
from webapp.site import clock
from webapp.site.app_services import get_services
from webapp.site.country_edition import get_countries
from webapp.triage import delivery_wording

LEFT: Final = ("sent", "delivered", "folder")
"""States in which an answer can be recorded: as far as is known, it has left this instance."""
ARRIVED: Final = ("sent", "delivered")
"""States in which a delivery can still bounce."""


@dataclass(frozen=True)
class DeliveryView:
    """One delivery. A reminder has no standing, answers or actions of its own."""

    id: UUID
    state: str
    name: str
    in_country_file: bool
    is_reminder: bool
    outcome: LazyString
    settled_day: date | None
    failure: LazyString | str
    remedy: LazyString | str
    can_retry: bool
    must_be_carried: bool
    standing: LazyString | None
    deadline: LazyString | None
    answers: Sequence[OpenAnswer]
    answer_kinds: tuple[str, ...]
    can_bounce: bool
    decided_by: str
    decided_on: date
    confirmed_by: str | None


def build(
    report: Report,
    sendings: Iterable[ReferralDelivery],
    answers: Iterable[OpenAnswer],
    names: Mapping[UUID, str],
) -> list[DeliveryView]:
    """Returns a view of each delivery, in order. `names` maps ids of staff to names."""
    told = list(answers)
    return [_view(report, each.referral, each.delivery, told, names) for each in sendings]


def _view(
    report: Report,
    referral: Referral,
    delivery: Delivery,
    answers: list[OpenAnswer],
    names: Mapping[UUID, str],
) -> DeliveryView:
    settings = get_services().config.domain
    contact = get_countries().contacts.get(referral.contact_id)
    has_left = delivery.state in LEFT and not delivery.reminder
    waits = has_left and referral.standing == "waiting"
    second = referral.second_id
    return DeliveryView(
        id=delivery.id,
        state=delivery.state,
        name=contact.name if contact else referral.contact_id,
        in_country_file=contact is not None,
        is_reminder=delivery.reminder,
        outcome=delivery_wording.describe_outcome(delivery, settings),
        settled_day=delivery.settled_day,
        failure=delivery_wording.describe_failure(delivery),
        remedy=delivery_wording.suggest_remedy(delivery),
        can_retry=delivery.state == "failed" and delivery.packet is not None,
        must_be_carried=delivery.state == "to_do",
        standing=delivery_wording.label_standing(referral) if has_left else None,
        deadline=delivery_wording.describe_deadline(referral, clock.now()) if waits else None,
        answers=[each for each in answers if each.referral_id == referral.id],
        answer_kinds=_answer_kinds(referral) if has_left and report.status != "closed" else (),
        can_bounce=waits and delivery.state in ARRIVED and get_channel(delivery.channel).can_bounce,
        decided_by=names.get(referral.staff_id, "–"),
        decided_on=referral.day,
        confirmed_by=names.get(second, "–") if second else None,
    )


def _answer_kinds(referral: Referral) -> tuple[str, ...]:
    kinds = recipient_answers.FROM.items()
    return tuple(kind for kind, before in kinds if referral.standing in before)
