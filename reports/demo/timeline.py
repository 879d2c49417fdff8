"""Plays the fate of each made-up report: the acts in order, and the reports of an earlier year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import select

from reports import mailbox, retention, withdraw
from reports.act import Act
from reports.delivery import delivery_states, outbox, reminder
from reports.demo.fates import WITHDRAWN
from reports.demo.instance import DemoInstance, SentReport, send_report
from reports.demo.report_life import ReportLife
from reports.demo.stories import MadeUpReport
from reports.model import Delivery, Desk
from reports.statistics import collection, publication, tally
from reports.statistics.definitions import ENDINGS, ORIGINS, SEXES
from reports.triage import deadlines, handover, legal_hold, links

REFUSED: Final = "smtp_550"
CHASED: Final = (timedelta(days=15), timedelta(days=6), timedelta(days=1))
"""How long ago overdue answers were looked for."""


def play(place: DemoInstance, made: MadeUpReport, now: datetime) -> SentReport:
    """Submits one report and plays its fate; everything happens before `now`."""
    began = now - timedelta(hours=made.hours_ago)
    sent = send_report(place, made, began)
    # A minute earlier, so that only mail that is meant to wait is still due at `now`.
    _FATES[made.fate.name](ReportLife(place, sent, made, began, now - timedelta(minutes=1)))
    place.session.flush()
    return sent


def withdraw_report(place: DemoInstance, made: MadeUpReport, now: datetime) -> None:
    """Submits one more report, which its reporter withdraws."""
    began = now - timedelta(hours=made.hours_ago)
    sent = send_report(place, replace(made, fate=WITHDRAWN), began)
    visit = mailbox.enter(place.session, place.vault, sent.code, sent.key, now)
    place.session.flush()
    withdraw.withdraw(place.session, place.vault, visit, now)


def chase(place: DemoInstance, now: datetime) -> None:
    """Runs the reminders and escalations for answers that are overdue."""
    session, vault, settings = place.session, place.vault, place.settings
    for ago in CHASED:
        at = now - ago
        for late in deadlines.chase(session, vault, settings, at):
            reminder.enqueue(session, vault, settings, late, at)
        session.flush()
        for each in outbox.claim(session, at, uuid4(), lease=timedelta(hours=1), limit=100):
            outbox.settle(session, vault, each, at, "sent")
        session.flush()


def close_in_year(place: DemoInstance, made: MadeUpReport, year: int, number: int) -> None:
    """Submits and closes a report in `year`; by now it is due to be erased, except for its
    facts."""
    random = place.random
    began = datetime(year, 1, 9, 9, tzinfo=UTC) + timedelta(days=4 * (number % 60))
    sent = send_report(place, replace(made, files=()), began, key=uuid4().bytes * 2)
    life = ReportLife(place, sent, made, began, began + timedelta(days=random.randint(3, 12)))
    life.open(random.choice((0.05, 0.2, 0.4)))
    said = {
        "sex": random.choices(SEXES, (5, 4, 1, 3))[0],
        "origin": random.choices(ORIGINS, (1, 3, 5, 3))[0],
        "ending": random.choice(ENDINGS),
    }
    life.close(1, "(Made up.) Of an earlier year.", retention_days=1, **said)
    place.session.flush()


def publish_year(place: DemoInstance, year: int, now: datetime) -> None:
    """Erases what is past its retention, and publishes the counts of `year`."""
    session, vault, dana = place.session, place.vault, place.people["Dana"]
    while retention.purge_due(session, vault, now):
        session.flush()
    counts = tally.count(facts for _row, facts in collection.read_year(session, vault, dana, year))
    publication.publish(Act(session, vault, dana, now), year, counts)


def _received(_life: ReportLife) -> None:
    """Nobody has read it."""


def _talked(life: ReportLife) -> None:
    life.open(0.2)
    life.say(0.3, "reply")
    life.ask(0.3, "danger", "people")
    life.hear(0.6, danger="no", people="few")
    life.open(0.8)
    life.say(0.9, "thanks")
    life.note(0.9, "(Made up.) The same van as in another report? Compare the plate.")


def _ready(life: ReportLife) -> None:
    life.open(0.2)
    life.assess(0.4)
    life.correct(0.5, "(Made up.) The story says so.", people="few", ongoing="yes")
    life.note(0.6, "(Made up.) Read with a colleague who speaks the language.")
    life.mark_ready(0.8)
    found = links.list_suggestions(life.place.session, life.first, life.read_report())
    for each in found[:1]:
        links.decide(life.act(0.9), life.sent.report, each.report.id, "confirmed")


def _proposed(life: ReportLife) -> None:
    life.open(0.2)
    life.assess(0.4)
    life.mark_ready(0.5)
    life.propose(0.9, life.choose_recipients("portal"), without=life.made.answers["place"])


def _sent(life: ReportLife) -> None:
    _refer(life)
    life.deliver(1)


def _acknowledged(life: ReportLife) -> None:
    _refer(life, 0.4)
    life.deliver(0.41)
    life.answer(0.6, "acknowledged")
    life.say(0.8, "thanks")


def _closed(life: ReportLife) -> None:
    life.open(0.3)
    life.note(0.4, "(Made up.) Asked the labour inspection in general terms: it is a pay dispute.")
    life.close(0.8, "(Made up.) A dispute about pay, no sign of force.", ending="other_problem")


def _overdue(life: ReportLife) -> None:
    _refer(life, 0.1)
    life.deliver(0.11)


def _portal(life: ReportLife) -> None:
    _refer(life, 0.4, "portal")


def _taken(life: ReportLife) -> None:
    life.open(0.9)
    life.take()


def _both(life: ReportLife) -> None:
    life.open(0.2)
    life.correct(0.3, "(Made up.) Work abroad, said in the story.", abroad="yes")
    life.settle(0.4)
    life.refer(0.5, life.choose_across_borders())
    life.deliver(0.51)


def _by_hand(life: ReportLife) -> None:
    _refer(life, 0.8, "hand")


def _carried(life: ReportLife) -> None:
    _refer(life, 0.3, "hand")
    act, ids = life.act(0.5), [each.id for each in life.list_referrals()]
    here = select(Delivery.id).where(Delivery.referral_id.in_(ids))
    for delivery_id in act.session.scalars(here):
        delivery_states.mark_carried(act, delivery_id)
    life.answer(0.7, "acknowledged", by=act.keyring)


def _waiting(life: ReportLife) -> None:
    """Its mail has not left: the worker sends it on its next run."""
    _refer(replace(life, now=life.now + timedelta(minutes=1)), 1)


def _failed(life: ReportLife) -> None:
    _refer(life)
    life.deliver(0.8, REFUSED)


def _returned(life: ReportLife) -> None:
    _refer(life, 0.3)
    life.deliver(0.31)
    life.answer(0.6, "returned", "(Made up.) Not for us: no link with our region.")


def _ended(life: ReportLife) -> None:
    _refer(life, 0.2)
    life.deliver(0.21)
    life.answer(0.3, "acknowledged")
    life.answer(0.9, "outcome", "(Made up.) Three people were offered shelter.")


def _passed_on_and_closed(life: ReportLife) -> None:
    _refer(life, 0.2)
    life.deliver(0.21)
    life.answer(0.3, "acknowledged")
    life.close(0.9, sex="female", origin="eu", ending="taken_up")


def _handed_over(life: ReportLife) -> None:
    life.open(0.3)
    place, report = life.place, life.sent.report
    query = select(Desk).where(Desk.country != report.country).order_by(Desk.name)
    to = place.session.scalars(query).first()
    if to is not None:
        why = "(Made up.) It goes on at your side of the border."
        handover.hand_over(life.act(0.7), report, to.id, why)


def _hold_wanted(life: ReportLife) -> None:
    _passed_on_and_closed(replace(life, now=life.get_time(0.5)))
    _hold(life, 0.8)


def _held(life: ReportLife) -> None:
    """Its retention is over, and two people keep it."""
    _passed_on_and_closed(replace(life, now=life.get_time(0.1)))
    _hold(life, 0.2)
    legal_hold.take_step(life.act(0.3, life.second), life.sent.report, "agree")


def _hold(life: ReportLife, share: float) -> None:
    why = "(Made up.) A court has asked to keep it."
    legal_hold.propose(life.act(share), life.sent.report, why)


def _refer(life: ReportLife, share: float = 0.7, channel: str = "openpgp") -> None:
    life.open(share / 2)
    life.refer(share, life.choose_recipients(channel))


_FATES: Final[Mapping[str, Callable[[ReportLife], None]]] = {
    "received": _received,
    "talked": _talked,
    "ready": _ready,
    "proposed": _proposed,
    "sent": _sent,
    "acknowledged": _acknowledged,
    "closed": _closed,
    "overdue": _overdue,
    "portal": _portal,
    "unverified": _received,
    "taken": _taken,
    "both": _both,
    "by_hand": _by_hand,
    "carried": _carried,
    "waiting": _waiting,
    "failed": _failed,
    "returned": _returned,
    "ended": _ended,
    "passed_on_and_closed": _passed_on_and_closed,
    "handed_over": _handed_over,
    "hold_wanted": _hold_wanted,
    "held": _held,
}
