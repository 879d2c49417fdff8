"""Whatever bytes come, a cleaner cleans or says that it cannot; nothing else."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from reports.attachments import file_names
from reports.errors import FileRefused
from reports.scrub import amr, boxes, detect_kind, flac, jpeg, matroska, mp3, ogg, wav
from reports.scrub.child import CLEANERS
from reports.scrub.refusal import Unclean
from reports.scrub.scrubber import Scrubber
from tests.support import files
from tests.support.files import MAKERS, PLANTED
from tests.support.length import LONG

SAMPLES = {kind: make() for kind, make in MAKERS.items()}
OWN = {
    "mp4": boxes.clean,
    "mp3": mp3.clean,
    "wav": wav.clean,
    "ogg": ogg.clean,
    "flac": flac.clean,
    "amr": amr.clean,
    "webm": matroska.clean,
    "jpeg": lambda data: ("jpeg", jpeg.strip(data)),
}
"""Parsers of our own; what libraries parse is tried in the child process alone, as it is used."""
REFUSALS = {"bomb", "pixels", "unclean", "locked", "empty"}
EXAMPLES, CHILDREN = (5_000, 600) if LONG else (150, 30)


@pytest.fixture(scope="module")
def scrubber(tmp_path_factory: pytest.TempPathFactory) -> Scrubber:
    return Scrubber(tmp_path_factory.mktemp("locks"))


@st.composite
def damaged(draw: st.DrawFn, kinds: Collection[str]) -> tuple[str, bytes]:
    """A sample with a few bytes changed, left out or repeated, cut short, or noise behind it."""
    kind = draw(st.sampled_from(sorted(kinds)))
    data = bytearray(SAMPLES[kind])
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data) - 1))
        change = draw(st.binary(max_size=8))
        data[at : at + draw(st.integers(0, 8))] = change
    if draw(st.integers(0, 4)) == 0:
        del data[draw(st.integers(1, len(data))) :]
        data += draw(st.binary(max_size=200))
    return kind, bytes(data)


@given(damaged(OWN))
@settings(max_examples=EXAMPLES)
def test_a_damaged_file_is_cleaned_or_refused(case: tuple[str, bytes]) -> None:
    kind, data = case
    with suppress(Unclean):
        found, after = OWN[kind](data)
        assert found == kind
        # Matroska writes each size in eight bytes, where one is enough.
        assert len(after) <= len(data) * 5 + 100


@given(damaged(SAMPLES))
@settings(
    max_examples=CHILDREN,
    derandomize=not LONG,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.too_slow],
)
def test_of_every_type_the_child_cleans_or_says_why_not(
    scrubber: Scrubber, case: tuple[str, bytes]
) -> None:
    """What a library does with it, a crash among other things, is one of the named results."""
    kind, data = case
    # The act is that of the sample, even where the first bytes would now tell another type.
    act = kind if kind in CLEANERS else "zip"
    refused = ""
    try:
        with scrubber.run(act, [data]) as outcome:
            after = b"".join(outcome.chunks)
            assert outcome.cleaned == bool(after)
            assert outcome.kind in {*SAMPLES, "zip", "xlsx", "pptx", "ods", "odp"}
    except FileRefused as problem:
        refused = problem.code
    assert refused in {"", *REFUSALS}


@pytest.mark.parametrize("act", sorted(CLEANERS))
@pytest.mark.parametrize("data", [b"", b"\xff" * 5_000], ids=["nothing", "noise"])
def test_what_is_no_file_at_all_is_refused(scrubber: Scrubber, act: str, data: bytes) -> None:
    with pytest.raises(FileRefused) as refused, scrubber.run(act, [data]):
        pass
    assert refused.value.code in REFUSALS


def test_a_child_that_takes_too_long_is_ended_and_the_file_refused(
    scrubber: Scrubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.scrub.scrubber.SECONDS", 0.0)
    with pytest.raises(FileRefused) as refused, scrubber.run("pdf", [SAMPLES["pdf"]]):
        pass
    assert refused.value.code == "unclean"


def document_of(elements: int) -> bytes:
    filler = b"".join(b"<a/>%d" % number for number in range(elements))
    return files.zipped({**files.docx_parts(), "word/document.xml": b"<b>" + filler + b"</b>"})


def test_a_child_that_would_take_more_memory_than_it_may_refuses_the_file(
    scrubber: Scrubber,
) -> None:
    """Megabytes of small elements, within the limits of an archive, are gigabytes as a tree."""
    with scrubber.run("zip", [document_of(5)]) as outcome:
        assert outcome.cleaned
    with pytest.raises(FileRefused) as refused, scrubber.run("zip", [document_of(5_000_000)]):
        pass
    assert refused.value.code == "unclean"


@given(st.binary(max_size=64))
def test_any_bytes_have_a_type(head: bytes) -> None:
    assert detect_kind(head).code


@given(st.text(max_size=300))
@example("../../etc/passwd")
@example("a\\b\\..\\c.txt")
@example("x" * 4_000 + ".jpg")
@example("\u202egpj.exe")
@example("con.txt")
@example("\x00\x01\n")
def test_a_name_is_harmless_however_it_came(name: str) -> None:
    shown = file_names.make_safe(name)
    assert shown
    assert len(shown) <= file_names.SHOWN
    assert not set(shown) & set('/\\:*?"<>|\n\r\0\u202e')
    assert not shown.startswith(".")


def test_the_picture_inside_a_document_keeps_its_pixels_only() -> None:
    assert PLANTED not in jpeg.strip(SAMPLES["jpeg"])
