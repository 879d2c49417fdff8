"""OpenDocument texts, tables and slides (ISO 26300), without who wrote, edited and commented them.

What could lead outside stays only where it leads to a picture of the package or to a place in the
text: no address, no other file, no script, no data from elsewhere. The visible text is the same.
"""

from __future__ import annotations

import re
import zipfile
from typing import Final

from lxml import etree

from reports.scrub.package import (
    Parts,
    clean_picture,
    drop_element,
    find_part,
    make_blank_picture,
    may_lead_outside,
    pack,
    parse_xml,
    strip_namespace,
    unwrap_element,
    write_xml,
)
from reports.scrub.refusal import Unclean

_MIMES: Final = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
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
_ENTRY: Final = frozenset(("full-path", "media-type", "version"))
_WORDS: Final = frozenset(
    (
        *("creator", "date", "creator-initials", "sender-initials", "initial-creator"),
        *("author-name", "author-initials", "print-date", "creation-date", "modification-date"),
        *("printed-by", "editing-duration", "file-name", "sender-firstname", "sender-lastname"),
    )
)
"""Elements whose text names a person, a machine or a time."""
_NAMED: Final = frozenset(("frame", "image"))
_SPACES: Final = re.compile(
    r"urn:oasis:names:tc:opendocument:xmlns:"
    r"(office|text|table|drawing|style|meta|datastyle|chart|dr3d|xsl-fo-compatible|"
    r"svg-compatible|smil-compatible|manifest):1\.0"
    r"|http://purl\.org/dc/elements/1\.1/|http://www\.w3\.org/(1999/xlink|1998/Math/MathML)"
    r"|urn:org:documentfoundation:names:experimental:(office|calc):xmlns:(loext|calcext):1\.0"
    r"|http://openoffice\.org/(2004/office|2004/writer|2009/office|2009/table|2010/draw)"
)
"""The vocabularies of which elements and attributes stay. Scripts, forms, databases and animations
have others."""
_XLINK: Final = "http://www.w3.org/1999/xlink"
_PLAIN_XML: Final = "http://www.w3.org/XML/1998/namespace"
_UNWRAPPED: Final = frozenset(
    ("a", "dde-connection", "execute-macro", "database-display", "template-name")
)
"""What shows its text and leads somewhere besides: the text stays."""
_GONE: Final = frozenset(
    (
        *("scripts", "event-listeners", "event-listener", "script", "forms", "control"),
        *("section-source", "dde-source", "dde-connection-decls", "dde-connection-decl"),
        *("table-source", "cell-range-source", "object", "object-ole", "plugin", "applet"),
        *("floating-frame", "binary-data", "font-face-src", "definition-src", "image-map"),
        *("database-next", "database-row-select", "database-row-number", "database-name"),
        *("tracked-changes", "change", "change-start", "change-end", "annotation", "notes"),
        *("annotation-end", "hidden-text", "hidden-paragraph", "dde-links", "database-ranges"),
        *("content-validations", "consolidation", "data-pilot-tables", "named-expressions"),
        *("connection-resource", "template", "auto-reload", "hyperlink-behaviour", "param"),
    )
)
_TARGETS: Final = frozenset(
    (
        "formula",
        "href",
        "url",
        "target-frame-name",
        "macro-name",
        "transformation",
        "base",
        "archive",
    )
)
_NAMES: Final = frozenset(("condition", "name", "display-name", "ref-name", "style-name", "label"))
"""Attributes whose text is a name, or a condition, in which a colon means nothing."""


def get_kind(archive: zipfile.ZipFile, names: set[str]) -> str:
    """Returns "odt", "ods" or "odp", or "" where this archive is none of them."""
    if not {"mimetype", "content.xml", _MANIFEST} <= names:
        return ""
    with archive.open("mimetype") as part:
        return _MIMES.get(part.read(100).strip(), "")


def clean(parts: Parts) -> tuple[bytes, int]:
    """Returns the document without metadata and ways outside, and how many parts could not be
    cleaned and were replaced or left out. Raises `Unclean`."""
    mime = parts["mimetype"].strip()
    if mime not in _MIMES:
        raise Unclean
    made: Parts = {"mimetype": mime}
    lost = 0
    for name, content in parts.items():
        if name == "mimetype" or _DROPPED.fullmatch(name) or name == _MANIFEST:
            continue
        if name.startswith("Pictures/"):
            try:
                made[name] = clean_picture(content)[1]
            except Exception:
                # Whatever is wrong with one picture: the document stays, and says so.
                made[name], lost = make_blank_picture(), lost + 1
        elif name in _EMPTY:
            made[name] = _EMPTY[name]
        elif name in _XML:
            made[name] = write_xml(_bare(_keep_inside(parse_xml(content), parts)))
        else:
            # Objects and macros: one object is several parts, of which one is counted.
            lost += name.endswith(("/content.xml", ".bin")) or "/" not in name
    if _MANIFEST in parts:
        made[_MANIFEST] = write_xml(_manifest(parse_xml(parts[_MANIFEST]), made))
    return pack(made), lost


def _keep_inside(root: etree._Element, parts: Parts) -> etree._Element:
    """Takes out whatever leads outside the package, or could."""
    for element in list(root.iter(etree.Element)):
        if element is root:
            _strip_attributes(element)
            continue
        if element.getparent() is None:
            continue
        plain = strip_namespace(element.tag)
        target = element.get(f"{{{_XLINK}}}href")
        _strip_attributes(element)
        if plain in _GONE or _is_foreign(etree.QName(element).namespace or ""):
            drop_element(element)
        elif target is not None and _is_inside(target, parts):
            element.set(f"{{{_XLINK}}}href", target)
        elif plain in _UNWRAPPED:
            unwrap_element(element)
        elif target is not None:
            drop_element(element)
    return root


def _is_inside(target: str, parts: Parts) -> bool:
    if target.startswith("#"):
        return not may_lead_outside(target, named=True)
    part = find_part(target, "", parts)
    return part is not None and part.startswith("Pictures/")


def _strip_attributes(element: etree._Element) -> None:
    for name in list(element.attrib):
        key, space = strip_namespace(name), etree.QName(name).namespace or ""
        foreign = space != _PLAIN_XML and _is_foreign(space)
        if (
            foreign
            or key in _TARGETS
            or may_lead_outside(element.attrib[name], named=key in _NAMES)
        ):
            del element.attrib[name]


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


def _manifest(root: etree._Element, made: Parts) -> etree._Element:
    for entry in list(root):
        path = next(
            (value for key, value in entry.attrib.items() if strip_namespace(key) == "full-path"),
            "",
        )
        if len(entry):
            # Children of an entry mean that it is encrypted.
            raise Unclean("locked")
        if path != "/" and path not in made:
            root.remove(entry)
            continue
        kept = {key: value for key, value in entry.attrib.items() if strip_namespace(key) in _ENTRY}
        for key in set(entry.attrib) - set(kept):
            del entry.attrib[key]
    return root


def _is_foreign(space: str) -> bool:
    """Whether a name is of another vocabulary than those that stay; no name is not."""
    return space != "" and not _SPACES.fullmatch(space)
