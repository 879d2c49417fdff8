"""The rules of turns, over whatever can happen to a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.model.turn import REASONS
from reports.triage.turns.facts import Happening, ReportFacts, SentReferral, WaitsForSecond
from reports.triage.turns.office_time import OfficeCalendar
from reports.triage.turns.rules import derive_turns, list_turns
from reports.triage.turns.turn import IN_DANGER, ORDINARY, Turn

DAY: Final = date(2027, 3, 10)
LONG_AFTER: Final = datetime(2030, 1, 1, tzinfo=UTC)
BELA, DANA = UUID(int=1), UUID(int=2)
CALENDAR: Final = OfficeCalendar(UTC, None, lambda _day: False)
CODES: Final = (
    *("opened", "noted", "assigned", "released", "replied", "asked", "reporter_wrote"),
    *("files_added", "proposed", "agreed", "declined", "unproposed", "referred", "returned"),
    *("acknowledged", "outcome", "failed", "chased", "handed_over", "sent", "due_again"),
)
CONTACTS: Final = ("be-payoke", "be-pag-asa")


def happened(*codes: str, day: date = DAY) -> tuple[Happening, ...]:
    return tuple(Happening(code, day, contact_id=CONTACTS[0]) for code in ("received", *codes))


def facts(*codes: str, urgency: int = 1, **more: object) -> ReportFacts:
    made = ReportFacts(
        *(UUID(int=7), UUID(int=8), "in_triage", urgency, False, DAY, CALENDAR),
        happenings=happened(*codes),
    )
    return replace(made, **more)  # type: ignore[arg-type]  # the fields that a test names


def sent(number: int = 0, **more: object) -> SentReferral:
    at = datetime(2027, 3, 10, 12, tzinfo=UTC)
    made = SentReferral(
        *(UUID(int=20 + number), CONTACTS[number], "waiting", at, at + timedelta(hours=72), 0),
        delivery_state="sent",
    )
    return replace(made, **more)  # type: ignore[arg-type]  # the fields that a test names


def reasons(turns: Sequence[Turn]) -> set[str]:
    return {turn.reason for turn in turns}


def put_off(until: date) -> Happening:
    return Happening("put_off", DAY, until=until)


days = st.integers(0, 40).map(lambda count: DAY + timedelta(days=count))
happenings = st.lists(
    st.one_of(
        st.builds(Happening, st.sampled_from(CODES), days, st.sampled_from(CONTACTS)),
        st.builds(Happening, st.just("put_off"), days, until=days),
        st.builds(Happening, st.just("moved"), days, to=st.sampled_from(("closed", "ready"))),
    ),
    max_size=12,
)
moments = days.map(lambda day: datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
referrals = st.builds(
    SentReferral,
    st.uuids(),
    st.sampled_from(CONTACTS),
    st.sampled_from(("waiting", "acknowledged", "returned", "ended")),
    moments,
    moments,
    st.integers(0, 3),
    st.sampled_from(("due", "claimed", "sent", "delivered", "folder", "failed", "to_do", "")),
    st.booleans(),
)
every = st.builds(
    ReportFacts,
    st.just(UUID(int=7)),
    st.just(UUID(int=8)),
    st.sampled_from(("received", "in_triage", "ready", "referred", "closed")),
    st.integers(0, 3),
    st.booleans(),
    st.just(DAY),
    st.just(CALENDAR),
    assignee_id=st.sampled_from((None, BELA)),
    holder_works=st.booleans(),
    happenings=happenings.map(lambda told: (*happened(), *told)),
    waiting=st.lists(st.builds(WaitsForSecond, st.uuids(), st.just(DANA), days), max_size=2).map(
        tuple
    ),
    referrals=st.lists(referrals, max_size=2).map(tuple),
)


@given(every)
def test_every_open_report_has_a_turn_of_the_desk_or_a_day_on_which_it_gets_one(
    told: ReportFacts,
) -> None:
    desk = [turn for turn in derive_turns(told) if turn.contact_id is None]
    if told.status == "closed":
        assert reasons(desk) <= {"agree"}
    else:
        assert desk
        assert [turn for turn in list_turns(told, LONG_AFTER) if turn.contact_id is None]


@given(every)
def test_no_turn_belongs_only_to_somebody_who_cannot_act(told: ReportFacts) -> None:
    turns = derive_turns(told)
    owners = {turn.staff_id for turn in turns}
    works = told.assignee_id is not None and told.holder_works
    assert owners <= ({None, BELA} if works else {None})
    if told.status != "closed" and told.assignee_id is not None and not told.holder_works:
        assert "orphaned" in reasons(turns)
    assert reasons(turns) <= set(REASONS)
    assert len({(turn.reason, turn.about) for turn in turns}) == len(turns)


@given(every)
def test_danger_that_nobody_passed_on_is_somebodys_at_once(told: ReportFacts) -> None:
    codes = [each.code for each in told.happenings]
    if told.unverified or told.urgency != 3 or told.status == "closed":
        assert "danger" not in reasons(derive_turns(told))
    elif not {"referred", "proposed"} & set(codes) and all(
        each.to != "closed" for each in told.happenings
    ):
        [danger] = [turn for turn in derive_turns(told) if turn.reason == "danger"]
        assert danger.rank == IN_DANGER
        assert danger.is_awake(datetime(2027, 3, 10, 1, tzinfo=UTC))


@given(every, st.sampled_from(("opened", "portal_opened", "file_shown", "file_saved")))
def test_to_look_changes_nothing(told: ReportFacts, look: str) -> None:
    looked = (*told.happenings, Happening(look, DAY + timedelta(days=90)))
    assert derive_turns(replace(told, happenings=looked)) == derive_turns(told)
    if told.status == "received":
        assert derive_turns(replace(told, status="in_triage")) == derive_turns(told)


@given(every)
def test_what_was_put_off_comes_back_on_its_day_and_new_things_before(told: ReportFacts) -> None:
    if told.status == "closed" or told.urgency == 3:
        return
    until = DAY + timedelta(days=60)
    later = replace(told, happenings=(*told.happenings, put_off(until)))
    morning = datetime(until.year, until.month, until.day, tzinfo=UTC)
    begun = list_turns(later, morning - timedelta(hours=1))
    assert reasons(begun) <= {"agree", "orphaned", "packet", "no_answer"}
    assert "later" in reasons(list_turns(later, morning))
    wrote = (*later.happenings, Happening("reporter_wrote", DAY))
    assert "reporter_wrote" in reasons(list_turns(replace(later, happenings=wrote), LONG_AFTER))


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((), {"new"}),
        (("opened", "assigned", "noted"), {"new"}),
        (("replied",), {"later"}),
        (("replied", "reporter_wrote"), {"reporter_wrote"}),
        (("replied", "reporter_wrote", "opened"), {"reporter_wrote"}),
        (("replied", "files_added", "asked"), {"later"}),
        (("proposed", "declined"), {"new"}),
        (("referred", "returned"), {"sent_back"}),
        (("referred", "returned", "replied"), {"sent_back"}),
        (("referred", "returned", "referred"), {"later"}),
        (("referred", "acknowledged"), {"later"}),
        (("referred", "acknowledged", "outcome"), {"office_asks"}),
        (("referred", "handed_over"), {"new"}),
    ],
)
def test_a_turn_ends_by_the_act_that_settles_it(codes: tuple[str, ...], expected: set[str]) -> None:
    assert reasons(derive_turns(facts(*codes))) == expected


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (("replied",), {"danger"}),
        (("referred",), {"later"}),
        (("referred", "reporter_wrote"), {"reporter_wrote"}),
        (("referred", "returned"), {"sent_back"}),
        (("proposed", "unproposed"), {"danger", "new"}),
    ],
)
def test_danger_ends_when_it_is_passed_on_and_not_by_an_answer(
    codes: tuple[str, ...], expected: set[str]
) -> None:
    found = derive_turns(facts(*codes, urgency=3))
    assert reasons(found) == expected - ({"new"} if "danger" in expected else set())
    assert all(turn.rank == IN_DANGER for turn in found if turn.reason != "later")


def test_what_waits_for_a_second_person_is_nobodys_who_asked() -> None:
    wanted = WaitsForSecond(UUID(int=9), BELA, DAY)
    [turn] = derive_turns(facts("proposed", assignee_id=BELA, waiting=(wanted,)))
    assert (turn.reason, turn.staff_id, turn.not_staff_id) == ("agree", None, BELA)
    [held] = derive_turns(facts("moved", status="closed", urgency=3, waiting=(wanted,)))
    assert (held.reason, held.rank) == ("agree", ORDINARY), "a closed report is in no danger"


def test_no_answer_is_a_state_that_lasts_until_somebody_decides() -> None:
    asked = facts("referred", status="referred", referrals=(sent(),))
    [turn] = derive_turns(asked)
    assert (turn.reason, turn.sleeps, turn.due) == ("no_answer", True, sent().answer_due)
    late = replace(
        asked, happenings=happened("referred", "chased", "opened"), referrals=(sent(chased=2),)
    )
    [turn] = derive_turns(late)
    assert (turn.reason, turn.sleeps) == ("no_answer", False)
    more = sent(1, decided_at=sent().decided_at + timedelta(days=2))
    [turn] = derive_turns(replace(late, referrals=(*late.referrals, more)))
    assert turn.about == more.id, "the next one has it"
    answered = (replace(late.referrals[0], standing="acknowledged"),)
    assert reasons(derive_turns(replace(late, referrals=answered))) == {"later"}


def test_what_failed_or_must_be_carried_is_the_desks() -> None:
    failed = facts("referred", "failed", referrals=(sent(delivery_state="failed"),))
    assert reasons(derive_turns(failed)) == {"failed"}
    again = (*failed.happenings, Happening("referred", DAY, contact_id=CONTACTS[1]))
    assert "failed" not in reasons(derive_turns(replace(failed, happenings=again)))
    by_hand = facts("referred", referrals=(sent(delivery_state="to_do"),))
    assert reasons(derive_turns(by_hand)) == {"carry"}


def test_a_packet_waits_for_the_people_of_a_contact_point() -> None:
    told = facts("referred", referrals=(sent(shared=True),))
    [packet] = [turn for turn in derive_turns(told) if turn.contact_id]
    assert (packet.reason, packet.contact_id, packet.due) == (
        *("packet", CONTACTS[0]),
        sent().answer_due,
    )
    over = replace(told, referrals=(sent(shared=True, standing="acknowledged"),))
    assert not [turn for turn in derive_turns(over) if turn.contact_id]


def test_the_desk_works_on_working_days_but_for_danger() -> None:
    friday = date(2027, 3, 12)
    calendar = OfficeCalendar(UTC, None, lambda day: day == date(2027, 3, 15))
    told = replace(facts(calendar=calendar), happenings=(Happening("received", friday),))
    [new] = derive_turns(replace(told, urgency=2))
    assert new.due == datetime(2027, 3, 17, tzinfo=UTC), "Monday is a holiday: Tuesday is its day"
    [danger] = derive_turns(replace(told, urgency=3))
    assert danger.due == datetime(2027, 3, 12, tzinfo=UTC)
