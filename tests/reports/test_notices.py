"""Notices: at fixed times to everybody who wants them, at once in danger, and empty of content."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import select, update

from reports import mailbox, notices, retention
from reports.db import begin_write
from reports.delivery import contact_settings
from reports.delivery.channels.channel import ContactDetails
from reports.errors import NoticeAddressRefused
from reports.model import NoticeAddress, Staff, StoredTurn
from reports.notices import QUIET, Notice, NoticePlan
from reports.settings import Settings
from reports.territory import get_territory
from reports.triage import report_reader, status
from reports.triage.queue import claim
from reports.triage.referral import four_eyes
from reports.triage.referral.compose import Selection
from tests.support.cast import NOW, Instance
from tests.support.office import PAYOKE, Office, answer_gates, refer

TIMES = (time(8), time(17, 30))
FROM = "desk@wayside.test"
CALL = notices.ENGLISH["danger"].rstrip(".")
ZONE = get_territory().zone
EVENING = datetime(NOW.year, NOW.month, NOW.day, 17, 31, tzinfo=ZONE)
MORNING = datetime(NOW.year, NOW.month, NOW.day, 8, 1, tzinfo=ZONE) + timedelta(days=1)


@pytest.fixture
def wanting(instance: Instance) -> Instance:
    """Bela and Chidi want notices."""
    for name in ("Bela", "Chidi"):
        begin_write(instance.session)
        staff = instance.session.merge(instance.keyring(name).staff)
        address = f"{name.lower()}@office.test"
        notices.set_address(instance.session, instance.vault, staff, address, NOW)
        instance.session.commit()
    return instance


def go_out(instance: Instance, now: datetime) -> list[Notice]:
    """What a worker sends at `now`."""
    begin_write(instance.session)
    sent = notices.list_due(instance.session, instance.vault, NoticePlan(TIMES, FROM), now)
    for notice in sent:
        notices.mark_sent(instance.session, notice, now)
    notices.settle_calls(instance.session, now)
    instance.session.commit()
    return sent


def text_of(notice: Notice) -> str:
    mail = message_from_bytes(notice.mail, policy=default)
    return str(mail.get_content()).strip(" .\r\n")


def test_everybody_is_told_once_at_each_time_news_or_not(wanting: Instance) -> None:
    wanting.send()
    assert go_out(wanting, EVENING - timedelta(minutes=5)) == []
    sent = {notice.to: text_of(notice) for notice in go_out(wanting, EVENING)}
    assert sent == {
        "bela@office.test": "Something waits at the desk",
        "chidi@office.test": "Nothing new waits at the desk",
    }
    assert go_out(wanting, EVENING + timedelta(minutes=1)) == []
    assert len(go_out(wanting, MORNING)) == 2


def test_all_notices_have_the_same_size_whatever_they_say(wanting: Instance) -> None:
    wanting.send()
    bela, chidi = sorted(go_out(wanting, EVENING), key=lambda notice: notice.to)
    longer = len("chidi") - len("bela")
    assert len(chidi.mail) - len(bela.mail) == longer
    wanting.send(danger="yes")
    [called, *_] = go_out(wanting, EVENING + timedelta(hours=1))
    assert len(called.mail) == len(bela.mail)


def test_a_notice_says_nothing_of_a_report(wanting: Instance) -> None:
    wanting.send(story="zxqv-eleven-men", place="Rue Neuve", danger="yes")
    for notice in go_out(wanting, EVENING):
        mail = message_from_bytes(notice.mail, policy=default)
        told = str(mail["Subject"]) + text_of(notice)
        assert not {"zxqv", "Rue", "BE", "labour", "Report"} & set(told.replace("-", " ").split())


def test_danger_calls_the_desk_at_once_and_no_other(wanting: Instance) -> None:
    wanting.send(danger="yes")
    [call] = go_out(wanting, NOW + timedelta(minutes=1))
    assert (call.to, text_of(call)) == ("bela@office.test", "Please look at the desk now")
    assert go_out(wanting, NOW + timedelta(minutes=2)) == []


def test_who_was_just_called_is_not_called_again_for_a_while(wanting: Instance) -> None:
    for _ in range(5):
        wanting.send(danger="yes")
    later = NOW + timedelta(minutes=1)
    assert len(go_out(wanting, later)) == 1
    wanting.send(danger="yes")
    assert go_out(wanting, later + QUIET / 2) == []
    wanting.send(danger="yes")
    assert len(go_out(wanting, later + QUIET * 2)) == 1


def test_when_somebody_was_called_is_forgotten(wanting: Instance) -> None:
    """It is the minute in which a report of danger came."""
    wanting.send(danger="yes")
    soon = NOW + timedelta(minutes=1)
    go_out(wanting, soon)
    called = select(NoticeAddress.called_at).where(NoticeAddress.called_at.is_not(None))
    assert wanting.session.scalars(called).all()
    go_out(wanting, soon + QUIET)
    assert wanting.session.scalars(called).all() == []


def test_a_report_in_hand_calls_nobody_until_it_is_left_undone(wanting: Instance) -> None:
    report = wanting.report(wanting.send(danger="yes"))
    begin_write(wanting.session)
    report_reader.record_opening(wanting.act("Bela"), report)
    claim.acquire(wanting.act("Bela"), report)
    wanting.session.commit()
    assert go_out(wanting, NOW + timedelta(minutes=1)) == []
    [call] = go_out(wanting, NOW + claim.LEASE + timedelta(minutes=1))
    assert call.to == "bela@office.test"


def test_danger_that_comes_later_calls_as_well(wanting: Instance) -> None:
    receipt = wanting.send(danger="yes")
    soon = NOW + timedelta(minutes=1)
    assert len(go_out(wanting, soon)) == 1
    begin_write(wanting.session)
    status.close(wanting.act("Bela"), wanting.report(receipt), "It is over.")
    wanting.session.commit()
    visit = wanting.enter(receipt.code)
    begin_write(wanting.session)
    mailbox.write(wanting.session, wanting.vault, visit, "They found me.", NOW)
    wanting.session.commit()
    assert len(go_out(wanting, soon + QUIET * 2)) == 1


def test_who_must_agree_in_danger_is_called_and_not_who_asked(wanting: Instance) -> None:
    begin_write(wanting.session)
    dana = wanting.session.merge(wanting.keyring("Dana").staff)
    notices.set_address(wanting.session, wanting.vault, dana, "dana@office.test", NOW)
    wanting.session.commit()
    Office().confirm(wanting)
    report = wanting.report(wanting.send(danger="yes"))
    begin_write(wanting.session)
    bela = wanting.act("Bela")
    answer_gates(bela, report, [PAYOKE])
    four_eyes.propose(bela, report, [PAYOKE], Selection(frozenset(), frozenset()), "seen")
    wanting.session.commit()
    [call] = go_out(wanting, NOW + timedelta(minutes=1))
    assert (call.to, text_of(call)) == ("dana@office.test", CALL)


def test_a_liaison_hears_that_a_packet_waits_and_in_danger_at_once(wanting: Instance) -> None:
    session, vault = wanting.session, wanting.vault
    wanting.accept(wanting.invite("Lia", "liaison", None, contact_id=PAYOKE), "Lia")
    begin_write(session)
    contact_settings.confirm(session, vault, PAYOKE, ContactDetails("portal"), NOW)
    lia = session.merge(wanting.keyring("Lia").staff)
    notices.set_address(session, vault, lia, "lia@payoke.test", NOW)
    session.commit()
    refer(wanting, wanting.send(), Settings.from_environ({}), PAYOKE)
    assert go_out(wanting, NOW + timedelta(minutes=1)) == []
    told = {notice.to: text_of(notice) for notice in go_out(wanting, EVENING)}
    assert told["lia@payoke.test"] == notices.ENGLISH["news"].rstrip(".")
    urgent = wanting.send(EVENING, danger="yes")
    refer(wanting, urgent, Settings.from_environ({}), PAYOKE, now=EVENING)
    [call] = go_out(wanting, EVENING + timedelta(minutes=1))
    assert (call.to, text_of(call)) == ("lia@payoke.test", CALL)


def test_a_report_in_doubt_calls_nobody(wanting: Instance) -> None:
    """Otherwise a program could ring every phone of the desk all night."""
    wanting.send(danger="yes", trapped=True)
    assert go_out(wanting, NOW + timedelta(minutes=1)) == []


def test_a_call_that_did_not_leave_is_tried_again(wanting: Instance) -> None:
    wanting.send(danger="yes")
    begin_write(wanting.session)
    soon = NOW + timedelta(minutes=1)
    assert notices.list_due(wanting.session, wanting.vault, NoticePlan(TIMES, FROM), soon)
    notices.settle_calls(wanting.session, soon)
    wanting.session.commit()
    assert len(go_out(wanting, soon + timedelta(minutes=1))) == 1


def test_an_address_that_was_changed_in_the_database_gets_nothing(wanting: Instance) -> None:
    wanting.session.execute(update(NoticeAddress).values(email="thief@elsewhere.test"))
    wanting.session.commit()
    assert go_out(wanting, EVENING) == []


def test_who_was_disabled_or_wants_no_more_gets_nothing(wanting: Instance) -> None:
    begin_write(wanting.session)
    bela = wanting.session.merge(wanting.keyring("Bela").staff)
    notices.set_address(wanting.session, wanting.vault, bela, "", NOW)
    wanting.session.execute(
        update(Staff).where(Staff.folded_name == "chidi").values(state="disabled")
    )
    wanting.session.commit()
    assert go_out(wanting, EVENING) == []


@pytest.mark.parametrize("typed", ["bela", "a@b@c", "a b@c.test", "x@y.test, z@y.test", "a@b\n.c"])
def test_what_is_no_address_is_refused(wanting: Instance, typed: str) -> None:
    staff = wanting.session.merge(wanting.keyring("Bela").staff)
    with pytest.raises(NoticeAddressRefused):
        notices.set_address(wanting.session, wanting.vault, staff, typed, NOW)


def test_the_call_goes_with_the_report_when_it_is_erased(wanting: Instance) -> None:
    receipt = wanting.send(danger="yes")
    go_out(wanting, NOW + timedelta(minutes=1))
    assert wanting.session.scalars(select(StoredTurn.called)).all() == [True]
    begin_write(wanting.session)
    retention.erase(wanting.session, receipt.report_id)
    wanting.session.commit()
    wanting.session.expire_all()
    assert wanting.session.scalars(select(StoredTurn)).all() == []


def test_a_notice_that_a_clock_ahead_noted_keeps_nobody_from_the_next(wanting: Instance) -> None:
    year = timedelta(days=365)
    wanting.send(danger="yes")
    go_out(wanting, EVENING + year)
    wanting.send(danger="yes")
    sent = {(each.to, text_of(each)) for each in go_out(wanting, EVENING)}
    assert ("bela@office.test", "Please look at the desk now") in sent
    assert ("chidi@office.test", "Nothing new waits at the desk") in sent
