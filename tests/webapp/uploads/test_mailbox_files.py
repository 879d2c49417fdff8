"""New files through the mailbox: with a message or alone, for an open visit and nobody else."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from reports import custody
from reports.attachments import report_files
from reports.model import Report
from tests.support import files
from tests.support.cast import Instance
from tests.support.forms import Form, carried, multipart, opened, text
from tests.support.web import Clock

PAGE = "/en/67"


@pytest.fixture
def form(client: FlaskClient, app_instance: Instance) -> Form:
    """Amina's mailbox is open, and she pressed "Send us files" after typing a word."""
    form = opened(client, app_instance.send())
    form.press("files", PAGE, m="Here are two.")
    return form


def send(client: FlaskClient, form: Form, chosen: dict[str, bytes], **fields: str) -> TestResponse:
    kind, data = multipart({**carried(form.page), **fields}, chosen)
    return client.post(PAGE, data=data, content_type=kind)


def names_at_the_desk(instance: Instance) -> list[str]:
    session = instance.session
    session.expire_all()
    report = session.scalars(select(Report)).one()
    private = instance.keyring("Bela").open_case_key(session, report)
    found = [
        each.name for each in report_files.list_files(session, instance.vault, report, private)
    ]
    session.rollback()
    return found


def test_what_was_typed_comes_along(form: Form) -> None:
    assert "Here are two." in text(form.page)
    assert "Send us files" in text(form.page)


def test_files_and_message_arrive_together(
    form: Form, client: FlaskClient, app_instance: Instance
) -> None:
    chosen = {"a.jpg": files.jpeg(), "b.txt": b"words"}
    page = send(client, form, chosen, m="Here are two.", b="send")
    assert "Your mailbox" in text(page)
    assert "We have what you sent." in text(page)
    assert "Files from you that we have: 2" in text(page)
    assert "Here are two." in text(page)
    assert sorted(names_at_the_desk(app_instance)) == ["a.jpg", "b.txt"]
    report = app_instance.session.scalars(select(Report)).one()
    assert (report.has_attachments, report.turn) == (True, "reporter_wrote")
    lines = [line.act for line in custody.list_lines(app_instance.session, report)]
    assert lines[-2:] == ["files_added", "reporter_wrote"]


def test_files_alone_need_no_message(
    form: Form, client: FlaskClient, app_instance: Instance
) -> None:
    page = send(client, form, {"b.txt": b"words"}, m="", b="send")
    assert "We have what you sent." in text(page)
    assert "Files from you that we have: 1" in text(page)
    assert names_at_the_desk(app_instance) == ["b.txt"]


def test_neither_is_a_mistake_in_words(form: Form, client: FlaskClient) -> None:
    assert "There is no message yet." in text(send(client, form, {}, m=" ", b="send"))


def test_a_bad_file_keeps_message_and_the_others_and_sends_nothing_yet(
    form: Form, client: FlaskClient, app_instance: Instance
) -> None:
    page = send(client, form, {"a.txt": b"words", "b.txt": b""}, m="My words", b="send")
    assert "There is nothing in" in text(page)
    assert "My words" in text(page)
    assert "a.txt" in text(page)
    assert names_at_the_desk(app_instance) == []


def test_a_visit_that_is_over_takes_no_file_and_keeps_the_words(
    form: Form, client: FlaskClient, app_instance: Instance, clock: Clock
) -> None:
    clock.forward(minutes=11)
    page = send(client, form, {"a.txt": b"words"}, m="My words", b="send")
    assert "Please type your code again." in text(page)
    assert "My words" in text(page)
    headers = {"X-T": carried(form.page)["t"], "Upload-Length": "5"}
    assert client.post(PAGE, headers=headers).status_code == 403


def test_parts_keep_the_visit_open(form: Form, client: FlaskClient, clock: Clock) -> None:
    headers = {"X-T": carried(form.page)["t"]}
    made = client.post(PAGE, headers={**headers, "Upload-Length": "200000"})
    assert made.headers["Location"] == "/en/67a"
    for _ in range(2):
        clock.forward(minutes=8)
        assert client.head("/en/67a", headers=headers).status_code == 200
