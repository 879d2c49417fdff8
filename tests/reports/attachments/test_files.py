"""A file's way: beside the form in parts, cleaned, sent with the report, read, erased."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reports import custody, retention
from reports.attachments import ingest, objects, report_files, uploads
from reports.attachments.uploads import AnnouncedFile, Upload, UploadOwner
from reports.blobs.folder import Folder
from reports.db import begin_write
from reports.errors import FileRefused, OffsetWrong, SealBroken
from reports.model import Attachment, Report
from reports.scrub.scrubber import Scrubber
from reports.triage import legal_hold, status
from tests.support import files
from tests.support.cast import NOW, Instance
from tests.support.files import PLANTED
from tests.support.stores import emptied

SECRET = bytes(range(32))
HOLDER = UploadOwner.from_secret(SECRET)
WORDS = b"They keep a list of debts. " * 5_000


@pytest.fixture
def store(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "blobs")


@pytest.fixture
def scrubber(tmp_path: Path) -> Scrubber:
    return Scrubber(tmp_path)


def put(
    session: Session,
    store: Folder,
    scrubber: Scrubber,
    data: bytes,
    *,
    name: str = "list.txt",
    holder: UploadOwner = HOLDER,
    keep_original: bool = False,
) -> Upload:
    """A file in one go, as a form without script sends it."""
    begun = uploads.start(session, holder, AnnouncedFile(name, len(data), keep_original), NOW)
    stored = ingest.store_file(store, scrubber, begun, lambda: iter([data]))
    return uploads.complete(session, holder, begun, stored, NOW)


def report_of(session: Session, instance: Instance) -> Report:
    return session.get_one(Report, instance.send().report_id)


def private_of(instance: Instance, report: Report, name: str = "Bela") -> bytes:
    return instance.keyring(name).open_case_key(instance.session, report)


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_file_in_parts_becomes_whole(
    instance: Instance, session: Session, store: Folder, scrubber: Scrubber
) -> None:
    part = uploads.SMALLEST_PART
    now = uploads.start(session, HOLDER, AnnouncedFile("list.txt", len(WORDS)), NOW)
    for at in range(0, len(WORDS), part):
        piece = uploads.put_part(store, now, at, WORDS[at : at + part])
        now = uploads.advance(session, HOLDER, now, piece, NOW)
    assert now.offset == len(WORDS)
    stored = ingest.store_file(store, scrubber, now, lambda: uploads.read_parts(store, now))
    whole = uploads.complete(session, HOLDER, now, stored, NOW)
    assert whole.whole
    assert (whole.details.kind, whole.details.cleaned) == ("other", False)
    assert emptied(session, store) == {whole.blob}


def test_parts_in_a_wrong_order_are_told_where_to_go_on(
    instance: Instance, session: Session, store: Folder
) -> None:
    begun = uploads.start(session, HOLDER, AnnouncedFile("list.txt", len(WORDS)), NOW)
    with pytest.raises(OffsetWrong) as wrong:
        uploads.put_part(store, begun, 70_000, WORDS[70_000:])
    assert wrong.value.offset == 0
    for data in (b"", b"x", bytes(uploads.LARGEST_PART + 1)):
        with pytest.raises(FileRefused):
            uploads.put_part(store, begun, 0, data)


def test_of_two_parts_at_one_moment_only_the_first_counts(
    instance: Instance, session: Session, store: Folder
) -> None:
    begun = uploads.start(session, HOLDER, AnnouncedFile("list.txt", len(WORDS)), NOW)
    first = uploads.put_part(store, begun, 0, WORDS[:70_000])
    second = uploads.put_part(store, begun, 0, WORDS[:65_536])
    uploads.advance(session, HOLDER, begun, first, NOW)
    with pytest.raises(OffsetWrong) as wrong:
        uploads.advance(session, HOLDER, begun, second, NOW)
    assert wrong.value.offset == 70_000


def test_limits_of_one_form(instance: Instance, session: Session) -> None:
    for length, code in ((0, "empty"), (-1, "empty"), (uploads.LARGEST + 1, "large")):
        with pytest.raises(FileRefused) as refused:
            uploads.start(session, HOLDER, AnnouncedFile("a", length), NOW)
        assert refused.value.code == code
    for _ in range(uploads.MOST):
        uploads.start(session, HOLDER, AnnouncedFile("a", 5), NOW)
    with pytest.raises(FileRefused) as refused:
        uploads.start(session, HOLDER, AnnouncedFile("a", 5), NOW)
    assert refused.value.code == "many"
    uploads.remove(session, HOLDER, 3)
    assert uploads.start(session, HOLDER, AnnouncedFile("a", 5), NOW).slot == 3


def test_a_sent_file_opens_at_the_desk_and_nowhere_else(
    instance: Instance, session: Session, store: Folder, scrubber: Scrubber, tmp_path: Path
) -> None:
    report = report_of(session, instance)
    begin_write(session)
    put(session, store, scrubber, WORDS + PLANTED, name="../../Planted-Word-7351.txt")
    assert report_files.attach(session, instance.vault, report, HOLDER, NOW) == 1
    session.commit()
    assert report.has_attachments
    (found,) = report_files.list_files(
        session, instance.vault, report, private_of(instance, report)
    )
    assert found.name == "Planted-Word-7351.txt"
    assert found.at == NOW
    assert b"".join(report_files.read_content(store, found)) == WORDS + PLANTED
    (packet,) = report_files.list_for_referral(
        session, instance.vault, store, report, private_of(instance, report)
    )
    assert b"".join(packet.read()) == WORDS + PLANTED
    assert (packet.media_type, packet.cleaned) == ("application/octet-stream", False)
    assert PLANTED not in everything(tmp_path)
    assert b"list of debts" not in everything(tmp_path)


@pytest.mark.parametrize("keep_original", [False, True])
def test_the_original_is_kept_only_where_that_was_chosen(
    instance: Instance,
    session: Session,
    store: Folder,
    scrubber: Scrubber,
    keep_original: bool,
) -> None:
    report = report_of(session, instance)
    begin_write(session)
    put(session, store, scrubber, files.heic(), name="a.heic", keep_original=keep_original)
    report_files.attach(session, instance.vault, report, HOLDER, NOW)
    session.commit()
    (found,) = report_files.list_files(
        session, instance.vault, report, private_of(instance, report)
    )
    assert found.name == "a.jpg"
    assert PLANTED not in b"".join(report_files.read_content(store, found))
    assert len(store.list_names()) == (2 if keep_original else 1)
    if keep_original:
        assert PLANTED in b"".join(report_files.read_content(store, found, original=True))
    else:
        with pytest.raises(SealBroken):
            list(report_files.read_content(store, found, original=True))


def test_what_cannot_be_cleaned_is_kept_only_as_an_original(
    instance: Instance, session: Session, store: Folder, scrubber: Scrubber
) -> None:
    with pytest.raises(FileRefused) as refused:
        put(session, store, scrubber, files.jpeg()[:300])
    assert refused.value.code == "unclean"
    kept = put(session, store, scrubber, files.jpeg()[:300], keep_original=True)
    assert not kept.details.cleaned


def test_a_file_that_is_not_whole_stays_behind(
    instance: Instance, session: Session, store: Folder
) -> None:
    report = report_of(session, instance)
    begun = uploads.start(session, HOLDER, AnnouncedFile("list.txt", len(WORDS)), NOW)
    uploads.put_part(store, begun, 0, WORDS[:70_000])
    assert report_files.attach(session, instance.vault, report, HOLDER, NOW) == 0
    assert not report.has_attachments


def test_the_files_of_one_form_open_for_no_other(
    instance: Instance, session: Session, store: Folder, scrubber: Scrubber
) -> None:
    put(session, store, scrubber, WORDS)
    other = UploadOwner.from_secret(bytes(32))
    assert uploads.list_uploads(session, other, NOW) == []
    thief = UploadOwner(HOLDER.place, other.key)
    assert uploads.list_uploads(session, thief, NOW) == []


@pytest.mark.parametrize("column", ["sealed", "blob", "report_id"])
def test_a_row_that_somebody_changed_opens_nothing(
    instance: Instance, session: Session, store: Folder, scrubber: Scrubber, column: str
) -> None:
    report, other = report_of(session, instance), report_of(session, instance)
    begin_write(session)
    put(session, store, scrubber, WORDS)
    report_files.attach(session, instance.vault, report, HOLDER, NOW)
    changed = {"sealed": b"x" * 50, "blob": f"{uuid4().hex}.ab", "report_id": other.id}[column]
    session.execute(update(Attachment).values({column: changed}))
    session.commit()
    session.expire_all()
    whose = other if column == "report_id" else report
    (found,) = report_files.list_files(session, instance.vault, whose, private_of(instance, whose))
    assert found.details is None
    private = private_of(instance, whose)
    assert report_files.list_for_referral(session, instance.vault, store, whose, private) == []


@pytest.mark.parametrize("held", [False, True])
def test_the_files_of_a_closed_report_go_before_it_where_that_is_wished(
    instance: Instance, session: Session, store: Folder, scrubber: Scrubber, held: bool
) -> None:
    vault = instance.vault
    report = report_of(session, instance)
    begin_write(session)
    put(session, store, scrubber, WORDS)
    report_files.attach(session, vault, report, HOLDER, NOW)
    status.close(instance.act("Bela"), report, "x")
    if held:
        legal_hold.propose(instance.act("Bela"), report, "A court asks.")
        legal_hold.take_step(instance.act("Dana"), report, "agree")
    session.commit()
    for days, kept in ((30, True), (31, held), (32, held)):
        retention.purge_due(session, vault, NOW + timedelta(days=days), files_earlier=60)
        assert bool(session.scalars(select(Attachment)).all()) is kept
        assert session.get_one(Report, report.id).has_attachments is kept
    assert bool(emptied(session, store)) is held
    acts = [line.act for line in custody.list_lines(session, report)]
    assert acts.count("files_erased") == (0 if held else 1)
    assert custody.verify(session, vault)


def test_files_die_with_their_form_and_leave_nothing(
    instance: Instance, session: Session, store: Folder, scrubber: Scrubber
) -> None:
    whole = put(session, store, scrubber, WORDS)
    later = NOW + timedelta(minutes=59)
    retention.purge_due(session, instance.vault, later)
    assert emptied(session, store) == {whole.blob}
    uploads.renew(session, HOLDER, later)
    retention.purge_due(session, instance.vault, NOW + timedelta(minutes=61))
    assert session.scalars(select(Attachment)).all() != []
    retention.purge_due(session, instance.vault, later + timedelta(minutes=60))
    assert emptied(session, store) == set()


def test_what_a_killed_server_left_goes_when_its_file_is_whole_or_gone_and_nothing_else_does(
    instance: Instance, session: Session, store: Folder, scrubber: Scrubber
) -> None:
    coming = uploads.start(session, HOLDER, AnnouncedFile("b", len(WORDS)), NOW)
    part, _length = uploads.put_part(store, coming, 0, WORDS[:70_000])
    begun = uploads.start(session, HOLDER, AnnouncedFile("a", len(WORDS)), NOW)
    others = {f"{uuid4().hex}.ab", "nonsense", ".half"}
    for name in (objects.make_object_name(begun.id), f"{begun.id.hex}.0.half", *others):
        store.put(name, [b"left over"])
    stored = ingest.store_file(store, scrubber, begun, lambda: iter([WORDS]))
    whole = uploads.complete(session, HOLDER, begun, stored, NOW)
    assert emptied(session, store) == {whole.blob, part, *others}
    uploads.remove(session, HOLDER, coming.slot)
    assert emptied(session, store) == {whole.blob, *others}


def test_what_came_too_late_goes_and_what_the_row_has_stays(
    instance: Instance, session: Session, store: Folder, scrubber: Scrubber
) -> None:
    """Two requests finish one file: the line broke, and the browser sent its last part again."""
    begun = uploads.start(session, HOLDER, AnnouncedFile("a", len(WORDS)), NOW)
    first, second = (
        ingest.store_file(store, scrubber, begun, lambda: iter([WORDS])) for _ in range(2)
    )
    uploads.complete(session, HOLDER, begun, first, NOW)
    with pytest.raises(OffsetWrong) as known:
        uploads.complete(session, HOLDER, begun, second, NOW)
    assert known.value.offset == len(WORDS)
    objects.erase_others(session, begun.id)
    assert emptied(session, store) == {first.blob}


def test_what_still_comes_in_stays_whatever_somebody_wants_to_go(
    instance: Instance, session: Session, store: Folder
) -> None:
    begun = uploads.start(session, HOLDER, AnnouncedFile("b", len(WORDS)), NOW)
    part, _length = uploads.put_part(store, begun, 0, WORDS[:70_000])
    objects.erase_others(session, begun.id)
    assert emptied(session, store) == {part}


def test_erasing_a_report_leaves_no_key_and_no_object(
    instance: Instance, session: Session, store: Folder, scrubber: Scrubber
) -> None:
    report = report_of(session, instance)
    begin_write(session)
    put(session, store, scrubber, files.png(), keep_original=True)
    report_files.attach(session, instance.vault, report, HOLDER, NOW)
    retention.erase(session, report.id)
    session.commit()
    assert session.scalars(select(Attachment)).all() == []
    assert emptied(session, store) == set()


def test_a_line_that_breaks_while_it_is_stored_leaves_no_whole_file(
    instance: Instance, session: Session, store: Folder, scrubber: Scrubber
) -> None:
    def breaking() -> Iterator[bytes]:
        yield WORDS
        raise RuntimeError("gone")

    begun = uploads.start(session, HOLDER, AnnouncedFile("list.txt", len(WORDS)), NOW)
    with pytest.raises(RuntimeError):
        ingest.store_file(store, scrubber, begun, breaking)
    assert store.list_names() == set()
    assert not uploads.find(session, HOLDER, begun.slot, NOW).whole
