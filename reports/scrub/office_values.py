"""What may stand in attributes and short texts of Word, Excel and PowerPoint files (ECMA-376).

Attributes hold figures, measures, colours, places of cells and words of the format. What has no
such form goes, wherever it stands, unless people see it: names of fonts and sheets, headings of
tables, signs of lists. Numbers that are the same in every copy of a document are replaced.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from reports.scrub.package import strip_namespace

_FIGURES: Final = re.compile(
    r"[-+]?[0-9.,]{1,24}([eE][-+]?[0-9]{1,3})?(%|pt|cm|mm|in|px|em|pc|emu|f|fd)?"
    r"|#?[0-9A-Fa-f]{1,24}|#?[0-9A-Fa-f]{6} ?\[[0-9]{1,4}\]"
    r"|\$?[A-Z]{1,3}\$?[0-9]{1,7}(:\$?[A-Z]{1,3}\$?[0-9]{1,7})?"
)
_WORD: Final = re.compile(r"\w{1,41}")
_FORMULA: Final = re.compile(
    r"(val|abs|sqrt|min|max|mod|pin|sin|cos|tan|at2|cat2|sat2|\*/|\+-|\+/|\?:)"
    r"( -?\w{1,20}){1,3}"
)
_UNIQUE: Final = re.compile(r"\{?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?")
_SHAPE: Final = re.compile(r"[-a-z@0-9,.#;() ]{1,20000}")
_CSS: Final = re.compile(
    r"((position|left|top|width|height|margin(-[a-z]+)?|z-index|visibility|rotation|flip|text-align|"
    r"mso-[a-z-]{1,60}|v-text-anchor|font-(family|size|weight|style)):[-#%.,\w ]{0,40};?\s*){0,60}"
)
_NAME: Final = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9 +&_.,()-]{0,60}|\+m[nj]-(lt|ea|cs)|@?[^\x00-\x7f]{1,30}"
)
_FONTS: Final = frozenset(
    ("ascii", "hAnsi", "cs", "eastAsia", "typeface", "panose", "pitchFamily", "altName")
)
_FONT_NAMES: Final = frozenset(("font.name", "rFont.val", "name.val", "sym.font"))
_SHAPES: Final = frozenset(
    ("path", "coordsize", "coordorigin", "adj", "eqn", "points", "limo", "from", "to")
)
_TEXTS: Final = frozenset(
    (
        *("lvlText.val", "buChar.char", "numFmt.formatCode", "sheet.name", "tableColumn.name"),
        *("tableColumn.totalsRowLabel", "definedName.name", "table.name", "table.displayName"),
        *("sym.char", "delimiter.val", "begChr.val", "endChr.val", "chr.val", "sepChr.val"),
        *("numFmt.format", "dataField.name", "hyperlink.location", "s.v"),
        *("textpath.string", "fldSimple.instr", "decimalSymbol.val"),
        *("listSeparator.val", "numberFormat.formatCode", "dLbl.idx", "cfRule.text"),
        *("noLineBreaksAfter.val", "noLineBreaksBefore.val", "filter.val"),
    )
)
"""Element and attribute of what people see, or what that is found by."""
_STYLES: Final = frozenset(("name", "aliases"))
_SEEN: Final = frozenset(
    (
        *("t", "delText", "instrText", "v", "f", "formula", "formula1", "formula2", "definedName"),
        *("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"),
        *("separator",),
    )
)
"""Elements whose text people see, or that compute it."""
_PLAIN_XML: Final = "http://www.w3.org/XML/1998/namespace"
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_LANGUAGES: Final = frozenset(
    ("lang", "altLang", "eastAsia", "bidi", "val", "Ignorable", "Requires")
)
_OWN_SPACES: Final = re.compile(r"http://schemas\.(microsoft|openxmlformats)\.[\w./-]{1,120}")
_PREFIXES: Final = re.compile(r"[A-Za-z0-9]{1,12}( [A-Za-z0-9]{1,12}){0,30}")
_CELLS: Final = re.compile(r"[0-9A-Z:$]{1,24}( [0-9A-Z:$]{1,24}){0,2000}")
_BUILT_IN: Final = re.compile(
    r"(heading|toc|index|List|List Bullet|List Number|List Continue|Body Text|Body Text Indent)"
    r" ?\d?|Normal( \(Web\)| Indent| Table)?|Title|Subtitle|header|footer|caption"
    r"|footnote (text|reference)"
    r"|endnote (text|reference)|page number|Hyperlink|FollowedHyperlink|Strong|Emphasis|Table Grid"
    r"|Default Paragraph Font|No List|No Spacing|List Paragraph|Quote|Intense Quote|Plain Text"
    r"|Balloon Text|TOC Heading|line number|table of figures|Followed Hyperlink"
)


class OfficeValues:
    """Decides on the values of one document."""

    def __init__(self) -> None:
        self._unique: dict[str, str] = {}
        self._styles: dict[str, str] = {}
        self._given: dict[str, str] = {}

    def strip(self, root: etree._Element) -> None:
        """Takes every value and every text out that is not of a listed form."""
        used = _keep_prefixes(root)
        for element in root.iter(etree.Element):
            plain = strip_namespace(element.tag)
            parent = element.getparent()
            if plain == "name" and parent is not None and strip_namespace(parent.tag) == "style":
                plain = "style name"
            for name in list(element.attrib):
                key, value = strip_namespace(name), element.attrib[name]
                kept = self._keep(plain, key, value, etree.QName(name).namespace == _PLAIN_XML)
                if kept is None:
                    del element.attrib[name]
                elif kept != value:
                    element.attrib[name] = kept
            if plain not in _SEEN and element.text and not _is_plain(element.text.strip()):
                element.text = ""
            if element.tail and element.tail.strip():
                element.tail = ""
        # What no element uses is only an address, or a text of somebody's own.
        etree.cleanup_namespaces(root, keep_ns_prefixes=used)

    def _keep(self, plain: str, key: str, value: str, is_xml: bool) -> str | None:
        if not value:
            return value
        if _UNIQUE.fullmatch(value):
            number = f"{len(self._unique) + 1:012d}"
            return self._unique.setdefault(value, f"{{00000000-0000-0000-0000-{number}}}")
        if plain == "style name" and key == "val":
            if _BUILT_IN.fullmatch(value):
                return value
            return self._styles.setdefault(value, f"Style {len(self._styles) + 1}")
        if f"{plain}.{key}" in _TEXTS or _is_plain(value):
            return value
        allowed = (
            (key in _FONTS or f"{plain}.{key}" in _FONT_NAMES, _NAME),
            (key in _SHAPES, _SHAPE),
            (key == "style", _CSS),
            (key == "fmla", _FORMULA),
            (key in _LANGUAGES or plain in ("lang", "themeFontLang"), _LANGUAGE),
            (key in ("Ignorable", "Requires", "ProcessContent"), _PREFIXES),
            (key in ("sqref", "ref", "spans", "activeCell", "topLeftCell", "r"), _CELLS),
            (is_xml, _LANGUAGE),
        )
        if any(on and form.fullmatch(value) for on, form in allowed):
            return value
        if key in ("name", "anchor"):
            # Many elements have to have one, and what is named alike has to stay so.
            return self._given.setdefault(value, f"Name{len(self._given) + 1}")
        return None


def _keep_prefixes(root: etree._Element) -> list[str]:
    """Returns the prefixes that a reader may pass over, of the format alone."""
    used: list[str] = []
    for name in root.attrib:
        if strip_namespace(name) == "Ignorable":
            used = [
                prefix
                for prefix in root.attrib[name].split()
                if _OWN_SPACES.fullmatch(root.nsmap.get(prefix, ""))
            ]
            root.attrib[name] = " ".join(used)
    return used


def _is_plain(value: str) -> bool:
    return not value or bool(_FIGURES.fullmatch(value) or _WORD.fullmatch(value))
