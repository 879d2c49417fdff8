"""A word planted at any position of an office file is gone afterwards; what people see stays."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from lxml import etree
from PIL import Image

from reports.scrub import archive, office
from reports.scrub.office_values import OfficeValues
from reports.scrub.package import strip_namespace
from tests.support import files, rich_office

WORD: Final = "Planted-Word-7351"
SEEN: Final = frozenset(("t", "v", "f"))
"""Elements whose text people see, or that compute it."""
SHOWN: Final = frozenset((("sheet", "name"), ("rFonts", "ascii")))
"""Attributes that people see: names of sheets and of fonts."""


def unpack(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def list_changes(root: etree._Element) -> Iterator[tuple[str, Callable[[], object]]]:
    for number, each in enumerate(list(root.iter(etree.Element))):
        plain, where = strip_namespace(each.tag), f"{number} {strip_namespace(each.tag)}"
        space = etree.QName(each).namespace or ""
        for name in each.attrib:
            if (plain, strip_namespace(name)) not in SHOWN:
                yield f"{where} {name}", lambda e=each, n=name: e.set(n, WORD)
        yield f"{where} own", lambda e=each, s=space: e.set(f"{{{s}}}own", WORD)
        yield f"{where} plain own", lambda e=each: e.set("own", WORD)
        yield f"{where} comment", lambda e=each: e.append(etree.Comment(WORD))
        yield f"{where} instruction", lambda e=each: e.append(etree.PI("a", WORD))
        yield f"{where} part", lambda e=each, s=space: _add(e, f"{{{s}}}own")
        yield f"{where} foreign", lambda e=each: _add(e, "{urn:own}t")
        yield f"{where} tail", lambda e=each: _add_tail(e)
        if plain not in SEEN:
            yield f"{where} text", lambda e=each: setattr(e, "text", WORD)


def _add(element: etree._Element, tag: str) -> None:
    etree.SubElement(element, tag).text = WORD


def _add_tail(element: etree._Element) -> None:
    if element.getparent() is not None:
        element.tail = WORD


@pytest.mark.parametrize("kind", rich_office.ALL)
def test_a_planted_word_is_found_nowhere(kind: str) -> None:
    parts, left, tried = rich_office.ALL[kind], [], 0
    for part, content in parts.items():
        if not part.endswith((".xml", ".rels")):
            continue
        count = len(list(list_changes(etree.fromstring(content))))
        for number in range(count):
            root = etree.fromstring(content)
            what, change = list(list_changes(root))[number]
            change()
            tried += 1
            after = unpack(office.clean({**parts, part: etree.tostring(root)})[0])
            if any(WORD.encode() in name.encode() + each for name, each in after.items()):
                left.append(f"{part} {what}")
    assert tried > 150
    assert left == []


@pytest.mark.parametrize("kind", rich_office.ALL)
def test_what_people_see_stays_and_what_is_hidden_goes(kind: str) -> None:
    before = rich_office.ALL[kind]
    found, written, _remarks = archive.clean(files.zipped(before))
    assert found == kind
    assert written is not None
    after = unpack(written)
    told = b"".join(before.values())
    for number in ("one", "two", "three", "four", "five"):
        assert (f"Seen {number}".encode() in told) == (
            f"Seen {number}".encode() in b"".join(after.values())
        )
    everything = b"".join(name.encode() + part for name, part in after.items())
    assert rich_office.HIDDEN.encode() not in everything


@pytest.mark.parametrize(("kind", "count"), [("docx", 2), ("xlsx", 0), ("pptx", 1)])
def test_what_could_not_be_cleaned_is_counted(kind: str, count: int) -> None:
    assert archive.clean(files.zipped(rich_office.ALL[kind]))[2] == {"parts": count}


def test_a_picture_that_is_rewritten_is_still_found() -> None:
    after = unpack(office.clean(rich_office.docx())[0])
    relations = etree.fromstring(after["word/_rels/document.xml.rels"])
    targets = {each.get("Id"): each.get("Target").lstrip("/") for each in relations}
    for name, size in (("r1", (32, 24)), ("r2", (1, 1))):
        with Image.open(io.BytesIO(after[targets[name]])) as picture:
            assert (picture.format, picture.size) == ("PNG", size)
    assert b'Extension="png"' in after["[Content_Types].xml"]


def test_a_file_whose_macros_are_gone_is_an_ordinary_one() -> None:
    kind = b"application/vnd.ms-word.document.macroEnabled.main+xml"
    parts = rich_office.docx()
    ordinary = f"{rich_office.OFFICE}.wordprocessingml.document.main+xml".encode()
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(ordinary, kind)
    after = unpack(office.clean({**parts, "word/vbaProject.bin": b"x"})[0])
    assert ordinary in after["[Content_Types].xml"]
    assert kind not in after["[Content_Types].xml"]


def test_one_number_that_many_places_share_stays_shared() -> None:
    one, other = (f"{{5B1A0000-1111-2222-3333-44445555666{n}}}" for n in (6, 7))
    root = etree.fromstring(f'<a><b i="{one}"/><b i="{other}"/><b i="{one}"/></a>')
    OfficeValues().strip(root)
    first, second, third = (each.get("i") for each in root)
    assert first == third != second
    assert one not in (first, second)


@pytest.mark.parametrize(
    "value",
    [
        *("12", "-3.5pt", "100%", "FF00AA", "auto", "center", "A1:B2", "_Toc12345", "accent1"),
        *("#4472c4 [3204]", "21600"),
    ],
)
def test_what_the_format_writes_stays(value: str) -> None:
    root = etree.fromstring(f'<a b="{value}"/>')
    OfficeValues().strip(root)
    assert root.get("b") == value
