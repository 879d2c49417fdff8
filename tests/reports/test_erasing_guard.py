"""Erasing is held back by people and by the limit of a day, and released by the right ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from reports import custody, erasing_guard
from reports.act import Act
from reports.db import begin_write
from reports.errors import NotAllowed
from reports.model import Organisation, Report
from tests.support.cast import NOW, Instance
from tests.support.clocks import Machine, list_reports, read_record

YEAR = timedelta(days=365)
LIMIT = {"WAYSIDE_PURGE_LIMIT": "2"}


@pytest.fixture
def machine(instance: Instance, engine: Engine, tmp_path: Path) -> Machine:
    return Machine(engine, instance.vault, tmp_path / "var")


def make_due(instance: Instance, count: int) -> None:
    """`count` closed reports whose days are over."""
    for _ in range(count):
        instance.send()
    over = (NOW - timedelta(days=1)).date()
    begin_write(instance.session)
    instance.session.execute(update(Report).values(status="closed", retention_day=over))
    instance.session.commit()


def do(instance: Instance, machine: Machine, who: str, act: Callable[[Act], None]) -> None:
    begin_write(instance.session)
    try:
        act(instance.act(who, machine.wall))
    except NotAllowed:
        instance.session.rollback()
        raise
    instance.session.commit()


def last_act(instance: Instance) -> tuple[str, object]:
    lines = custody.list_lines(instance.session, instance.session.get_one(Organisation, 1))
    told = lines[-1].act, lines[-1].staff_id
    instance.session.rollback()
    return told


def test_a_day_has_a_limit_and_the_rest_waits_for_the_next_one(
    instance: Instance, machine: Machine
) -> None:
    make_due(instance, 5)
    worker = machine.start(**LIMIT)
    for left, hours in ((3, 0), (3, 12), (1, 12), (0, 24)):
        machine.run(worker, hours=hours)
        assert len(list_reports(instance)) == left
    assert custody.verify(instance.session, instance.vault)


def test_files_that_go_before_their_report_count_for_the_limit(
    instance: Instance, machine: Machine
) -> None:
    make_due(instance, 3)
    soon = (NOW + timedelta(days=10)).date()
    begin_write(instance.session)
    instance.session.execute(update(Report).values(retention_day=soon, has_attachments=True))
    instance.session.commit()
    machine.start(**LIMIT, WAYSIDE_FILES_DAYS="30")
    instance.session.expire_all()
    found = instance.session.query(Report.has_attachments).all()
    assert sorted(each for (each,) in found) == [False, False, True]


def test_who_watches_over_a_desk_lifts_the_limit_for_one_day(
    instance: Instance, machine: Machine
) -> None:
    make_due(instance, 5)
    worker = machine.start(**LIMIT)
    settings = machine.settings(**LIMIT)
    state = erasing_guard.read_state(instance.session, settings, machine.wall)
    assert (state.over_limit, state.due, state.quiet) == (True, 3, False)
    instance.session.rollback()
    with pytest.raises(NotAllowed):
        do(instance, machine, "Bela", erasing_guard.allow_beyond_limit)
    do(instance, machine, "Dana", erasing_guard.allow_beyond_limit)
    assert last_act(instance) == ("erasing_limit_lifted", instance.members["Dana"].id)
    worker.purge()
    assert list_reports(instance) == set()
    assert erasing_guard.read_state(instance.session, settings, machine.wall).quiet
    instance.session.rollback()
    machine.run(worker, hours=24)
    make_due(instance, 3)
    worker.purge()
    assert len(list_reports(instance)) == 1


def test_an_administrator_who_knows_the_clock_is_right_ends_the_wait(
    instance: Instance, machine: Machine
) -> None:
    make_due(instance, 1)
    machine.set_clock(YEAR)
    worker = machine.start()
    state = erasing_guard.read_state(instance.session, machine.settings(), machine.wall)
    assert (state.doubt, state.due, state.held) == ("ahead", 1, True)
    assert state.left == timedelta(hours=24)
    instance.session.rollback()
    for act in (erasing_guard.release, erasing_guard.keep):
        with pytest.raises(NotAllowed):
            do(instance, machine, "Bela", act)
    do(instance, machine, "Dana", erasing_guard.release)
    assert last_act(instance) == ("erasing_released", instance.members["Dana"].id)
    worker.purge()
    assert list_reports(instance) == set()
    with pytest.raises(NotAllowed):
        do(instance, machine, "Dana", erasing_guard.release)


def test_what_an_administrator_keeps_is_kept_until_one_releases_it(
    instance: Instance, machine: Machine
) -> None:
    make_due(instance, 1)
    machine.set_clock(YEAR)
    worker = machine.start()
    do(instance, machine, "Dana", erasing_guard.keep)
    assert last_act(instance) == ("erasing_kept", instance.members["Dana"].id)
    machine.run(worker, days=10)
    assert len(list_reports(instance)) == 1
    assert read_record(instance).kept
    do(instance, machine, "Dana", erasing_guard.release)
    worker.purge()
    assert list_reports(instance) == set()


def test_a_clock_that_is_behind_is_believed_by_a_person_alone(
    instance: Instance, machine: Machine
) -> None:
    instance.send()
    machine.start()
    machine.set_clock(-YEAR)
    worker = machine.start()
    machine.run(worker, days=3)
    assert read_record(instance).doubt == "behind"
    do(instance, machine, "Dana", erasing_guard.release)
    machine.run(worker, hours=1)
    assert read_record(instance).doubt is None
    assert read_record(instance).seen_at == machine.wall
