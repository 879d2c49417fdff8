"""Brotli that fills a given size: whatever the size, the same bytes come out."""

from __future__ import annotations

import brotli as reference
import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.export.brotli import compress


@given(st.binary(max_size=2000), st.integers(0, 70_000))
def test_the_filler_is_skipped_and_the_size_is_met(data: bytes, space: int) -> None:
    size = len(compress(data)) + space
    filled = compress(data, lambda _bare: size)
    assert len(filled) == size
    assert reference.decompress(filled) == data


@pytest.mark.parametrize("space", [*range(6), *range(254, 264), 65_535, 65_539, 65_540, 70_000])
def test_every_edge_of_a_block_is_met(space: int) -> None:
    size = len(compress(b"page")) + space
    filled = compress(b"page", lambda _bare: size)
    assert len(filled) == size
    assert reference.decompress(filled) == b"page"


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        compress(b"page", lambda _bare: 3)
