"""The way through the form: each door asks what is declared for it, and nothing else."""

from __future__ import annotations

import pytest

from reports.intake.form_flow import CALL, FIRST, ORDERS, REVIEW, STEPS, STORY, FormFlow
from reports.intake.questions import FIELDS
from reports.intake.taxonomy import DOORS


def flow(**answers: str) -> FormFlow:
    """The way that these answers lead."""
    return FormFlow.from_answers(answers)


def test_every_question_stands_on_a_step_of_the_form() -> None:
    assert {field.step for field in FIELDS.values()} == set(STEPS) - {"files"}
    assert {step for order in ORDERS.values() for step in order} == set(STEPS)


@pytest.mark.parametrize("door", DOORS)
def test_a_door_asks_every_question_that_is_declared_for_it(door: str) -> None:
    # In Belgium and about work every step is asked that a door has.
    way = flow(kind=door, country="BE", form="labour")
    asked = {field.name for step in way.steps for field in way.list_fields(step)}
    assert asked == {name for name, field in FIELDS.items() if door in field.doors}
    assert all(way.has_page(step) for step in way.steps)


@pytest.mark.parametrize("door", DOORS)
def test_every_step_leads_to_the_next_and_back_again(door: str) -> None:
    way = flow(kind=door, country="BE", form="labour")
    step, seen = FIRST, [FIRST]
    while step != REVIEW:
        following = way.find_next(step)
        assert way.find_previous(following) == step
        seen.append(step := following)
    assert tuple(seen) == way.steps
    assert way.find_previous(FIRST) is None


def test_danger_leads_to_the_numbers_and_these_lead_on() -> None:
    way = flow(danger="yes")
    assert way.find_next("danger") == CALL
    assert way.find_previous(CALL) == "danger"
    assert way.find_next(CALL) == "form"
    assert way.count_progress(CALL) == way.count_progress("danger")


def test_only_what_follows_the_story_can_be_left_out() -> None:
    way = flow(story="They sleep in the kitchen.")
    assert not any(way.may_end(step) for step in way.steps[: way.steps.index(STORY) + 1])
    assert all(way.may_end(step) for step in way.more[:-1])
    assert way.find_next("time", to_the_end=True) == REVIEW
    assert flow().find_next("time", to_the_end=True) == STORY


def test_an_answer_that_a_later_one_made_needless_is_dropped() -> None:
    told = {"form": "begging", "sector": "car_washes", "region": "brussels", "reviewed": "yes"}
    assert FormFlow.from_answers(told).drop_unasked() == {"form": "begging"}
    told |= {"kind": "self", "anonymous": "yes", "age": "adult"}
    assert "anonymous" not in FormFlow.from_answers(told).drop_unasked()
