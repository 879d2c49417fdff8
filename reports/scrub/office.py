"""Word, Excel and PowerPoint files (ECMA-376), without who wrote, edited and commented them.

Only listed kinds of parts stay. Others, such as macros, embedded documents, films and pictures that
cannot be cleaned, are left out or replaced by a white one, and counted. Only listed kinds of
relations to parts of the same package stay, and only listed fields: nothing leads outside any more.
Comments, tracked deletions, hidden text and speakers' notes go; the visible text is the same.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container, Mapping
from typing import Final

from lxml import etree

from reports.scrub.office_fields import strip_fields
from reports.scrub.office_values import OfficeValues
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
}
_XML: Final = re.compile(
    r"(word|xl|ppt)/([A-Za-z_]+/)*[A-Za-z]+\d*\.xml|\[Content_Types\]\.xml|(_rels|(word|xl|ppt)/([\w-]+/)*_rels)/[\w.-]*\.rels"
)
_RELS: Final = re.compile(r".*\.rels")
_TYPES: Final = "[Content_Types].xml"
_DATA: Final = re.compile(r"customXml/(itemProps)?(item)?\d+\.xml|customXml/_rels/[\w.-]+\.rels")
_FONTS: Final = re.compile(r"(word|ppt)/fonts/[\w.-]+\.(odttf|fntdata)")
_MEDIA: Final = re.compile(r"(word|xl|ppt)/media/[\w.-]+")
_QUIETLY_GONE: Final = re.compile(
    r"(word|xl|ppt)/([\w-]+/)*(comment\w*|threadedComment\w*|people|person\w*|notesSlide\w*|tag\d+"
    r"|printerSettings\d*|calcChain|connections|externalLink\d*|queryTable\d*|pivotCache\w*|pivotTable\d*"
    r"|viewProps|presProps|revision\w*|userNames|metadata|volatileDependencies|vmlDrawing\d*"
    r"|customProperty\d*|documenttasks\d*|tasks|handoutMaster\d*|docMetadata|[Ll]abelInfo)"
    r"\.(xml|bin|vml|rels|xml\.rels|vml\.rels)"
    r"|customXml/.*|docMetadata/.*|docProps/(?!core|app|custom|thumbnail).*|xl/(persons|revisions)/.*"
    r"|_xmlsignatures/.*|\[trash\]/.*|.*/\.rels|xl/model/.*"
)
"""Parts that only tell who worked on a document, where, and with what."""
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
        *("commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef", "del"),
        *("moveFrom", "delText", "delInstrText", "moveFromRangeStart", "moveFromRangeEnd"),
        "sdtPr",
        *(
            "moveToRangeStart",
            "moveToRangeEnd",
            "proofErr",
            "permStart",
            "permEnd",
            "extLst",
            "ext",
        ),
        *("sdtEndPr", "ffData", "docId", "smartTagPr", "customXmlPr", "creationId", "fileSharing"),
        *("absPath", "revisionPtr", "custDataLst", "custShowLst", "legacyDrawing", "oleObjects"),
        *("legacyDrawingHF", "controls", "pivotCaches", "externalReferences", "webPublishItems"),
        *("cellDel", "numberingChange", "lastPrinted", "documentProtection", "writeProtection"),
        *("customSheetViews", "customWorkbookViews", "smartTags", "oleObj", "notesMasterIdLst"),
        *("handoutMasterIdLst", "modifyVerifier", "bgData", "dataConsolidate", "queryTable"),
    )
)
_CHANGES: Final = re.compile(r"\w+Change|\w+(Ins|Del)Range(Start|End)")
"""How something was before it was changed."""
_OPENED: Final = frozenset(("ins", "moveTo", "sdt", "sdtContent", "smartTag", "customXml"))
"""What stands around text that stays: changes that were made, and labels."""
_IDS: Final = frozenset(
    ("paraId", "textId", "durableId", "uid", "docId", "alt", "tooltip", "descr", "alias", "tag")
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
        *("worksheet", "chartsheet", "sharedStrings", "drawing", "table", "tableSingleCells"),
        *("slide", "slideLayout", "slideMaster", "tableStyles"),
    )
)
"""Kinds of relations that a document needs to be shown."""
_PROPERTIES: Final = (
    b'<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" '
    b'ds:itemID="{00000000-0000-0000-0000-000000000000}"/>'
)
_LABEL: Final = re.compile(r"\w{1,40}", re.ASCII)
_TARGET: Final = re.compile(r"[\w./-]{1,200}", re.ASCII)
_ENDING: Final = re.compile(r"xml|rels|png|jpe?g|odttf|fntdata")
_REVISION: Final = "rsid"
_ONE_DAY: Final = "2000-01-01T00:00:00Z"
_CONTENT_TYPE: Final = re.compile(
    r"application/(vnd\.(openxmlformats-|ms-(word|excel|powerpoint|office))[\w.+-]{0,120}|xml"
    r"|x-font(data|-ttf)|vnd\.openxmlformats-package\.[\w.+-]{0,80})|image/(png|jpeg)"
)
_MAIN_TYPES: Final = {
    f"application/vnd.ms-{old}.macroEnabled.main+xml": (
        f"application/vnd.openxmlformats-officedocument.{new}.main+xml"
    )
    for old, new in (
        ("word.document", "wordprocessingml.document"),
        ("word.template", "wordprocessingml.template"),
        ("excel.sheet", "spreadsheetml.sheet"),
        ("powerpoint.presentation", "presentationml.presentation"),
    )
}
"""A file whose macros are gone is an ordinary one."""


def clean(parts: Parts) -> tuple[bytes, int]:
    """Returns the document without metadata and ways outside, and how many parts could not be
    cleaned and were left out. Raises `Unclean`."""
    plain: Parts = {}
    moved: dict[str, str] = {}
    lost = 0
    for name, content in parts.items():
        kept, missing = _keep_part(name, content, len(plain))
        lost += missing
        if kept is None:
            continue
        moved[name], plain[name] = kept
    relations = {
        name: _relations(parse_xml(content), name, plain, moved)
        for name, content in plain.items()
        if _RELS.fullmatch(name)
    }
    values = OfficeValues()
    made: Parts = {}
    for name, content in plain.items():
        if name in relations:
            made[name] = write_xml(relations[name])
        elif name == _TYPES:
            made[name] = write_xml(_strip_types(parse_xml(content), plain, moved))
        elif _XML.fullmatch(name):
            root = parse_xml(content)
            strip_fields(root)
            _bare(root, _list_ids(relations.get(_get_relations_name(name))))
            values.strip(root)
            made[name] = write_xml(root)
        else:
            made[moved[name]] = content
    return pack(made), lost


def _get_relations_name(name: str) -> str:
    folder, file = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{file}.rels")


def _list_ids(relations: etree._Element | None) -> frozenset[str]:
    return (
        frozenset(each.get("Id", "") for each in relations)
        if relations is not None
        else frozenset()
    )


def _keep_part(name: str, content: bytes, number: int) -> tuple[tuple[str, bytes] | None, int]:
    """Returns the name and the bytes of a part that stays, or None; and whether something is
    missing that people would see. `number` tells pictures apart."""
    if name in _EMPTY:
        return (name, _EMPTY[name]), 0
    if name.startswith("docProps/thumbnail"):
        return (f"{posixpath.splitext(name)[0]}.png", make_blank_picture()), 0
    if _DATA.fullmatch(name):
        return (name, _PROPERTIES if "itemProps" in name else b"<data/>"), 0
    if _QUIETLY_GONE.fullmatch(name) and name != "_rels/.rels":
        return None, 0
    if _MEDIA.fullmatch(name):
        folder = posixpath.dirname(name)
        try:
            kind, cleaned = clean_picture(content)
        except Exception:
            # Whatever is wrong with one picture: the document stays, and says that it is missing.
            return (f"{folder}/blank{number}.png", make_blank_picture()), 1
        return (f"{folder}/picture{number}.{kind}", cleaned), 0
    if _XML.fullmatch(name) or _FONTS.fullmatch(name):
        return (name, content), 0
    return None, 0 if _RELS.fullmatch(name) else 1


def _strip_types(root: etree._Element, parts: Parts, moved: Mapping[str, str]) -> etree._Element:
    """Returns the types of the parts that stay, pictures among them."""
    space = etree.QName(root).namespace
    tag = f"{{{space}}}" if space else ""
    made = etree.Element(f"{tag}Types", nsmap={None: space} if space else None)
    known = set()
    for element in root:
        kind = element.get("ContentType", "")
        kind = _MAIN_TYPES.get(kind, kind)
        part, ending = element.get("PartName", "").lstrip("/"), element.get("Extension", "").lower()
        if not _CONTENT_TYPE.fullmatch(kind):
            continue
        # Parts that have another name afterwards are pictures, whose type goes by their ending.
        if part in parts and moved[part] == part:
            etree.SubElement(made, f"{tag}Override", PartName=f"/{part}", ContentType=kind)
        elif not part and _ENDING.fullmatch(ending):
            etree.SubElement(made, f"{tag}Default", Extension=ending, ContentType=kind)
            known.add(ending)
    for ending, kind in (("png", "image/png"), ("jpeg", "image/jpeg")):
        if ending not in known:
            etree.SubElement(made, f"{tag}Default", Extension=ending, ContentType=kind)
    return made


def _bare(root: etree._Element, ids: frozenset[str]) -> etree._Element:
    for element in list(root.iter(etree.Element)):
        if element is not root and element.getparent() is None:
            continue
        plain = strip_namespace(element.tag)
        gone = plain in _GONE or _CHANGES.fullmatch(plain) or _is_hidden(element, plain)
        if gone or _is_foreign(etree.QName(element).namespace or ""):
            drop_element(element)
        elif plain in _OPENED and element.getparent() is not None:
            unwrap_element(element)
        elif not _is_held(element, ids):
            _drop_link(element, plain)
        else:
            _strip_attributes(element, plain)
    return root


def _is_hidden(element: etree._Element, plain: str) -> bool:
    """Whether this is a piece of text that is not shown, on a page or in a presentation."""
    if plain != "r":
        return False
    for inner in element:
        if strip_namespace(inner.tag) == "rPr":
            for mark in inner:
                off = next(iter(mark.attrib.values()), "1") in ("0", "false", "off")
                if strip_namespace(mark.tag) in ("vanish", "specVanish", "webHidden") and not off:
                    return strip_namespace(mark.tag) != "webHidden"
    return False


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
        if foreign or key.startswith(_REVISION) or key in _TARGETS or key in _IDS:
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


def _relations(
    root: etree._Element, name: str, parts: Parts, moved: Mapping[str, str]
) -> etree._Element:
    """Returns the relations of a listed kind that lead to a part of this package."""
    folder = posixpath.dirname(posixpath.dirname(name))
    made = etree.Element(root.tag, nsmap=root.nsmap)
    for element in root:
        kind, target = element.get("Type", ""), element.get("Target", "")
        inside = element.get("TargetMode", "Internal") == "Internal"
        part = find_part(target, folder, parts)
        listed = kind.rpartition("/")[2] in _KINDS and _VOCABULARY.fullmatch(kind)
        label = element.get("Id", "")
        if strip_namespace(element.tag) != "Relationship":
            continue
        if inside and part and listed and _LABEL.fullmatch(label) and not len(element):
            where = (
                target if moved[part] == part and _TARGET.fullmatch(target) else f"/{moved[part]}"
            )
            etree.SubElement(made, element.tag, Id=label, Type=kind, Target=where)
    return made


def _is_foreign(space: str) -> bool:
    """Whether a name is of another vocabulary than those that stay; no name is not."""
    return space != "" and not _SPACES.fullmatch(space)
