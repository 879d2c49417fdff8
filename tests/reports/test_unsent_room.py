"""The budget of what is unsent, on both databases: what goes, what stays, and who is told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from reports import retention, unsent_room
from reports.attachments import report_files, uploads
from reports.attachments.uploads import AnnouncedFile, StoredFile, UploadOwner
from reports.errors import FileRefused
from reports.eviction import UNIT, count_units
from reports.intake import draft, token
from reports.intake.token import Token
from reports.model import Attachment, Draft, LetGo, Tombstone
from tests.support.cast import NOW, Instance

FLOOD, QUIET = 11, 22
LATER = NOW + timedelta(minutes=5)


def begin(instance: Instance, network: int | None, now: datetime = NOW, story: str = "s") -> Token:
    form = token.read(instance.vault, token.issue(instance.vault, now), now)
    draft.save(instance.session, form, {"story": story}, now, network)
    return form


def owner_of(form: Token) -> UploadOwner:
    return UploadOwner.from_secret(form.secret)


def begin_file(instance: Instance, form: Token, network: int | None, units: int) -> uploads.Upload:
    file = AnnouncedFile("a.txt", units * UNIT, network=network)
    return uploads.start(instance.session, owner_of(form), file, LATER)


def count(instance: Instance, kind: type) -> int:
    return instance.session.scalar(select(func.count()).select_from(kind)) or 0


def test_a_flood_of_drafts_leaves_the_quiet_draft(instance: Instance) -> None:
    amina = begin(instance, QUIET, LATER)
    flood = [begin(instance, FLOOD) for _ in range(40)]
    gone = unsent_room.keep_within(instance.session, 32, LATER)
    assert gone < {each.draft_hash for each in flood}
    assert count(instance, Draft) == 30
    assert draft.load(instance.session, amina, LATER) == {"story": "s"}
    assert not unsent_room.take_notice(instance.session, amina.draft_hash)
    lost = next(each for each in flood if each.draft_hash in gone)
    assert draft.load(instance.session, lost, LATER) is None
    assert unsent_room.take_notice(instance.session, lost.draft_hash)
    assert not unsent_room.take_notice(instance.session, lost.draft_hash)


def test_a_flood_of_files_leaves_the_quiet_file_and_every_text(instance: Instance) -> None:
    amina = begin(instance, QUIET)
    hers = begin_file(instance, amina, QUIET, 40)
    flood = [begin(instance, FLOOD) for _ in range(3)]
    for form in flood:
        begin_file(instance, form, FLOOD, 50)
    gone = unsent_room.keep_within(instance.session, 120, LATER)
    assert len(gone) == 2
    assert count(instance, Draft) == 4
    assert uploads.find(instance.session, owner_of(amina), 0, LATER).id == hers.id
    erased = set(instance.session.scalars(select(Tombstone.row_id)))
    assert {id.bytes for id in erased} == gone
    noted = [unsent_room.take_notice(instance.session, owner_of(form).place) for form in flood]
    assert sorted(noted) == [False, True, True]


def test_within_the_budget_nothing_goes(instance: Instance) -> None:
    begin(instance, FLOOD)
    assert unsent_room.keep_within(instance.session, 1, NOW) == frozenset()
    assert count(instance, Draft) == 1


def test_what_has_expired_goes_before_anything_else(instance: Instance) -> None:
    for _ in range(10):
        begin(instance, FLOOD)
    much_later = NOW + timedelta(minutes=61)
    amina = begin(instance, FLOOD, much_later)
    assert unsent_room.keep_within(instance.session, 2, much_later) == frozenset()
    assert draft.is_stored(instance.session, amina, much_later)
    assert count(instance, LetGo) == 0


def test_what_was_sent_is_never_evicted_and_no_tag_stays_with_it(instance: Instance) -> None:
    report = instance.report(instance.send())
    amina = begin(instance, QUIET)
    begun = begin_file(instance, amina, QUIET, 4)
    whole = StoredFile(begun.details, "one")
    uploads.complete(instance.session, owner_of(amina), begun, whole, LATER)
    report_files.attach(instance.session, instance.vault, report, owner_of(amina), LATER)
    draft.discard(instance.session, amina)
    begin(instance, FLOOD)
    unsent_room.keep_within(instance.session, 0, LATER)
    row = instance.session.get_one(Attachment, begun.id)
    assert (row.report_id, row.units, row.network, row.begun_minute) == (report.id, 0, None, 0)
    assert count(instance, Draft) == 0


def test_a_file_weighs_what_is_stored_of_it(instance: Instance) -> None:
    amina = begin(instance, QUIET)
    begun = begin_file(instance, amina, QUIET, 1)
    details = begun.details
    grown = StoredFile(
        type(details)(details.name, details.key, details.length, True, size=UNIT * 5 + 1), "one"
    )
    uploads.complete(instance.session, owner_of(amina), begun, grown, LATER)
    assert instance.session.get_one(Attachment, begun.id).units == 6


def test_the_files_of_one_form_have_a_limit_of_their_own(instance: Instance) -> None:
    amina, bigger = begin(instance, QUIET), AnnouncedFile("a", 3 * UNIT, most=4)
    uploads.start(instance.session, owner_of(amina), bigger, NOW)
    with pytest.raises(FileRefused, match="together"):
        uploads.start(
            instance.session, owner_of(amina), AnnouncedFile("b", UNIT, True, most=4), NOW
        )
    uploads.start(instance.session, owner_of(amina), AnnouncedFile("b", UNIT, most=4), NOW)


def test_a_draft_keeps_its_first_minute_and_network_and_weighs_what_it_has(
    instance: Instance,
) -> None:
    amina = begin(instance, QUIET)
    draft.save(instance.session, amina, {"story": "x" * 20_000}, LATER, FLOOD)
    row = instance.session.get_one(Draft, amina.draft_hash)
    assert (row.network, row.begun_minute) == (QUIET, int(NOW.timestamp()) // 60)
    assert row.units == count_units(len(row.sealed)) > 1


def test_what_went_is_forgotten_after_an_hour(instance: Instance) -> None:
    begin(instance, FLOOD)
    unsent_room.keep_within(instance.session, 0, NOW)
    assert count(instance, LetGo) == 1
    retention.purge_short_lived(instance.session, instance.vault, NOW + timedelta(minutes=61))
    assert count(instance, LetGo) == 0


def test_a_flood_cannot_fill_the_database_with_what_it_lost(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unsent_room, "MOST_NOTED", 2)
    for _ in range(5):
        begin(instance, FLOOD)
    unsent_room.keep_within(instance.session, 0, NOW)
    assert count(instance, LetGo) == 2
