"""The outbox: claimed once, settled by its owner, never lost; on both engines."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from reports import custody
from reports.db import begin_write, make_session_factory
from reports.delivery import delivery_states, outbox
from reports.delivery.outbox import ClaimedDelivery
from reports.errors import LeaseLost
from reports.model import Delivery, Referral, Report
from reports.settings import Settings
from tests.support.cast import NOW, Instance
from tests.support.office import PAG_ASA, PAYOKE, Office, refer

SETTINGS = Settings.from_environ({})
LEASE = timedelta(minutes=5)
FIRST, SECOND = uuid4(), uuid4()


@pytest.fixture
def delivery_id(instance: Instance) -> UUID:
    """One delivery that is due."""
    Office().confirm(instance)
    [made] = refer(instance, instance.send(), SETTINGS, PAYOKE)
    return made


def claim(
    instance: Instance, owner: UUID = FIRST, now: datetime = NOW, limit: int = 10
) -> list[ClaimedDelivery]:
    begin_write(instance.session)
    found = outbox.claim(instance.session, now, owner, lease=LEASE, limit=limit)
    instance.session.commit()
    return found


def state(instance: Instance, delivery_id: UUID) -> Delivery:
    instance.session.expire_all()
    return instance.session.get_one(Delivery, delivery_id)


def acts(instance: Instance, delivery_id: UUID) -> list[str]:
    row = state(instance, delivery_id)
    report_id = instance.session.get_one(Referral, row.referral_id).report_id
    report = instance.session.get_one(Report, report_id)
    assert custody.verify(instance.session, instance.vault)
    return [line.act for line in custody.list_lines(instance.session, report)]


def many_due(instance: Instance, count: int) -> set[UUID]:
    """`count` more deliveries, of as many reports."""
    Office(PAG_ASA).confirm(instance)
    return {refer(instance, instance.send(), SETTINGS, PAG_ASA)[0] for _ in range(count)}


def test_a_due_delivery_is_claimed_once(instance: Instance, delivery_id: UUID) -> None:
    [found] = claim(instance)
    row = state(instance, delivery_id)
    assert (found.id, found.attempt, found.recipient) == (delivery_id, 1, row.recipient)
    assert found.packet == row.packet
    assert (row.state, row.owner, row.lease_until) == ("claimed", FIRST, NOW + LEASE)
    assert claim(instance) == claim(instance, SECOND) == []


def test_a_delivery_is_not_claimed_before_it_is_due(instance: Instance, delivery_id: UUID) -> None:
    [found] = claim(instance)
    outbox.retry(instance.session, found, NOW, "smtp_451")
    instance.session.commit()
    assert claim(instance, now=NOW + timedelta(seconds=59)) == []
    [later] = claim(instance, now=NOW + timedelta(minutes=1))
    assert (later.id, later.attempt) == (delivery_id, 2)


def test_the_longest_waiting_comes_first_and_the_limit_holds(
    instance: Instance, delivery_id: UUID
) -> None:
    others = many_due(instance, 2)
    [first] = claim(instance)[:1]
    outbox.retry(instance.session, first, NOW, "smtp_451")
    instance.session.commit()
    taken = [
        found.id for _ in range(4) for found in claim(instance, SECOND, NOW + 2 * LEASE, limit=1)
    ]
    assert set(taken) == others | {delivery_id}
    assert taken[-1] == first.id


def test_a_killed_workers_claim_is_taken_over_when_its_lease_has_run_out(
    instance: Instance, delivery_id: UUID
) -> None:
    claim(instance)
    assert claim(instance, SECOND, NOW + LEASE - timedelta(seconds=1)) == []
    [found] = claim(instance, SECOND, NOW + LEASE)
    assert (found.id, found.owner, found.attempt) == (delivery_id, SECOND, 2)


def test_what_was_sent_is_gone_from_here_and_in_custody(
    instance: Instance, delivery_id: UUID
) -> None:
    [found] = claim(instance)
    outbox.settle(instance.session, instance.vault, found, NOW, "sent")
    instance.session.commit()
    row = state(instance, delivery_id)
    assert (row.state, row.packet, row.settled_day) == ("sent", None, NOW.date())
    assert (row.owner, row.lease_until, row.next_at) == (None, None, None)
    assert acts(instance, delivery_id)[-1] == "sent"
    assert claim(instance, SECOND, NOW + timedelta(days=30)) == []


def test_what_reached_a_folder_keeps_its_packet(instance: Instance, delivery_id: UUID) -> None:
    [found] = claim(instance)
    outbox.settle(instance.session, instance.vault, found, NOW, "folder")
    instance.session.commit()
    row = state(instance, delivery_id)
    assert (row.state, row.packet) == ("folder", found.packet)
    assert acts(instance, delivery_id)[-1] == "folder"
    assert claim(instance, SECOND, NOW + timedelta(days=30)) == []


def test_what_failed_for_good_stays_visible(instance: Instance, delivery_id: UUID) -> None:
    [found] = claim(instance)
    outbox.fail(instance.session, instance.vault, found, NOW, "smtp_550")
    instance.session.commit()
    row = state(instance, delivery_id)
    assert (row.state, row.problem, row.packet) == ("failed", "smtp_550", found.packet)
    assert acts(instance, delivery_id)[-1] == "failed"
    assert claim(instance, SECOND, NOW + timedelta(days=30)) == []


@pytest.mark.parametrize("how", ["fail", "folder"])
def test_staff_may_make_it_due_again(instance: Instance, delivery_id: UUID, how: str) -> None:
    [found] = claim(instance)
    if how == "fail":
        outbox.fail(instance.session, instance.vault, found, NOW, "smtp_550")
    else:
        outbox.settle(instance.session, instance.vault, found, NOW, "folder")
    for expected in (True, False):
        made = delivery_states.requeue(instance.act("Bela"), delivery_id)
        assert made is expected
    instance.session.commit()
    assert acts(instance, delivery_id)[-1] == "due_again"
    [second] = claim(instance, SECOND)
    assert (second.id, second.packet, second.attempt) == (found.id, found.packet, 1)


def test_a_sent_delivery_is_not_made_due_again(instance: Instance, delivery_id: UUID) -> None:
    [found] = claim(instance)
    outbox.settle(instance.session, instance.vault, found, NOW, "sent")
    assert not delivery_states.requeue(instance.act("Bela"), delivery_id)


@pytest.mark.parametrize("act", ["sent", "folder", "retry", "fail"])
@pytest.mark.parametrize("lost", ["run out", "taken over", "settled before", "another's"])
def test_only_the_owner_of_a_live_claim_settles(
    instance: Instance, delivery_id: UUID, act: str, lost: str
) -> None:
    [found] = claim(instance)
    now = NOW
    if lost == "run out":
        now = NOW + LEASE
    elif lost == "taken over":
        # Even by the same worker: the attempt tells the two claims apart.
        claim(instance, FIRST, NOW + LEASE)
        now = NOW + LEASE
    elif lost == "settled before":
        outbox.settle(instance.session, instance.vault, found, NOW, "sent")
        instance.session.commit()
    else:
        found = ClaimedDelivery(
            found.id, SECOND, found.attempt, found.recipient, found.packet, "openpgp"
        )
    before = state(instance, delivery_id).state, acts(instance, delivery_id)
    session, vault = instance.session, instance.vault
    settle: dict[str, Callable[[], None]] = {
        "sent": lambda: outbox.settle(session, vault, found, now, "sent"),
        "folder": lambda: outbox.settle(session, vault, found, now, "folder"),
        "retry": lambda: outbox.retry(session, found, now, "smtp_451"),
        "fail": lambda: outbox.fail(session, vault, found, now, "smtp_550"),
    }
    with pytest.raises(LeaseLost):
        settle[act]()
    session.commit()
    assert (state(instance, delivery_id).state, acts(instance, delivery_id)) == before


def test_two_workers_at_once_never_take_the_same(instance: Instance, engine: Engine) -> None:
    wanted = many_due(instance, 12)
    instance.session.close()
    taken: list[UUID] = []
    start = threading.Barrier(3)

    def work(owner: UUID) -> None:
        with make_session_factory(engine)() as session:
            start.wait()
            empty = 0
            # A look that finds nothing may only mean that the other holds the rest.
            while empty < 3:
                begin_write(session)
                found = outbox.claim(session, NOW, owner, lease=LEASE, limit=2)
                session.commit()
                taken.extend(claim.id for claim in found)
                empty = 0 if found else empty + 1

    workers = [threading.Thread(target=work, args=(uuid4(),)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert len(taken) == len(wanted)
    assert set(taken) == wanted


def test_waits_double_from_a_minute_to_four_hours() -> None:
    minutes = [outbox.calculate_backoff(attempt) / timedelta(minutes=1) for attempt in range(1, 12)]
    assert minutes == [1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240]
    assert outbox.calculate_backoff(10_000) == timedelta(hours=4)


def test_jitter_adds_at_most_a_fifth() -> None:
    assert outbox.calculate_backoff(1, jitter=0.5) == timedelta(seconds=66)
    assert outbox.calculate_backoff(1, jitter=1.0) == timedelta(seconds=72)


def test_a_claim_shows_nothing_of_its_mail() -> None:
    assert "desk@" not in repr(
        ClaimedDelivery(uuid4(), FIRST, 1, "desk@example.org", b"secret", "openpgp")
    )


@pytest.mark.parametrize("again", [True, False], ids=["put off", "claimed"])
def test_what_a_clock_ahead_wrote_is_taken_once_the_clock_is_right(
    instance: Instance, delivery_id: UUID, again: bool
) -> None:
    ahead = NOW + timedelta(days=365)
    [lost] = claim(instance, now=ahead)
    if again:
        begin_write(instance.session)
        outbox.retry(instance.session, lost, ahead, "smtp_451")
        instance.session.commit()
    begin_write(instance.session)
    outbox.correct_waits(instance.session, NOW, LEASE)
    instance.session.commit()
    [taken] = claim(instance, SECOND)
    assert taken.id == delivery_id
