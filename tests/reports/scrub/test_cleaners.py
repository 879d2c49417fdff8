"""Planted words are found nowhere in what the cleaners give, and what people said still is."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from reports.errors import Busy, FileRefused
from reports.scrub import detect_kind
from reports.scrub.scrubber import LARGE, Scrubber
from tests.support import files
from tests.support.files import BECOMES, MAKERS, PLANTED


@pytest.fixture(scope="module")
def scrubber(tmp_path_factory: pytest.TempPathFactory) -> Scrubber:
    return Scrubber(tmp_path_factory.mktemp("locks"))


def cleaned(scrubber: Scrubber, data: bytes) -> tuple[str, bool, bytes]:
    with scrubber.run(detect_kind(data[:32]).code, [data]) as outcome:
        return outcome.kind, outcome.cleaned, b"".join(outcome.chunks)


def everything_in(kind: str, data: bytes) -> bytes:
    """All bytes of a file, with what is packed in it unpacked."""
    if kind in ("docx", "odt"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [name.encode() + archive.read(name) for name in archive.namelist()]
            return data + b"".join(parts)
    if kind == "pdf":
        with pikepdf.open(io.BytesIO(data)) as document:
            objects = [repr(each).encode() for each in document.objects]
            streams = [
                each.read_raw_bytes()
                for each in document.objects
                if isinstance(each, pikepdf.Stream)
            ]
            return data + b"".join(objects + streams)
    return data


@pytest.mark.parametrize("kind", MAKERS)
def test_nothing_planted_is_left(scrubber: Scrubber, kind: str) -> None:
    before = MAKERS[kind]()
    assert PLANTED in everything_in(kind, before)
    found, was_cleaned, after = cleaned(scrubber, before)
    assert was_cleaned
    assert found == BECOMES.get(kind, kind)
    assert PLANTED not in everything_in(kind, after)


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "heic", "gif", "tiff", "bmp", "avif"])
def test_a_picture_stands_upright_without_its_details(scrubber: Scrubber, kind: str) -> None:
    _kind, _cleaned, after = cleaned(scrubber, MAKERS[kind]())
    with Image.open(io.BytesIO(after)) as picture:
        picture.load()
        # HEIC turns its pictures when it decodes them; the others say so in a detail.
        assert picture.size in ((48, 64), (64, 48))
        assert dict(picture.getexif()) == {}


def test_of_a_phones_jpeg_with_several_pictures_the_first_is_kept(scrubber: Scrubber) -> None:
    before = files.jpeg_of_several()
    with Image.open(io.BytesIO(before)) as several:
        assert several.n_frames == 2
    kind, was_cleaned, after = cleaned(scrubber, before)
    assert (kind, was_cleaned) == ("jpeg", True)
    assert PLANTED not in after
    with Image.open(io.BytesIO(after)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (48, 64))
        assert getattr(picture, "n_frames", 1) == 1


def test_what_fills_memory_takes_turns_and_small_files_pass_it_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.scrub.scrubber.WAITING", 2)
    scrubber = Scrubber(tmp_path)
    with scrubber.run("png", [files.png()]):
        for act, size in (("jpeg", 0), ("webp", 0), ("mp3", LARGE + 1)):
            with pytest.raises(Busy), scrubber.run(act, [files.jpeg()], size):
                pass
        assert cleaned(scrubber, files.mp3())[1]
    assert cleaned(scrubber, files.jpeg())[1]


@pytest.mark.parametrize(("kind", "part"), [("docx", "word/document.xml"), ("odt", "content.xml")])
def test_the_words_of_a_document_stay(scrubber: Scrubber, kind: str, part: str) -> None:
    _kind, _cleaned, after = cleaned(scrubber, MAKERS[kind]())
    with zipfile.ZipFile(io.BytesIO(after)) as archive:
        assert b"The words stay" in archive.read(part)
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_document_keeps_its_pages_and_pictures(scrubber: Scrubber) -> None:
    _kind, _cleaned, after = cleaned(scrubber, files.pdf())
    with pikepdf.open(io.BytesIO(after)) as document:
        assert len(document.pages) == 1
        picture = pikepdf.PdfImage(document.pages[0].Resources.XObject.I)
        assert picture.as_pil_image().size == (64, 48)


def test_a_film_keeps_its_sound_and_its_size(scrubber: Scrubber) -> None:
    before = files.mp4()
    _kind, _cleaned, after = cleaned(scrubber, before)
    assert files.SOUND in after
    assert len(after) == len(before)


def test_sound_keeps_its_frames(scrubber: Scrubber) -> None:
    assert len(cleaned(scrubber, files.mp3())[2]) == 5 * 417
    assert len(cleaned(scrubber, files.wav())[2]) == 44 + 2000


@pytest.mark.parametrize("make", [files.fragmented, files.old_film, files.webm, files.ogg])
def test_every_kind_of_film_keeps_its_sound_and_nothing_else(
    scrubber: Scrubber, make: Callable[[], bytes]
) -> None:
    before = make()
    assert PLANTED in before
    _kind, was_cleaned, after = cleaned(scrubber, before)
    assert was_cleaned
    assert files.SOUND in after
    assert PLANTED not in after


@pytest.mark.parametrize("make", [files.ogg, files.webm, files.flac, files.amr, files.fragmented])
def test_what_was_cleaned_is_the_same_when_it_is_cleaned_again(
    scrubber: Scrubber, make: Callable[[], bytes]
) -> None:
    once = cleaned(scrubber, make())[2]
    assert cleaned(scrubber, once)[2] == once


def test_an_archive_that_is_no_document_stays_as_it_is(scrubber: Scrubber) -> None:
    data = files.zipped({"a.txt": b"words"})
    assert cleaned(scrubber, data) == ("zip", False, b"")


def bomb() -> bytes:
    return files.zipped({f"{number}": bytes(10_000_000) for number in range(25)})


def crowd() -> bytes:
    return files.zipped({f"{number}": b"x" for number in range(2_001)})


def flood() -> bytes:
    """A PNG that says it has 40,000 by 40,000 pixels."""
    out = io.BytesIO()
    Image.new("L", (1, 1)).save(out, "PNG")
    body = out.getvalue()
    head = b"IHDR" + (40_000).to_bytes(4, "big") * 2 + body[24:29]
    return body[:12] + head + zlib.crc32(head).to_bytes(4, "big") + body[33:]


def macro() -> bytes:
    return files.zipped({**files.docx_parts(), "word/vbaProject.bin": b"macro"})


def test_a_macro_is_left_out_and_said(scrubber: Scrubber) -> None:
    with scrubber.run("zip", [macro()]) as outcome:
        after = b"".join(outcome.chunks)
    assert (outcome.kind, dict(outcome.remarks)) == ("docx", {"parts": 1})
    assert "word/vbaProject.bin" not in zipfile.ZipFile(io.BytesIO(after)).namelist()


def laughs() -> bytes:
    text = b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;">]><a>&d;</a>'
    return files.zipped({**files.docx_parts(), "word/document.xml": text})


def locked() -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    out = io.BytesIO()
    document.save(out, encryption=pikepdf.Encryption(owner="one", user="two"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (bomb, "bomb"),
        (crowd, "bomb"),
        (flood, "pixels"),
        (laughs, "unclean"),
        (locked, "locked"),
        (lambda: files.jpeg()[:300], "unclean"),
        (lambda: files.pdf()[:200], "unclean"),
        (lambda: files.mp4()[:-60], "unclean"),
        (lambda: b"ID3" + bytes(2000), "unclean"),
        (lambda: files.png()[:8] + files.zipped({"a": b"b"}), "unclean"),
    ],
)
def test_what_cannot_be_cleaned_is_refused_and_says_why(
    scrubber: Scrubber, make: object, code: str
) -> None:
    assert callable(make)
    with pytest.raises(FileRefused) as refused:
        cleaned(scrubber, make())
    assert refused.value.code == code


def test_a_picture_that_is_an_archive_too_is_only_a_picture_afterwards(scrubber: Scrubber) -> None:
    both = files.jpeg() + files.zipped({"a.txt": PLANTED})
    kind, _cleaned, after = cleaned(scrubber, both)
    assert kind == "jpeg"
    assert not zipfile.is_zipfile(io.BytesIO(after))
