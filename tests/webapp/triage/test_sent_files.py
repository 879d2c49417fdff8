"""Files go along with a report as staff chose them: that one, cleaned, or the report stays."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from flask import Flask
from PIL import Image

from reports.attachments import ingest, report_files, uploads
from reports.attachments.uploads import AnnouncedFile, UploadOwner
from reports.blobs.marker import MARKER
from reports.db import begin_write
from reports.model import Attachment, Delivery, Report
from tests.support.cast import NOW, PASSWORD, Instance
from tests.support.desk import Browser, opened
from tests.support.files import PLANTED, jpeg
from tests.support.office import DJSOC, Office
from tests.support.rows import damage, rows
from tests.support.untouched import untouched
from webapp.site.app_services import get_services

Browsers = Callable[[], Browser]
WORDS = b"Dates and hours"


def with_file(app: Flask, instance: Instance, path: str, name: str, data: bytes) -> UUID:
    """One more file of the report, with its original kept; its id."""
    session, holder = instance.session, UploadOwner.from_secret(bytes(32))
    report_id = UUID(path.rpartition("/")[2])
    begin_write(session)
    begun = uploads.start(session, holder, AnnouncedFile(name, len(data), True), NOW)
    store, scrubber = get_services(app).store, get_services(app).scrubber
    stored = ingest.store_file(store, scrubber, begun, lambda: [data])
    uploads.complete(session, holder, begun, stored, NOW)
    report_files.attach(session, instance.vault, session.get_one(Report, report_id), holder, NOW)
    session.commit()
    return begun.id


def test_the_chosen_file_goes_and_no_other_and_never_its_original(
    app: Flask, app_instance: Instance, browser: Browsers, office: Office
) -> None:
    bela = browser().at_desk("Bela")
    path = opened(bela)
    wanted = with_file(app, app_instance, path, "hours.txt", WORDS)
    with_file(app, app_instance, path, "other.txt", b"Not this one")
    form = untouched(bela.post(f"{path}/route", to=DJSOC).text, "/refer")
    assert "file" not in form, "whoever sends a file has chosen it"
    form = untouched(bela.post(f"{path}/route", **form | {"file": wanted.hex}).text, "/refer")
    assert form["file"] == [wanted.hex]
    assert bela.post(f"{path}/refer", **form | {"password": PASSWORD}).status_code == 303
    [delivery] = rows(app_instance, Delivery)
    inner = office.read(delivery.packet or b"")
    sent = {part.get_filename(): part.get_content() for part in inner.iter_attachments()}
    assert set(sent) == {"report.json", "report.pdf", "hours.txt"}
    assert sent["hours.txt"] == WORDS
    assert b"Not this one" not in inner.as_bytes()


def test_a_photo_goes_without_what_its_camera_wrote_and_the_original_stays(
    app: Flask, app_instance: Instance, browser: Browsers, office: Office
) -> None:
    bela = browser().at_desk("Bela")
    path = opened(bela)
    original = jpeg()
    photo = with_file(app, app_instance, path, "photo.jpg", original)
    assert PLANTED in original
    form = {"form_token": bela.token, "original": "1"}
    assert bela.client.post(f"{path}/files/{photo}/save", data=form).data == original
    form = untouched(bela.post(f"{path}/route", to=DJSOC).text, "/refer") | {"file": photo.hex}
    form = untouched(bela.post(f"{path}/route", **form).text, "/refer")
    assert bela.post(f"{path}/refer", **form | {"password": PASSWORD}).status_code == 303
    [delivery] = rows(app_instance, Delivery)
    inner = office.read(delivery.packet or b"")
    sent = {part.get_filename(): part.get_content() for part in inner.iter_attachments()}
    assert Image.open(io.BytesIO(sent["photo.jpg"])).size in ((64, 48), (48, 64))
    assert len(sent) == 3
    assert not [name for name, part in sent.items() if PLANTED in bytes(part)]
    assert PLANTED not in inner.as_bytes()


def test_a_damaged_file_is_left_out_and_a_chosen_one_is_said(
    app: Flask, app_instance: Instance, browser: Browsers, office: Office, tmp_path: Path
) -> None:
    bela = browser().at_desk("Bela")
    path = opened(bela)
    file_id = with_file(app, app_instance, path, "hours.txt", WORDS)
    page = bela.post(f"{path}/route", to=DJSOC).text
    form = untouched(page, "/refer") | {"file": file_id.hex, "note": "With the hours."}
    for blob in (tmp_path / "var" / "blobs").iterdir():
        if blob.name == MARKER:
            continue
        blob.write_bytes(bytes([blob.read_bytes()[0] ^ 1]) + blob.read_bytes()[1:])
    for act in ("route", "refer"):
        answer = bela.post(f"{path}/{act}", **form | {"password": PASSWORD})
        assert answer.status_code == 422
        assert "A file cannot be read now. Nothing was sent." in answer.text
        assert untouched(answer.text, "/refer")["file"] == [file_id.hex]
        assert "With the hours." in answer.text
    damage(app_instance, Attachment)
    assert "This file is damaged" in bela.get(path).text
    form = untouched(bela.post(f"{path}/route", to=DJSOC).text, "/refer")
    assert bela.post(f"{path}/refer", **form | {"password": PASSWORD}).status_code == 303
