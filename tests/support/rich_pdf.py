"""A PDF with every kind of structure in which programs leave names, and all its positions."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import ImageCms

from tests.support import ways_out

CONTENT = b"""q 0.5 g 10 10 50 50 re f Q
/Span <</MCID 0>> BDC BT /F1 12 Tf 72 600 Td (Structured words) Tj ET EMC
/OC /Layer1 BDC q /Ink cs 0.7 scn 10 80 40 40 re f Q EMC
q /Inks cs 0.2 0.4 scn 60 80 40 40 re f Q
q /Tones cs 0.2 0.9 0.1 sc 110 80 40 40 re f Q
q /Tiles cs /Tile scn 160 80 40 40 re f Q
BT /Drawn 20 Tf 72 500 Td (A) Tj ET
q 40 0 0 40 10 140 cm /Form1 Do Q q 40 0 0 40 60 140 cm /Few Do Q
q 30 0 0 30 110 140 cm BI /W 2 /H 2 /CS /G /BPC 8 ID \x00\x80\xc0\xff EI Q
"""


def make_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def make() -> bytes:
    """The document; it draws one page."""
    document = pikepdf.open(io.BytesIO(ways_out.make_pdf()))
    page = document.pages[0]
    tint = Dictionary(FunctionType=2, Domain=[0, 1], C0=[0, 0, 0, 0], C1=[0, 1, 0, 0], N=1)
    both = document.make_stream(b"{ 0 0 }")
    both.FunctionType, both.Domain, both.Range = 4, Array([0, 1] * 2), Array([0, 1] * 4)
    profile = document.make_stream(make_profile())
    profile.N, profile.Alternate = 3, Name.DeviceRGB
    tile = document.make_stream(b"1 0 0 rg 0 0 5 5 re f")
    for key, value in {
        "Type": Name.Pattern,
        "PatternType": 1,
        "PaintType": 1,
        "TilingType": 1,
        "BBox": Array([0, 0, 10, 10]),
        "XStep": 10,
        "YStep": 10,
        "Resources": Dictionary(),
    }.items():
        tile[f"/{key}"] = value
    form = document.make_stream(b"/State1 gs 0 0 1 rg 0 0 1 1 re f")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 1, 1])
    form.Resources = Dictionary(ExtGState=Dictionary(State1=Dictionary(CA=1, BM=Name.Multiply)))
    few = document.make_stream(bytes((0, 1, 1, 0)))
    few.Type, few.Subtype, few.Width, few.Height = Name.XObject, Name.Image, 2, 2
    few.BitsPerComponent = 8
    few.ColorSpace = Array([Name.Indexed, Name.DeviceRGB, 1, String("abcdef")])
    letter = document.make_stream(b"1000 0 0 0 750 750 d1 0 0 750 750 re f")
    drawn = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type3,
        FontBBox=[0, 0, 750, 750],
        FontMatrix=[0.001, 0, 0, 0.001, 0, 0],
        CharProcs=Dictionary(square=letter),
        Encoding=Dictionary(Type=Name.Encoding, Differences=[65, Name.square]),
        FirstChar=65,
        LastChar=65,
        Widths=[1000],
        Resources=Dictionary(),
    )
    plain = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    layer = document.make_indirect(Dictionary(Type=Name.OCG, Name="Layer", Intent=Name.View))
    separation = Array([Name.Separation, Name("/Own#20Ink"), Name.DeviceCMYK, tint])
    found = page.get("/Resources", Dictionary())
    page.Resources = found
    for kind, names in {
        "/Font": {"/F1": plain, "/Drawn": drawn},
        "/ColorSpace": {
            "/Ink": separation,
            "/Inks": Array([Name.DeviceN, Array([Name.One, Name.Two]), Name.DeviceCMYK, both]),
            "/Tones": Array([Name.ICCBased, profile]),
            "/Tiles": Array([Name.Pattern]),
        },
        "/Pattern": {"/Tile": tile},
        "/XObject": {"/Form1": form, "/Few": few},
        "/Properties": {"/Layer1": layer},
    }.items():
        held = found.get(kind, Dictionary())
        for name, value in names.items():
            held[name] = value
        found[kind] = held
    document.Root.OCProperties = Dictionary(
        OCGs=[layer], D=Dictionary(ON=[layer], Order=[layer], Name="Usual")
    )
    page.contents_add(document.make_stream(CONTENT), prepend=False)
    part = document.make_indirect(
        Dictionary(Type=Name.StructElem, S=Name.Textbody, Pg=page.obj, K=0, Lang="en-GB", T="t")
    )
    tree = document.make_indirect(
        Dictionary(Type=Name.StructTreeRoot, K=Array([part]), RoleMap=Dictionary(Textbody=Name.P))
    )
    part.P = tree
    document.Root.StructTreeRoot = tree
    document.Root.PageLabels = Dictionary(Nums=[0, Dictionary(S=Name.D, P="p. ")])
    place = Array([page.obj, Name.XYZ, 0, 700, 0])
    document.Root.Names = Dictionary(Dests=Dictionary(Names=Array([String("Chapter one"), place])))
    link = Dictionary(
        Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], Dest=String("Chapter one")
    )
    page.Annots.append(document.make_indirect(link))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


Change = Callable[[], None]


def list_positions(document: pikepdf.Pdf, word: str) -> Iterator[tuple[str, Change]]:
    """What is planted, and how, at each position of every object."""
    for number, each in enumerate(document.objects):
        yield from _walk(each, f"{number}", word)
    for number, each in enumerate(document.objects):
        if isinstance(each, Stream) and "/FunctionType" not in each:
            for what, words in {
                "comment": f"% {word}\n",
                "list": f"/Span <</ActualText ({word}) /Own ({word})>> BDC EMC\n",
                "tag": f"/{word} BMC EMC\n",
                "point": f"/{word} <</{word} 1>> DP\n",
                "operator": f"BX ({word}) zz /{word} zz EX\n",
            }.items():
                if _draws(each):
                    yield f"{number} {what}", lambda e=each, w=words: _prepend(e, w.encode())


def _draws(stream: Any) -> bool:
    try:
        return b" re f" in stream.read_bytes()
    except pikepdf.PdfError:
        return False


def _prepend(stream: Any, words: bytes) -> None:
    stream.write(words + stream.read_bytes())


def _walk(each: Any, where: str, word: str) -> Iterator[tuple[str, Change]]:
    if isinstance(each, Array):
        for number, one in enumerate(each.as_list()):
            here = f"{where}[{number}]"
            yield from _plant(each, number, one, here, word)
    elif isinstance(each, Dictionary | Stream):
        yield f"{where} own key", lambda: each.__setitem__("/Own", String(word))
        yield f"{where} own name", lambda: each.__setitem__(f"/{word}", 1)
        for key in sorted(set(each.keys()) - {"/Length"}):
            yield from _plant(each, key, each[key], f"{where}{key}", word)
            yield f"{where}{key} renamed", lambda k=key: _rename(each, k, word)


def _rename(holder: Any, key: str, word: str) -> None:
    holder[f"/{word}"] = holder[key]
    del holder[key]


def _plant(holder: Any, key: Any, one: Any, where: str, word: str) -> Iterator[tuple[str, Change]]:
    if isinstance(one, String):
        yield f"{where} string", lambda: holder.__setitem__(key, String(word))
    elif isinstance(one, Name):
        yield f"{where} name", lambda: holder.__setitem__(key, Name(f"/{word}"))
    else:
        if not isinstance(one, Stream):
            yield f"{where} as string", lambda: holder.__setitem__(key, String(word))
        if isinstance(one, Array | Dictionary) and not one.is_indirect:
            yield from _walk(one, where, word)
