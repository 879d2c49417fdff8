"""What the first release stored opens, on both databases: every kind of sealed row, every hash."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from reports import custody, mailbox
from reports.attachments import report_files
from reports.codes import ReceiptCode
from reports.db import begin_write, make_engine
from reports.delivery import contact_change, contact_settings, outbox
from reports.model import NoticeAddress, ReferralAnswer, Statistic
from reports.statistics import collection, publication
from reports.triage import legal_hold, report_reader
from reports.triage.queue import saved_views
from reports.triage.referral import four_eyes, recipient_answers
from reports.triage.referral.compose import Selection
from reports.triage.search.batch_reader import BatchReader
from reports.vault import unwrap
from tests.support import stored
from tests.support.cast import NOW
from tests.support.stored import StoredInstance

CODE = ReceiptCode("9838100", "7435626152636643")
STORY = "They sleep in the kitchen. Élise"


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


@pytest.fixture
def kept(bare_database_url: str, tmp_path: Path) -> Iterator[StoredInstance]:
    engine = make_engine(bare_database_url)
    instance = stored.load(engine, tmp_path / "stored")
    yield instance
    instance.session.close()
    engine.dispose()


def test_the_report_opens_with_all_that_staff_found(kept: StoredInstance) -> None:
    opened = report_reader.read(kept.session, kept.vault, kept.report, kept.dana)
    assert opened.answers is not None
    assert (opened.answers["story"], opened.answers["place"]) == (STORY, "Rue Neuve")
    assert (opened.received_at, opened.language) == (NOW, "fr")
    assert [note.text for note in opened.notes] == ["A white van. Ünïcode"]
    assert opened.notes[0].at == NOW + minutes(5)
    assert [(each.values, each.reason) for each in opened.corrections] == [
        ({"people": "few"}, "The story says so.")
    ]
    assert opened.assessment is not None
    assert (opened.assessment.answers, opened.assessment.remark) == (
        {"controlled": "seen"},
        "Seen by two.",
    )
    assert [(each.kind, each.value) for each in opened.added] == [("plate", "1-ABC-234")]
    assert opened.unreadable_findings == 0


def test_the_thread_opens_for_the_desk_and_for_the_receipt_code(kept: StoredInstance) -> None:
    key = kept.vault.derive_receipt_key(CODE.locator, CODE.secret)
    private = kept.dana.open_case_key(kept.session, kept.report)
    by_code = unwrap(key, kept.report.private_by_code, kind="case key", id=kept.report.id.bytes)
    assert by_code == private
    first, wrote, said, asked, tapped = mailbox.read_thread(
        kept.session, kept.vault, kept.report, private
    )
    assert (first.author, first.code) == ("desk", "first_answer")
    assert (wrote.author, wrote.text) == ("reporter", "The door is green. ☂")
    assert (said.author, said.text, said.language) == ("desk", "Are you safe? Ça va?", "fr")
    assert (asked.author, asked.question) == ("desk", "danger")
    assert (tapped.author, tapped.answer, tapped.answers) == ("reporter", "no", asked.id)
    assert tapped.at == NOW + minutes(4)


def test_the_file_opens(kept: StoredInstance) -> None:
    private = kept.dana.open_case_key(kept.session, kept.report)
    [file] = report_files.list_files(kept.session, kept.vault, kept.report, private)
    assert file.details is not None
    assert (file.details.name, file.details.size) == ("Foto van de kamer – é.jpg", 1200)
    assert (file.details.kind, len(file.details.key), file.at) == ("jpeg", 32, NOW)
    assert file.original_blob


def test_what_surrounds_the_referral_opens(kept: StoredInstance) -> None:
    session, vault, report, dana = kept.session, kept.vault, kept.report, kept.dana
    held = four_eyes.read(session, vault, dana, report)
    assert held is not None
    assert (held.to, held.fingerprint) == (("be-surya",), "f" * 64)
    assert held.selection == Selection(
        frozenset({"story"}), frozenset(), passages=("kitchen",), note="Careful. Ö"
    )
    [answer] = recipient_answers.read(session, vault, dana, report)
    assert (answer.kind, answer.text) == ("acknowledged", "We have it. Ä")
    assert session.scalars(select(ReferralAnswer.staff_id)).one() is None
    hold = legal_hold.read(session, vault, dana, report)
    assert hold is not None
    assert (hold.state, hold.reason) == ("proposed", "A court asks. ß")


def test_the_counts_open_and_what_was_published_stands(kept: StoredInstance) -> None:
    session, vault = kept.session, kept.vault
    [(_row, facts)] = collection.read_year(session, vault, kept.dana, NOW.year)
    assert facts is not None
    assert (facts["country"], facts["sex"], facts["ending"]) == ("BE", "female", "taken_up")
    assert session.scalars(select(Statistic.year)).one() == NOW.year
    [year] = publication.list_published(session, vault)
    assert (year.year, year.day.year) == (NOW.year, NOW.year + 1)


def test_the_hashes_over_rows_in_the_clear_hold(kept: StoredInstance) -> None:
    session, vault = kept.session, kept.vault
    setting = contact_settings.require_confirmed(session, vault, "be-payoke")
    assert setting.email == "be-payoke@example.org"
    assert contact_change.list_pending(session, vault)["be-payoke"].email == "other@example.org"
    row = session.scalars(select(NoticeAddress)).one()
    assert row.seal == vault.compute_mac("notice address", row.staff_id.bytes, row.email.encode())
    begin_write(session)
    [claim] = outbox.claim(session, NOW + minutes(10), kept.dana.staff.id, lease=minutes(1))
    assert claim.packet == b"a sealed mail"
    assert outbox.is_genuine(vault, claim)


def test_the_chains_and_the_view_hold(kept: StoredInstance) -> None:
    assert custody.verify(kept.session, kept.vault) == 23
    [view] = saved_views.list_own(kept.session, kept.dana)
    assert (view.name, view.query) == ("Night shift", {"urgency": "3"})


def test_the_search_reads_them_in_its_own_way(kept: StoredInstance) -> None:
    reader = BatchReader(kept.session, kept.vault, kept.dana, [kept.report.id])
    [(id, parts)] = reader.read_all()
    assert (id, reader.damaged) == (kept.report.id, 0)
    assert dict(parts)["story"] == STORY
    assert ("notes", "A white van. Ünïcode") in parts
    assert ("notes", "1-ABC-234") in parts
    assert ("messages", "The door is green. ☂") in parts
