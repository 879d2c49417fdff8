"""PDF: parsed with qpdf and rewritten with what may stay, by the lists of `reports.scrub.pdf_keys`.

Nothing in it leads outside any more: no address, no other file, no script, no film, no attachment;
links go to places inside the document. Unreferenced objects, such as earlier versions of a page,
are not written.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

from reports.scrub import boxes, icc, jpeg, pdf_keys
from reports.scrub.pdf_content import ContentWriter, is_content
from reports.scrub.pdf_names import TEXTS, ChosenNames
from reports.scrub.refusal import Unclean

_PLAIN, _RESOURCES, _NAMED, _STATES, _STATE, _GLYPHS, _CONTENT = range(7)
"""What a value is: a dictionary with keys of the format, or an array; the kinds of resources; a map
whose keys the document chose; the three appearances of an annotation, and the states of one; the
letters of a font that are drawn; a stream of instructions."""
_INSIDE: Final = {_STATE: _CONTENT, _GLYPHS: _CONTENT}
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
    try:
        document = pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError as problem:
        raise Unclean("locked") from problem
    with document:
        for key in ("/Info", "/ID"):
            if key in document.trailer:
                del document.trailer[key]
        # A name that is given twice, here and by who wrote the file, would join what is apart.
        names = ChosenNames(hashlib.sha256(data).hexdigest()[:8])
        root = document.Root
        _keep_only(root, pdf_keys.ROOT)
        if "/Names" in root:
            _flatten_places(root, names)
        for page in document.pages:
            page.contents_coalesce()
        _Stripper(names).strip_all(root)
        out = io.BytesIO()
        document.save(out, recompress_flate=True, deterministic_id=True)
    return "pdf", out.getvalue()


def _flatten_places(root: Any, names: ChosenNames) -> None:
    """Writes the tree of named places as one list, in the order of their new names."""
    places: dict[str, Any] = {}
    waiting, done = [root.Names.get("/Dests")], 0
    while waiting:
        each, done = waiting.pop(), done + 1
        if done > _MOST:
            raise Unclean
        if not isinstance(each, Dictionary):
            continue
        waiting += list(each.get("/Kids", ()))
        told = list(each.get("/Names", ()))
        for name, place in zip(told[::2], told[1::2], strict=False):
            if isinstance(place, Array | Dictionary):
                places[names.replace(f"/{name}")[1:]] = place
    listed = [one for name in sorted(places) for one in (String(name), places[name])]
    root.Names = Dictionary(Dests=Dictionary(Names=Array(listed)))


def _keep_only(holder: Any, keys: frozenset[str]) -> None:
    for key in list(holder.keys()):
        if key not in keys:
            del holder[key]


class _Stripper:
    """Strips what can be reached, once for each way in which its keys may be understood."""

    def __init__(self, names: ChosenNames) -> None:
        self._names = names
        self._writer = ContentWriter(names)
        self._seen: set[tuple[tuple[int, int], int]] = set()

    def strip_all(self, root: Any) -> None:
        """Strips the whole document. Raises `Unclean`, also for one that is too large."""
        self._replace_values(root)
        waiting: list[tuple[Any, int, str]] = [
            (root[key], _NAMED if key == "/Dests" else _get_use(key), key)
            for key in list(root.keys())
            if isinstance(root[key], Array | Dictionary | Stream)
        ]
        done = 0
        while waiting:
            each, use, key = waiting.pop()
            done += 1
            if done > _MOST:
                raise Unclean
            if each.is_indirect:
                if (each.objgen, use) in self._seen:
                    continue
                self._seen.add((each.objgen, use))
            waiting += [
                one
                for one in self._strip(each, use, key)
                if isinstance(one[0], Array | Dictionary | Stream)
            ]

    def _strip(self, each: Any, use: int, key: str) -> list[tuple[Any, int, str]]:
        if isinstance(each, Array):
            inner = "" if key == "/Names" else key
            return [(one, _PLAIN, inner) for one in self._strip_array(each, key)]
        if isinstance(each, Stream):
            content = use in (_CONTENT, _STATE) or key == "/Contents" or is_content(each)
            use = _PLAIN
            _strip(each)
            if content:
                self._writer.write_anew(each)
        elif use == _PLAIN:
            _strip(each)
        elif use == _RESOURCES:
            _keep_only(each, pdf_keys.RESOURCES | {"/ProcSet"})
        elif use in (_NAMED, _STATE):
            for name in list(each.keys()):
                value = each[name]
                del each[name]
                each[self._names.replace(name)] = value
        self._replace_values(each)
        return [(each[name], _get_use(name, use), name) for name in list(each.keys())]

    def _replace_values(self, each: Any) -> None:
        for key in list(each.keys()):
            value = each[key]
            if not isinstance(value, Name | String):
                continue
            kept = self._names.replace_value(key, value)
            if kept is None:
                del each[key]
            else:
                each[key] = kept

    def _strip_array(self, each: Any, key: str) -> list[Any]:
        values: list[Any] = each.as_list()
        first = str(values[0]) if values and isinstance(values[0], Name) else ""
        for number, value in enumerate(values):
            if isinstance(value, Name):
                each[number] = self._names.replace_value(key, value)
            elif isinstance(value, String):
                # A table of colours is written as a string.
                colours = first in ("/Indexed", "/I") and number == 3
                if key == "/Names":
                    each[number] = String(self._names.replace(f"/{value}")[1:])
                elif not colours and key not in TEXTS:
                    each[number] = String("")
            elif number == 1 and first == "/ICCBased" and isinstance(value, Stream):
                _strip_profile(value)
        return values


def _strip_profile(stream: Stream) -> None:
    try:
        cleaned = icc.strip(stream.read_bytes())
    except (Unclean, pikepdf.PdfError):
        # Without a profile that can be read, viewers take the usual colours.
        cleaned = b""
    stream.write(cleaned)


def _get_use(key: str, inside: int = _PLAIN) -> int:
    if inside == _RESOURCES:
        return _NAMED if key in pdf_keys.RESOURCES else _PLAIN
    if inside == _STATES:
        return _STATE
    if inside != _PLAIN:
        return _INSIDE.get(inside, _PLAIN)
    if key in ("/Resources", "/DR"):
        return _RESOURCES
    if key == "/AP":
        return _STATES
    if key == "/CharProcs":
        return _GLYPHS
    return _NAMED if key in pdf_keys.MAPS else _PLAIN


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
