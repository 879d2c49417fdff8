"""Pages are drawn as they are, whatever a file is; what cannot be drawn is said in one word."""

from __future__ import annotations

import io
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from pypdfium2.version import PDFIUM_INFO

from reports.errors import Busy, PageNotDrawn, SealBroken
from reports.render import HEIGHT, MOST_PAGES, WIDTH, child, renderer
from reports.render.drawn_page import DrawnPage
from reports.render.page_picture import encode_page
from reports.render.renderer import Renderer
from tests.support import drawing, files
from tests.support.drawing import BLUE, RED, saved
from tests.support.files import PLANTED


@pytest.fixture
def draw(tmp_path: Path) -> Callable[..., DrawnPage]:
    """Draws a page of a file of a kind, the first unless told otherwise."""
    made = Renderer(tmp_path)
    return lambda kind, data, number=1: made.draw(kind, [data], number)


def pixel(page: DrawnPage, x: int, y: int) -> tuple[int, ...]:
    start = 3 * (y * page.width + x)
    return tuple(page.pixels[start : start + 3])


def refusal(draw: Callable[..., DrawnPage], kind: str, data: bytes) -> str:
    with pytest.raises(PageNotDrawn) as refused:
        draw(kind, data)
    return refused.value.code


def test_a_page_has_the_pixels_that_it_should(draw: Callable[..., DrawnPage]) -> None:
    page = draw("pdf", drawing.two_halves())
    assert (page.count, page.height) == (1, HEIGHT - 1)
    assert abs(page.width / page.height - 595 / 842) < 0.001
    for x in (0, page.width // 2, page.width - 1):
        assert [pixel(page, x, y) for y in (0, HEIGHT // 2 - 5)] == [RED, RED]
        assert [pixel(page, x, y) for y in (HEIGHT // 2 + 5, page.height - 1)] == [BLUE, BLUE]
    with Image.open(io.BytesIO(encode_page(page))) as picture:
        assert (picture.format, picture.size) == ("WEBP", (page.width, page.height))
        found = picture.convert("RGB").getpixel((9, 9))
        assert all(abs(one - other) < 8 for one, other in zip(found, RED, strict=True))


def test_each_page_is_found_by_its_number(draw: Callable[..., DrawnPage]) -> None:
    data = drawing.numbered(3)
    for number, drawn in ((1, 1), (2, 2), (3, 3), (4, 3), (MOST_PAGES, 3), (-1, 1)):
        page = draw("pdf", data, number)
        reds = sum(pixel(page, x, 9) == RED for x in range(20))
        assert (page.count, round(reds * 595 / page.width)) == (3, drawn)


def test_what_was_filled_in_is_seen(draw: Callable[..., DrawnPage]) -> None:
    blank = draw("pdf", drawing.make_pdf(b""))
    filled = draw("pdf", drawing.filled_in())
    assert blank.pixels.strip(b"\xff") == b""
    assert filled.pixels.strip(b"\xff") != b""


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "heic"])
def test_a_picture_stands_upright_and_tells_nothing(
    draw: Callable[..., DrawnPage], kind: str
) -> None:
    page = draw(kind, files.MAKERS[kind]())
    assert (page.count, page.width, page.height) == (1, 48, 64)
    assert PLANTED not in encode_page(page)


@pytest.mark.parametrize(
    ("kind", "data", "size"),
    [
        ("png", saved(Image.new("P", (3_400, 1_700)), "PNG"), (1_600, 800)),
        ("gif", saved(Image.new("P", (40, 30), 3), "GIF"), (40, 30)),
        ("jpeg", files.jpeg_of_several(), (48, 64)),
        ("png", saved(Image.new("L", (1, 60_000)), "PNG"), (1, HEIGHT)),
        ("pdf", drawing.make_pdf(b"", size=(72, 72)), (288, 288)),
        ("pdf", drawing.make_pdf(b"", size=(14_400, 14_400)), (WIDTH - 1, WIDTH - 1)),
        ("pdf", drawing.make_pdf(b"", size=(200_000, 3)), (WIDTH - 1, 1)),
    ],
    ids=["wide", "gif", "several", "thin", "small page", "huge page", "ribbon"],
)
def test_whatever_its_size_it_fits(
    draw: Callable[..., DrawnPage], kind: str, data: bytes, size: tuple[int, int]
) -> None:
    page = draw(kind, data)
    assert (page.width, page.height) == size
    assert len(encode_page(page)) > 0


def test_what_is_transparent_lies_on_white(draw: Callable[..., DrawnPage]) -> None:
    page = draw("png", saved(Image.new("RGBA", (4, 4), (0, 0, 0, 0)), "PNG"))
    assert page.pixels == b"\xff" * 48


def test_of_a_thousand_pages_one_is_drawn(draw: Callable[..., DrawnPage]) -> None:
    data = drawing.make_pdf(*[b""] * 1_000)
    assert draw("pdf", data).count == 1_000
    assert draw("pdf", data, 999).count == 1_000


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("pdf", drawing.with_password(), "password"),
        ("pdf", drawing.two_halves()[:200], "damaged"),
        ("pdf", drawing.make_pdf(), "damaged"),
        ("pdf", b"%PDF-1.7 and nothing", "damaged"),
        ("pdf", b"", "damaged"),
        ("jpeg", files.jpeg()[:200], "damaged"),
        ("gif", b"GIF89a", "damaged"),
        ("png", saved(Image.new("1", (9_000, 9_000)), "PNG"), "pixels"),
        ("mp4", files.mp4(), "type"),
        ("other", b"MZ", "type"),
        ("zip", files.zipped({"a.txt": b"a"}), "type"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_word(
    draw: Callable[..., DrawnPage], kind: str, data: bytes, code: str
) -> None:
    assert refusal(draw, kind, data) == code


def test_what_draws_for_ever_is_stopped(tmp_path: Path) -> None:
    made = Renderer(tmp_path, seconds=2.0)
    with pytest.raises(PageNotDrawn) as refused:
        made.draw("pdf", [drawing.nested(24)], 1)
    assert refused.value.code == "late"


def test_what_fills_memory_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit of memory holds in a child: this one has less than it needs to begin."""
    assert child.MEMORY == 2**30
    program = (
        "import resource; from reports.render import child; "
        "child.LIMITS = ((resource.RLIMIT_AS, 300_000_000),); child.main('picture', 1)"
    )
    monkeypatch.setattr(renderer, "make_command", lambda *_: [sys.executable, "-c", program])
    with pytest.raises(PageNotDrawn) as refused:
        Renderer(tmp_path).draw("png", [saved(Image.new("RGBA", (7_700, 7_700)), "PNG")], 1)
    assert refused.value.code == "bomb"


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """An address, and who has connected to it."""
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def listen() -> None:
            try:
                while True:
                    line, whom = listening.accept()
                    heard.append(str(whom))
                    line.close()
            except OSError:
                return

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/a", heard
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_pdf_that_calls_home_is_drawn_and_calls_nobody(
    draw: Callable[..., DrawnPage], listener: tuple[str, list[str]]
) -> None:
    address, heard = listener
    page = draw("pdf", drawing.calling_home(address))
    assert pixel(page, 9, 9) == RED
    assert heard == []
    host, port = address.removeprefix("http://").removesuffix("/a").split(":")
    socket.create_connection((host, int(port))).close()


def test_the_engine_has_nobody_who_would_run_a_script() -> None:
    assert not {"V8", "XFA"} & set(PDFIUM_INFO.flags)


def test_a_file_that_does_not_open_is_never_drawn(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield drawing.two_halves()
        raise SealBroken("the last piece does not open")

    with pytest.raises(SealBroken):
        Renderer(tmp_path).draw("pdf", broken(), 1)


@pytest.mark.parametrize(
    "said",
    [
        b"ok 1 1600 2001\n",
        b"ok 1 0 0\n",
        b"ok 0 1 1\nabc",
        b"ok 1 1 1\nabcd",
        b"ok 1 1 1\nab",
        b"ok -1 1 1\nabc",
        b"ok 1 1 1 1\nabc",
        "ok ٣ 1 1\nabc".encode(),
        b"no luck\n",
        b"no \xff\n",
        b"",
        b"a" * 1_000,
    ],
)
def test_what_a_taken_over_child_answers_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    program = tmp_path / "child.py"
    program.write_text(f"import sys; sys.stdin.read(); sys.stdout.buffer.write({said!r})")
    monkeypatch.setattr(renderer, "make_command", lambda *_: [sys.executable, str(program)])
    with pytest.raises(PageNotDrawn) as refused:
        Renderer(tmp_path).draw("pdf", [b""], 1)
    assert refused.value.code == "damaged"


def test_ten_at_once_find_two_places_and_the_rest_hear_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two are drawn and three wait; the others are told at once, and hold no thread."""
    monkeypatch.setattr(renderer, "WAITING", 2)
    made, held = Renderer(tmp_path), threading.Event()
    told: list[str] = []

    def slow() -> Iterator[bytes]:
        held.wait(30)
        yield drawing.two_halves()

    def look() -> None:
        try:
            made.draw("pdf", slow(), 1)
            told.append("drawn")
        except Busy:
            told.append("busy")
            if told.count("busy") == 8:
                held.set()

    lookers = [threading.Thread(target=look) for _ in range(10)]
    for looker in lookers:
        looker.start()
    for looker in lookers:
        looker.join()
    assert sorted(told) == ["busy"] * 8 + ["drawn"] * 2
