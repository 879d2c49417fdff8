"""A word planted at any position of a PDF is gone afterwards, and the page looks the same."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import Any, Final

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

from reports.scrub import icc, pdf
from reports.scrub.refusal import Unclean
from tests.support import rich_pdf

WORD: Final = "PlantedWord7351"
STAYS: Final = frozenset(
    (
        # Text that people see, or that stands for it.
        *("/Title", "/Contents", "/V", "/DV", "/Opt", "/CA", "/RC", "/AC", "/ActualText", "/E"),
        *("/P", "/FontFamily", "/Registry", "/Ordering"),
        # Names of fonts, of their tables and of their letters.
        *("/BaseFont", "/FontName", "/Encoding", "/Differences", "/CharProcs", "/CMapName"),
        # A table of colours, whose bytes are no words; a language.
        *("/ColorSpace[3]", "/Lang"),
    )
)


def read_all(data: bytes) -> str:
    """All of a document as one text, what is packed in it unpacked."""
    with pikepdf.open(io.BytesIO(data)) as document:
        found = [data.decode("latin-1"), repr(document.trailer)]
        for each in document.objects:
            found.append(repr(each))
            if isinstance(each, Stream):
                with suppress(pikepdf.PdfError):
                    found.append(each.read_bytes().decode("latin-1"))
    return "".join(found)


def draw(data: bytes) -> bytes:
    page = pypdfium2.PdfDocument(data)[0]
    drawn: bytes = page.render(scale=1.0).to_pil().tobytes()
    return drawn


POSITIONS: Final = tuple(
    what
    for what, _change in rich_pdf.list_positions(pikepdf.open(io.BytesIO(rich_pdf.make())), WORD)
)


def plant(number: int) -> bytes:
    with pikepdf.open(io.BytesIO(rich_pdf.make())) as document:
        what, change = list(rich_pdf.list_positions(document, WORD))[number]
        assert what == POSITIONS[number]
        change()
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def test_there_are_hundreds_of_positions() -> None:
    assert len(POSITIONS) > 500


def may_stay(what: str) -> bool:
    if "renamed" in what or "own" in what:
        return "/CharProcs" in what and what.count("/") > 2
    return any(what.partition(" ")[0].endswith((key, f"{key}[1]")) for key in STAYS)


@pytest.mark.filterwarnings("ignore:This document has", "ignore:Unexpected end")
@pytest.mark.parametrize("start", range(0, len(POSITIONS), 50))
def test_a_planted_word_is_found_nowhere(start: int) -> None:
    left = []
    for number in range(start, min(start + 50, len(POSITIONS))):
        if may_stay(POSITIONS[number]):
            continue
        try:
            planted = plant(number)
            _kind, after = pdf.clean(planted)
        except (Unclean, pikepdf.PdfError, ValueError, TypeError):
            # It is refused, and nothing of it is kept.
            continue
        if WORD in read_all(after):
            left.append(POSITIONS[number])
    assert left == []


def test_the_page_looks_and_reads_the_same() -> None:
    before = rich_pdf.make()
    after = pdf.clean(before)[1]
    assert draw(before) == draw(after)
    words = pypdfium2.PdfDocument(after)[0].get_textpage().get_text_range()
    assert "Structured words" in words
    # A document that is cleaned again, as one that somebody passes on, is the same.
    assert draw(pdf.clean(after)[1]) == draw(before)


def test_a_link_still_finds_its_place_and_a_layer_its_words() -> None:
    after = pdf.clean(rich_pdf.make())[1]
    with pikepdf.open(io.BytesIO(after)) as document:
        names = document.Root.Names.Dests.Names
        places = {str(names[at]) for at in range(0, len(names), 2)}
        led = [
            str(note.Dest)
            for note in document.pages[0].Annots
            if isinstance(note.get("/Dest"), String)
        ]
        assert led
        assert set(led) == places
        layers = document.pages[0].Resources.Properties
        assert b"".join(name.encode() for name in layers) in document.pages[0].Contents.read_bytes()


def test_a_colour_profile_keeps_its_figures_alone() -> None:
    profile = rich_pdf.make_profile()
    assert b"lcms" in profile
    after = icc.strip(profile)
    assert b"lcms" not in after
    assert after.count(b"XYZ ") == profile.count(b"XYZ ")
    assert int.from_bytes(after[:4], "big") == len(after)
    for broken in (b"", bytes(200), profile[:200], profile[:128] + b"\xff" * 40):
        with pytest.raises(Unclean):
            icc.strip(broken)


def test_a_document_that_asks_for_a_password_says_so() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(rich_pdf.make())) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="one", user="two"))
    with pytest.raises(Unclean) as refused:
        pdf.clean(out.getvalue())
    assert refused.value.code == "locked"


def test_places_that_lead_in_circles_end() -> None:
    with pikepdf.open(io.BytesIO(rich_pdf.make())) as document:
        tree: Any = document.make_indirect(Dictionary(Names=Array([]), Kids=Array([])))
        tree.Kids.append(tree)
        document.Root.Names = Dictionary(Dests=tree)
        document.Root.PageMode = Name.UseNone
        out = io.BytesIO()
        document.save(out)
    with pytest.raises(Unclean):
        pdf.clean(out.getvalue())
