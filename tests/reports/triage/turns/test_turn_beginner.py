"""The process of the public site only begins turns; who may finds the right ones afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from reports import mailbox, quick_replies
from reports.db import begin_write, make_session_factory
from reports.intake.submit import Receipt
from reports.model import SkippedReport, StoredTurn
from reports.quick_replies import TappedAnswer
from reports.triage import notes, reply, status
from reports.triage.queue import next_report
from reports.triage.turns import begun_turns
from tests.reports.triage.turns.test_turn_keeper import compare, reasons
from tests.support.cast import NOW, Instance


@dataclass
class Site:
    """The desk's instance, and the same one as the public process has it."""

    desk: Instance
    public: Instance

    def write(self, receipt: Receipt, text: str) -> None:
        self.desk.session.rollback()
        visit = self.public.enter(receipt.code)
        begin_write(self.public.session)
        mailbox.write(self.public.session, self.public.vault, visit, text, NOW)
        self.public.session.commit()

    def settle(self) -> int:
        session = self.desk.session
        self.public.session.rollback()
        begin_write(session)
        count = begun_turns.settle(session, self.desk.vault, NOW, 10)
        session.commit()
        compare(self.desk)
        return count


@pytest.fixture
def site(instance: Instance) -> Iterator[Site]:
    factory = make_session_factory(instance.session.get_bind(), begins_turns=True)
    with factory() as session:
        yield Site(instance, replace(instance, session=session))


def place(site: Site, receipt: Receipt) -> tuple[str | None, int, str]:
    report = site.desk.report(receipt)
    found = report.turn, report.turn_rank, report.status
    site.desk.session.rollback()
    return found


@pytest.mark.parametrize(("danger", "reason", "rank"), [("yes", "danger", 0), ("no", "new", 1)])
def test_a_new_report_stands_in_the_queue_at_once(
    site: Site, danger: str, reason: str, rank: int
) -> None:
    receipt = site.public.send(danger=danger)
    site.public.session.commit()
    assert place(site, receipt) == (reason, rank, "received")
    bela = site.desk.keyring("Bela")
    assert next_report.find_next(site.desk.session, bela, NOW) == receipt.report_id
    assert [site.settle(), site.settle()] == [1, 0]
    assert reasons(site.desk, receipt) == {reason}


def test_a_message_comes_first_and_is_offered_again_to_who_passed_it_over(site: Site) -> None:
    receipt = site.desk.send()
    begin_write(site.desk.session)
    bela = site.desk.act("Bela")
    reply.reply(bela, site.desk.report(receipt), "We read it.", once=b"1")
    next_report.skip(bela, site.desk.report(receipt))
    site.desk.session.commit()
    assert reasons(site.desk, receipt) == {"later"}
    site.write(receipt, "Still there.")
    assert place(site, receipt)[0] == "reporter_wrote"
    site.write(receipt, "Come.")
    assert site.settle() == 1
    assert reasons(site.desk, receipt) == {"reporter_wrote"}
    assert site.desk.session.scalars(select(SkippedReport)).all() == []


def test_a_message_to_a_closed_report_opens_it_when_its_turns_are_found(site: Site) -> None:
    receipt = site.desk.send()
    status.close(site.desk.act("Bela"), site.desk.report(receipt), "It is over.")
    site.desk.session.commit()
    site.write(receipt, "They found me.")
    assert place(site, receipt)[2] == "closed"
    notes.add(site.desk.act("Bela"), site.desk.report(receipt), "A note meanwhile.")
    site.desk.session.commit()
    assert site.settle() == 1
    assert place(site, receipt) == ("reporter_wrote", 1, "in_triage")
    assert site.desk.report(receipt).retention_day is None


@pytest.mark.parametrize("acts_before", [False, True])
def test_danger_that_a_reporter_says_raises_the_urgency(site: Site, acts_before: bool) -> None:
    desk, session = site.desk, site.desk.session
    receipt = desk.send(danger="no")
    begin_write(session)
    reply.ask(desk.act("Bela"), desk.report(receipt), ["danger"], once=b"1")
    session.commit()
    visit = site.public.enter(receipt.code)
    begin_write(site.public.session)
    mine = mailbox.resume(site.public.session, visit, NOW)
    lines = mailbox.read_thread(site.public.session, site.public.vault, mine.report, mine.private)
    [asked] = [line.id for line in lines if line.question]
    assert asked is not None
    tapped = TappedAnswer(asked, "yes")
    later = NOW + timedelta(minutes=1)
    quick_replies.answer(site.public.session, site.public.vault, visit, tapped, later)
    site.public.session.commit()
    site.public.session.close()
    assert place(site, receipt)[:2] == ("danger", 0)
    if acts_before:
        notes.add(desk.act("Bela"), desk.report(receipt), "A note meanwhile.")
        session.commit()
    else:
        assert site.settle() == 1
    assert desk.report(receipt).urgency == 3
    assert desk.report(receipt).turn_rank == 0
    compare(desk)
    assert not session.scalars(select(StoredTurn).where(StoredTurn.place < 4)).all()
