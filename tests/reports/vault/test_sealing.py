"""Seals open for the right key, kind and id, and for nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.errors import SealBroken
from reports.vault import derive_public, make_pair, open_sealed, seal
from reports.vault.sealing import X25519, X_WING

suites = st.sampled_from([X25519, X_WING])


def test_the_default_suite_is_the_one_that_waits_for_quantum_computers() -> None:
    pair = make_pair()
    assert pair.public[0] == pair.private[0] == X_WING
    assert len(pair.public) == 1 + 1184 + 32


@given(data=st.binary(max_size=500), suite=suites)
@settings(max_examples=40, deadline=None)
def test_what_was_sealed_opens_again(data: bytes, suite: int) -> None:
    pair = make_pair(suite)
    assert derive_public(pair.private) == pair.public
    sealed = seal(pair.public, data, kind="body", id=b"7")
    assert open_sealed(pair.private, sealed, kind="body", id=b"7") == data


@given(where=st.integers(min_value=0), bit=st.integers(0, 7), suite=suites)
@settings(max_examples=80, deadline=None)
def test_one_flipped_bit_anywhere_fails_closed(where: int, bit: int, suite: int) -> None:
    pair = make_pair(suite)
    sealed = bytearray(seal(pair.public, b"a story", kind="body", id=b"7"))
    sealed[where % len(sealed)] ^= 1 << bit
    with pytest.raises(SealBroken):
        open_sealed(pair.private, bytes(sealed), kind="body", id=b"7")


@pytest.mark.parametrize(("kind", "id"), [("body", b"8"), ("note", b"7"), ("body\x007", b"")])
def test_a_seal_moved_to_another_place_does_not_open(kind: str, id: bytes) -> None:
    pair = make_pair()
    sealed = seal(pair.public, b"a story", kind="body", id=b"7")
    with pytest.raises(SealBroken):
        open_sealed(pair.private, sealed, kind=kind, id=id)


def test_another_key_does_not_open_it() -> None:
    sealed = seal(make_pair().public, b"a story", kind="body", id=b"7")
    with pytest.raises(SealBroken):
        open_sealed(make_pair().private, sealed, kind="body", id=b"7")


@pytest.mark.parametrize("damaged", [b"", b"\x09" + b"0" * 32, b"\x02short", b"\x01" + b"0" * 31])
def test_damaged_keys_have_a_name_for_their_failure(damaged: bytes) -> None:
    with pytest.raises(SealBroken):
        open_sealed(damaged, b"\x02anything", kind="body", id=b"7")
    with pytest.raises(SealBroken):
        derive_public(damaged)


def test_no_two_seals_of_one_text_are_alike() -> None:
    pair = make_pair()
    seals = {seal(pair.public, b"same", kind="body", id=b"7") for _ in range(20)}
    assert len(seals) == 20
