"""What a page of a PDF draws, written anew without comments, unknown words and lists of properties.

Between the instructions, programs leave comments, names of layers and files, and lists of whatever
they like ("marked content"). Of those the number stays that ties a piece to the structure of the
text; and the text itself, all lines and all pictures.
"""

from __future__ import annotations

from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from reports.scrub.pdf_names import ChosenNames
from reports.scrub.refusal import Unclean

_WORDS: Final = """
b B b* B* BDC BI BMC BT BX c cm CS cs d d0 d1 Do DP EI EMC ET EX f F f* G g gs h i ID j J K k l m
M MP n q Q re RG rg ri s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' "
"""
_OPERATORS: Final = frozenset(_WORDS.split())
"""All that ISO 32000 knows; what is none is only between BX and EX, and draws nothing."""
_TEXTS: Final = frozenset(("Tj", "TJ", "'", '"'))
_MARKS: Final = frozenset(("BDC", "DP"))
_LISTED: Final = ("/MCID",)
_INLINE: Final = "INLINE IMAGE"
_MOST: Final = 3_000_000
"""Instructions of one document: as many as a child rewrites in its time."""


class ContentWriter:
    """Writes the contents of one document anew; `names` replaces what the document chose."""

    def __init__(self, names: ChosenNames) -> None:
        self._names = names
        self._done: set[tuple[int, int]] = set()
        self._count = 0

    def write_anew(self, stream: Stream) -> None:
        """Rewrites one stream of instructions, once. Raises `Unclean`."""
        if stream.is_indirect and stream.objgen in self._done:
            return
        self._done.add(stream.objgen)
        try:
            read = pikepdf.parse_content_stream(stream)
        except pikepdf.PdfError as problem:
            raise Unclean from problem
        self._count += len(read)
        if self._count > _MOST:
            raise Unclean
        kept: list[Any] = []
        for each in read:
            operands, operator = each.operands, each.operator
            word = str(operator)
            if word == _INLINE:
                _check_inline(operands[0])
                kept.append((operands, operator))
            elif word in _OPERATORS:
                kept.append(([self._keep(word, one) for one in operands], operator))
        stream.write(pikepdf.unparse_content_stream(kept))

    def _keep(self, word: str, operand: Any) -> Any:
        if isinstance(operand, Name):
            return Name(self._names.replace(str(operand)))
        if isinstance(operand, Dictionary):
            listed = {
                key: int(operand[key])
                for key in _LISTED
                if key in operand and isinstance(operand[key], int)
            }
            return Dictionary(listed) if word in _MARKS else Dictionary()
        if isinstance(operand, pikepdf.String) and word not in _TEXTS:
            return pikepdf.String("")
        if isinstance(operand, Array) and word not in ("TJ", "d"):
            return Array([])
        return operand


def _check_inline(picture: Any) -> None:
    """Raises `Unclean` for a small picture among the instructions that has details of its own."""
    told = picture.obj if hasattr(picture, "obj") else picture
    filters = " ".join(str(each) for each in getattr(told, "filters", ()) or ())
    if "DCT" in filters or "JPX" in filters:
        raise Unclean


def is_content(each: Object) -> bool:
    """Returns whether a stream by its own keys holds instructions: a form, or tiles."""
    return each.get("/Subtype") == Name.Form or each.get("/PatternType") == 1
