"""Names in a PDF: those of the format stay, those that the document chose are replaced.

Names of resources, layers, inks, fields and places can be anything, and programs put file names and
words of their users there. Each is replaced by a number, everywhere alike, so that all still finds
what it belongs to.
"""

from __future__ import annotations

import re
from typing import Any, Final

from pikepdf import Name, String

_STRUCTURE: Final = """
Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5
H6 L LI Lbl LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link
Annot Ruby RB RT RP Warichu WT WP Figure Formula Form Artifact Tx OC Layout List PrintField Block
Inline Before After Start End Center Justify Row Column Both LrTb RlTb TbRl Disc Circle Square
Decimal UpperRoman LowerRoman UpperAlpha LowerAlpha Ordered Unordered None Auto Normal
"""
_TYPES: Final = """
Catalog Pages Page Annot Action Outlines StructTreeRoot StructElem MCR OBJR XObject Image Font
FontDescriptor Encoding CMap ExtGState Pattern Halftone Mask Group OCG OCMD Metadata ObjStm XRef
Border Template Catalog Type0 Type1 Type3 MMType1 TrueType CIDFontType0 CIDFontType2 CIDFontType0C
Type1C OpenType Luminosity Alpha Transparency Sig PageLabel DefaultCryptFilter
"""
_COLOURS: Final = """
DeviceGray DeviceRGB DeviceCMYK CalGray CalRGB Lab ICCBased Indexed Pattern Separation DeviceN
NChannel G RGB CMYK I DefaultGray DefaultRGB DefaultCMYK All Cyan Magenta Yellow Black Red Green
Blue Gray Multiply Screen Overlay Darken Lighten ColorDodge ColorBurn HardLight SoftLight
Difference Exclusion Hue Saturation Color Compatible AbsoluteColorimetric RelativeColorimetric
Perceptual Default Identity Round Diamond Ellipse EllipseA EllipseB InvertedEllipseA SimpleDot
InvertedSimpleDot DoubleDot Line LineX LineY Square Cross Rhomboid Double CosineDot InvertedDouble
InvertedDoubleDot
"""
_FILTERS: Final = """
FlateDecode LZWDecode ASCIIHexDecode ASCII85Decode RunLengthDecode CCITTFaxDecode JBIG2Decode
DCTDecode JPXDecode Fl LZW AHx A85 RL CCF DCT PDF Text ImageB ImageC ImageI
"""
_PLACES: Final = """
XYZ Fit FitH FitV FitR FitB FitBH FitBV GoTo Named NextPage PrevPage FirstPage LastPage UseNone
UseOutlines UseThumbs UseOC UseAttachments FullScreen SinglePage OneColumn TwoColumnLeft
TwoColumnRight TwoPageLeft TwoPageRight L2R R2L S R C D r A a N O T W B U X
"""
_NOTES: Final = """
Text FreeText Line Polygon PolyLine Highlight Underline Squiggly StrikeOut Stamp Caret Ink Popup
Widget Btn Ch Off On Yes View Design AllPages VisiblePages OFF ON Unchanged AnyOn AllOn AnyOff
AllOff OpenArrow ClosedArrow Butt ROpenArrow RClosedArrow Slash Comment Key Help NewParagraph
Paragraph Insert Approved Experimental NotApproved AsIs Expired NotForPublicRelease Confidential
Final Sold Departmental ForComment TopSecret Draft ForPublicRelease FreeTextCallout
FreeTextTypeWriter Group R P
"""
_CODES: Final = """
WinAnsiEncoding MacRomanEncoding MacExpertEncoding StandardEncoding PDFDocEncoding Identity-H
Identity-V
"""
_KEYS_INSIDE: Final = (
    "MCID Type Attached Top Bottom Left Right BBox Subtype Header Footer Pagination Page"
)
VOCABULARY: Final = frozenset(
    f"/{word}"
    for words in (*(_STRUCTURE, _TYPES, _COLOURS, _FILTERS, _PLACES, _NOTES, _CODES, _KEYS_INSIDE),)
    for word in words.split()
)
"""Values that the format (ISO 32000) gives a meaning to."""
_FONT_PLACES: Final = frozenset(
    ("/BaseFont", "/FontName", "/Encoding", "/Differences", "/CMapName", "/UseCMap", "/FontStretch")
)
"""Where names of fonts, of their tables and of letters stand: these stay."""
TEXTS: Final = frozenset(
    ("/Title", "/Contents", "/V", "/DV", "/Opt", "/CA", "/RC", "/AC", "/ActualText", "/E", "/P")
)
"""Where text stands that people see, or that stands for what they see."""
_FONT_TEXT: Final = re.compile(r"[A-Za-z0-9 _-]{1,60}")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,3}")
_IN_TEXT: Final = re.compile(rb"/[^\s/\[\]<>(){}%]+")


class ChosenNames:
    """Gives each name that a document chose a number, the same wherever it stands."""

    def __init__(self, mark: str) -> None:
        """`mark` stands in no name of the document: what was replaced is known by it."""
        self._mark = f"/{mark}x"
        self._known: dict[str, str] = {}

    def replace(self, name: str) -> str:
        """Returns the name that stands for a name, which begins with a stroke."""
        if name in VOCABULARY or name.startswith(self._mark):
            return name
        return self._known.setdefault(name, f"{self._mark}{len(self._known) + 1:07d}")

    def replace_value(self, key: str, value: Any) -> Any:
        """Returns what may stand of a name or string that is the value of `key`, or None."""
        if isinstance(value, Name):
            return value if key in _FONT_PLACES else Name(self.replace(str(value)))
        if key in TEXTS:
            return value
        if key == "/Name":
            return String("-")
        text = str(value)
        if key in ("/Registry", "/Ordering", "/FontFamily"):
            return value if _FONT_TEXT.fullmatch(text) else None
        if key == "/Lang":
            return value if _LANGUAGE.fullmatch(text) else None
        if key == "/DA":
            return String(self.replace_in(bytes(value)))
        if key in ("/T", "/D", "/Dest"):
            return String(self.replace(f"/{text}")[1:])
        return None

    def replace_in(self, text: bytes) -> bytes:
        """Returns the instructions of a field's text with its names replaced."""
        if b"(" in text or b"%" in text or b"<" in text:
            return b"/Helv 0 Tf 0 g"
        return _IN_TEXT.sub(lambda found: self.replace(found[0].decode("latin-1")).encode(), text)
