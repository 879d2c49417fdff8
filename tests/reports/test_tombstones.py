"""What goes from the stores is what tombstones name, and nothing because a row is not found."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from reports import lease, retention, tombstones, withdraw
from reports.attachments import report_files, uploads
from reports.attachments.uploads import UploadOwner
from reports.db import begin_write
from reports.delivery.outbox import ClaimedDelivery
from reports.delivery.transports.folder import FolderTransport
from reports.errors import StoreFailed
from reports.model import Attachment, Delivery, Lease, Referral, Report, Tombstone
from reports.worker import PURGE_LEASE
from tests.support.cast import NOW
from tests.support.filed import FORM, Place, close, now

ROOT = Path(__file__).resolve().parents[2]
FOREIGN = ("payroll.xlsx", f"{uuid4().hex}.{'ab' * 8}", "db.tar")


def test_the_objects_of_an_expired_report_go_and_no_others(place: Place) -> None:
    (gone, gone_blob), (_, kept_blob) = place.report(), place.report()
    for name in FOREIGN:
        place.store.put(name, [b"theirs"])
    close(place.session, gone, -1)
    assert gone_blob in place.store.list_names()
    place.worker().purge()
    assert place.store.list_names() == {kept_blob, *FOREIGN}
    assert place.left() == 0


def test_those_of_a_withdrawn_report_go(place: Place) -> None:
    instance, session = place.work.instance, place.session
    receipt = instance.send()
    visit = instance.enter(receipt.code)
    holder = UploadOwner.from_secret(visit.encode())
    place.file(holder, NOW)
    begin_write(session)
    report_files.attach(session, instance.vault, instance.report(receipt), holder, NOW)
    withdraw.withdraw(session, instance.vault, visit, NOW)
    session.commit()
    place.worker().purge()
    assert (place.store.list_names(), place.left()) == (set(), 0)


def test_those_of_an_unsent_form_go_with_its_hour(place: Place) -> None:
    place.file()
    place.session.execute(update(Attachment).values(expires_at=now()))
    place.session.commit()
    place.worker().purge()
    assert (place.store.list_names(), place.left()) == (set(), 0)


def test_what_a_whole_file_does_not_need_goes_and_its_object_stays(place: Place) -> None:
    whole = place.file()
    assert len(place.store.list_names()) == 3
    place.worker().purge()
    assert (place.store.list_names(), place.left()) == ({whole.blob}, 0)


def test_a_file_that_is_taken_out_of_its_form_goes(place: Place) -> None:
    whole = place.file()
    begin_write(place.session)
    uploads.remove(place.session, FORM, whole.slot)
    place.session.commit()
    place.worker().purge()
    assert (place.store.list_names(), place.left()) == (set(), 0)


def test_files_that_go_before_their_report_go(place: Place) -> None:
    report_id, _ = place.report()
    close(place.session, report_id, 20)
    place.settings = {**place.settings, "WAYSIDE_FILES_DAYS": "0"}
    place.worker().purge()
    assert (place.store.list_names(), place.left()) == (set(), 0)
    assert not place.session.get_one(Report, report_id).has_attachments


def test_erasing_that_is_not_committed_erases_nothing(place: Place) -> None:
    report_id, blob = place.report()
    place.worker().purge()
    begin_write(place.session)
    retention.erase(place.session, report_id)
    place.session.rollback()
    place.worker().purge()
    assert place.store.list_names() == {blob}


def test_the_mail_of_an_erased_delivery_goes_and_no_other_file(place: Place) -> None:
    gone, kept = place.work.send(), place.work.send()
    place.worker().deliver()
    for name in (f"{gone}.{uuid4().hex}.new", f"{uuid4()}.eml", "notes.txt"):
        place.mail.put(name, [b"a file"])
    before = place.mail.list_names()
    report_id = referred(place.session, gone)
    place.erase(report_id)
    place.worker().purge()
    mails = {name for name in before if not name.startswith(str(gone))}
    assert place.mail.list_names() == mails
    assert f"{kept}.eml" in mails


def referred(session: Session, delivery_id: UUID) -> UUID:
    """The report that a delivery tells of; the session is left without a transaction."""
    told = select(Referral.report_id).join(Delivery).where(Delivery.id == delivery_id)
    found = session.scalars(told).one()
    session.rollback()
    return found


def test_a_mail_that_is_carried_while_its_report_is_erased_goes_too(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery_id, one, send = place.work.send(), place.worker(), FolderTransport.send

    def send_late(transport: FolderTransport, claim: ClaimedDelivery) -> None:
        place.erase(referred(place.session, delivery_id))
        one.purge()
        send(transport, claim)

    monkeypatch.setattr(FolderTransport, "send", send_late)
    one.deliver()
    assert place.mail.list_names() == {f"{delivery_id}.eml"}
    one.purge()
    assert (place.mail.list_names(), place.left()) == (set(), 0)


def test_a_worker_takes_nothing_from_a_store_that_others_use(place: Place) -> None:
    """A foreign bucket, a second instance on a live one, a database of yesterday, a replica."""
    _, blob = place.report()
    place.worker().purge()
    for name in FOREIGN:
        place.store.put(name, [b"theirs"])
        place.mail.put(name, [b"theirs"])
    before = place.store.list_names()
    assert blob in before
    place.session.execute(delete(Attachment))
    place.session.execute(delete(Delivery))
    place.session.commit()
    for _ in range(2):
        place.worker().purge()
    assert place.store.list_names() == before
    assert place.mail.list_names() == set(FOREIGN)


class Killed(Exception):
    """Stands for the end of a process."""


def test_a_worker_killed_between_the_steps_leaves_it_to_the_next(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    (gone, _), (_, kept) = place.report(), place.report()
    place.erase(gone)

    def killed(*_arguments: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(tombstones, "remove", killed)
        with pytest.raises(Killed):
            place.worker().purge()
    assert place.left()
    assert kept in place.store.list_names()
    place.take_lease_away()
    place.worker().purge()
    assert (place.store.list_names(), place.left()) == ({kept}, 0)


def test_a_worker_killed_before_it_erases_leaves_it_to_the_next(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, blob = place.report()
    place.erase(gone)

    def killed(*_arguments: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(type(place.store), "delete", killed)
        with pytest.raises(Killed):
            place.worker().purge()
    assert blob in place.store.list_names()
    place.take_lease_away()
    place.worker().purge()
    assert (place.store.list_names(), place.left()) == (set(), 0)


def test_a_worker_that_is_stopped_ends_what_it_has_and_loses_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.erase(*[place.report()[0] for _ in range(3)])
    before, erase, one = place.left(), type(place.store).delete, place.worker()

    def stopped(store: Any, names: Collection[str]) -> None:
        erase(store, names)
        one.stop()

    with monkeypatch.context() as patch:
        patch.setattr(type(place.store), "delete", stopped)
        one.purge()
    assert place.left() == before - 1
    place.take_lease_away()
    place.worker().purge()
    assert (place.store.list_names(), place.left()) == (set(), 0)


@pytest.mark.parametrize("failing", ["find_beginning", "delete"])
def test_a_store_that_fails_is_said_by_name_and_tried_again(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    failing: str,
) -> None:
    gone, blob = place.report()
    place.erase(gone)
    one = place.worker()

    def fail(*_arguments: Any) -> set[str]:
        raise StoreFailed("no answer")

    with monkeypatch.context() as patch, caplog.at_level(logging.INFO, "wayside.worker"):
        patch.setattr(type(place.store), failing, fail)
        one.purge()
    said = [record.getMessage() for record in caplog.records if record.name == "wayside.worker"]
    assert set(said) == {"event=failed outcome=StoreFailed"}
    assert blob in place.store.list_names()
    one.purge()
    assert (place.store.list_names(), place.left()) == (set(), 0)


def test_one_object_that_cannot_be_erased_does_not_keep_the_others(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tombstones, "AT_ONCE", 2)
    made = [place.report() for _ in range(3)]
    place.worker().purge()
    place.erase(*[report_id for report_id, _ in made])
    held, erase, one = made[1][1], type(place.store).delete, place.worker()
    place.take_lease_away()

    def refuse(store: Any, names: Collection[str]) -> None:
        if held in names:
            raise StoreFailed("an object is locked")
        erase(store, names)

    with monkeypatch.context() as patch:
        patch.setattr(type(place.store), "delete", refuse)
        for _ in range(3):
            one.purge()
    assert (place.store.list_names(), place.left()) == ({held}, 1)
    one.purge()
    assert (place.store.list_names(), place.left()) == (set(), 0)


def test_two_workers_may_work_through_the_same_tombstones(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one took so long that its lease went to the other."""
    (gone, _), (_, kept) = place.report(), place.report()
    place.erase(gone)
    first, second, erase = place.worker(), place.worker(), type(place.store).delete

    others = iter([second])

    def overtaken(store: Any, names: Collection[str]) -> None:
        for other in others:
            place.take_lease_away()
            other.purge()
        erase(store, names)

    with monkeypatch.context() as patch:
        patch.setattr(type(place.store), "delete", overtaken)
        first.purge()
    assert (place.store.list_names(), place.left()) == ({kept}, 0)
    assert place.session.get_one(Lease, "purge").owner == second.id


def test_a_worker_without_the_lease_erases_nothing(place: Place) -> None:
    gone, blob = place.report()
    place.erase(gone)
    begin_write(place.session)
    assert lease.acquire(place.session, "purge", uuid4(), now(), PURGE_LEASE)
    place.session.commit()
    place.worker().purge()
    assert blob in place.store.list_names()
    assert place.left()


def test_a_row_that_goes_while_its_parts_are_erased_goes_wholly(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written while another tombstone of the row is worked through is not taken for it."""
    report_id, blob = place.report()
    erase, one = type(place.store).delete, place.worker()
    again = iter([report_id])

    def erased_meanwhile(store: Any, names: Collection[str]) -> None:
        erase(store, names)
        for each in again:
            place.erase(each)

    with monkeypatch.context() as patch:
        patch.setattr(type(place.store), "delete", erased_meanwhile)
        one.purge()
    one.purge()
    assert blob not in place.store.list_names()
    assert place.left() == 0


def test_a_tombstone_tells_nothing_but_what_must_go() -> None:
    assert {column.name for column in Tombstone.__table__.columns} == {"id", "place", "row_id"}


@pytest.mark.parametrize(
    ("statement", "where"),
    {
        "delete(Attachment)": "reports/attachments/objects.py",
        "delete(Delivery)": "reports/delivery/delivery_states.py",
    }.items(),
)
def test_rows_that_own_objects_are_erased_in_one_place(statement: str, where: str) -> None:
    files = [file for name in ("reports", "webapp") for file in (ROOT / name).rglob("*.py")]
    wanted = re.compile(re.escape(statement))
    found = [file for file in files if wanted.search(file.read_text())]
    assert [str(file.relative_to(ROOT)) for file in found] == [where]
