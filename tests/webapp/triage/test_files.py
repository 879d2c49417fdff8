"""Files at the desk: listed, looked at and saved on record, never run, and never by a stranger."""

from __future__ import annotations

import io
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn
from uuid import UUID

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from reports import custody
from reports.attachments import ingest, report_files, uploads
from reports.attachments.uploads import AnnouncedFile, UploadOwner
from reports.db import begin_write
from reports.errors import Busy
from reports.model import Attachment, Report
from tests.support import drawing, files
from tests.support.cast import NOW, Instance
from tests.support.desk import Browser
from tests.support.files import PLANTED
from webapp.site.app_services import get_services

Browsers = Callable[[], Browser]
NAME = 'zeg "het" \u20ac.jpg'


def sent(
    app: Flask, instance: Instance, data: bytes, name: str = NAME, *, original: bool = True
) -> tuple[UUID, UUID]:
    """Amina sends a report with one file; the ids of both."""
    session, holder = instance.session, UploadOwner.from_secret(bytes(32))
    report_id = instance.send().report_id
    begin_write(session)
    begun = uploads.start(session, holder, AnnouncedFile(name, len(data), original), NOW)
    store, scrubber = get_services(app).store, get_services(app).scrubber
    stored = ingest.store_file(store, scrubber, begun, lambda: [data])
    uploads.complete(session, holder, begun, stored, NOW)
    report_files.attach(session, instance.vault, session.get_one(Report, report_id), holder, NOW)
    session.commit()
    return report_id, begun.id


def acts(instance: Instance, report_id: UUID) -> list[str]:
    instance.session.expire_all()
    lines = custody.list_lines(instance.session, instance.session.get_one(Report, report_id))
    found = [line.act for line in lines if line.act.startswith("file")]
    instance.session.rollback()
    return found


@pytest.mark.parametrize(
    ("data", "name"), [(files.jpeg(), NAME), (drawing.numbered(3), "three.pdf")]
)
def test_pages_are_looked_at_on_record(
    app: Flask, app_instance: Instance, browser: Browsers, data: bytes, name: str
) -> None:
    report_id, file_id = sent(app, app_instance, data, name)
    place = f"/desk/reports/{report_id}/files/{file_id}"
    bela = browser().at_desk("Bela")
    page = bela.open(report_id).text
    assert "Hidden details taken out." in page
    assert "Look at pages" in page
    assert bela.get(place).status_code == 303
    assert acts(app_instance, report_id) == []
    assert bela.post(f"{place}/show").status_code == 303
    assert acts(app_instance, report_id) == ["file_shown"]
    shown = bela.get(place)
    assert (shown.status_code, acts(app_instance, report_id)) == (200, ["file_shown"])
    assert shown.headers["Cache-Control"] == "no-store, no-transform"
    picture = picture_in(shown.text)
    assert picture.format == "WEBP"
    assert picture.getexif() == {}
    assert PLANTED.decode() not in shown.text


def test_whoever_looks_turns_the_pages(
    app: Flask, app_instance: Instance, browser: Browsers
) -> None:
    report_id, file_id = sent(app, app_instance, drawing.numbered(3), "three.pdf")
    bela, place = browser().at_desk("Bela"), f"/desk/reports/{report_id}/files/{file_id}"
    bela.open(report_id)
    bela.post(f"{place}/show")
    for asked, told in (("", 1), ("2", 2), ("3", 3), ("4", 3), ("0", 1), ("-1", 1), ("٢", 1)):
        page = bela.get(f"{place}?page={asked}").text.partition("<dialog")[0]
        assert f"Page {told} of 3 of three.pdf, as a picture" in page
        assert ("Page before" in page) is (told > 1)
        assert ("Next page" in page) is (told < 3)
        reds = [picture_in(page).getpixel((x, 9))[1] < 128 for x in range(40)]
        assert round(sum(reds) * 595 / picture_in(page).width) == told


def test_the_page_may_show_its_picture_and_nothing_else_from_outside(
    app: Flask, app_instance: Instance, browser: Browsers
) -> None:
    report_id, file_id = sent(app, app_instance, files.jpeg())
    bela, place = browser().at_desk("Bela"), f"/desk/reports/{report_id}/files/{file_id}"
    bela.open(report_id)
    bela.post(f"{place}/show")
    allowed = bela.get(place).headers["Content-Security-Policy"]
    usual = bela.get(f"/desk/reports/{report_id}").headers["Content-Security-Policy"]
    assert allowed.replace("img-src 'self' data:", "img-src 'self'") == usual


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (drawing.with_password(), "a.pdf", "opens with a password only"),
        (drawing.make_pdf(), "a.pdf", "This file is damaged: its pages cannot be drawn."),
        (files.docx(), "a.docx", "Files of this type cannot be drawn here."),
        (files.mp4(), "a.mp4", "Files of this type cannot be drawn here."),
    ],
    ids=["password", "damaged", "document", "film"],
)
def test_what_cannot_be_drawn_is_said_in_one_sentence(
    app: Flask,
    app_instance: Instance,
    browser: Browsers,
    data: bytes,
    name: str,
    said: str,
) -> None:
    report_id, file_id = sent(app, app_instance, data, name)
    bela, place = browser().at_desk("Bela"), f"/desk/reports/{report_id}/files/{file_id}"
    bela.open(report_id)
    bela.post(f"{place}/show")
    answer = bela.get(place)
    assert answer.status_code == 422
    assert said in answer.text
    assert "data:" not in answer.text


def test_of_many_pages_the_first_can_be_looked_at(
    app: Flask, app_instance: Instance, browser: Browsers
) -> None:
    report_id, file_id = sent(app, app_instance, drawing.make_pdf(*[b""] * 1_000), "many.pdf")
    bela, place = browser().at_desk("Bela"), f"/desk/reports/{report_id}/files/{file_id}"
    bela.open(report_id)
    bela.post(f"{place}/show")
    page = bela.get(f"{place}?page=999").text
    assert "This file has 1000 pages. The first 200 can be looked at here." in page
    assert "Page 200 of 1000 of many.pdf" in page
    assert 'data-key="j"' not in page


def test_who_finds_no_place_hears_so(
    app: Flask, app_instance: Instance, browser: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    report_id, file_id = sent(app, app_instance, files.jpeg())
    bela, place = browser().at_desk("Bela"), f"/desk/reports/{report_id}/files/{file_id}"
    bela.open(report_id)
    bela.post(f"{place}/show")
    monkeypatch.setattr(get_services(app).renderer, "_slots", Taken())
    answer = bela.get(place)
    assert answer.status_code == 503
    assert "Other pages are being drawn now." in answer.text


class Taken:
    """Places of which none is free."""

    def take(self) -> NoReturn:
        raise Busy("every slot is taken")


def picture_in(page: str) -> Image.Image:
    """The picture that stands in a page."""
    held = page.partition('src="data:image/webp;base64,')[2].partition('"')[0]
    return Image.open(io.BytesIO(b64decode(held)))


@pytest.mark.parametrize("original", [False, True])
def test_a_saved_file_runs_nowhere_and_is_on_record(
    app: Flask, app_instance: Instance, browser: Browsers, original: bool
) -> None:
    report_id, file_id = sent(app, app_instance, files.jpeg())
    bela = browser().at_desk("Bela")
    bela.open(report_id)
    fields = {"original": "1"} if original else {}
    saved = bela.client.post(
        f"/desk/reports/{report_id}/files/{file_id}/save",
        data={"form_token": bela.token, **fields},
    )
    assert saved.mimetype == "application/octet-stream"
    told = saved.headers["Content-Disposition"]
    assert told.startswith("attachment; filename=")
    assert "%E2%82%AC.jpg" in told
    assert "sandbox" in saved.headers["Content-Security-Policy"]
    assert saved.headers["X-Content-Type-Options"] == "nosniff"
    assert (PLANTED in saved.data) is original
    assert len(saved.data) == saved.content_length
    assert acts(app_instance, report_id) == ["file_saved"]


def test_a_file_as_it_was_sent_is_never_shown(
    app: Flask, app_instance: Instance, browser: Browsers
) -> None:
    report_id, file_id = sent(app, app_instance, b"<svg onload=alert(1)>", "a.svg")
    page = browser().at_desk("Bela").open(report_id).text
    assert "its hidden details are still in it" in page
    assert "Files of this type cannot be drawn here." in page
    assert f"{file_id}/show" not in page
    assert f"{file_id}/save" in page


WARNED, WARNED_OF_THE_ORIGINAL = "use a flaw of the program", "may tell its sender when and where"


@pytest.mark.parametrize(
    ("data", "original", "said"),
    [
        (files.pdf(), False, (True, False)),
        (files.docx(), True, (True, True)),
        (files.zipped({"a.txt": b"a"}), False, (False, True)),
        (files.jpeg(), False, (False, False)),
    ],
    ids=["pdf", "docx with original", "archive", "picture"],
)
def test_whoever_saves_a_document_is_told_first_what_it_could_do(
    app: Flask,
    app_instance: Instance,
    browser: Browsers,
    data: bytes,
    original: bool,
    said: tuple[bool, bool],
) -> None:
    report_id, _file_id = sent(app, app_instance, data, original=original)
    page = browser().at_desk("Bela").open(report_id).text
    assert (WARNED in page, WARNED_OF_THE_ORIGINAL in page) == said


def test_another_desk_finds_no_file(app: Flask, app_instance: Instance, browser: Browsers) -> None:
    report_id, file_id = sent(app, app_instance, files.jpeg())
    other = app_instance.send().report_id
    chidi, bela = browser().at_desk("Chidi"), browser().at_desk("Bela")
    place = f"/desk/reports/{report_id}/files/{file_id}"
    for act in ("show", "save"):
        assert chidi.post(f"{place}/{act}").status_code == 404
    assert chidi.get(place).status_code == 404
    bela.open(other)
    assert bela.post(f"/desk/reports/{other}/files/{file_id}/save").status_code == 404
    assert acts(app_instance, report_id) == []


def test_a_damaged_object_says_so_and_gives_nothing_out(
    app: Flask, app_instance: Instance, browser: Browsers, tmp_path: Path
) -> None:
    report_id, file_id = sent(app, app_instance, files.jpeg(), original=False)
    (name,) = get_services(app).store.list_names()
    blob = tmp_path / "var" / "blobs" / name
    content = bytearray(blob.read_bytes())
    content[len(content) // 2] ^= 1
    blob.write_bytes(bytes(content))
    bela = browser().at_desk("Bela")
    bela.open(report_id)
    answer = bela.post(f"/desk/reports/{report_id}/files/{file_id}/save")
    assert answer.status_code == 422
    assert "This file is damaged" in answer.text
    assert acts(app_instance, report_id) == []


def test_a_row_that_was_changed_says_so(
    app: Flask, app_instance: Instance, browser: Browsers
) -> None:
    report_id, _file_id = sent(app, app_instance, files.jpeg())
    begin_write(app_instance.session)
    row = app_instance.session.scalars(select(Attachment)).one()
    row.sealed = b"x" + row.sealed
    app_instance.session.commit()
    assert "This file is damaged" in browser().at_desk("Bela").open(report_id).text
