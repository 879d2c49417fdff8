"""Word documents (ECMA-376): text and pictures, without who wrote, edited and commented them.

Only listed kinds of parts are accepted; a document with others, such as macros or an embedded
document, is refused. Only listed kinds of relations to parts of the same package stay, and only
listed fields: nothing leads outside any more. The visible text is the same.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container
from typing import Final

from lxml import etree

from reports.scrub.office_fields import strip_fields
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
_FONTS: Final = re.compile(r"word/fonts/[\w.-]+\.odttf")
_AUTHORS: Final = frozenset(("author", "initials", "userId", "providerId", "descr"))
_NAMED: Final = frozenset(("docPr", "cNvPr"))
_GONE: Final = frozenset(
    (
        *("docVars", "rsids", "attachedTemplate", "mailMerge", "docPartObj", "altChunk", "subDoc"),
        *("OLEObject", "control", "saveThroughXslt", "attachedSchema", "schemaLibrary", "frameset"),
        *(
            "dataBinding",
            "binData",
            "movie",
            "webVideoPr",
            "videoFile",
            "audioFile",
            "wavAudioFile",
        ),
        *("quickTimeFile", "snd", "hlinkClick", "hlinkHover", "hlinkMouseOver", "linkedTxbx"),
        *("externalData", "fldData", "entryMacro", "exitMacro", "sourceFileName", "media"),
    )
)
_TARGETS: Final = frozenset(
    ("href", "src", "althref", "target", "action", "url", "macro", "gfxdata", "base")
)
"""Attributes that are there to lead somewhere, or hold a packed document."""
_NAMES: Final = frozenset(
    (
        *("style", "lvlText", "dateFormat", "name", "alias", "aliases", "tag", "bookmarkStart"),
        *("string", "ContentType", "PartName", "Extension"),
    )
)
"""Attributes and elements whose text is a name, a form or a style sheet: a colon or a stroke in it
means nothing."""
_PLAIN_XML: Final = "http://www.w3.org/XML/1998/namespace"
_VOCABULARY: Final = re.compile(
    r"https?://schemas\.(openxmlformats\.org|microsoft\.com)/[\w./-]*"
    r"|https?://purl\.oclc\.org/ooxml/[\w./-]*|urn:schemas-microsoft-com:[\w:-]*"
)
"""Names of the format's own vocabularies, which are written as addresses."""
_SPACES: Final = re.compile(
    r"(http://schemas\.(openxmlformats\.org|microsoft\.com)/|http://purl\.oclc\.org/ooxml/"
    r"|urn:schemas-microsoft-com:).*"
)
_RELATIONS: Final = re.compile(
    r"http://(schemas\.openxmlformats\.org/officeDocument/2006|purl\.oclc\.org/ooxml/officeDocument)"
    r"/relationships"
)
_KINDS: Final = frozenset(
    (
        *("officeDocument", "core-properties", "extended-properties", "custom-properties"),
        *("extendedProperties", "customProperties", "thumbnail", "styles", "stylesWithEffects"),
        *("settings", "webSettings", "fontTable", "font", "theme", "themeOverride", "numbering"),
        *("footnotes", "endnotes", "comments", "commentsExtended", "commentsIds", "people"),
        *("commentsExtensible", "header", "footer", "image", "glossaryDocument", "customXml"),
        *("customXmlProps", "chart", "chartUserShapes", "chartStyle", "chartColorStyle"),
        *("diagramData", "diagramLayout", "diagramQuickStyle", "diagramColors", "diagramDrawing"),
    )
)
"""Kinds of relations that a document needs to be shown."""
_PROPERTIES: Final = (
    b'<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" '
    b'ds:itemID="{00000000-0000-0000-0000-000000000000}"/>'
)
_REVISION: Final = "rsid"
_ONE_DAY: Final = "2000-01-01T00:00:00Z"


def clean(parts: Parts) -> bytes:
    """Returns the document without metadata and ways outside. Raises `Unclean`."""
    relations = {
        name: _relations(parse_xml(content), name, parts)
        for name, content in parts.items()
        if _RELS.fullmatch(name)
    }
    kept = {
        name: write_xml(relations[name])
        if name in relations
        else _part(name, content, _list_ids(relations.get(_get_relations_name(name))))
        for name, content in parts.items()
    }
    return pack(kept)


def _get_relations_name(name: str) -> str:
    folder, file = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{file}.rels")


def _list_ids(relations: etree._Element | None) -> frozenset[str]:
    return (
        frozenset(each.get("Id", "") for each in relations)
        if relations is not None
        else frozenset()
    )


def _part(name: str, content: bytes, ids: frozenset[str]) -> bytes:
    if name in _EMPTY:
        return _EMPTY[name]
    if name.startswith("docProps/thumbnail"):
        return make_blank_picture()
    if _DATA.fullmatch(name):
        return _PROPERTIES if "itemProps" in name else b"<data/>"
    if _XML.fullmatch(name):
        root = parse_xml(content)
        strip_fields(root)
        return write_xml(_bare(root, ids))
    if name.startswith("word/media/"):
        return clean_picture(content)
    if _FONTS.fullmatch(name):
        return content
    raise Unclean


def _bare(root: etree._Element, ids: frozenset[str]) -> etree._Element:
    for element in list(root.iter(etree.Element)):
        if element is not root and element.getparent() is None:
            continue
        plain = strip_namespace(element.tag)
        if plain in _GONE or _is_foreign(etree.QName(element).namespace or ""):
            drop_element(element)
        elif not _is_held(element, ids):
            _drop_link(element, plain)
        else:
            _strip_attributes(element, plain)
    return root


def _is_held(element: etree._Element, ids: Container[str]) -> bool:
    """Whether all relations that an element names are there; names of others are taken out."""
    held = True
    for name in list(element.attrib):
        if (
            _RELATIONS.fullmatch(etree.QName(name).namespace or "")
            and element.attrib[name] not in ids
        ):
            del element.attrib[name]
            held = False
    return held


def _drop_link(element: etree._Element, plain: str) -> None:
    """Leaves what is shown of an element whose relation has gone."""
    _strip_attributes(element, plain)
    if plain == "hyperlink":
        unwrap_element(element)
    elif plain not in ("blip", "imagedata", "fill", "stroke"):
        drop_element(element)


def _strip_attributes(element: etree._Element, plain: str) -> None:
    for name in list(element.attrib):
        key, value = strip_namespace(name), element.attrib[name]
        space = etree.QName(name).namespace or ""
        foreign = space != _PLAIN_XML and _is_foreign(space)
        if foreign or key.startswith(_REVISION) or key in _TARGETS:
            del element.attrib[name]
        elif key in _AUTHORS:
            element.attrib[name] = ""
        elif key in ("date", "dateUtc"):
            element.attrib[name] = _ONE_DAY
        elif key in ("name", "title") and plain in _NAMED:
            element.attrib[name] = ""
        elif _VOCABULARY.fullmatch(value) and key in ("uri", "Type", "ContentType"):
            continue
        elif may_lead_outside(value, named=key in _NAMES or plain in _NAMES):
            element.attrib[name] = ""
        elif key == "style" and "url(" in value.replace(" ", "").lower():
            del element.attrib[name]


def _relations(root: etree._Element, name: str, parts: Parts) -> etree._Element:
    """Leaves the relations of a listed kind that lead to a part of this package."""
    folder = posixpath.dirname(posixpath.dirname(name))
    for element in list(root):
        kind = element.get("Type", "").rpartition("/")[2]
        inside = element.get("TargetMode", "Internal") == "Internal"
        part = find_part(element.get("Target", ""), folder, parts)
        if not (inside and part and kind in _KINDS and not len(element)):
            root.remove(element)
    return root


def _is_foreign(space: str) -> bool:
    """Whether a name is of another vocabulary than those that stay; no name is not."""
    return space != "" and not _SPACES.fullmatch(space)
