"""Two clocks compared: a jump is seen, and what merely passes is none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reports import worker
from reports.clock_record import CALM
from reports.clock_watch import PARTED, SLOW, ClockWatch
from reports.notices import QUIET
from tests.support.cast import NOW

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("jump", [PARTED + SECOND, -PARTED - SECOND, timedelta(days=365)])
def test_a_jump_is_seen_until_it_is_settled(jump: timedelta) -> None:
    watch = ClockWatch()
    assert not watch.has_parted(NOW, 0.0, 0.0)
    for _ in range(2):
        assert watch.has_parted(NOW + 60 * SECOND + jump, 60.0, 60.0)
    watch.settle(NOW + 60 * SECOND + jump, 60.0)
    assert not watch.has_parted(NOW + 120 * SECOND + jump, 120.0, 120.0)


def test_clocks_that_run_alike_never_part() -> None:
    watch = ClockWatch()
    for minute in range(0, 60 * 24 * 30, 30):
        # Another machine's clock, fifty millionths faster, as quartz may be.
        told = NOW + timedelta(minutes=minute) * 1.00005
        assert not watch.has_parted(told, minute * 60.0, minute * 60.0)


def test_a_clock_that_runs_twice_as_fast_parts() -> None:
    watch = ClockWatch()
    found = [watch.has_parted(NOW + 2 * m * 60 * SECOND, m * 60.0, m * 60.0) for m in range(5)]
    assert found == [False, False, False, True, True]


def test_a_slow_answer_is_not_compared() -> None:
    watch = ClockWatch()
    assert not watch.has_parted(NOW, 0.0, 0.0)
    assert not watch.has_parted(NOW, 0.0, PARTED.total_seconds() + SLOW + 1)


def test_the_amounts_fit_each_other() -> None:
    assert min(worker.PURGE_LEASE, worker.CLAIM_LEASE) > PARTED
    assert max(worker.PURGE_LEASE, worker.CLAIM_LEASE) < CALM < QUIET
