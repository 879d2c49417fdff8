"""Files in the report's form: with the form itself and in parts, and what the page says."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from reports.attachments import report_files, uploads
from reports.model import Attachment, Report
from tests.support import files
from tests.support.cast import Instance
from tests.support.files import MAKERS, PLANTED
from tests.support.forms import Form, carried, code_on, multipart, text
from tests.support.web import make_room, put_services
from webapp.site.app_services import get_services

PAGE, PART = "/en/57", "application/offset+octet-stream"


@pytest.fixture
def form(client: FlaskClient, app_instance: Instance) -> Form:
    """Amina has told her story and is asked for files."""
    form = Form(client)
    form.to_step(7)
    return form


def send_files(
    client: FlaskClient,
    page: TestResponse,
    chosen: Mapping[str, bytes],
    button: str = "add",
    **fields: str,
) -> TestResponse:
    """The form as a browser without script sends it."""
    pairs = {**carried(page), **fields, "b": button}
    kind, data = multipart(pairs, chosen)
    return client.post(PAGE, data=data, content_type=kind)


def headers(page: TestResponse, **more: str) -> dict[str, str]:
    named = {name.replace("_", "-"): value for name, value in more.items()}
    return {"Tus-Resumable": "1.0.0", "X-T": carried(page)["t"], **named}


def create(client: FlaskClient, page: TestResponse, data: bytes, name: str) -> TestResponse:
    told = f"filename {base64.b64encode(name.encode()).decode()}"
    return client.post(
        PAGE, headers=headers(page, Upload_Length=str(len(data)), Upload_Metadata=told)
    )


def patch(
    client: FlaskClient, page: TestResponse, place: str, offset: int, data: bytes
) -> TestResponse:
    told = headers(page, Upload_Offset=str(offset))
    return client.patch(place, data=data, content_type=PART, headers=told)


def test_after_the_story_the_form_asks_for_files_and_can_go_on_without(form: Form) -> None:
    assert "Do you have pictures or other files?" in text(form.page)
    assert 'enctype="multipart/form-data"' in form.page.text


def test_files_come_with_the_form_and_stand_in_its_list(form: Form, client: FlaskClient) -> None:
    page = send_files(client, form.page, {"a.jpg": files.jpeg(), "b.bin": b"other words"})
    told = text(page)
    assert "a.jpg" in told
    assert "Picture · 0.1 MB" in told
    assert "We took the hidden details out." in told
    assert "Its hidden details stay in it." in told


def test_chosen_files_are_kept_whichever_button_goes_on(form: Form, client: FlaskClient) -> None:
    review = send_files(client, form.page, {"a.jpg": files.jpeg()}, "end")
    assert "Is this right?" in text(review)
    assert "a.jpg" in text(review)


@pytest.mark.parametrize("first", [0, uploads.MOST])
def test_what_is_sent_arrives_clean_and_sealed(
    form: Form,
    client: FlaskClient,
    app: Flask,
    app_instance: Instance,
    tmp_path: Path,
    first: int,
) -> None:
    kinds = list(MAKERS)[first : first + uploads.MOST]
    chosen = {f"{PLANTED.decode()}.{kind}": MAKERS[kind]() for kind in kinds}
    page = send_files(client, form.page, chosen)
    assert text(page).count("We took the hidden details out.") == len(kinds)
    review = client.post("/en/5", data={**carried(page), "b": "end"})
    receipt = client.post("/en/5", data={**carried(review), "b": "send"})
    assert code_on(receipt)
    session = app_instance.session
    report = session.scalars(select(Report)).one()
    assert report.has_attachments
    private = app_instance.keyring("Bela").open_case_key(session, report)
    store = get_services(app).store
    found = report_files.list_for_referral(session, app_instance.vault, store, report, private)
    assert len(found) == len(kinds)
    for file in found:
        content = b"".join(file.read())
        if file.media_type.startswith(("image", "audio", "video")):
            assert PLANTED not in content
    on_disk = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(PLANTED in content for content in on_disk)


TROUBLE = [
    ("empty.jpg", lambda: b"", "There is nothing in"),
    ("broken.jpg", lambda: files.jpeg()[:300], "We could not take the hidden details out of"),
    (
        "bomb.zip",
        lambda: files.zipped({f"{n}": bytes(10_000_000) for n in range(21)}),
        "is packed too tightly",
    ),
    ("large.bin", lambda: bytes(uploads.LARGEST + 1), "is too large. A file can have 25 MB."),
    (f"../../{'x' * 4_000}\x00\u202e.bin", lambda: b"", "There is nothing in"),
]


@pytest.mark.parametrize(
    ("name", "make", "words"), TROUBLE, ids=[t[2] for t in TROUBLE[:4]] + ["n"]
)
def test_each_bad_file_gets_a_sentence_and_costs_nothing_else(
    form: Form, client: FlaskClient, name: str, make: Callable[[], bytes], words: str
) -> None:
    page = send_files(client, form.page, {"good.txt": b"words", name: make()})
    assert words in text(page)
    assert "good.txt" in text(page)
    assert "x" * 200 not in text(page)


def test_a_file_that_cannot_be_cleaned_is_kept_for_who_asks_for_it_as_it_is(
    form: Form, client: FlaskClient
) -> None:
    page = send_files(client, form.page, {"broken.jpg": files.jpeg()[:300]}, k="1")
    assert "Its hidden details stay in it." in text(page)


def test_the_name_of_a_file_is_said_to_be_seen_and_goes_with_one_press(
    form: Form, client: FlaskClient
) -> None:
    page = send_files(client, form.page, {"CV Amina Diallo.docx": files.docx()})
    assert "Our staff will see this name too." in text(page)
    page = send_files(client, page, {}, button="name0")
    assert "CV Amina Diallo" not in page.text
    assert "file.docx" in text(page)
    assert "Our staff will see this name too." not in text(page)
    for button in ("name7", "namex", "name"):
        assert send_files(client, page, {}, button=button).status_code == 200


def test_a_moved_or_cut_file_says_so_on_the_page(form: Form, client: FlaskClient) -> None:
    cut = files.jpeg()
    page = send_files(client, form.page, {"a.jpg": cut[: len(cut) * 4 // 5]})
    assert "The end of this file was missing. We kept what was there." in text(page)


def test_more_than_fits_at_once_is_a_sentence(form: Form, client: FlaskClient) -> None:
    page = send_files(client, form.page, {f"{n}.bin": bytes(18_000_000) for n in range(3)})
    assert "These files are too large together." in text(page)
    assert client.post("/en/5", data={**carried(page), "b": "end"}).status_code == 200


def test_ten_files_fit_and_one_can_be_taken_away(form: Form, client: FlaskClient) -> None:
    page = send_files(client, form.page, {f"n{n}.txt": b"words" for n in range(11)})
    assert "10 files are here already." in text(page)
    page = send_files(client, page, {}, "take3")
    assert "n3.txt" not in text(page)
    assert "n4.txt" in text(page)


def test_with_little_room_files_are_declined_and_words_are_taken(
    form: Form, client: FlaskClient, app: Flask
) -> None:
    put_services(app, room=make_room(files=1_900_000_000))
    page = send_files(client, form.page, {"a.txt": b"words"})
    assert "We have no room for files right now." in text(page)
    review = client.post("/en/5", data={**carried(page), "b": "end"})
    assert code_on(client.post("/en/5", data={**carried(review), "b": "send"}))


def test_a_store_that_fails_is_not_the_reporters_fault(
    form: Form, client: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    blobs = tmp_path / "var" / "blobs"
    shutil.rmtree(blobs)
    blobs.write_bytes(b"no folder")
    page = send_files(client, form.page, {"a.txt": b"words"})
    assert "It is not your fault." in text(page)


def test_a_file_in_parts_goes_on_where_the_line_broke(form: Form, client: FlaskClient) -> None:
    data = files.jpeg() + bytes(150_000)
    made = create(client, form.page, data, "a.jpg")
    assert made.status_code == 201
    place = made.headers["Location"]
    assert place == "/en/57a"
    assert patch(client, form.page, place, 0, data[:70_000]).headers["Upload-Offset"] == "70000"
    broken = patch(client, form.page, place, 0, data[:70_000])
    assert (broken.status_code, broken.headers["Upload-Offset"]) == (409, "70000")
    asked = client.head(place, headers=headers(form.page))
    assert (asked.headers["Upload-Offset"], asked.headers["Upload-Length"]) == (
        "70000",
        str(len(data)),
    )
    last = patch(client, form.page, place, 70_000, data[70_000:])
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(data)))
    page = send_files(client, form.page, {})
    assert "We took the hidden details out." in text(page)


def test_where_no_patch_comes_through_a_post_does_the_same(form: Form, client: FlaskClient) -> None:
    place = create(client, form.page, b"words", "a.bin").headers["Location"]
    told = headers(form.page, Upload_Offset="0", X_HTTP_Method_Override="PATCH")
    answer = client.post(place, data=b"words", headers=told, content_type=PART)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "5")
    assert client.post(place, headers=headers(form.page)).status_code == 405


def test_a_file_that_did_not_come_whole_is_said_before_sending_and_is_not_sent(
    form: Form, client: FlaskClient, app_instance: Instance
) -> None:
    create(client, form.page, bytes(200_000), "a.bin")
    review = client.post("/en/5", data={**carried(form.page), "b": "end"})
    assert "This file is not complete. It is not sent." in text(review)
    client.post("/en/5", data={**carried(review), "b": "send"})
    assert app_instance.session.scalars(select(Report)).one().has_attachments is False


@pytest.mark.parametrize(
    ("offset", "size", "status"),
    [
        ("0", 10, 413),
        ("0", 600_000, 413),
        ("x", 70_000, 400),
        ("-1", 70_000, 409),
        ("70000", 70_000, 409),
    ],
)
def test_a_part_of_no_right_shape_is_refused(
    form: Form, client: FlaskClient, offset: str, size: int, status: int
) -> None:
    create(client, form.page, bytes(200_000), "a.bin")
    answer = client.patch(
        "/en/57a",
        data=bytes(size),
        content_type="application/offset+octet-stream",
        headers=headers(form.page, Upload_Offset=offset),
    )
    assert answer.status_code == status


def test_a_form_that_breaks_off_is_refused_and_what_was_there_stays(
    form: Form, client: FlaskClient
) -> None:
    page = send_files(client, form.page, {"a.txt": b"words"})
    kind, data = multipart({**carried(page), "b": "add"}, {"b.txt": b"other words"})
    assert client.post(PAGE, data=data[:-20], content_type=kind).status_code == 400
    told = text(client.post(PAGE, data=data, content_type=kind))
    assert "a.txt" in told
    assert "b.txt" in told


def test_a_hostile_name_of_a_file_in_parts_is_shown_harmless(
    form: Form, client: FlaskClient
) -> None:
    name = f"../../{'x' * 4_000}\x00\r\n\u202e<b>.txt"
    place = create(client, form.page, b"words", name).headers["Location"]
    assert patch(client, form.page, place, 0, b"words").status_code == 204
    told = text(send_files(client, form.page, {}))
    assert "xxxx" in told
    assert "x" * 200 not in told
    assert "../" not in told


def test_a_bad_file_in_parts_is_refused_with_its_sentence(form: Form, client: FlaskClient) -> None:
    data = files.jpeg()[:300]
    place = create(client, form.page, data, "a.jpg").headers["Location"]
    answer = patch(client, form.page, place, 0, data)
    assert answer.status_code == 413
    assert "hidden details" in answer.text
    assert client.head(place, headers=headers(form.page)).status_code == 404


def test_no_other_form_reaches_a_file(form: Form, client: FlaskClient) -> None:
    place = create(client, form.page, bytes(200_000), "a.bin").headers["Location"]
    other = Form(client)
    other.press()
    assert client.head(place, headers=headers(other.page)).status_code == 404
    assert client.head(place).status_code == 403
    assert client.head(place, headers={"X-T": "forged"}).status_code == 403


def test_a_file_can_be_taken_away_in_parts_too(
    form: Form, client: FlaskClient, app_instance: Instance
) -> None:
    place = create(client, form.page, bytes(200_000), "a.bin").headers["Location"]
    assert client.delete(place, headers=headers(form.page)).status_code == 204
    assert app_instance.session.scalars(select(Attachment)).all() == []


def test_what_the_server_offers_is_told(client: FlaskClient, app_instance: Instance) -> None:
    offered = client.options(PAGE)
    assert offered.headers["Tus-Version"] == "1.0.0"
    assert offered.headers["Tus-Max-Size"] == str(uploads.LARGEST)


def test_a_form_that_is_too_old_loses_its_files_and_says_so(
    form: Form, client: FlaskClient, clock: object
) -> None:
    clock.forward(hours=25)  # type: ignore[attr-defined]  # the clock of tests.support.web
    page = send_files(client, form.page, {"a.txt": b"words"})
    assert page.status_code == 200
    assert "More than one hour passed." in text(page)
