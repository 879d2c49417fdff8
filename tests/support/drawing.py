"""Files whose pages are drawn: with pixels that are known, of many pages, hostile, or broken."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

RED, BLUE = (255, 0, 0), (0, 0, 255)
A4 = (595, 842)


def make_pdf(
    *contents: bytes,
    size: tuple[float, float] = A4,
    root: Dictionary | None = None,
    encryption: pikepdf.Encryption | None = None,
) -> bytes:
    """A PDF with a page for each of these contents; `root` is added to its catalogue."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        for content in contents:
            page = document.add_blank_page(page_size=A4)
            page.MediaBox = Array([0, 0, *size])
            page.Contents = document.make_stream(content)
        for key, value in (root or Dictionary()).items():
            document.Root[key] = value
        document.save(out, encryption=encryption or False)
    return out.getvalue()


def fill(colour: tuple[int, int, int], box: Iterable[float]) -> bytes:
    """Content that fills a box (x, y, width, height; from below) with one colour."""
    told = " ".join(str(part / 255) for part in colour)
    return f"{told} rg {' '.join(map(str, box))} re f\n".encode()


def two_halves() -> bytes:
    """A page of A4, red above and blue below."""
    return make_pdf(fill(RED, (0, 421, 595, 421)) + fill(BLUE, (0, 0, 595, 421)))


def numbered(count: int) -> bytes:
    """Page n has a red column of n points on its left side."""
    return make_pdf(*(fill(RED, (0, 0, number, 842)) for number in range(1, count + 1)))


def calling_home(address: str) -> bytes:
    """A PDF that asks by every action that it knows for this address, as soon as it is opened."""
    script = Dictionary(S=Name.JavaScript, JS=f"app.launchURL('{address}');")
    opening = Dictionary(S=Name.URI, URI=address, Next=script)
    launch = Dictionary(S=Name.Launch, F=address, Win=Dictionary(F="calc.exe", P=address))
    remote = Dictionary(S=Name.GoToR, F=Dictionary(FS=Name.URL, F=address), D=Array([0, Name.Fit]))
    sending = Dictionary(S=Name.SubmitForm, F=Dictionary(FS=Name.URL, F=address))
    fetched = Dictionary(S=Name.ImportData, F=Dictionary(FS=Name.URL, F=address))
    names = Dictionary(JavaScript=Dictionary(Names=Array(["a", script])))
    acts = Dictionary(WC=script, DP=sending, WP=fetched)
    out = io.BytesIO()
    made = make_pdf(fill(RED, (0, 0, 595, 842)), root=Dictionary(Names=names, AA=acts))
    with pikepdf.open(io.BytesIO(made)) as document:
        document.Root.OpenAction = opening
        page = document.pages[0]
        page.obj.AA = Dictionary(O=launch, C=remote)
        external = document.make_stream(b"")
        external.Type, external.Subtype = Name.XObject, Name.Image
        external.Width = external.Height = 1
        external.ColorSpace, external.BitsPerComponent = Name.DeviceRGB, 8
        external.F = Dictionary(FS=Name.URL, F=address)
        page.Resources = Dictionary(XObject=Dictionary(X=external))
        page.Contents = document.make_stream(fill(RED, (0, 0, 595, 842)) + b"/X Do")
        page.obj.Annots = Array(
            Dictionary(
                Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 595, 842]), A=action, F=4
            )
            for action in (launch, remote, sending, opening)
        )
        document.save(out)
    return out.getvalue()


def nested(depth: int) -> bytes:
    """A page whose form draws two of the next, and so on: two to the power of `depth` boxes."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=A4)
        last = document.make_stream(fill(RED, (0, 0, 5, 5)))
        for _ in range(depth):
            last.Type, last.Subtype = Name.XObject, Name.Form
            last.BBox = Array([0, 0, 595, 842])
            outer = document.make_stream(b"/X Do /X Do")
            outer.Resources = Dictionary(XObject=Dictionary(X=last))
            last = outer
        page.Resources = last.Resources
        page.Contents = document.make_stream(b"/X Do /X Do")
        document.save(out)
    return out.getvalue()


def filled_in() -> bytes:
    """A form with one field, in which somebody has written."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(make_pdf(b""))) as document:
        look = document.make_stream(fill(BLUE, (0, 0, 200, 40)))
        look.Type, look.Subtype, look.BBox = Name.XObject, Name.Form, Array([0, 0, 200, 40])
        field = document.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Tx,
                T="name",
                V="Amina",
                F=4,
                Rect=Array([50, 700, 250, 740]),
                AP=Dictionary(N=look),
            )
        )
        document.pages[0].obj.Annots = Array([field])
        document.Root.AcroForm = Dictionary(Fields=Array([field]))
        document.save(out)
    return out.getvalue()


def with_password() -> bytes:
    """A PDF that opens with a password alone."""
    return make_pdf(b"", encryption=pikepdf.Encryption(owner="o", user="u"))


def saved(picture: Image.Image, form: str, **how: object) -> bytes:
    """A picture as a file."""
    out = io.BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()
