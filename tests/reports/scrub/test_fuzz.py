"""Whatever bytes come, a cleaner cleans or says that it cannot; nothing else."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import example, given, settings
from hypothesis import strategies as st

from reports.attachments import names
from reports.scrub import boxes, jpeg, kind_of, mp3, wav
from reports.scrub.refusal import Unclean
from tests.support import files
from tests.support.files import PLANTED

SAMPLES = {"mp4": files.mp4(), "mp3": files.mp3(), "wav": files.wav(), "jpeg": files.jpeg()}
OWN = {
    "mp4": boxes.clean,
    "mp3": mp3.clean,
    "wav": wav.clean,
    "jpeg": lambda data: ("jpeg", jpeg.strip(data)),
}


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A sample with a few bytes changed, left out or repeated."""
    kind = draw(st.sampled_from(sorted(SAMPLES)))
    data = bytearray(SAMPLES[kind])
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data) - 1))
        change = draw(st.binary(max_size=8))
        data[at : at + draw(st.integers(0, 8))] = change
    return kind, bytes(data)


@given(damaged())
@settings(max_examples=150)
def test_a_damaged_file_is_cleaned_or_refused(case: tuple[str, bytes]) -> None:
    kind, data = case
    with suppress(Unclean):
        found, after = OWN[kind](data)
        assert found == kind
        assert len(after) <= len(data) + 100


@given(st.binary(max_size=64))
def test_any_bytes_have_a_type(head: bytes) -> None:
    assert kind_of(head).code


@given(st.text(max_size=300))
@example("../../etc/passwd")
@example("a\\b\\..\\c.txt")
@example("x" * 4_000 + ".jpg")
@example("\u202egpj.exe")
@example("con.txt")
@example("\x00\x01\n")
def test_a_name_is_harmless_however_it_came(name: str) -> None:
    shown = names.shown(name)
    assert shown
    assert len(shown) <= names.SHOWN
    assert not set(shown) & set('/\\:*?"<>|\n\r\0\u202e')
    assert not shown.startswith(".")


def test_the_picture_inside_a_document_keeps_its_pixels_only() -> None:
    assert PLANTED not in jpeg.strip(SAMPLES["jpeg"])
