"""Files as people send them, with a planted word wherever such a file can hide one."""

from __future__ import annotations

import io
import struct
import wave
import zipfile
from collections.abc import Callable, Mapping

import pikepdf
import pillow_heif
from PIL import AvifImagePlugin, Image, MpoImagePlugin, PngImagePlugin, WebPImagePlugin

assert WebPImagePlugin
assert AvifImagePlugin
assert MpoImagePlugin
# Loaded by name, so that Pillow need not load every type it knows.

PLANTED = b"Planted-Word-7351"
WORD = PLANTED.decode()


def _noise() -> Image.Image:
    return Image.effect_noise((64, 48), 60).convert("RGB")


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[271] = exif[315] = exif[270] = WORD
    exif[274] = 6
    return exif


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + PLANTED + b"</x:xmpmeta>"


def jpeg() -> bytes:
    out = io.BytesIO()
    _noise().save(out, "JPEG", exif=_exif(), comment=PLANTED, xmp=XMP, icc_profile=PLANTED * 20)
    return out.getvalue() + PLANTED


def jpeg_of_several() -> bytes:
    """As many phones write it: behind the first a second one, for bright screens or for depth."""
    out = io.BytesIO()
    first = _noise()
    more = [first.resize((32, 24))]
    first.save(out, "MPO", save_all=True, append_images=more, exif=_exif(), xmp=XMP)
    return out.getvalue() + PLANTED


def png() -> bytes:
    out = io.BytesIO()
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", WORD)
    text.add_itxt("XML:com.adobe.xmp", WORD)
    _noise().save(out, "PNG", exif=_exif(), pnginfo=text)
    return out.getvalue() + PLANTED


def webp() -> bytes:
    out = io.BytesIO()
    _noise().save(out, "WEBP", exif=_exif(), xmp=XMP)
    return out.getvalue()


def gif() -> bytes:
    out = io.BytesIO()
    _noise().save(out, "GIF", comment=PLANTED)
    return out.getvalue() + PLANTED


def tiff() -> bytes:
    out = io.BytesIO()
    _noise().save(out, "TIFF", exif=_exif(), description=WORD, software=WORD)
    return out.getvalue() + PLANTED


def bmp() -> bytes:
    _noise().save(out := io.BytesIO(), "BMP")
    return out.getvalue() + PLANTED


def avif() -> bytes:
    out = io.BytesIO()
    _noise().save(out, "AVIF", exif=_exif(), xmp=XMP)
    return out.getvalue()


def heic() -> bytes:
    pillow_heif.register_heif_opener()
    out = io.BytesIO()
    _noise().save(out, "HEIF", exif=_exif().tobytes(), xmp=XMP)
    return out.getvalue()


def pdf() -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    picture = pikepdf.Stream(document, jpeg())
    for key, value in {
        "/Type": pikepdf.Name.XObject,
        "/Subtype": pikepdf.Name.Image,
        "/Width": 64,
        "/Height": 48,
        "/ColorSpace": pikepdf.Name.DeviceRGB,
        "/BitsPerComponent": 8,
        "/Filter": pikepdf.Name.DCTDecode,
    }.items():
        picture[key] = value
    page = document.pages[0]
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=picture))
    page.Contents = document.make_stream(b"q 200 0 0 200 0 0 cm /I Do Q")
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Text,
        Rect=[0, 0, 20, 20],
        T=WORD,
        NM=WORD,
        Contents="Look here",
    )
    page.Annots = document.make_indirect(pikepdf.Array([note]))
    document.docinfo["/Author"] = WORD
    document.attachments["a.txt"] = PLANTED
    document.Root["/PieceInfo"] = pikepdf.Dictionary(Own=WORD)
    document.Root["/OpenAction"] = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=WORD)
    with document.open_metadata() as told:
        told["dc:creator"] = [WORD]
    out = io.BytesIO()
    document.save(out, compress_streams=False)
    return out.getvalue() + b"\n% " + PLANTED


def zipped(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = PLANTED
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx_parts() -> dict[str, bytes]:
    return {
        "[Content_Types].xml": b"<Types/>",
        "_rels/.rels": b"<Relationships/>",
        "docProps/core.xml": b"<a>" + PLANTED + b"</a>",
        "docProps/app.xml": b"<a>" + PLANTED + b"</a>",
        "docProps/custom.xml": b"<a>" + PLANTED + b"</a>",
        "docProps/thumbnail.jpeg": jpeg(),
        "customXml/item1.xml": b"<a>" + PLANTED + b"</a>",
        "word/document.xml": (
            f'<w:document xmlns:w="{W}"><!--{WORD}--><w:p w:rsidR="{WORD}"><w:ins w:id="1" '
            f'w:author="{WORD}" w:date="2026-01-01T00:00:00Z"><w:r><w:t>The words stay</w:t></w:r>'
            f"</w:ins></w:p></w:document>"
        ).encode(),
        "word/comments.xml": (
            f'<w:comments xmlns:w="{W}"><w:comment w:id="1" w:author="{WORD}" '
            f'w:initials="{WORD}"/></w:comments>'
        ).encode(),
        "word/settings.xml": (
            f'<w:settings xmlns:w="{W}"><w:docVars><w:docVar w:val="{WORD}"/></w:docVars>'
            f"</w:settings>"
        ).encode(),
        "word/_rels/document.xml.rels": (
            f'<Relationships><Relationship Id="r1" Target="file:///C:/Users/{WORD}/a.dotx" '
            f'TargetMode="External"/></Relationships>'
        ).encode(),
        "word/people.xml": b"<a>" + PLANTED + b"</a>",
        "word/media/image1.jpeg": jpeg(),
    }


def odt_parts() -> dict[str, bytes]:
    namespaces = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    return {
        "mimetype": b"application/vnd.oasis.opendocument.text",
        "META-INF/manifest.xml": (
            b'<m:manifest xmlns:m="urn:m"><m:file-entry m:full-path="/"/>'
            b'<m:file-entry m:full-path="Thumbnails/thumbnail.png"/></m:manifest>'
        ),
        "meta.xml": b"<a>" + PLANTED + b"</a>",
        "settings.xml": b"<a>" + PLANTED + b"</a>",
        "content.xml": (
            f"<office:document-content {namespaces}><office:annotation><dc:creator>{WORD}"
            f"</dc:creator><text:p>{WORD}</text:p></office:annotation>"
            f"<text:tracked-changes><text:p>{WORD}</text:p></text:tracked-changes>"
            f"<text:p>The words stay</text:p>"
            f"<text:p>by <text:author-name>{WORD}</text:author-name></text:p>"
            f"</office:document-content>"
        ).encode(),
        "styles.xml": f"<office:document-styles {namespaces}/>".encode(),
        "Pictures/1.png": png(),
        "Thumbnails/thumbnail.png": png(),
    }


def docx() -> bytes:
    return zipped(docx_parts())


def odt() -> bytes:
    return zipped(odt_parts())


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def full(kind: bytes, content: bytes) -> bytes:
    return box(kind, bytes(4) + content)


def track(handler: bytes, offset: int, size: int) -> bytes:
    """A track of one sample at `offset`."""
    entry = box(b"mp4a", bytes(28)) if handler == b"soun" else box(b"mebx", PLANTED)
    table = b"".join(
        (
            full(b"stsd", struct.pack(">I", 1) + entry),
            full(b"stts", struct.pack(">III", 1, 1, 1000)),
            full(b"stsc", struct.pack(">IIII", 1, 1, 1, 1)),
            full(b"stsz", struct.pack(">III", 0, 1, size)),
            full(b"stco", struct.pack(">II", 1, offset)),
        )
    )
    media = b"".join(
        (
            full(b"mdhd", struct.pack(">IIIII", 3_800_000_000, 3_800_000_000, 1000, 1000, 0)),
            full(b"hdlr", bytes(4) + handler + bytes(12) + PLANTED + b"\0"),
            box(b"minf", box(b"stbl", table)),
        )
    )
    head = full(b"tkhd", struct.pack(">II", 3_800_000_000, 3_800_000_000) + bytes(72))
    return box(b"trak", head + box(b"mdia", media) + box(b"udta", PLANTED))


SOUND = bytes(range(1, 200))


def mp4() -> bytes:
    """A film whose media holds a sample of sound, a sample of places, and something hidden."""
    start = box(b"ftyp", b"isom\0\0\2\0isommp42")
    media = SOUND + PLANTED + PLANTED
    at = len(start) + 8
    head = full(b"mvhd", struct.pack(">IIII", 3_800_000_000, 3_800_000_000, 1000, 1000) + bytes(80))
    tracks = track(b"soun", at, len(SOUND)) + track(b"meta", at + len(SOUND), len(PLANTED))
    details = box(b"udta", box(b"\xa9xyz", PLANTED)) + box(b"meta", PLANTED)
    movie = box(b"moov", head + tracks + details)
    return start + box(b"mdat", media) + movie + box(b"uuid", PLANTED) + box(b"free", PLANTED)


def mp3() -> bytes:
    """Frames of 128 kbit/s at 44,100 Hz: 417 bytes each."""
    frame = b"\xff\xfb\x90\x00" + bytes(range(1, 200)) + bytes(214)
    teller = b"\xff\xfb\x90\x00" + bytes(32) + b"Xing" + PLANTED
    tag = b"ID3\x04\0\0\0\0\0\x40" + PLANTED.ljust(64, b"\0")
    end = b"TAG" + PLANTED.ljust(125, b"\0")
    return tag + teller.ljust(417, b"\0") + frame * 5 + b"APETAGEX" + PLANTED + end


def wav() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(range(1, 251)) * 8)
    details = b"LIST" + struct.pack("<I", len(PLANTED) + 1) + PLANTED + b"\0"
    whole = out.getvalue()[8:] + details
    return b"RIFF" + struct.pack("<I", len(whole)) + whole + PLANTED


def ogg(
    comments: bytes = b"OpusTags" + struct.pack("<I", len(PLANTED)) + PLANTED + bytes(4),
) -> bytes:
    """A voice note of one packet; beside it a stream of texts."""
    head = b"OpusHead\x01\x01" + struct.pack("<HIhB", 312, 48_000, 0, 0)
    told = ((2, 7, head), (2, 9, PLANTED), (0, 7, comments), (0, 9, PLANTED), (4, 7, SOUND))
    pages = b"".join(
        b"OggS\0"
        + bytes((flags,))
        + struct.pack("<qIII", 0 if flags != 4 else 960, serial, 0, 0)
        + bytes((1, len(body)))
        + body
        for flags, serial, body in told
    )
    return pages + PLANTED


def flac() -> bytes:
    info = bytes(34)
    comment = struct.pack("<I", len(PLANTED)) + PLANTED + bytes(4)
    blocks = b"\x04" + len(comment).to_bytes(3, "big") + comment
    blocks += b"\x81" + len(PLANTED).to_bytes(3, "big") + PLANTED
    return (
        b"fLaC\0\0\0\x22" + info + blocks + b"\xff\xf8" + SOUND + b"TAG" + PLANTED.ljust(125, b"\0")
    )


def amr() -> bytes:
    return b"#!AMR\n" + (b"\x3c" + SOUND[:31]) * 5 + b"\xff" + PLANTED


def element(name: int, content: bytes) -> bytes:
    head = name.to_bytes((name.bit_length() + 7) // 8, "big")
    return head + (len(content) | 1 << 28).to_bytes(4, "big") + content


def webm() -> bytes:
    """A film with one track of sound, one of texts, tags and a file."""
    head = element(0x1A45DFA3, element(0x4282, b"webm") + element(0x4286, b"\1"))
    info = element(
        0x1549A966,
        element(0x2AD7B1, b"\x0f\x42\x40")
        + element(0x4D80, PLANTED)
        + element(0x5741, PLANTED)
        + element(0x7BA9, PLANTED)
        + element(0x4461, PLANTED),
    )
    sound = element(
        0xAE,
        element(0xD7, b"\1")
        + element(0x73C5, PLANTED[:8])
        + element(0x83, b"\2")
        + element(0x86, b"A_OPUS")
        + element(0x536E, PLANTED)
        + element(0xE1, element(0x9F, b"\1")),
    )
    texts = element(0xAE, element(0xD7, b"\2") + element(0x83, b"\x11") + element(0x86, PLANTED))
    blocks = element(0xA3, b"\x81\0\0\x80" + SOUND) + element(0xA3, b"\x82\0\0\x80" + PLANTED)
    group = element(0xA0, element(0xA1, b"\x82\0\0\0" + PLANTED))
    cluster = element(0x1F43B675, element(0xE7, b"\0") + blocks + group + element(0xEC, PLANTED))
    tags = element(0x1254C367, PLANTED) + element(0x1941A469, PLANTED) + element(0xEC, PLANTED)
    return head + element(0x18538067, info + element(0x1654AE6B, sound + texts) + cluster + tags)


def fragmented() -> bytes:
    """A film in one fragment, with a sample of sound and one of places."""
    start = box(b"ftyp", b"iso5\0\0\2\0iso5mp42")
    head = full(b"mvhd", bytes(96))
    empty = track(b"soun", 0, 0).replace(struct.pack(">III", 0, 1, 0), struct.pack(">III", 0, 0, 0))
    empty = empty.replace(b"stsc\0\0\0\0\0\0\0\1", b"stsc\0\0\0\0\0\0\0\0")
    empty = empty.replace(b"stco\0\0\0\0\0\0\0\1", b"stco\0\0\0\0\0\0\0\0")
    at = empty.index(b"tkhd") + 16
    empty = empty[:at] + struct.pack(">I", 1) + empty[at + 4 :]
    usual = b"".join(full(b"trex", struct.pack(">IIIII", n, 1, 0, 0, 0)) for n in (1, 2))
    movie = box(b"moov", head + empty + box(b"mvex", usual) + box(b"udta", PLANTED))

    def fragment(offset: int) -> bytes:
        runs = b""
        for number, size in ((1, len(SOUND)), (2, len(PLANTED))):
            told = box(b"tfhd", b"\0\2\0\0" + struct.pack(">I", number))
            run = box(b"trun", b"\0\0\2\1" + struct.pack(">III", 1, offset, size))
            runs += box(b"traf", told + run + box(b"uuid", PLANTED))
            offset += size
        return box(b"moof", full(b"mfhd", struct.pack(">I", 1)) + runs)

    whole = box(b"sidx", PLANTED) + fragment(len(fragment(0)) + 8)
    return start + movie + whole + box(b"mdat", SOUND + PLANTED * 2) + box(b"mfra", PLANTED)


def old_film() -> bytes:
    """As cameras wrote MOV before it told its kind."""
    whole = mp4()
    start = int.from_bytes(whole[:4], "big")
    return box(b"wide", bytes(start - 8)) + whole[start:]


MAKERS: Mapping[str, Callable[[], bytes]] = {
    "jpeg": jpeg,
    "png": png,
    "webp": webp,
    "gif": gif,
    "tiff": tiff,
    "bmp": bmp,
    "avif": avif,
    "heic": heic,
    "pdf": pdf,
    "docx": docx,
    "odt": odt,
    "mp4": mp4,
    "mp3": mp3,
    "wav": wav,
    "ogg": ogg,
    "flac": flac,
    "amr": amr,
    "webm": webm,
}
"""Every type that is cleaned."""
BECOMES: Mapping[str, str] = {
    **dict.fromkeys(("heic", "avif"), "jpeg"),
    **dict.fromkeys(("gif", "tiff", "bmp"), "png"),
}
"""The types whose cleaned copy is of another."""
