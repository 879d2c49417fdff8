"""Sentences on the state of a delivery, which never claim more than is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import LazyString

from reports.delivery.channels.registry import get_channel
from reports.model import Delivery, Referral
from reports.routing.entries import Contact
from reports.settings import Settings
from reports.triage.referral.deliveries import ReferralDelivery
from webapp.desk.channel_wording import describe_problem, describe_reason, describe_state
from webapp.desk.labels import FROM_THEM, STANDING, format_moment
from webapp.i18n import DESK
from webapp.triage.route import RouteOffer

_ = DESK.lazy_gettext

LATE = (
    _("The time for an answer is over."),
    _("The time for an answer is over. A reminder was sent where they are written to."),
    _("Still no answer after the reminder. Call them; the supervisors see it on the board."),
    _("No answer. Decide whether the next contact point gets it."),
)


def describe_outcome(delivery: Delivery, settings: Settings) -> LazyString:
    """Returns one sentence on the state of the delivery."""
    if delivery.state == "failed":
        return _("It could not be sent. Nobody has received it.")
    if delivery.state not in ("due", "claimed"):
        return describe_state(delivery.channel, delivery.state)
    reason = get_channel(delivery.channel).find_waiting_reason(settings)
    if reason is not None:
        return describe_reason(delivery.channel, reason)
    if delivery.state == "claimed":
        return _("It is being sent now.")
    if delivery.attempts and delivery.next_at:
        return _("Waiting to be sent again, at %(time)s.", time=format_moment(delivery.next_at))
    return _("Waiting to be sent.")


def describe_failure(delivery: Delivery) -> LazyString | str:
    """Returns why the last attempt failed, or ""."""
    if not delivery.problem or delivery.state in ("sent", "folder"):
        return ""
    return describe_problem(delivery.channel, delivery.problem)


def suggest_remedy(delivery: Delivery) -> LazyString | str:
    """Returns what staff can do about a failed delivery, or "" for any other."""
    if delivery.state != "failed":
        return ""
    if delivery.packet is None:
        return _("Check the address with an administrator. Then choose this contact point again.")
    return _("Check the address with an administrator, call them, or choose another contact point.")


def label_standing(referral: Referral) -> LazyString:
    """Returns the label for the standing of a referral."""
    return STANDING[referral.standing]


def label_answer(kind: str) -> LazyString:
    """Returns the label for a kind of answer by a recipient."""
    return FROM_THEM[kind]


def describe_deadline(referral: Referral, now: datetime) -> LazyString:
    """Returns the deadline for an answer or, once it has passed, the escalation step taken."""
    if not referral.chased and referral.answer_due > now:
        return _("An answer is expected by %(time)s.", time=format_moment(referral.answer_due))
    return LATE[min(referral.chased, len(LATE) - 1)]


def describe_next_contact(
    sending: ReferralDelivery, offer: RouteOffer, contacts: Mapping[str, Contact]
) -> LazyString:
    """Returns who is next on the route, after a referral was returned or not answered."""
    here = contacts.get(sending.referral.contact_id)
    name = here.name if here else sending.referral.contact_id
    ready = (each for each in offer.choices if each.state == "ready" and each.proposed)
    following = next((each.contact.name for each in ready if each.contact is not here), None)
    back = sending.referral.standing == "returned"
    if following is None:
        return (
            _("%(name)s sent it back. Choose another contact point.", name=name)
            if back
            else _("%(name)s has not answered. Call them, or choose another.", name=name)
        )
    return (
        _("%(name)s sent it back. Next on the route: %(next)s.", name=name, next=following)
        if back
        else _("%(name)s has not answered. Next on the route: %(next)s.", name=name, next=following)
    )
