"""Counts that forked processes share: one limit for all of them, and no name in memory."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from webapp.site.shared_counts import SharedCounts

MOMENT = datetime(2027, 3, 10, 10, 0, tzinfo=UTC)
MINUTE = 60


def counts() -> SharedCounts:
    return SharedCounts(MOMENT.date())


def in_a_fork(act: object) -> None:
    """Call it in a child of this process, to its end."""
    child = os.fork()
    if not child:
        try:
            act()  # type: ignore[operator]  # anything that can be called
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def test_a_child_counts_in_the_same_table() -> None:
    table = counts()
    assert table.count("a", MINUTE, MOMENT) == 1
    in_a_fork(lambda: table.count("a", MINUTE, MOMENT))
    assert table.count("a", MINUTE, MOMENT) == 3


def test_a_child_counts_in_the_same_table_on_the_next_day_too() -> None:
    table, later = counts(), MOMENT + timedelta(days=3)
    in_a_fork(lambda: table.count("a", MINUTE, later))
    assert table.count("a", MINUTE, later) == 2


def test_each_name_and_each_window_has_a_count_of_its_own() -> None:
    table = counts()
    assert [table.count(name, MINUTE, MOMENT) for name in "aabab"] == [1, 2, 1, 3, 2]
    assert table.count("a", MINUTE, MOMENT + timedelta(minutes=1)) == 1
    assert table.count("a", MINUTE, MOMENT + timedelta(minutes=1)) == 2


def test_a_clock_that_goes_back_a_day_still_counts() -> None:
    table, before = counts(), MOMENT - timedelta(days=1)
    assert [table.count("a", MINUTE, before) for _ in range(2)] == [1, 2]


def test_the_key_of_yesterday_is_gone() -> None:
    table = counts()
    first = table._key
    table.count("a", MINUTE, MOMENT + timedelta(days=1))
    assert table._key != first
    assert first not in vars(table).values()


@given(st.lists(st.text(max_size=20), min_size=1, max_size=200))
def test_no_name_is_counted_too_low(names: list[str]) -> None:
    table = counts()
    told = [table.count(name, MINUTE, MOMENT) for name in names]
    for at, name in enumerate(names):
        assert told[at] >= names[: at + 1].count(name)


def test_a_thousand_names_keep_counts_of_their_own() -> None:
    table = counts()
    wrong = [name for name in range(1000) if table.count(str(name), MINUTE, MOMENT) != 1]
    assert len(wrong) <= 2
