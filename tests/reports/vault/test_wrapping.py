"""Wraps, padding, derivation and the vault's slow keys."""

from __future__ import annotations

import multiprocessing
import stat
from pathlib import Path
from threading import Barrier, Thread
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.errors import Busy, NotFounded, SealBroken
from reports.vault import (
    PASSWORD_COST,
    RECEIPT_COST,
    Cost,
    Vault,
    compute_hmac,
    derive,
    pad,
    unpad,
    unwrap,
    wrap,
)
from reports.vault.padding import STEPS, compute_padded_length
from reports.vault.slots import MOST_WAITING, Slots

KEY = bytes(range(32))


@given(st.binary(max_size=300))
def test_a_wrap_opens_under_its_key_and_place(data: bytes) -> None:
    wrapped = wrap(KEY, data, kind="draft", id=b"1")
    assert unwrap(KEY, wrapped, kind="draft", id=b"1") == data


@given(st.integers(min_value=0), st.integers(0, 7))
def test_a_wrap_with_one_flipped_bit_does_not_open(where: int, bit: int) -> None:
    wrapped = bytearray(wrap(KEY, b"answers", kind="draft", id=b"1"))
    wrapped[where % len(wrapped)] ^= 1 << bit
    with pytest.raises(SealBroken):
        unwrap(KEY, bytes(wrapped), kind="draft", id=b"1")


@pytest.mark.parametrize(("kind", "id"), [("draft", b"2"), ("visit", b"1")])
def test_a_wrap_moved_to_another_row_does_not_open(kind: str, id: bytes) -> None:
    with pytest.raises(SealBroken):
        unwrap(KEY, wrap(KEY, b"answers", kind="draft", id=b"1"), kind=kind, id=id)


@pytest.mark.parametrize("wrapped", [b"", b"short", b"0" * 12])
def test_too_little_to_be_a_wrap_does_not_open(wrapped: bytes) -> None:
    with pytest.raises(SealBroken):
        unwrap(KEY, wrapped, kind="draft", id=b"1")


def test_labels_and_lists_never_collide() -> None:
    assert derive(KEY, "one") != derive(KEY, "two")
    assert compute_hmac(KEY, b"ab", b"c") != compute_hmac(KEY, b"a", b"bc")


@given(st.integers(0, 300_000))
def test_padding_hides_the_length_and_costs_little(length: int) -> None:
    size = compute_padded_length(length)
    assert size > length
    if length < STEPS[-1]:
        assert size in STEPS
    else:
        assert size <= (length + 1) * 1.12


@given(st.binary(max_size=5_000))
def test_what_was_padded_comes_back(data: bytes) -> None:
    assert unpad(pad(data)) == data


@pytest.mark.parametrize("bad", [b"", b"\0\0", b"abc", b"\x80abc"])
def test_padding_without_its_end_is_named(bad: bytes) -> None:
    with pytest.raises(SealBroken):
        unpad(bad)


def test_the_costs_are_the_measured_ones() -> None:
    assert Cost(memory_kib=131_072, passes=3) == PASSWORD_COST
    assert Cost(memory_kib=19_456, passes=2) == RECEIPT_COST


def test_slow_keys_depend_on_pepper_salt_and_what_was_typed(tmp_path: Path) -> None:
    def made(pepper: bytes) -> Vault:
        cheap = Cost(64, 1)
        return Vault(tmp_path, pepper, password_cost=cheap, receipt_cost=cheap)

    one, two = made(b"1" * 32), made(b"2" * 32)
    keys = {
        one.derive_receipt_key("1234567", "0" * 16),
        two.derive_receipt_key("1234567", "0" * 16),
        one.derive_receipt_key("1234568", "0" * 16),
        one.derive_receipt_key("1234567", "1" * 16),
        one.derive_password_key("0" * 16, b"s" * 16),
        one.derive_password_key("0" * 16, b"t" * 16),
    }
    assert len(keys) == 6
    assert one.derive_receipt_key("1234567", "0" * 16) in keys


def test_a_password_is_the_same_however_it_was_composed(tmp_path: Path) -> None:
    vault = Vault(tmp_path, b"p" * 32, password_cost=Cost(64, 1))
    assert vault.derive_password_key("caf\u00e9", b"s" * 16) == vault.derive_password_key(
        "cafe\u0301", b"s" * 16
    )


def test_keys_on_disk_are_for_their_owner_only(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path)
    vault.pin_roster(b"k" * 32)
    assert vault.read_roster_public() == b"k" * 32
    vault.key_folder.write_purposes()
    open_to_all = {"roster.pub": 0o444, "instance": 0o444}
    for path in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == open_to_all.get(path.name, 0o600), path.name
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_creating_again_keeps_the_pepper(tmp_path: Path) -> None:
    first = Vault.create(tmp_path).compute_mac("x", b"")
    assert Vault.create(tmp_path).compute_mac("x", b"") == first


def test_an_instance_without_keys_is_not_founded(tmp_path: Path) -> None:
    with pytest.raises(NotFounded):
        Vault.load(tmp_path)
    with pytest.raises(NotFounded):
        Vault.create(tmp_path).read_roster_public()


def _is_free(folder: Path, answers: multiprocessing.Queue[bool]) -> None:
    try:
        with Slots(folder, "s", 1).take():
            answers.put(True)
    except Busy:
        answers.put(False)


def test_slots_are_shared_by_processes_and_come_free_again(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    answers: multiprocessing.Queue[bool] = context.Queue()

    def asked() -> bool:
        process = context.Process(target=_is_free, args=(tmp_path, answers))
        process.start()
        process.join()
        return answers.get()

    with Slots(tmp_path, "s", 1).take():
        assert not asked()
    assert asked()


def test_a_place_that_is_kept_for_a_purpose_is_free_when_the_common_ones_are_taken(
    tmp_path: Path,
) -> None:
    common = Slots(tmp_path, "common", 1, rounds=1)
    kept = Slots(tmp_path, "kept", 1, rounds=1, common=common)
    with common.take():
        with pytest.raises(Busy), common.take():
            pass
        with kept.take(), pytest.raises(Busy), kept.take():
            pass
    with kept.take(), kept.take(), pytest.raises(Busy), kept.take():
        pass


def test_who_comes_after_those_who_may_wait_hears_so_at_once(tmp_path: Path) -> None:
    slots = Slots(tmp_path, "s", 1, rounds=6000)
    waiting, got = Barrier(MOST_WAITING + 1), []

    def wait() -> None:
        waiting.wait()
        with slots.take():
            got.append(True)

    line = [Thread(target=wait) for _ in range(MOST_WAITING)]
    with slots.take():
        for thread in line:
            thread.start()
        waiting.wait()
        until = monotonic() + 60
        while slots._waiting._value and monotonic() < until:
            pass
        begun = monotonic()
        with pytest.raises(Busy, match="so is the line"), slots.take():
            pass
        assert monotonic() - begun < 30
    for thread in line:
        thread.join(60)
    assert got == [True] * MOST_WAITING
