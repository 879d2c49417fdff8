"""What Word and OpenDocument files share: a ZIP archive of XML parts and pictures."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Container
from typing import Final
from urllib.parse import unquote

from lxml import etree

from reports.scrub import image
from reports.scrub.kinds import detect_kind
from reports.scrub.refusal import Unclean

Parts = dict[str, bytes]
"""The name of each part to its bytes, in the order of the archive."""
_PICTURES: Final = ("jpeg", "png", "webp", "gif", "bmp", "tiff")
_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
_PIXEL: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63"
    "f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)
"""A white PNG of one pixel, which replaces the preview of the first page."""
_OUTSIDE: Final = re.compile(r"://|\\\\|^\s*(?:[\\/]{2}|[a-z]:[\\/]|(?:www|ftp)\.)", re.IGNORECASE)
_PERHAPS: Final = re.compile(
    r"^\s*[a-z][a-z0-9+.-]*:(?=\S)|[\\/]\s*\w|\.\.[\\/]|%[0-9a-f]{2}", re.IGNORECASE
)
"""A scheme, a path, or what is written so that it is not seen to be one."""


def pack(parts: Parts) -> bytes:
    """Returns an archive of these parts without metadata: no times, no comments, uniform
    compression."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            plain = name == "mimetype"
            entry.compress_type = zipfile.ZIP_STORED if plain else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


def parse_xml(content: bytes) -> etree._Element:
    """Parses a part as XML, without comments and instructions. Raises `Unclean`, also for a DTD."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as problem:
        raise Unclean from problem
    if root.getroottree().docinfo.doctype:
        raise Unclean
    return root


def write_xml(root: etree._Element) -> bytes:
    """Serialises XML to bytes."""
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written


def clean_picture(content: bytes) -> tuple[str, bytes]:
    """Returns the type, "png" or "jpeg", and a cleaned picture of a document. Raises `Unclean` for
    a type that is not supported, or the decoder's error."""
    if detect_kind(content[:32]).code not in _PICTURES:
        raise Unclean
    return image.clean_for_document(content)


def make_blank_picture() -> bytes:
    """Returns a PNG of one white pixel."""
    return _PIXEL


def strip_namespace(name: object) -> str:
    """Returns the name of an element or attribute without its namespace."""
    return etree.QName(name).localname if isinstance(name, str) else ""


def drop_element(element: etree._Element) -> None:
    """Takes an element out with all that is in it; the text behind it stays."""
    parent = element.getparent()
    if parent is None:
        raise Unclean
    _put_text(element, element.tail)
    parent.remove(element)


def unwrap_element(element: etree._Element) -> None:
    """Takes an element out and leaves what is in it in its place."""
    parent = element.getparent()
    if parent is None:
        raise Unclean
    _put_text(element, element.text)
    for child in list(element):
        element.addprevious(child)
    drop_element(element)


def may_lead_outside(value: str, *, named: bool = False) -> bool:
    """Returns whether a text could be read as the address of anything, also on the machine of who
    reads it; `named`: the text is a name, in which a colon or a stroke alone means nothing."""
    return bool(_OUTSIDE.search(value) or (not named and _PERHAPS.search(value)))


def find_part(target: str, folder: str, parts: Container[str]) -> str | None:
    """Returns the part to which a target leads that is written in `folder`; None where it leads
    anywhere else."""
    path = unquote(target).partition("#")[0]
    if may_lead_outside(path, named=True) or "\\" in path or "?" in path:
        return None
    whole = posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")
    return whole if whole in parts else None


def _put_text(element: etree._Element, text: str | None) -> None:
    """Puts text in front of an element."""
    before, parent = element.getprevious(), element.getparent()
    if before is not None:
        before.tail = (before.tail or "") + (text or "")
    elif parent is not None:
        parent.text = (parent.text or "") + (text or "")
