"""Keyed hashes from the two states of a key are those of the key itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reports.vault import compute_hmac
from reports.vault.keyed_state import KeyedState


@given(
    key=st.binary(min_size=32, max_size=32),
    parts=st.lists(st.binary(max_size=300), max_size=4),
)
def test_the_states_compute_what_the_key_computes(key: bytes, parts: list[bytes]) -> None:
    assert KeyedState.from_key(key).compute_hmac(*parts) == compute_hmac(key, *parts)


def test_every_length_around_the_ends_of_blocks_is_right() -> None:
    state = KeyedState.from_key(b"k" * 32)
    for length in range(200):
        assert state.compute_hmac(b"x" * length) == compute_hmac(b"k" * 32, b"x" * length)
