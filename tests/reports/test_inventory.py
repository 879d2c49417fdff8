"""What lies in the stores is known, unknown or missing, and nothing that comes or goes is any."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, update

from reports import inventory
from reports.attachments import objects, uploads
from reports.attachments.uploads import AnnouncedFile
from reports.db import begin_write
from reports.inventory import OLD, Inventory
from reports.model import Attachment, Delivery
from tests.support.filed import FORM, Place, now


def files(place: Place) -> Inventory:
    return inventory.check_files(place.session, place.store)


def test_what_rows_and_tombstones_know_is_known(place: Place) -> None:
    gone, _ = place.report()
    place.report()
    begin_write(place.session)
    coming = uploads.start(place.session, FORM, AnnouncedFile("b", 90_000), now())
    place.session.commit()
    uploads.put_part(place.store, coming, 0, bytes(70_000))
    place.erase(gone)
    told = files(place)
    assert (told.known, told.unknown, told.missing) == (7, {}, frozenset())
    place.worker().purge()
    assert files(place).known == 2


def test_what_no_row_knows_is_unknown_and_told_apart_from_what_others_put_there(
    place: Place,
) -> None:
    place.report()
    place.worker().purge()
    ours = {objects.make_object_name(uuid4()), f"{objects.make_object_name(uuid4())}.half"}
    for name in (*ours, "payroll.xlsx", "db.tar"):
        place.store.put(name, [b"x"])
    told = files(place)
    assert (told.known, told.missing) == (1, frozenset())
    assert set(told.unknown) == {*ours, "payroll.xlsx", "db.tar"}
    assert told.ours == ours
    assert told.list_old(now()) == set()
    assert told.list_old(now() + OLD + timedelta(minutes=1)) == ours
    assert told.is_too_much(ours)
    assert not told.is_too_much(set())


def test_a_row_without_its_object_is_missing(place: Place) -> None:
    (_, blob), _ = place.report(), place.report()
    place.store.delete([blob])
    [id] = files(place).missing
    assert blob.startswith(id.hex)


def test_what_is_erased_while_the_store_is_listed_is_neither_missing_nor_unknown(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    report_id, _ = place.report()
    read_times = type(place.store).read_times

    def erased_meanwhile(store: object) -> object:
        found = read_times(place.store)  # type: ignore[arg-type]  # the same store, of either kind
        place.erase(report_id)
        return found

    monkeypatch.setattr(type(place.store), "read_times", erased_meanwhile)
    told = files(place)
    assert (told.unknown, told.missing) == ({}, frozenset())


def test_a_row_that_comes_while_the_store_is_listed_misses_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_times = type(place.store).read_times

    def sent_meanwhile(store: object) -> object:
        found = read_times(place.store)  # type: ignore[arg-type]  # the same store, of either kind
        place.report()
        return found

    monkeypatch.setattr(type(place.store), "read_times", sent_meanwhile)
    assert files(place).missing == frozenset()


def test_mails_are_known_by_their_delivery(place: Place) -> None:
    delivery_id = place.work.send()
    place.worker().deliver()
    for name in ("notes.txt", f"{uuid4()}.eml", f"{delivery_id}.{uuid4().hex}.new"):
        place.mail.put(name, [b"x"])
    told = inventory.check_mails(place.session, place.mail)
    assert (told.known, len(told.unknown), len(told.ours)) == (2, 2, 1)


def test_a_mail_is_lost_only_where_its_row_has_it_no_more(place: Place) -> None:
    delivery_id = place.work.send()
    place.worker().deliver()
    place.mail.delete(place.mail.list_names())
    assert inventory.check_mails(place.session, place.mail).missing == frozenset()
    place.session.execute(update(Delivery).values(packet=None))
    place.session.commit()
    assert inventory.check_mails(place.session, place.mail).missing == {delivery_id}


def test_all_is_unknown_to_a_database_of_yesterday_and_too_much_to_be_erased(place: Place) -> None:
    for _ in range(2):
        place.report()
    place.worker().purge()
    place.session.execute(delete(Attachment))
    place.session.commit()
    told = files(place)
    assert (told.known, len(told.ours)) == (0, 2)
    assert told.is_too_much(told.list_old(now() + OLD + timedelta(minutes=1)))
