"""PDF: parsed with qpdf and rewritten with what may stay, by the lists of `reports.scrub.pdf_keys`.

Nothing in it leads outside any more: no address, no other file, no script, no film, no attachment;
links go to places inside the document. Unreferenced objects, such as earlier versions of a page,
are not written.
"""

from __future__ import annotations

import io
import zlib
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from reports.scrub import boxes, jpeg, pdf_keys
from reports.scrub.refusal import Unclean

_PLAIN, _RESOURCES, _MAP, _STATES = range(4)
"""What the keys of a dictionary are: keys of the format; kinds of resources; names that the
document chose; the three appearances of an annotation, each of which may be such a map."""
_MOST: Final = 2_000_000
"""Of objects and of values in them: as many as a child takes up in its time."""


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
        root = document.Root
        _keep_only(root, pdf_keys.ROOT)
        if "/Names" in root:
            _keep_only(root.Names, pdf_keys.NAMES)
        _strip_all(root)
        out = io.BytesIO()
        document.save(out, recompress_flate=True, deterministic_id=True)
    return "pdf", out.getvalue()


def _keep_only(holder: Any, keys: frozenset[str]) -> None:
    for key in list(holder.keys()):
        if key not in keys:
            del holder[key]


def _strip_all(root: Any) -> None:
    """Strips what can be reached, once for each way in which its keys may be understood."""
    seen: set[tuple[tuple[int, int], int]] = set()
    waiting: list[tuple[Any, int]] = [(root[key], _get_use(key)) for key in list(root.keys())]
    if isinstance(root.get("/Dests"), Dictionary):
        waiting.append((root.Dests, _MAP))
    done = 0
    while waiting:
        each, use = waiting.pop()
        done += 1
        if done > _MOST:
            raise Unclean
        if each.is_indirect:
            if (each.objgen, use) in seen:
                continue
            seen.add((each.objgen, use))
        inside: list[tuple[Any, int]] = []
        if isinstance(each, Array):
            inside = [(one, _PLAIN) for one in each.as_list()]
        elif isinstance(each, Dictionary | Stream):
            if use == _PLAIN or isinstance(each, Stream):
                use = _PLAIN
                _strip(each)
            elif use == _RESOURCES:
                _keep_only(each, pdf_keys.RESOURCES | {"/ProcSet"})
            inside = [(each[key], _get_use(key, use)) for key in list(each.keys())]
        waiting += [
            (one, kind) for one, kind in inside if isinstance(one, Array | Dictionary | Stream)
        ]


def _get_use(key: str, inside: int = _PLAIN) -> int:
    if inside == _RESOURCES:
        return _MAP if key in pdf_keys.RESOURCES else _PLAIN
    if inside == _STATES:
        return _MAP
    if inside == _MAP:
        return _PLAIN
    if key in ("/Resources", "/DR"):
        return _RESOURCES
    if key == "/AP":
        return _STATES
    return _MAP if key in pdf_keys.MAPS else _PLAIN


def _strip(each: Any) -> None:
    _keep_only(each, pdf_keys.KEPT)
    for key in ("/A", "/Next"):
        if key in each and not _stays_inside(each[key]):
            del each[key]
    # In an annotation and an outline these are flags; anywhere else they are a file.
    if "/F" in each and not isinstance(each["/F"], int):
        del each["/F"]
    if isinstance(each.get("/V"), Dictionary | Stream) or isinstance(each.get("/DV"), Stream):
        # A signature with its name, place and time, or a text with a form of its own.
        _keep_only(each, pdf_keys.KEPT - {"/V", "/DV"})
    # For an annotation, /T names its author, and for a part of the text it is a title; for a form
    # field it is the field's name.
    if "/T" in each and not ("/FT" in each or "/Kids" in each or each.get("/Subtype") == "/Widget"):
        del each["/T"]
    if isinstance(each.get("/Annots"), Array):
        each["/Annots"] = Array(
            [
                one
                for one in each["/Annots"].as_list()
                if isinstance(one, Dictionary) and str(one.get("/Subtype")) in pdf_keys.ANNOTATIONS
            ]
        )
    if isinstance(each, Stream):
        _strip_stream(each)


def _stays_inside(way: Any) -> bool:
    """Whether this is an action that leads inside the document, cut to that; or no action at all:
    attributes of the text's structure, and the next entry of an outline."""
    if isinstance(way, Array):
        return all(
            "/O" in one if isinstance(one, Dictionary) else isinstance(one, int) for one in way
        )
    if not isinstance(way, Dictionary | Stream) or "/O" in way or "/Title" in way:
        return isinstance(way, Dictionary | Stream)
    if str(way.get("/S")) not in pdf_keys.ACTIONS or isinstance(way, Stream):
        return False
    if way.get("/S") == Name.Named and str(way.get("/N")) not in pdf_keys.PLACES:
        return False
    _keep_only(way, pdf_keys.ACTION)
    return True


def _strip_stream(stream: Stream) -> None:
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
