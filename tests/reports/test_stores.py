"""A store says whose it is: marked once, compared by whoever uses it, never taken from another."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from reports import stores
from reports.attachments import objects
from reports.blobs import Store, marker
from reports.errors import (
    StoreEmptied,
    StoreFailed,
    StoreFilled,
    StoreMarkerDamaged,
    StoreOfAnother,
    StoreReadOnly,
    StoreUnfit,
    StoreUnmarked,
)
from reports.instance import read_instance_id
from reports.model import Attachment
from reports.tombstones import FILES
from tests.support.filed import Place

ID = UUID("2f0d7a52-90c1-4c0e-8d8e-5a1f2f6c9b30")


def unmark(place: Place) -> None:
    place.store.delete([marker.MARKER])


def mark(place: Place, *, lost: bool = False) -> None:
    stores.mark_stores(place.session, {FILES: place.store}, may_lack_files=lost)


def require(place: Place) -> None:
    stores.require_stores(place.session, {FILES: place.store})


def test_a_marked_store_is_taken_and_lists_no_marker(place: Place) -> None:
    require(place)
    assert marker.read(place.store, "x") == read_instance_id(place.session)
    assert place.store.list_names() == set()
    assert place.store.read_times() == {}


def test_one_without_a_marker_is_refused_by_name(place: Place) -> None:
    unmark(place)
    with pytest.raises(StoreUnmarked, match="The store of files has no marker"):
        require(place)


def test_one_of_another_instance_is_refused_and_never_marked_anew(place: Place) -> None:
    marker.write(place.store, ID)
    with pytest.raises(StoreOfAnother, match="The store of files belongs to another instance"):
        require(place)
    with pytest.raises(StoreOfAnother):
        mark(place)
    with pytest.raises(StoreOfAnother):
        stores.require_free({FILES: place.store})
    assert marker.read(place.store, "x") == ID


@pytest.mark.parametrize("held", [b"", b"wayside", str(ID).encode(), f"{ID}\n\n".encode(), b"\xff"])
def test_a_damaged_marker_is_refused_and_stays(place: Place, held: bytes) -> None:
    place.store.put(marker.MARKER, [held])
    for act in (require, mark):
        with pytest.raises(StoreMarkerDamaged, match="The marker of the store of files is damaged"):
            act(place)
    assert b"".join(place.store.get(marker.MARKER)) == held


def test_a_store_that_fails_is_no_store_of_another(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> bytes:
        raise StoreFailed("no answer")

    monkeypatch.setattr(type(place.store), "get", fail)
    for act in (require, mark):
        with pytest.raises(StoreFailed) as failure:
            act(place)
        assert not isinstance(failure.value, StoreUnfit)


def test_an_older_store_is_marked_where_every_object_is_known(place: Place) -> None:
    gone, _ = place.report()
    place.report()
    place.erase(gone)
    unmark(place)
    mark(place)
    require(place)


def test_an_older_store_with_others_objects_is_not(place: Place) -> None:
    place.report()
    unmark(place)
    for name in ("payroll.xlsx", objects.make_object_name(uuid4())):
        place.store.put(name, [b"theirs"])
        with pytest.raises(StoreFilled, match="not marked"):
            mark(place)
        place.store.delete([name])
    assert marker.read(place.store, "x") is None


def test_a_database_of_yesterday_marks_no_store_of_today(place: Place) -> None:
    place.report()
    place.worker().purge()
    unmark(place)
    place.session.execute(delete(Attachment))
    place.session.commit()
    with pytest.raises(StoreFilled):
        mark(place)


def test_an_empty_mount_is_not_marked_unless_the_files_are_lost(place: Place) -> None:
    place.report()
    place.worker().purge()
    place.store.delete([*place.store.list_names(), marker.MARKER])
    with pytest.raises(StoreEmptied, match="--files-are-lost"):
        mark(place)
    mark(place, lost=True)
    require(place)


def test_a_new_instance_takes_an_empty_store_alone(place: Place) -> None:
    unmark(place)
    stores.require_free({FILES: place.store})
    place.store.put("payroll.xlsx", [b"theirs"])
    with pytest.raises(StoreFilled):
        stores.require_free({FILES: place.store})
    assert place.store.list_names() == {"payroll.xlsx"}


def test_a_store_that_lists_and_does_not_write_is_named(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise StoreFailed("access denied")

    monkeypatch.setattr(type(place.store), "put", fail)
    with pytest.raises(StoreReadOnly, match="can be read but not written"):
        mark(place)
    with pytest.raises(StoreReadOnly):
        stores.require_free({FILES: place.store}, stores.list_instance_ids(place.session))


def test_without_an_instance_there_is_nothing_to_compare(session: Session, tmp_path: Path) -> None:
    from_nowhere: dict[str, Store] = {}
    stores.require_stores(session, from_nowhere)
    assert stores.list_instance_ids(session) == ()


@pytest.mark.parametrize("trouble", ["unmarked", "another", "damaged", "unmounted"])
def test_a_worker_that_runs_erases_nothing_in_a_store_that_is_not_its_own_any_more(
    place: Place, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    gone, blob = place.report()
    place.erase(gone)
    before, one = place.left(), place.worker()
    if trouble == "another":
        marker.write(place.store, ID)
    elif trouble == "damaged":
        place.store.put(marker.MARKER, [b"?"])
    else:
        unmark(place)
    held = {name: b"".join(place.store.get(name)) for name in place.store.list_names()}
    if trouble == "unmounted":
        place.store.delete(held)
    with caplog.at_level("INFO", "wayside.worker"):
        one.purge()
    assert "event=failed outcome=Store" in caplog.text
    assert place.left() == before
    marker.write(place.store, read_instance_id(place.session))
    place.session.rollback()
    for name, data in held.items():
        place.store.put(name, [data])
    one.purge()
    assert blob not in place.store.list_names()
    assert place.left() == 0
