"""The way through the questions: order, progress, back, change, skip, danger, languages."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from reports.model import Draft, Report
from tests.support.cast import Instance
from tests.support.forms import ANSWERS, STORY, Form, carried, code_on, text

pytestmark = pytest.mark.usefixtures("app_instance")


def test_the_first_question_stores_nothing(client: FlaskClient, app_instance: Instance) -> None:
    page = client.get("/en/5")
    assert "1 of about 6" in text(page)
    assert app_instance.session.scalar(select(func.count()).select_from(Draft)) == 0
    assert "Set-Cookie" not in page.headers


def test_the_first_page_says_who_reads_and_what_stays_on_the_phone(client: FlaskClient) -> None:
    page = text(client.get("/en/5"))
    assert "Our staff read your report" in page
    assert "stays in the list of visited pages" in page


@pytest.mark.parametrize("number", range(1, 7))
def test_each_step_shows_how_far_it_is(client: FlaskClient, number: int) -> None:
    assert f"{number} of about 6" in text(Form(client).to_step(number))


def test_the_review_shows_every_answer_with_a_way_to_change_it(client: FlaskClient) -> None:
    review = text(Form(client).to_step(6))
    for words in ("Belgium", "Brussels", "Fish market", "Work, with", "Someone else", STORY):
        assert words in review
    assert review.count(">Change<") == 8


def test_a_report_is_sent_once_and_its_code_comes_again(
    client: FlaskClient, app_instance: Instance
) -> None:
    form = Form(client)
    review = form.to_step(6)
    code = code_on(form.press("send"))
    form.page = review
    again = form.press("send")
    assert code_on(again) == code
    assert "You sent it before" in text(again)
    assert app_instance.session.scalar(select(func.count()).select_from(Report)) == 1


def test_any_step_sent_after_the_report_shows_the_code_again(client: FlaskClient) -> None:
    form = Form(client)
    story = form.to_step(5)
    form.press(f8=STORY)
    code = code_on(form.press("send"))
    form.page = story
    assert code_on(form.press(f8="More")) == code


def test_every_question_but_the_story_can_be_skipped(
    client: FlaskClient, app_instance: Instance
) -> None:
    form = Form(client)
    for _ in range(4):
        form.press()
    form.press(f8=STORY)
    code_on(form.press("send"))
    report = app_instance.session.scalars(select(Report)).one()
    assert (report.country, report.form) == (None, "unknown")


def test_going_back_keeps_what_was_typed_on_the_way(client: FlaskClient) -> None:
    form = Form(client)
    form.to_step(5)
    form.press("back", f8="Half a sen")
    form.press("back")
    form.press("back")
    form.press("back")
    assert 'value="Fish market"' in text(form.page)
    for answers in ANSWERS[:4]:
        form.press(**answers)
    assert "Half a sen" in text(form.page)


def test_a_changed_answer_leads_back_to_the_review(client: FlaskClient) -> None:
    form = Form(client)
    form.to_step(6)
    form.press("2")
    assert "2 of about 6" in text(form.page)
    assert "Beg for money" in text(form.press(f4="begging"))
    assert "6 of about 6" in text(form.page)


def test_danger_shows_the_numbers_before_anything_else_and_the_report_goes_on(
    client: FlaskClient,
) -> None:
    form = Form(client)
    form.to_step(4)
    call = text(form.press(f7="yes"))
    assert "tel:101" in call
    assert "tel:112" in call
    assert 'name="f8"' not in call
    assert 'name="f8"' in text(form.press())
    form.press(f8=STORY)
    assert "tel:101" in text(form.press("send"))


def test_the_numbers_are_those_of_the_country(client: FlaskClient) -> None:
    form = Form(client)
    form.press(f1="LU")
    form.press()
    form.press()
    call = text(form.press(f7="yes"))
    assert "tel:113" in call
    assert "tel:101" not in call


def test_the_receipt_names_who_can_help_in_that_place(client: FlaskClient) -> None:
    form = Form(client)
    form.to_step(6)
    receipt = text(form.press("send"))
    assert "PAG-ASA" in receipt
    assert "Payoke" not in receipt


def test_luxembourg_says_openly_that_the_police_must_know_about_a_child(
    client: FlaskClient,
) -> None:
    for age, told in (("minor", True), ("adult", False)):
        form = Form(client)
        form.press(f1="LU")
        form.press()
        form.press(f5="witness", f6=age)
        form.press()
        assert ("we must tell them" in text(form.press(f8=STORY))) is told


def test_a_door_may_say_who_asks(client: FlaskClient) -> None:
    form = Form(client)
    form.page = client.post("/en/5", data={"f5": "self"})
    assert "1 of about 6" in text(form.page)
    form.press()
    form.press()
    assert 'value="self" autocomplete="off" checked' in text(form.page)


def test_another_language_midway_keeps_everything(client: FlaskClient) -> None:
    form = Form(client)
    form.to_step(3)
    page = form.press("stay", path="/en/5", f5="professional", f6="minor")
    assert "3 of about 6" in text(page)
    assert 'value="professional" autocomplete="off" checked' in text(page)


def test_the_form_lets_the_browser_remember_nothing(client: FlaskClient) -> None:
    page = text(Form(client).to_step(5))
    assert page.count('autocomplete="off"') >= 4
    for attribute in ("spellcheck", "writingsuggestions"):
        assert f'{attribute}="false"' in page
    assert set(carried(client.get("/en/5"))) == {"t", "s", "w"}
