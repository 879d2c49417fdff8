"""Fields of Word documents: of an instruction that is not listed, the text that it showed stays.

Fields fetch pictures, documents and data, and start programs (INCLUDEPICTURE, INCLUDETEXT, LINK,
DDEAUTO, and those that are not known here). An instruction may be spread over many runs and hold
other fields; its first word decides, and what stands in it goes with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from reports.scrub.package import drop_element, may_lead_outside, strip_namespace, unwrap_element

_KEPT: Final = frozenset(
    (
        *("PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "TOC", "TC", "REF", "PAGEREF", "NOTEREF"),
        *("SEQ", "STYLEREF", "DATE", "TIME", "INDEX", "XE", "SYMBOL", "LISTNUM", "EQ", "ADVANCE"),
        *("FORMTEXT", "FORMCHECKBOX", "FORMDROPDOWN", "HYPERLINK"),
    )
)
_INSIDE: Final = re.compile(
    r'\s{0,9}HYPERLINK\s{1,9}\\l\s{1,9}("[\w ]{0,99}"|\w{1,99})(\s{1,9}\\h)?\s{0,9}', re.IGNORECASE
)
"""A link to a bookmark of the same document."""
_CONTENT: Final = frozenset(
    (
        *("t", "delText", "instrText", "delInstrText", "tab", "br", "cr", "sym", "drawing", "pict"),
        *("object", "noBreakHyphen", "softHyphen", "ptab", "fldChar", "AlternateContent"),
    )
)
"""What a run shows or says."""


@dataclass
class _OpenField:
    """A field whose end was not met yet: what it consists of, and its instruction."""

    marks: list[etree._Element]
    hidden: list[etree._Element] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    shows: bool = False


def strip_fields(root: etree._Element) -> None:
    """Takes every field out whose instruction is not listed; what they showed stays."""
    nested: list[_OpenField] = []
    gone: list[_OpenField] = []
    for element in root.iter(etree.Element):
        plain = strip_namespace(element.tag)
        if plain == "fldChar":
            _follow(element, nested, gone)
        elif plain in _CONTENT:
            _note(element, plain, nested, gone)
    gone += nested
    for simple in [e for e in root.iter(etree.Element) if strip_namespace(e.tag) == "fldSimple"]:
        words = " ".join(v for k, v in simple.attrib.items() if strip_namespace(k) == "instr")
        if not _may_stay(words):
            unwrap_element(simple)
    for each in gone:
        for element in (*each.hidden, *each.marks):
            if element.getparent() is not None:
                drop_element(element)


def _follow(mark: etree._Element, nested: list[_OpenField], gone: list[_OpenField]) -> None:
    kind = next((v for k, v in mark.attrib.items() if strip_namespace(k) == "fldCharType"), "")
    for outer in nested:
        if not outer.shows:
            outer.hidden.append(mark)
    if kind == "begin":
        nested.append(_OpenField([mark]))
    elif kind not in ("separate", "end") or not nested:
        gone.append(_OpenField([mark]))
    else:
        nested[-1].marks.append(mark)
        if kind == "separate":
            nested[-1].shows = True
        elif not _may_stay("".join((ended := nested.pop()).words)):
            gone.append(ended)


def _note(
    element: etree._Element, plain: str, nested: list[_OpenField], gone: list[_OpenField]
) -> None:
    said = plain in ("instrText", "delInstrText")
    if said and (not nested or nested[-1].shows):
        # An instruction where none can stand shows nothing.
        gone.append(_OpenField([element]))
        return
    for outer in nested:
        if not outer.shows:
            outer.hidden.append(element)
    if nested and not nested[-1].shows:
        nested[-1].words.append(element.text or "" if said else "\0")


def _may_stay(words: str) -> bool:
    """Whether the instruction is listed and leads nowhere. Text that a nested field shows is no
    word: an instruction that begins with it is not known before it is carried out."""
    kind = (words.split() or [""])[0].upper()
    if kind == "HYPERLINK":
        return bool(_INSIDE.fullmatch(words))
    return kind in _KEPT and not may_lead_outside(words, named=True)
