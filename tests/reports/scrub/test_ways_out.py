"""A cleaned document leads nowhere, whatever stood in it and wherever; its words are the same."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2
import pytest
from lxml import etree
from pikepdf import Array, Dictionary, Stream

from reports.scrub import office, opendocument, pdf
from reports.scrub.package import strip_namespace
from tests.support import files, ways_out
from tests.support.files import W
from tests.support.ways_out import ADDRESSES, HOST, R

T, P = f"{{{W}}}t", f"{{{W}}}p"


def unpack(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def office_parts() -> dict[str, bytes]:
    return ways_out.make_office_parts()


@pytest.fixture(scope="module")
def cleaned_office(office_parts: dict[str, bytes]) -> dict[str, bytes]:
    return unpack(office.clean(office_parts)[0])


def test_a_word_document_has_every_way_out_before(office_parts: dict[str, bytes]) -> None:
    for part in ("word/document.xml", "word/header1.xml", "word/settings.xml"):
        assert office_parts[part].count(HOST.encode()) > 100
    assert office_parts["word/_rels/document.xml.rels"].count(HOST.encode()) > 100


def test_no_part_of_a_word_document_leads_outside(cleaned_office: dict[str, bytes]) -> None:
    assert [name for name, part in cleaned_office.items() if HOST.encode() in part] == []


def test_every_relation_of_a_word_document_leads_to_a_part_of_it(
    cleaned_office: dict[str, bytes],
) -> None:
    kept = {
        name: [(each.get("Id"), each.get("Target"), each.get("TargetMode")) for each in root]
        for name, part in cleaned_office.items()
        if name.endswith(".rels") and len(root := etree.fromstring(part))
    }
    assert kept == {
        "word/_rels/document.xml.rels": [("i1", "/word/media/picture10.jpeg", None)],
        "word/_rels/header1.xml.rels": [("i1", "/word/media/picture10.jpeg", None)],
        "word/_rels/settings.xml.rels": [("i1", "/word/media/picture10.jpeg", None)],
        "_rels/.rels": [("d1", "/word/document.xml", None)],
    }


def test_no_name_of_a_relation_that_went_is_left(cleaned_office: dict[str, bytes]) -> None:
    root = etree.fromstring(cleaned_office["word/document.xml"])
    named = [
        value
        for element in root.iter(etree.Element)
        for name, value in element.attrib.items()
        if etree.QName(name).namespace == R
    ]
    assert set(named) == {"i1"}
    assert len(named) == 2


def read_shown(part: bytes) -> list[str]:
    """The words that a reader sees: not what stands in the instruction of a field."""
    shown, open_fields = [], []
    for element in etree.fromstring(part).iter(etree.Element):
        if strip_namespace(element.tag) == "fldChar":
            kind = element.get(f"{{{W}}}fldCharType")
            if kind == "begin":
                open_fields.append("said")
            elif kind == "separate":
                open_fields[-1] = "shown"
            else:
                open_fields.pop()
        elif element.tag == T and "said" not in open_fields:
            shown.append(element.text or "")
    return shown


@pytest.mark.parametrize("part", ["word/document.xml", "word/header1.xml"])
def test_the_words_of_a_word_document_are_the_same(
    part: str, office_parts: dict[str, bytes], cleaned_office: dict[str, bytes]
) -> None:
    before = read_shown(office_parts[part])
    assert len(before) > 100
    assert read_shown(cleaned_office[part]) == before


def test_no_field_stays_that_is_not_listed(cleaned_office: dict[str, bytes]) -> None:
    root = etree.fromstring(cleaned_office["word/document.xml"])
    for name in ("instrText", "fldChar", "fldSimple"):
        assert list(root.iter(f"{{{W}}}{name}")) == []


def test_of_fields_those_that_are_listed_stay() -> None:
    parts = {**files.docx_parts(), "word/document.xml": ways_out.DOCUMENT.encode()}
    root = etree.fromstring(unpack(office.clean(parts)[0])["word/document.xml"])
    assert [each.text for each in root.iter(f"{{{W}}}instrText")] == [" PAGE "]
    assert len(list(root.iter(f"{{{W}}}fldChar"))) == 3


def test_a_link_inside_a_word_document_stays() -> None:
    field = ways_out.make_field('HYPERLINK \\l "_Toc1" \\h', "Chapter")
    # Without the field that stands in its instruction: what is computed later is no bookmark.
    paragraph = etree.Element(P)
    paragraph.extend([*field[:3], *field[-3:]])
    parts = {**files.docx_parts(), "word/document.xml": etree.tostring(paragraph)}
    after = unpack(office.clean(parts)[0])["word/document.xml"]
    assert b"_Toc1" in after
    assert read_shown(after) == ["Chapter"]


def test_a_field_that_never_ends_shows_nothing_and_does_nothing() -> None:
    paragraph = etree.Element(P)
    paragraph.extend(ways_out.make_field(f'INCLUDETEXT "http://{HOST}"', "shown")[:-1])
    parts = {**files.docx_parts(), "word/document.xml": etree.tostring(paragraph)}
    after = unpack(office.clean(parts)[0])["word/document.xml"]
    assert HOST.encode() not in after
    assert b"fldChar" not in after


def test_an_odt_leads_nowhere_and_its_words_are_the_same() -> None:
    parts = ways_out.make_odt_parts()
    assert parts["content.xml"].count(HOST.encode()) > 500
    after = unpack(opendocument.clean(parts)[0])
    assert [name for name, part in after.items() if HOST.encode() in part] == []
    for part in ("content.xml", "styles.xml"):
        before = etree.fromstring(parts[part]).itertext()
        assert "".join(etree.fromstring(after[part]).itertext()) == "".join(before)
    targets = [
        value
        for element in etree.fromstring(after["content.xml"]).iter(etree.Element)
        for name, value in element.attrib.items()
        if strip_namespace(name) == "href"
    ]
    assert targets == ["#Chapter", "Pictures/1.png"]
    for gone in (b"script", b"event-listener", b"section-source", b"dde", b"object", b"form"):
        assert gone not in after["content.xml"].partition(b"<office:body")[2], gone


WAYS = range(len(ways_out.pdf_ways(pikepdf.open(io.BytesIO(ways_out.make_pdf())))))


@pytest.mark.parametrize("number", WAYS)
def test_a_pdf_leads_nowhere_and_its_words_are_the_same(number: int) -> None:
    planted = ways_out.pdf_with_ways(number)
    kind, after = pdf.clean(planted)
    assert kind == "pdf"
    with pikepdf.open(io.BytesIO(after)) as document:
        everything = [repr(each) for each in document.objects]
        everything += [
            each.read_bytes().decode("latin-1")
            for each in document.objects
            if isinstance(each, Stream) and "/DCTDecode" not in str(each.get("/Filter"))
        ]
        assert [each for each in everything if HOST in each] == []
        assert list(find_ways(document)) == []
        kinds = [str(note.get("/Subtype")) for note in document.pages[0].Annots]
        assert kinds == ["/Link", "/Text", "/Widget"]
        assert len(document.Root.Outlines.First.Dest) == 2
    assert read_words(after) == read_words(ways_out.make_pdf())
    assert "Visible words" in read_words(after)


def test_a_link_inside_a_pdf_stays_and_leads_to_nothing_else() -> None:
    names = list(ways_out.pdf_ways(pikepdf.open(io.BytesIO(ways_out.make_pdf()))))
    _kind, after = pdf.clean(ways_out.pdf_with_ways(names.index("/A led")))
    with pikepdf.open(io.BytesIO(after)) as document:
        link = document.pages[0].Annots[0]
        assert set(link.A.keys()) == {"/S", "/D"}
        assert link.A.S == "/GoTo"


def read_words(data: bytes) -> str:
    words: str = pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range()
    return words


def find_ways(document: pikepdf.Pdf) -> Iterator[str]:
    """Every action but to a place inside, and every key that would carry one or a file."""
    for each in document.objects:
        for one in _all_in(each):
            yield from one.keys() & {"/AA", "/OpenAction", "/PA", "/JS", "/URI", "/EF", "/UF"}
            if "/F" in one and isinstance(one["/F"], str | Dictionary) and "/Type" in one:
                yield "/F"
    for note in document.pages[0].Annots:
        if "/A" in note and str(note.A.get("/S")) not in ("/GoTo", "/Named"):
            yield f"/A {note.A.get('/S')}"


def _all_in(each: Any) -> Iterator[Any]:
    if isinstance(each, Array):
        for one in each.as_list():
            if isinstance(one, Array | Dictionary) and not one.is_indirect:
                yield from _all_in(one)
    elif isinstance(each, Dictionary | Stream):
        yield each
        for key in list(each.keys()):
            one = each[key]
            if isinstance(one, Array | Dictionary) and not one.is_indirect:
                # What stands in these is called as the document likes.
                names = key in ("/Font", "/XObject")
                yield from (
                    inner for inner in _all_in(one) if not names or inner.keys() != one.keys()
                )


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_could_be_an_address_is_taken_for_one(address: str) -> None:
    assert opendocument.may_lead_outside(address)
    assert office.find_part(address, "word", {"word/document.xml", f"{HOST}/a"}) is None


@pytest.mark.parametrize(
    "value", ["width:100pt; height:9pt", "50%", "#FF0000", "Heading 1", "%1.%2.", "12:30", "a, b"]
)
def test_what_is_none_is_left_alone(value: str) -> None:
    assert not opendocument.may_lead_outside(value, named="width" in value)
