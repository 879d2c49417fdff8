"""OpenDocument texts (ISO 26300): text and pictures, without who wrote and edited them."""

from __future__ import annotations

import re
import zipfile
from typing import Final

from lxml import etree

from reports.scrub.package import Parts, clean_picture, pack, parse_xml, strip_namespace, write_xml
from reports.scrub.refusal import Unclean

_MIME: Final = b"application/vnd.oasis.opendocument.text"
_EMPTY: Final = {
    name: (
        f'<office:document-{name.partition(".")[0]} office:version="1.2" '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>'
    ).encode()
    for name in ("meta.xml", "settings.xml")
}
_XML: Final = frozenset(("content.xml", "styles.xml"))
_DROPPED: Final = re.compile(r"Thumbnails/.*|Configurations2/.*|layout-cache|manifest\.rdf")
_MANIFEST: Final = "META-INF/manifest.xml"
_WORDS: Final = frozenset(
    (
        *("creator", "date", "creator-initials", "sender-initials", "initial-creator"),
        *("author-name", "author-initials", "print-date", "creation-date", "modification-date"),
        *("printed-by", "editing-duration", "file-name", "sender-firstname", "sender-lastname"),
    )
)
"""Elements whose text names a person, a machine or a time."""
_NAMED: Final = frozenset(("frame", "image"))


def is_text(archive: zipfile.ZipFile, names: set[str]) -> bool:
    """Returns whether this archive is an OpenDocument text."""
    if not {"mimetype", "content.xml", _MANIFEST} <= names:
        return False
    with archive.open("mimetype") as part:
        return part.read(len(_MIME) + 1).strip() == _MIME


def clean(parts: Parts) -> bytes:
    """Returns the document without metadata. Raises `Unclean`."""
    kept = {
        name: _part(name, content)
        for name, content in parts.items()
        if not _DROPPED.fullmatch(name)
    }
    return pack({"mimetype": _MIME, **kept})


def _part(name: str, content: bytes) -> bytes:
    if name == "mimetype":
        return _MIME
    if name in _EMPTY:
        return _EMPTY[name]
    if name == _MANIFEST:
        return write_xml(_manifest(parse_xml(content)))
    if name in _XML:
        return write_xml(_bare(parse_xml(content)))
    if name.startswith("Pictures/"):
        return clean_picture(content)
    raise Unclean


def _bare(root: etree._Element) -> etree._Element:
    for element in root.iter(etree.Element):
        if strip_namespace(element.tag) in _WORDS:
            for inner in list(element):
                element.remove(inner)
            element.text = ""
        for name in list(element.attrib):
            plain = strip_namespace(name)
            if plain in ("rsid", "paragraph-rsid", "author", "date-value"):
                del element.attrib[name]
            elif plain == "name" and strip_namespace(element.tag) in _NAMED:
                element.attrib[name] = ""
    return root


def _manifest(root: etree._Element) -> etree._Element:
    for entry in list(root):
        path = next(
            (value for key, value in entry.attrib.items() if strip_namespace(key) == "full-path"),
            "",
        )
        if _DROPPED.fullmatch(path):
            root.remove(entry)
        elif len(entry):
            # Children of an entry mean that it is encrypted.
            raise Unclean
    return root
