"""What can go wrong on the way: each gets a sentence, and what was typed is still there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from reports import codes
from reports.errors import Busy
from reports.intake.questions import STORY_LIMIT
from reports.model import Report
from reports.vault.slots import Slots
from tests.support.cast import Instance
from tests.support.forms import (
    DANGER_PAGE,
    REVIEW_PAGE,
    STORY,
    STORY_PAGE,
    Form,
    carried,
    code_on,
    text,
)
from tests.support.web import Clock
from webapp.report.steps import CODES, get_field_name
from webapp.site.app_services import get_services

pytestmark = pytest.mark.usefixtures("app_instance")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def broken_database(app: Flask) -> Iterator[None]:
    """From here on the database takes no statement."""

    def refuse(*_: object) -> None:
        raise OperationalError("refused", {}, Exception("disk full"))

    engine = get_services(app).engine
    event.listen(engine, "before_cursor_execute", refuse)
    yield
    event.remove(engine, "before_cursor_execute", refuse)


def test_an_empty_story_gets_a_sentence_beside_the_field_and_above(client: FlaskClient) -> None:
    form = Form(client)
    form.to_step(STORY_PAGE)
    page = text(form.press(f8="  \r\n "))
    assert page.count("Please write what happened") == 2
    assert 'href="#f8"' in page
    assert 'aria-invalid="true"' in page


def test_a_story_that_is_too_long_is_kept_and_counted(client: FlaskClient) -> None:
    form = Form(client)
    form.to_step(STORY_PAGE)
    page = text(form.press(f8="ب" * (STORY_LIMIT + 1)))
    assert "20001 characters" in page
    assert "ب" * (STORY_LIMIT + 1) in page
    assert "More questions: 1 of about 9" in text(form.press(f8="ب" * STORY_LIMIT))


def test_of_several_mistakes_each_link_says_of_which_question(client: FlaskClient) -> None:
    wrong = {
        get_field_name(name): "x" * 3_000 for name in ("names", "vehicles", "plates", "phones")
    }
    sent = {"t": carried(client.get("/en/5"))["t"], "s": CODES["control"], "b": "next", **wrong}
    page = text(client.post("/en/5", data=sent))
    root = html5lib.parse(page, namespaceHTMLElements=False)
    box = next(each for each in root.iter("div") if each.get("class") == "mistakes")
    told = ["".join(link.itertext()).strip() for link in box.iter("a")]
    assert len(told) == len(wrong)
    assert len(set(told)) == len(told)
    labels = {each.get("for"): "".join(each.itertext()).strip() for each in root.iter("label")}
    for link in box.iter("a"):
        assert labels[(link.get("href") or "").removeprefix("#")] in "".join(link.itertext())


def test_an_unknown_answer_gets_a_sentence_and_the_rest_is_kept(client: FlaskClient) -> None:
    form = Form(client)
    form.to_step(2)
    page = text(form.press(f1="XX", f3="Fish market"))
    assert "Please choose one of these answers" in page
    assert "Fish market" in page


@pytest.mark.parametrize("bad", [b"\xff\xfe", b"%FF%FE", b"a%C3"])
def test_invalid_utf8_gets_a_sentence_and_nothing_else_is_lost(
    client: FlaskClient, bad: bytes
) -> None:
    form = Form(client)
    form.to_step(STORY_PAGE)
    token = carried(form.page)["t"].encode()
    body = b"t=" + token + b"&s=7&b=next&f8=kitchen+" + bad
    page = text(client.post("/en/5", data=body, headers=FORM))
    assert "We could not read some letters" in page
    assert "kitchen" in page


def test_a_draft_older_than_an_hour_is_gone_and_the_page_says_so(
    client: FlaskClient, clock: Clock
) -> None:
    form = Form(client)
    form.to_step(STORY_PAGE)
    old = carried(form.page)["t"]
    clock.forward(minutes=61)
    page = form.press(f8=STORY)
    assert "More than one hour passed" in text(page)
    assert STORY in text(page)
    assert carried(page)["t"] != old
    form.press(f8=STORY)
    review = text(form.press("end"))
    assert STORY in review
    assert "Fish market" not in review
    code_on(form.press("send"))


def test_a_review_older_than_an_hour_starts_again_with_the_reason(
    client: FlaskClient, clock: Clock
) -> None:
    form = Form(client)
    form.to_step(REVIEW_PAGE)
    clock.forward(minutes=61)
    page = text(form.press("send"))
    assert "More than one hour passed" in page
    assert "1 of about 5" in page


def test_a_form_open_for_a_day_and_more_is_kept(client: FlaskClient, clock: Clock) -> None:
    form = Form(client)
    form.to_step(2)
    clock.forward(hours=25)
    page = text(form.press(f1="NL", f3="Fish market"))
    assert "More than one hour passed" in page
    assert "Fish market" in page


@pytest.mark.parametrize("forged", ["x", "A" * 75, "é", "../../etc", "A" * 5_000])
def test_a_forged_token_gets_a_fresh_one_and_the_answers_stay(
    client: FlaskClient, forged: str
) -> None:
    page = client.post("/en/5", data={"t": forged, "s": "7", "f8": STORY, "b": "next"})
    assert "We could not find your earlier answers" in text(page)
    assert STORY in text(page)
    assert carried(page)["t"] != forged


def test_a_story_of_ten_megabytes_is_too_long_and_costs_no_other_answer(
    client: FlaskClient,
) -> None:
    form = Form(client)
    form.to_step(STORY_PAGE)
    page = form.press(f8="long " * 2_000_000)
    assert "This is too long" in text(page)
    assert "long long long" in text(page)
    form.press(f8=STORY)
    assert "More than one hour passed" not in text(form.press())


def test_a_form_that_no_page_of_ours_can_send_is_refused_with_a_page(client: FlaskClient) -> None:
    page = client.post("/en/5", data={f"f{number}": "x" * 300_000 for number in range(8)})
    assert page.status_code == 413
    assert "data-exit" in text(page)


def test_more_fields_than_any_form_has_are_refused(client: FlaskClient, app: Flask) -> None:
    page = client.post("/en/5", data={f"x{number}": "1" for number in range(200)})
    assert page.status_code == 400


@pytest.mark.parametrize("step", [1, 2, DANGER_PAGE, STORY_PAGE, 7, REVIEW_PAGE])
def test_a_database_that_fails_keeps_the_form(
    client: FlaskClient, request: pytest.FixtureRequest, step: int
) -> None:
    form = Form(client)
    form.to_step(step)
    token = carried(form.page)["t"]
    request.getfixturevalue("broken_database")
    button = "send" if step == REVIEW_PAGE else "next"
    page = form.press(button, f3="Fish market", f8=STORY)
    assert page.status_code == 503
    assert page.headers["Retry-After"]
    assert carried(page)["t"] == token
    assert 'href="tel:112"' in text(page)
    assert f'value="{button}"' in text(page)
    if step == STORY_PAGE:
        assert STORY in text(page)


def test_sending_again_after_the_database_failed_loses_nothing(
    client: FlaskClient, app: Flask, app_instance: Instance
) -> None:
    form = Form(client)
    form.to_step(REVIEW_PAGE)

    def refuse(*_: object) -> None:
        raise OperationalError("refused", {}, Exception("disk full"))

    event.listen(get_services(app).engine, "before_cursor_execute", refuse)
    assert form.press("send").status_code == 503
    event.remove(get_services(app).engine, "before_cursor_execute", refuse)
    code_on(form.press("send"))
    assert app_instance.session.scalar(select(func.count()).select_from(Report)) == 1


def test_when_every_slot_is_taken_the_form_is_kept(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = Form(client)
    form.to_step(REVIEW_PAGE)

    def busy(*_: object, **__: object) -> bytes:
        raise Busy("every slot is taken")

    with monkeypatch.context() as patch:
        patch.setattr(get_services(app).vault, "derive_receipt_key", busy)
        assert form.press("send").status_code == 503
    code_on(form.press("send"))


def test_a_flood_of_wrong_codes_and_sign_ins_keeps_no_report_out(
    client: FlaskClient, app: Flask
) -> None:
    form = Form(client)
    form.to_step(REVIEW_PAGE)
    held = get_services(app).vault.slot_folder
    with ExitStack() as flood:
        for name, count in (("receipt", os.cpu_count() or 1), ("password", 2)):
            for _ in range(count):
                flood.enter_context(Slots(held, name, count).take())
        assert (
            client.post("/en/6", data={"c": codes.derive_code(bytes(32)).digits}).status_code == 503
        )
        code_on(form.press("send"))


def test_a_form_from_another_site_is_refused(client: FlaskClient) -> None:
    page = client.post("/en/5", data={"f8": STORY}, headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status_code == 403


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    body=st.binary(max_size=400)
    | st.lists(
        st.sampled_from(
            [
                "t=",
                "s=5",
                "s=7",
                "s=%00",
                "b=send",
                "b=back",
                "b=7",
                "f8=%ED%A0%80",
                "f1=BE",
                "f5=self",
                "f8=%00",
                "&&",
                "=",
                "f7=yes",
                "t=AAAA",
                "f8=" + "a" * 50,
                "%",
                "+",
            ]
        ).map(str.encode)
    ).map(b"&".join)
)
def test_no_body_whatever_breaks_the_form(client: FlaskClient, body: bytes) -> None:
    assert client.post("/en/5", data=body, headers=FORM).status_code < 500
    assert client.post("/en/6", data=body, headers=FORM).status_code < 500
