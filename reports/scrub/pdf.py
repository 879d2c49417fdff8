"""PDF: parsed with qpdf and rewritten, without metadata, attachments and scripts.

Only those keys of the catalogue are kept that display needs; unreferenced objects, such as earlier
versions of a page, are not written.
"""

from __future__ import annotations

import io
import zlib
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from reports.scrub import boxes, jpeg
from reports.scrub.refusal import Unclean

_ROOT: Final = frozenset(
    (
        *("/Type", "/Pages", "/Names", "/Dests", "/Outlines", "/PageMode", "/PageLayout"),
        *("/PageLabels", "/Lang", "/AcroForm", "/StructTreeRoot", "/MarkInfo", "/OCProperties"),
        *("/ViewerPreferences", "/Version"),
    )
)
_NAMES: Final = frozenset(("/Dests",))
_NEVER: Final = frozenset(
    (
        *("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/JS", "/EF", "/AF", "/XFA", "/RC"),
        *("/CreatorInfo", "/CreationDate", "/ModDate", "/M", "/NM", "/Author", "/Creator"),
        *("/Producer", "/SpiderInfo", "/ContactInfo", "/Location", "/Reason", "/Cert", "/Thumb"),
    )
)
"""Keys that are removed from every dictionary."""
_DEEPEST: Final = 60


def _open_random_numbers() -> None:
    """Lets qpdf open its source of random numbers, which it needs also to read what is encrypted:
    a confined process can open nothing."""
    document = pikepdf.new()
    document.Root["/Any"] = document.make_stream(b"any")
    document.save(io.BytesIO(), encryption=pikepdf.Encryption(owner="", user="", R=4))


_open_random_numbers()


def clean(data: bytes) -> tuple[str, bytes]:
    """Returns the type and the rewritten document. Raises `Unclean`, or pikepdf's error."""
    with pikepdf.open(io.BytesIO(data)) as document:
        for key in ("/Info", "/ID"):
            if key in document.trailer:
                del document.trailer[key]
        _keep_only(document.Root, _ROOT)
        if "/Names" in document.Root:
            _keep_only(document.Root.Names, _NAMES)
        for each in list(document.objects):
            _strip(each, 0)
        out = io.BytesIO()
        document.save(out, recompress_flate=True, deterministic_id=True)
    return "pdf", out.getvalue()


def _keep_only(holder: Any, keys: frozenset[str]) -> None:
    for key in list(holder.keys()):
        if key not in keys:
            del holder[key]


def _strip(each: Any, depth: int) -> None:
    if depth > _DEEPEST:
        raise Unclean
    if isinstance(each, Array):
        for one in each.as_list():
            _inside(one, depth)
        return
    if not isinstance(each, Dictionary | Stream):
        return
    for key in list(each.keys()):
        if key in _NEVER:
            del each[key]
    if each.get("/S") == Name.JavaScript or "/ByteRange" in each:
        for key in list(each.keys()):
            del each[key]
    # For an annotation, /T names its author; for a form field it is the field's name.
    if each.get("/Subtype") != Name.Widget and "/Rect" in each and "/T" in each:
        del each["/T"]
    for key in list(each.keys()):
        _inside(each[key], depth)
    if isinstance(each, Stream):
        _strip_stream(each)


def _inside(one: Any, depth: int) -> None:
    if isinstance(one, Array | Dictionary) and not one.is_indirect:
        _strip(one, depth + 1)


def _strip_stream(stream: Stream) -> None:
    if stream.get("/Type") == Name.EmbeddedFile:
        stream.write(b"")
        return
    filters = stream.get("/Filter")
    names = [filters] if isinstance(filters, Name) else list(filters or [])
    if not names or names[-1] not in (Name.DCTDecode, Name.JPXDecode):
        return
    raw: bytes = stream.read_raw_bytes()
    parms: Any = stream.get("/DecodeParms")
    if len(names) == 2 and names[0] == Name.FlateDecode:
        raw, parms = zlib.decompress(raw), None
    elif len(names) > 1:
        raise Unclean
    last = Name(str(names[-1]))
    cleaned = jpeg.strip(raw) if last == Name.DCTDecode else boxes.strip_picture(raw)
    stream.write(cleaned, filter=last, decode_parms=parms)
