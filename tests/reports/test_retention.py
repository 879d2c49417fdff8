"""Retention: what has expired is gone from every table, and nothing else is."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from reports import custody, guess_limit, mailbox, retention
from reports.db import begin_write
from reports.delivery import outbox
from reports.intake import draft, token
from reports.intake.submit import Receipt
from reports.model import (
    Base,
    Delivery,
    Draft,
    Guess,
    Message,
    Organisation,
    Report,
    ReporterSession,
    StaffSession,
)
from reports.settings import Settings
from reports.triage import notes, status
from tests.support.cast import NOW, Instance
from tests.support.looking import look
from tests.support.office import PAG_ASA, PAYOKE, Office, refer
from tests.support.rows import places_of

SETTINGS = Settings.from_environ({})
OVER = NOW + timedelta(days=91)
LEASE = timedelta(minutes=5)


def purge(instance: Instance, now: datetime) -> list[UUID]:
    begin_write(instance.session)
    erased = retention.purge_due(instance.session, instance.vault, now)
    instance.session.commit()
    instance.session.expunge_all()
    return erased


def full_report(instance: Instance) -> Receipt:
    """A closed report with everything that can belong to one; its deliveries are settled."""
    receipt = instance.send(plates="1-ABC-234")
    session, vault = instance.session, instance.vault
    bela = instance.keyring("Bela").staff.id
    Office(PAYOKE).confirm(instance)
    Office(PAG_ASA).confirm(instance)
    visit = instance.enter(receipt.code)
    begin_write(session)
    mailbox.write(session, vault, visit, "One more thing.", NOW)
    session.commit()
    refer(instance, receipt, SETTINGS, PAYOKE, PAG_ASA)
    look(instance, receipt)
    begin_write(session)
    sent, failed = outbox.claim(session, NOW, bela, lease=LEASE)
    outbox.settle(session, vault, sent, NOW, "sent")
    outbox.fail(session, vault, failed, NOW, "smtp_550")
    report = instance.report(receipt)
    notes.add(instance.act("Bela"), report, "Called them.")
    status.close(instance.act("Bela"), report)
    session.commit()
    return receipt


def rows(instance: Instance) -> dict[str, int]:
    return {
        table.name: instance.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def test_nothing_of_an_expired_report_is_left_anywhere(instance: Instance) -> None:
    before = rows(instance)
    receipt = full_report(instance)
    referral_ids = set(instance.session.scalars(select(Delivery.referral_id)))
    delivery_ids = set(instance.session.scalars(select(Delivery.id)))
    assert len(places_of(instance.session, receipt.report_id)) >= 8
    assert purge(instance, OVER) == [receipt.report_id]
    # The second until the store of files has a record that it was erased.
    left = {"custody_line.detail", "erased_report.id"}
    assert places_of(instance.session, receipt.report_id) == left
    for id in referral_ids:
        assert places_of(instance.session, id) == set()
    for id in delivery_ids:
        assert places_of(instance.session, id) == {"tombstone.row_id"}
    kept = {"contact_setting": 2, "custody_line": 3, "tombstone": len(delivery_ids)}
    kept["erased_report"] = 1
    # Which key the desk last sent to at each of two offices, and who sent: no word of any report.
    kept["used_key"] = 2
    # The slot of its outer key, until the worker has overwritten it.
    kept["spent_slot"] = int(instance.session.get_bind().dialect.name == "sqlite")
    assert rows(instance) == {name: count + kept.get(name, 0) for name, count in before.items()}


def test_the_instances_custody_says_that_it_was_erased(instance: Instance) -> None:
    receipt = full_report(instance)
    purge(instance, OVER)
    last = custody.list_lines(instance.session, instance.session.get_one(Organisation, 1))[-1]
    assert (last.act, last.at, last.staff_id) == ("erased", None, None)
    assert str(receipt.report_id) in last.detail
    assert custody.verify(instance.session, instance.vault)


def test_it_stays_until_its_last_day_is_over(instance: Instance) -> None:
    receipt = full_report(instance)
    assert instance.report(receipt).retention_day == (NOW + timedelta(days=90)).date()
    assert purge(instance, NOW + timedelta(days=90, hours=13)) == []
    assert purge(instance, NOW + timedelta(days=90, hours=14)) == [receipt.report_id]


def test_an_open_report_stays(instance: Instance) -> None:
    receipt = instance.send()
    assert purge(instance, NOW + timedelta(days=4000)) == []
    assert instance.report(receipt).status == "received"


def test_its_neighbours_stay_whole(instance: Instance) -> None:
    gone = full_report(instance)
    kept = instance.send()
    refer(instance, kept, SETTINGS, PAYOKE)
    before = places_of(instance.session, kept.report_id)
    assert purge(instance, OVER) == [gone.report_id]
    assert places_of(instance.session, kept.report_id) == before
    assert custody.verify(instance.session, instance.vault)


@pytest.mark.parametrize("settled", ["sent", "failed"])
def test_a_report_with_a_delivery_on_its_way_stays_until_that_is_settled(
    instance: Instance, settled: str
) -> None:
    receipt = full_report(instance)
    late = update(Delivery).where(Delivery.state == "failed")
    instance.session.execute(late.values(state="due", next_at=NOW, since=OVER))
    instance.session.commit()
    assert purge(instance, OVER) == []
    begin_write(instance.session)
    [claim] = outbox.claim(instance.session, OVER, receipt.report_id, lease=LEASE)
    instance.session.commit()
    assert purge(instance, OVER) == []
    begin_write(instance.session)
    if settled == "sent":
        outbox.settle(instance.session, instance.vault, claim, OVER, "sent")
    else:
        outbox.fail(instance.session, instance.vault, claim, OVER, "smtp_550")
    instance.session.commit()
    assert purge(instance, OVER) == [receipt.report_id]


def test_many_go_in_parts(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for _ in range(3):
        instance.send()
    closed = update(Report).values(status="closed", retention_day=NOW.date())
    instance.session.execute(closed)
    instance.session.commit()
    assert [len(purge(instance, OVER)) for _ in range(3)] == [2, 1, 0]


def test_what_lives_for_hours_or_days_goes_too(instance: Instance) -> None:
    session, vault = instance.session, instance.vault
    receipt = instance.send()
    visit = instance.enter(receipt.code)
    instance.sign_in("Bela")
    begin_write(session)
    mailbox.write(session, vault, visit, "More.", NOW)
    draft.save(session, token.read(vault, token.issue(vault, NOW), NOW), {"story": "x"}, NOW)
    guess_limit.count(session, vault, "code", "1234567", NOW)
    session.commit()
    short = (Draft, ReporterSession, StaffSession, Guess)
    hashes = (Report.token_hash, Message.token_hash)

    def there() -> list[bool]:
        return [
            *(session.scalar(select(func.count()).select_from(table)) != 0 for table in short),
            *(session.scalar(select(func.count(column))) != 0 for column in hashes),
        ]

    assert there() == [True] * 6
    purge(instance, NOW + timedelta(minutes=1))
    assert there() == [True] * 6
    purge(instance, NOW + timedelta(hours=9))
    assert there() == [False, False, False, True, True, True]
    purge(instance, NOW + timedelta(days=3))
    assert there() == [False] * 6
