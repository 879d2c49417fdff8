"""What may stand in a PDF (ISO 32000): the keys of its dictionaries, annotations, ways to go.

All that is not listed goes, so that what a later version of the format, a program of its own or an
attacker adds leads nowhere. Left out on purpose: all that names a person, a program, a file or a
time, every script, every address, and what plays sound or film.
"""

from __future__ import annotations

from typing import Final


def _name(words: str) -> frozenset[str]:
    return frozenset(f"/{word}" for word in words.split())


ROOT: Final = _name(
    "Type Pages Names Dests Outlines PageMode PageLayout PageLabels Lang AcroForm StructTreeRoot "
    "MarkInfo OCProperties ViewerPreferences"
)
NAMES: Final = _name("Dests")
ACTIONS: Final = _name("GoTo Named")
PLACES: Final = _name("NextPage PrevPage FirstPage LastPage")
"""What a named action may name: places inside the document."""
ACTION: Final = _name("Type S D N")
ANNOTATIONS: Final = _name(
    "Text Link FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut "
    "Stamp Caret Ink Popup Widget"
)
RESOURCES: Final = _name("ExtGState ColorSpace Pattern Shading XObject Font Properties")
"""Of these dictionaries, and of `MAPS`, the keys are names that the document chose."""
MAPS: Final = _name("CharProcs Colorants RoleMap ClassMap Solidities DotGain")

_ANY: Final = "Type Subtype Length Filter DecodeParms Kids Count Parent Names Nums Limits"
_CATALOGUE: Final = (
    "HideToolbar HideMenubar HideWindowUI FitWindow CenterWindow DisplayDocTitle Direction "
    "NonFullScreenPageMode Marked Suspects UserProperties St Dests"
)
_PAGE: Final = (
    "Resources MediaBox CropBox BleedBox TrimBox ArtBox Rotate Contents Group Annots StructParents "
    "StructParent Tabs UserUnit"
)
_FONT: Final = (
    "BaseFont FirstChar LastChar Widths FontDescriptor Encoding ToUnicode Name FontBBox FontMatrix "
    "CharProcs DescendantFonts CIDSystemInfo DW W DW2 W2 CIDToGIDMap BaseEncoding Differences "
    "Registry Ordering Supplement CMapName WMode UseCMap FontName FontFamily FontStretch "
    "FontWeight Flags ItalicAngle Ascent Descent Leading CapHeight XHeight StemV StemH AvgWidth "
    "MaxWidth MissingWidth FontFile FontFile2 FontFile3 FD CIDSet Lang "
    "Length1 Length2 Length3"
)
_PICTURE: Final = (
    "FormType BBox Matrix OC Width Height ColorSpace BitsPerComponent Intent ImageMask Mask Decode "
    "Interpolate SMask SMaskInData Matte Predictor Colors Columns EarlyChange K EndOfLine "
    "EncodedByteAlign Rows EndOfBlock BlackIs1 DamagedRowsBeforeError JBIG2Globals ColorTransform"
)
_PAINT: Final = (
    "FunctionType Domain Range Size BitsPerSample Order Encode C0 C1 N Functions Bounds Alternate "
    "WhitePoint BlackPoint Gamma Colorants Process MixingHints Components Solidities "
    "PrintingOrder DotGain PatternType PaintType TilingType XStep YStep Shading ExtGState "
    "ShadingType Background AntiAlias Coords Extend Function BitsPerCoordinate BitsPerFlag "
    "VerticesPerRow LW LC LJ ML D RI OP op OPM Font BG BG2 UCR UCR2 TR TR2 HT FL SM SA BM CA ca "
    "AIS TK S G BC CS I HalftoneType Frequency Angle SpotFunction AccurateScreens "
    "TransferFunction Default ProcSet"
)
_NOTE: Final = (
    "Rect P F AP AS Border C BS QuadPoints H Dest A DA Q L LE LL LLE LLO IC CL IT RD Vertices "
    "InkList Open State StateModel Popup RT IRT Sy Cap CP CO R MK AC RI IX IF TP FT T Ff V DV "
    "MaxLen Opt TI Fields NeedAppearances DR"
)
_OUTLINE: Final = "First Last Prev Next Title SE"
_STRUCTURE: Final = (
    "ParentTree ParentTreeNextKey RoleMap ClassMap Pg E ActualText MCID Stm StmOwn Obj O "
    "Placement WritingMode SpaceBefore SpaceAfter StartIndent EndIndent TextIndent TextAlign "
    "BlockAlign InlineAlign ListNumbering ColSpan RowSpan Scope"
)
_LAYERS: Final = "OCGs VE BaseState ON OFF ListMode RBGroups Locked"
KEPT: Final = _name(
    " ".join(
        (
            *(_ANY, _CATALOGUE, _PAGE, _FONT, _PICTURE, _PAINT, _NOTE, _OUTLINE, _STRUCTURE),
            _LAYERS,
        )
    )
)
"""The keys of every dictionary whose keys mean something."""
