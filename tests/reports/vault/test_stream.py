"""Long content in sealed chunks: whole it opens, and in no other way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.errors import SealBroken
from reports.vault import open_stream, seal_stream
from reports.vault.padding import compute_padded_length
from reports.vault.stream import CHUNK

KEY = bytes(range(32))
SEALED_CHUNK = CHUNK + 16
HEADER = 33


def sealed(data: bytes, piece: int = 1000) -> bytes:
    pieces = [data[at : at + piece] for at in range(0, len(data), piece)]
    return b"".join(seal_stream(KEY, pieces, kind="test", id=b"1"))


def opened(stream: bytes, size: int, *, key: bytes = KEY, kind: str = "test") -> bytes:
    pieces = [stream[at : at + 777] for at in range(0, len(stream), 777)]
    return b"".join(open_stream(key, pieces, size, kind=kind, id=b"1"))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 200_000])
def test_what_was_sealed_opens(size: int) -> None:
    data = bytes(at % 251 for at in range(size))
    assert opened(sealed(data), size) == data


@given(st.integers(0, 70_000), st.integers(0, 70_000))
def test_its_length_is_that_of_the_padding(one: int, other: int) -> None:
    lengths = {size: len(sealed(bytes(size), CHUNK)) for size in (one, other)}
    if compute_padded_length(one) == compute_padded_length(other):
        assert lengths[one] == lengths[other]


def test_the_same_content_never_looks_the_same() -> None:
    assert sealed(b"the same") != sealed(b"the same")


@pytest.mark.parametrize(
    "damage",
    [
        lambda s: s[:-1],
        lambda s: s[: HEADER + SEALED_CHUNK],
        lambda s: s[:HEADER],
        lambda s: b"",
        lambda s: s[:HEADER] + s[HEADER + SEALED_CHUNK :],
        lambda s: (
            s[:HEADER]
            + s[HEADER + SEALED_CHUNK : HEADER + 2 * SEALED_CHUNK]
            + s[HEADER : HEADER + SEALED_CHUNK]
            + s[HEADER + 2 * SEALED_CHUNK :]
        ),
        lambda s: s + s[-SEALED_CHUNK:],
        lambda s: b"\x02" + s[1:],
        lambda s: s[:500] + bytes([s[500] ^ 1]) + s[501:],
    ],
    ids=["cut", "short", "header", "nothing", "missing", "swapped", "longer", "version", "flipped"],
)
def test_a_damaged_stream_fails_closed(damage: object) -> None:
    data = bytes(200_000)
    assert callable(damage)
    with pytest.raises(SealBroken):
        opened(damage(sealed(data)), len(data))


def test_another_key_or_kind_opens_nothing() -> None:
    with pytest.raises(SealBroken):
        opened(sealed(b"words"), 5, key=bytes(32))
    with pytest.raises(SealBroken):
        opened(sealed(b"words"), 5, kind="other")


def test_a_claim_to_be_longer_is_refused() -> None:
    with pytest.raises(SealBroken):
        opened(sealed(b"words"), 5_000_000)
