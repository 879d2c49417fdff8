"""Drafts: what was typed comes back whole, to its token alone, within the hour."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from reports.intake import draft, token
from reports.intake.questions import FIELDS
from reports.intake.token import Token
from reports.model import Draft
from reports.vault.padding import compute_padded_length
from tests.support.cast import NOW, Instance

ANSWERS = st.dictionaries(st.sampled_from(sorted(FIELDS)), st.text(max_size=300), max_size=8)


def form_of(instance: Instance) -> Token:
    return token.read(instance.vault, token.issue(instance.vault, NOW), NOW)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(answers=ANSWERS, again=ANSWERS)
def test_the_last_answers_come_back_whole_and_to_no_other_form(
    instance: Instance, answers: dict[str, str], again: dict[str, str]
) -> None:
    form, other = form_of(instance), form_of(instance)
    draft.save(instance.session, form, answers, NOW)
    draft.save(instance.session, form, again, NOW)
    assert draft.load(instance.session, form, NOW) == again
    assert draft.load(instance.session, other, NOW) is None
    instance.session.rollback()


@given(st.integers(0, 4_000_000))
def test_a_length_tells_a_step_and_costs_an_eighth_at_most(size: int) -> None:
    padded = compute_padded_length(size)
    assert padded > size
    assert compute_padded_length(padded - 1) <= compute_padded_length(padded)
    if size > 64 * 1024:
        assert padded <= size * 1.12 + 16


def test_short_drafts_are_of_one_size(instance: Instance) -> None:
    sizes = set()
    for story in ("", "x", "They sleep in the kitchen." * 50):
        form = form_of(instance)
        draft.save(instance.session, form, {"story": story}, NOW)
        instance.session.flush()
        sizes.add(len(instance.session.get_one(Draft, form.draft_hash).sealed))
    assert len(sizes) == 1


def test_a_draft_dies_an_hour_after_its_last_answer(instance: Instance) -> None:
    form = form_of(instance)
    draft.save(instance.session, form, {"story": "s"}, NOW)
    late = NOW + draft.LIFETIME
    assert draft.load(instance.session, form, late - timedelta(seconds=1)) == {"story": "s"}
    assert draft.load(instance.session, form, late) is None
    draft.purge(instance.session, late)
    assert instance.session.scalars(select(Draft)).all() == []


@pytest.mark.parametrize("place", [0, 20, -1])
def test_a_damaged_draft_is_a_lost_one(instance: Instance, place: int) -> None:
    form = form_of(instance)
    draft.save(instance.session, form, {"story": "s"}, NOW)
    instance.session.flush()
    sealed = bytearray(instance.session.get_one(Draft, form.draft_hash).sealed)
    sealed[place] ^= 1
    instance.session.execute(update(Draft).values(sealed=bytes(sealed)))
    instance.session.expire_all()
    assert draft.load(instance.session, form, NOW) is None
