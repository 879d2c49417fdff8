"""Word documents (ECMA-376): text and pictures, without who wrote, edited and commented them.

Only listed kinds of parts are accepted; a document with others, such as macros or an embedded
document, is refused.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from reports.scrub.package import (
    Parts,
    clean_picture,
    make_blank_picture,
    pack,
    parse_xml,
    strip_namespace,
    write_xml,
)
from reports.scrub.refusal import Unclean

_EMPTY: Final = {
    "docProps/core.xml": (
        b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
        b'core-properties"/>'
    ),
    "docProps/app.xml": (
        b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'extended-properties"/>'
    ),
    "docProps/custom.xml": (
        b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'custom-properties"/>'
    ),
    "word/people.xml": (
        b'<w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"/>'
    ),
}
_XML: Final = re.compile(r"(word/[\w./-]+|\[Content_Types\])\.xml|(_rels|word/_rels)/[\w.-]+\.rels")
_RELS: Final = re.compile(r".*\.rels")
_DATA: Final = re.compile(r"customXml/(itemProps)?(item)?\d+\.xml|customXml/_rels/[\w.-]+\.rels")
_DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]")
_FONTS: Final = re.compile(r"word/fonts/[\w.-]+\.odttf")
_AUTHORS: Final = frozenset(("author", "initials", "userId", "providerId", "descr"))
_NAMED: Final = frozenset(("docPr", "cNvPr"))
_GONE: Final = frozenset(("docVars", "rsids", "attachedTemplate", "mailMerge", "docPartObj"))
_REVISION: Final = "rsid"
_ONE_DAY: Final = "2000-01-01T00:00:00Z"


def clean(parts: Parts) -> bytes:
    """Returns the document without metadata. Raises `Unclean`."""
    return pack({name: _part(name, content) for name, content in parts.items()})


def _part(name: str, content: bytes) -> bytes:
    if name in _EMPTY:
        return _EMPTY[name]
    if name.startswith("docProps/thumbnail"):
        return make_blank_picture()
    if _RELS.fullmatch(name):
        return write_xml(_relations(parse_xml(content)))
    if _DATA.fullmatch(name):
        return content if "itemProps" in name else b"<data/>"
    if _XML.fullmatch(name):
        return write_xml(_bare(parse_xml(content)))
    if name.startswith("word/media/"):
        return clean_picture(content)
    if _FONTS.fullmatch(name):
        return content
    raise Unclean


def _bare(root: etree._Element) -> etree._Element:
    for element in list(root.iter(etree.Element)):
        if strip_namespace(element.tag) in _GONE and element.getparent() is not None:
            element.getparent().remove(element)
            continue
        for name in list(element.attrib):
            plain = strip_namespace(name)
            if plain.startswith(_REVISION):
                del element.attrib[name]
            elif plain in _AUTHORS:
                element.attrib[name] = ""
            elif plain in ("date", "dateUtc"):
                element.attrib[name] = _ONE_DAY
            elif plain in ("name", "title") and strip_namespace(element.tag) in _NAMED:
                element.attrib[name] = ""
    return root


def _relations(root: etree._Element) -> etree._Element:
    """Redirects links to files on the author's machine to "about:blank"."""
    for element in root.iter(etree.Element):
        target = element.get("Target", "")
        if target.lower().startswith(("file:", "\\\\")) or _DRIVE.match(target):
            element.set("Target", "about:blank")
    return root
