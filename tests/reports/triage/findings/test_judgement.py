"""Which answers hold: nobody alone lowers what protects a person, in whatever order they act."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from reports.intake import questions
from reports.triage.findings.judgement import (
    Correction,
    Judgement,
    LaterAnswer,
    build_judgement,
    is_lower,
)
from tests.support.cast import NOW
from tests.support.gates import is_agreed

BELA, EMIL = UUID(int=1), UUID(int=2)
PROTECTING = {name: each for name, each in questions.list_correctable().items() if each.protects}
OWN = {"kind": "self", "age": "minor", "police": "refused", "abroad": "no", "help": "no"}


@dataclass
class Course:
    """Acts on one report, a second apart."""

    own: dict[str, str] = field(default_factory=lambda: dict(OWN))
    said: list[Correction] = field(default_factory=list)
    later: list[LaterAnswer] = field(default_factory=list)

    @property
    def judged(self) -> Judgement:
        return build_judgement(self.own, self.said, self.later)

    def correct(self, by: UUID, **values: str) -> UUID:
        at = NOW + timedelta(seconds=len(self.said) + len(self.later))
        id = UUID(int=100 + len(self.said))
        self.said.append(Correction(id, values, None, "", by, at))
        return id

    def settle(self, by: UUID, lowering: UUID, *, agreed: bool = True) -> None:
        id = self.correct(by)
        self.said[-1] = replace(self.said[-1], id=id, settles=lowering, agreed=agreed)

    def tap(self, name: str, value: str) -> None:
        at = NOW + timedelta(seconds=len(self.said) + len(self.later))
        self.later.append(LaterAnswer(name, value, at))


def test_raising_takes_effect_at_once_and_lowering_when_another_agrees() -> None:
    course = Course({**OWN, "police": "unknown"})
    course.correct(BELA, police="refused", form="labour")
    assert (course.judged.values["police"], course.judged.values["form"]) == ("refused", "labour")
    wanted = course.correct(BELA, police="accepted", kind="witness")
    assert course.judged.values["police"] == "refused"
    [waiting] = course.judged.waiting
    assert waiting.values == {"police": ("refused", "accepted"), "kind": ("self", "witness")}
    course.settle(BELA, wanted)
    assert len(course.judged.waiting) == 1, "who proposed does not settle"
    course.settle(EMIL, wanted)
    assert (course.judged.values["police"], course.judged.values["kind"]) == (
        "accepted",
        "witness",
    )
    assert (course.judged.seconds["police"], course.judged.waiting) == (EMIL, ())


def test_a_yes_counts_only_for_what_stood_there() -> None:
    course = Course({**OWN, "police": "unknown"})
    wanted = course.correct(BELA, police="accepted")
    course.correct(EMIL, police="refused")
    [waiting] = course.judged.waiting
    assert course.judged.list_standing(waiting) == {}, "nothing is left to agree to"
    course.settle(EMIL, wanted)
    assert course.judged.values["police"] == "refused"


def test_what_was_declined_or_taken_back_is_not_agreed_to_later() -> None:
    for who in (BELA, EMIL):
        course = Course()
        wanted = course.correct(BELA, kind="witness")
        course.settle(who, wanted, agreed=False)
        course.settle(EMIL, wanted)
        assert (course.judged.values["kind"], course.judged.waiting) == ("self", ())


def test_a_no_in_the_mailbox_holds_at_once_and_a_yes_when_staff_take_it_over() -> None:
    course = Course({**OWN, "police": "unknown", "abroad": "no"})
    course.tap("police", "refused")
    course.tap("abroad", "yes")
    assert (course.judged.values["police"], course.judged.values["abroad"]) == ("refused", "no")
    course.correct(BELA, abroad="yes")
    assert course.judged.values["abroad"] == "yes", "it is the reporter's own word"
    course.correct(EMIL, abroad="no")
    course.correct(BELA, abroad="yes")
    assert course.judged.values["abroad"] == "no", "used once: what Emil raised takes two to lower"


def test_what_an_earlier_release_let_one_person_lower_waits_now() -> None:
    course = Course()
    course.correct(BELA, age="adult")
    assert course.judged.values["age"] == "minor"
    assert [each.values for each in course.judged.waiting] == [{"age": ("minor", "adult")}]


_FIELD = st.sampled_from(sorted(PROTECTING))
_PERSON = st.sampled_from([BELA, EMIL])
_ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("correct"), _PERSON, _FIELD, st.integers(0, 9)),
        st.tuples(st.just("settle"), _PERSON, st.integers(0, 9), st.booleans()),
    ),
    max_size=12,
)
_OWN = st.fixed_dictionaries(
    {name: st.sampled_from(each.values) for name, each in PROTECTING.items()}
)


def play(own: dict[str, str], acts: list[tuple[object, ...]]) -> Course:
    course = Course(own)
    for act in acts:
        match act:
            case ("correct", UUID() as by, str(name), int(number)):
                values = PROTECTING[name].values
                course.correct(by, **{name: values[number % len(values)]})
            case ("settle", UUID() as by, int(number), bool(agreed)):
                waiting = [each.made.id for each in course.judged.waiting] or [UUID(int=0)]
                course.settle(by, waiting[number % len(waiting)], agreed=agreed)
    return course


@given(_OWN, _ACTS)
def test_one_person_alone_lowers_nothing_in_any_order(
    own: dict[str, str], acts: list[tuple[object, ...]]
) -> None:
    alone = [(act[0], BELA, *act[2:]) for act in acts]
    for upto in range(len(alone) + 1):
        held = play(dict(own), alone[:upto]).judged.values
        assert not [name for name in own if is_lower(name, held[name], own[name])]


@given(_OWN, _ACTS)
def test_what_is_lower_than_the_reporter_s_words_was_said_by_two_people(
    own: dict[str, str], acts: list[tuple[object, ...]]
) -> None:
    course = play(dict(own), acts)
    for name, was in own.items():
        if is_lower(name, course.judged.values[name], was):
            assert is_agreed(course.said, name), name


@given(_OWN, _ACTS)
def test_every_step_down_is_one_that_two_people_made(
    own: dict[str, str], acts: list[tuple[object, ...]]
) -> None:
    before = dict(own)
    for upto in range(1, len(acts) + 1):
        judged = play(dict(own), acts[:upto]).judged
        for name, value in judged.values.items():
            if is_lower(name, value, before[name]):
                assert judged.seconds[name] != judged.made[name].staff_id
        before = dict(judged.values)
