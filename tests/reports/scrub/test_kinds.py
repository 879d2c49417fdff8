"""Types by their first bytes: what nothing here can read is nothing that a cleaner is given."""

from __future__ import annotations

import pytest

from reports.scrub.kinds import OTHER, detect_kind


@pytest.mark.parametrize("brands", [b"avif\0\0\0\0avifmif1miaf", b"mif1\0\0\0\0mif1avifmiaf"])
def test_a_picture_of_av1_is_known_also_where_it_says_so_second(brands: bytes) -> None:
    assert detect_kind(b"\0\0\0\x1cftyp" + brands).code == "avif"


@pytest.mark.parametrize("head", [b"BM is a word", b"BMW and other cars, 1999", b"II", b"MM*"])
def test_a_text_is_no_picture(head: bytes) -> None:
    assert detect_kind(head.ljust(32)) is OTHER


@pytest.mark.parametrize(
    ("brands", "code"),
    [
        (b"heic\0\0\0\0mif1heic", "heic"),
        (b"mif1\0\0\0\0mif1heic", "heic"),
        (b"isom\0\0\x02\0isomiso2avc1mp41", "mp4"),
        (b"qt  \0\0\0\0qt  ", "mp4"),
        (b"M4A \0\0\0\0M4A mp42isom", "mp4"),
        (b"3gp4\0\0\0\0isom3gp4", "mp4"),
    ],
)
def test_the_pictures_and_films_of_phones_are_known(brands: bytes, code: str) -> None:
    assert detect_kind(b"\0\0\0\x18ftyp" + brands).code == code
