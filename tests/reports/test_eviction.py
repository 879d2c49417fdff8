"""What of the unsent goes first: a flood evicts itself, and a quiet network loses nothing."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from reports.eviction import UNIT, Unsent, choose_evicted, count_units
from tests.support.cast import NOW

FLOOD, QUIET = 7, 8


def text(key: bytes, network: int | None, *, units: int = 1, begun: int = 0) -> Unsent:
    return Unsent(key, "text", units, network, begun, NOW + timedelta(minutes=begun))


def file(key: bytes, network: int | None, *, units: int = 1, begun: int = 0) -> Unsent:
    return Unsent(key, "file", units, network, begun, NOW + timedelta(minutes=begun))


HELD = st.lists(
    st.builds(
        Unsent,
        key=st.binary(min_size=4, max_size=4),
        kind=st.sampled_from(["text", "file"]),
        units=st.integers(0, 40),
        network=st.sampled_from([None, 0, 1, 2, 4095]),
        begun_minute=st.integers(0, 5),
        until=st.integers(0, 90).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    ),
    max_size=40,
    unique_by=lambda each: each.key,
)


def weigh(held: list[Unsent]) -> int:
    return sum(each.units for each in held)


@given(held=HELD, most=st.integers(0, 800))
def test_what_is_left_fits_and_nothing_goes_that_need_not(held: list[Unsent], most: int) -> None:
    evicted = choose_evicted(held, most)
    assert len(set(evicted)) == len(evicted)
    assert set(evicted) <= set(held)
    left = weigh(held) - weigh(evicted)
    assert left <= most
    assert not evicted or left + evicted[-1].units > most


@given(held=HELD, most=st.integers(0, 800))
def test_a_network_within_its_share_loses_nothing(held: list[Unsent], most: int) -> None:
    weights: Counter[int | None] = Counter()
    for each in held:
        weights[each.network] += each.units
    share = most / max(1, len(weights))
    gone = {each.network for each in choose_evicted(held, most)}
    assert all(weights[network] > share for network in gone)


@given(held=HELD, most=st.integers(0, 800))
def test_in_a_network_files_go_first_and_the_newest_first(held: list[Unsent], most: int) -> None:
    evicted = set(choose_evicted(held, most))
    for gone in evicted:
        for kept in (each for each in held if each not in evicted and each.units):
            if kept.network != gone.network or gone.network is None:
                continue
            assert (gone.kind, kept.kind) != ("text", "file")
            if kept.kind == gone.kind:
                older = (gone.begun_minute, gone.units) >= (kept.begun_minute, kept.units)
                assert older, "an older or smaller one went before a newer or larger one"


@given(held=HELD, most=st.integers(0, 800))
def test_the_order_in_which_rows_come_decides_nothing(held: list[Unsent], most: int) -> None:
    assert choose_evicted(held, most) == choose_evicted(held[::-1], most)


def test_a_flood_evicts_itself_and_the_quiet_draft_stays() -> None:
    quiet = [text(b"amina", QUIET, units=2, begun=9), file(b"photo", QUIET, units=20, begun=9)]
    flood = [text(b"%d" % number, FLOOD, begun=number % 3) for number in range(100)]
    evicted = choose_evicted([*quiet, *flood], 60)
    assert {each.network for each in evicted} == {FLOOD}
    assert weigh(evicted) == 62
    assert evicted[0].begun_minute == 2


def test_who_comes_from_nowhere_and_is_writing_now_goes_on() -> None:
    waiting = [text(b"%d" % number, None, begun=number) for number in range(10)]
    assert choose_evicted(waiting, 8) == waiting[:2]


def test_a_byte_is_a_unit_and_a_byte_more_another() -> None:
    sizes = (0, 1, UNIT, UNIT + 1)
    assert [count_units(size) for size in sizes] == [1, 1, 1, 2]
