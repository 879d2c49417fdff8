"""Files of every type that is cleaned, in as many forms as make a parser take another way."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pikepdf
from PIL import Image, TiffImagePlugin

from reports.triage.identifiers import Formats
from reports.triage.match_task import MatchTask
from tests.support import files
from tests.support.files import MAKERS

assert TiffImagePlugin
ACT: Mapping[str, str] = {"docx": "zip", "odt": "zip"}


def _saved(picture: Image.Image, form: str, **how: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


def _noise(mode: str) -> Image.Image:
    return Image.effect_noise((64, 48), 60).convert(mode)


def _pdf_of(encryption: pikepdf.Encryption) -> bytes:
    """Nobody needs a password to read it, but to change it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(files.pdf())) as document:
        document.save(out, encryption=encryption)
    return out.getvalue()


def _pdf_of_streams() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(files.pdf())) as document:
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _pdf_without_index() -> bytes:
    """As after a broken transfer: the parser looks for the objects."""
    return files.pdf().replace(b"startxref", b"startxxxx")


def _docx_in(encoding: str) -> bytes:
    parts = files.docx_parts()
    text = parts["word/document.xml"].decode()
    said = f'<?xml version="1.0" encoding="{encoding}"?>' + text.replace("words", "wörds")
    return files.zipped({**parts, "word/document.xml": said.encode(encoding)})


def _docx_packed(how: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, content in files.docx_parts().items():
            archive.writestr(name, content)
    return out.getvalue()


def _zip_of_old_names() -> bytes:
    return files.zipped({"a1.txt": b"words", "b.txt": b""}).replace(b"a1.txt", b"\x81\x9a.txt")


def _texts() -> bytes:
    """Every kind of identifier, and numbers of countries far apart."""
    story = (
        "1-ABC-234, 0470 12 34 56, +47 22 12 34 56, 0081 3 1234 5678, +1 202 555 0143, Kerkstraat "
        "12, https://example.org/a?b=1, someone@example.org, @handle, www.example.net/x."
    )
    task = MatchTask(
        {"story": story, "names": "Amina and Bela", "plates": "1ABC234", "place": "Markt 3"},
        ("Rue de la Loi 16",),
        Formats(("BE", "NL", "LU"), (r"[1-9][A-Z]{3}[0-9]{3}",)),
    )
    return task.encode()


SAMPLES: Mapping[str, tuple[str, bytes]] = {
    **{kind: (ACT.get(kind, kind), make()) for kind, make in MAKERS.items()},
    "several in one": ("jpeg", files.jpeg_of_several()),
    "grey": ("jpeg", _saved(_noise("L"), "JPEG")),
    "cmyk": ("jpeg", _saved(_noise("CMYK"), "JPEG")),
    "progressive": ("jpeg", _saved(_noise("RGB"), "JPEG", progressive=True)),
    "palette": ("png", _saved(_noise("P"), "PNG")),
    "transparent palette": ("png", _saved(_noise("P"), "PNG", transparency=3)),
    "grey with alpha": ("png", _saved(_noise("LA"), "PNG")),
    "two tones": ("png", _saved(_noise("1"), "PNG")),
    "wide tones": ("png", _saved(Image.new("I;16", (64, 48), 30_000), "PNG")),
    "animated": ("webp", _saved(_noise("RGB"), "WEBP", save_all=True, append_images=[_noise("L")])),
    "lossless": ("webp", _saved(_noise("RGBA"), "WEBP", lossless=True)),
    "pdf that nobody may change": ("pdf", _pdf_of(pikepdf.Encryption(owner="o", user="", R=6))),
    "pdf locked as before": ("pdf", _pdf_of(pikepdf.Encryption(owner="o", user="", R=4))),
    "pdf of streams": ("pdf", _pdf_of_streams()),
    "pdf without index": ("pdf", _pdf_without_index()),
    "docx in utf-16": ("zip", _docx_in("utf-16")),
    "docx in an old encoding": ("zip", _docx_in("windows-1252")),
    "docx packed with bzip2": ("zip", _docx_packed(zipfile.ZIP_BZIP2)),
    "docx packed with lzma": ("zip", _docx_packed(zipfile.ZIP_LZMA)),
    "zip of old names": ("zip", _zip_of_old_names()),
    "texts of a report": ("identifiers", _texts()),
}
"""By name: the act that cleans it, and the file."""
