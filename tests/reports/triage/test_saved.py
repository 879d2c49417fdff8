"""Saved views: one of each name, as many as there can be, and nobody else's."""

from __future__ import annotations

import pytest

from reports.db import begin_write
from reports.errors import NotAllowed, TextEmpty, TextTooLong
from reports.roster.keyring import Keyring
from reports.triage.queue import saved_views
from tests.support.cast import Instance


@pytest.fixture
def bela(instance: Instance) -> Keyring:
    begin_write(instance.session)
    return instance.keyring("Bela")


def names_and_urgencies(instance: Instance, keyring: Keyring) -> list[tuple[str, str]]:
    instance.session.flush()
    return [
        (view.name, view.query["urgency"])
        for view in saved_views.list_own(instance.session, keyring)
    ]


def test_the_same_name_again_takes_the_place_of_the_earlier_view(
    instance: Instance, bela: Keyring
) -> None:
    saved_views.save(instance.session, bela, "Night", {"urgency": "3"})
    saved_views.save(instance.session, bela, "  Night ", {"urgency": "1"})
    assert names_and_urgencies(instance, bela) == [("Night", "1")]


def test_a_view_can_be_replaced_when_there_are_as_many_as_there_can_be(
    instance: Instance, bela: Keyring
) -> None:
    for number in range(saved_views.AT_MOST):
        saved_views.save(instance.session, bela, f"view {number:02}", {"urgency": "3"})
    saved_views.save(instance.session, bela, "view 03", {"urgency": "1"})
    found = dict(names_and_urgencies(instance, bela))
    assert len(found) == saved_views.AT_MOST
    assert found["view 03"] == "1"


def test_one_more_than_there_can_be_is_refused_and_changes_nothing(
    instance: Instance, bela: Keyring
) -> None:
    for number in range(saved_views.AT_MOST):
        saved_views.save(instance.session, bela, f"view {number:02}", {"urgency": "3"})
    before = names_and_urgencies(instance, bela)
    with pytest.raises(NotAllowed):
        saved_views.save(instance.session, bela, "one more", {"urgency": "1"})
    assert names_and_urgencies(instance, bela) == before


def test_a_name_must_be_there_and_short(instance: Instance, bela: Keyring) -> None:
    with pytest.raises(TextEmpty):
        saved_views.save(instance.session, bela, " \n ", {})
    with pytest.raises(TextTooLong):
        saved_views.save(instance.session, bela, "x" * (saved_views.NAME_LIMIT + 1), {})


def test_nobody_sees_or_removes_the_views_of_another(instance: Instance, bela: Keyring) -> None:
    chidi = instance.keyring("Chidi")
    saved_views.save(instance.session, bela, "Night", {"urgency": "3"})
    [view] = saved_views.list_own(instance.session, bela)
    assert saved_views.list_own(instance.session, chidi) == []
    saved_views.remove(instance.session, chidi, view.id)
    assert names_and_urgencies(instance, bela) == [("Night", "3")]
