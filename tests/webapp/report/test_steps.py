"""The way through the questions: order, progress, back, change, skip, danger, languages."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from reports.model import Draft, Report
from tests.support.cast import Instance
from tests.support.forms import (
    ANSWERS,
    DANGER_PAGE,
    REVIEW_PAGE,
    STORY,
    STORY_PAGE,
    Form,
    carried,
    code_on,
    text,
)
from webapp.site.app_services import get_services

pytestmark = pytest.mark.usefixtures("app_instance")


def test_the_first_question_stores_nothing(client: FlaskClient, app_instance: Instance) -> None:
    page = client.get("/en/5")
    assert "1 of about 5" in text(page)
    assert app_instance.session.scalar(select(func.count()).select_from(Draft)) == 0
    assert "Set-Cookie" not in page.headers


def test_the_first_page_says_who_reads_and_what_stays_on_the_phone(client: FlaskClient) -> None:
    page = text(client.get("/en/5"))
    assert "Our staff read it" in page
    assert "stays in the list of visited pages" in page


@pytest.mark.parametrize(
    ("number", "told"), [(2, "2 of about 5"), (3, "3 of about 6"), (6, "6 of about 6")]
)
def test_each_step_shows_how_far_it_is(client: FlaskClient, number: int, told: str) -> None:
    assert told in text(Form(client).to_step(number))


def test_after_the_story_the_rest_can_be_left_out(client: FlaskClient) -> None:
    form = Form(client)
    form.to_step(STORY_PAGE)
    assert "Skip to the end" not in text(form.page)
    assert "More questions: 1 of about 9" in text(form.press(f8=STORY))
    assert "Skip to the end" in text(form.page)
    assert "Is this right?" in text(form.press("end"))


def test_the_end_is_not_reached_without_a_story(client: FlaskClient) -> None:
    form = Form(client)
    form.to_step(2)
    assert 'name="f8"' in text(form.press("end", f1="NL"))


def test_the_review_shows_every_answer_with_a_way_to_change_it(client: FlaskClient) -> None:
    review = text(Form(client).to_step(REVIEW_PAGE))
    for words in ("Belgium", "Brussels", "Fish market", "Work, with", "Someone else", STORY):
        assert words in review
    assert review.count(">Change<") == 7
    assert review.count(">Answer<") == 7


def test_a_report_is_sent_once_and_its_code_comes_again(
    client: FlaskClient, app_instance: Instance
) -> None:
    form = Form(client)
    review = form.to_step(REVIEW_PAGE)
    code = code_on(form.press("send"))
    form.page = review
    again = form.press("send")
    assert code_on(again) == code
    assert "You sent it before" in text(again)
    assert app_instance.session.scalar(select(func.count()).select_from(Report)) == 1


def test_any_step_sent_after_the_report_shows_the_code_again(client: FlaskClient) -> None:
    form = Form(client)
    story = form.to_step(STORY_PAGE)
    form.press(f8=STORY)
    form.press("end")
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
    for _ in range(9):
        form.press()
    code_on(form.press("send"))
    report = app_instance.session.scalars(select(Report)).one()
    assert (report.country, report.form) == (None, "unknown")


def test_going_back_keeps_what_was_typed_on_the_way(client: FlaskClient) -> None:
    form = Form(client)
    form.to_step(STORY_PAGE)
    form.press("back", f8="Half a sen")
    for _ in range(3):
        form.press("back")
    assert 'value="Fish market"' in text(form.page)
    for answers in ANSWERS[1:5]:
        form.press(**answers)
    assert "Half a sen" in text(form.page)


def test_a_changed_answer_leads_back_to_the_review(client: FlaskClient) -> None:
    form = Form(client)
    form.to_step(REVIEW_PAGE)
    assert "What does the person have to do?" in text(form.press("5"))
    assert "Beg for money" in text(form.press(f4="begging"))
    assert "Is this right?" in text(form.page)


def test_belgium_chosen_at_the_review_still_asks_for_its_region(client: FlaskClient) -> None:
    form = Form(client)
    form.press(f5="witness")
    form.press(f1="NL")
    form.press()
    form.press()
    form.press(f8=STORY)
    form.press("end")
    form.press("2")
    assert "Which part of Belgium?" in text(form.press(f1="BE"))
    assert "Is this right?" in text(form.press(f2="wallonia"))


def test_an_answer_that_became_needless_is_not_sent(client: FlaskClient) -> None:
    form = Form(client)
    form.to_step(REVIEW_PAGE)
    form.press("6")
    form.press(f9="car_washes")
    assert "Car wash" in text(form.page)
    form.press("5")
    assert "Car wash" not in text(form.press(f4="begging"))


def test_danger_shows_the_numbers_before_anything_else_and_the_report_goes_on(
    client: FlaskClient,
) -> None:
    form = Form(client)
    form.to_step(DANGER_PAGE)
    call = text(form.press(f7="yes"))
    assert "tel:101" in call
    assert "tel:112" in call
    assert 'name="f4"' not in call
    assert 'name="f4"' in text(form.press())
    form.press()
    form.press(f8=STORY)
    form.press("end")
    assert "tel:101" in text(form.press("send"))


def test_the_numbers_are_those_of_the_country(client: FlaskClient) -> None:
    form = Form(client)
    form.press()
    form.press(f1="LU")
    call = text(form.press(f7="yes"))
    assert "tel:113" in call
    assert "tel:101" not in call


def test_the_receipt_names_who_can_help_in_that_place(client: FlaskClient) -> None:
    form = Form(client)
    form.to_step(REVIEW_PAGE)
    receipt = text(form.press("send"))
    assert "PAG-ASA" in receipt
    assert "Payoke" not in receipt


def test_luxembourg_says_openly_that_the_police_must_know_about_a_child(
    client: FlaskClient,
) -> None:
    for age, told in (("minor", True), ("adult", False)):
        form = Form(client)
        form.page = client.post("/en/5", data={"f5": "self"})
        for answers in ({"f1": "LU"}, {}, {}, {}, {"f8": STORY}, {}):
            form.press(**answers)
        review = text(form.press("end", f6=age))
        assert ("we must tell them" in review) is told


def test_a_door_may_say_who_asks(client: FlaskClient) -> None:
    form = Form(client)
    form.page = client.post("/en/5", data={"f5": "self"})
    assert "Where does it happen to you?" in text(form.page)
    form.press("back")
    assert 'value="self" autocomplete="off" checked' in text(form.page)


@pytest.mark.parametrize(
    ("path", "kind", "first"),
    [
        ("/en/14", "witness", "Where does it happen?"),
        ("/en/16", "professional", "Where does it happen?"),
        ("/en/b9", "professional", "Where does it happen?"),
    ],
)
def test_who_reads_about_signs_finds_the_door_beside_them(
    client: FlaskClient, path: str, kind: str, first: str
) -> None:
    page = client.get(path)
    assert "Tell us what you saw" in text(page)
    assert f'name="f5" value="{kind}"' in page.text
    form = Form(client)
    form.page = client.post("/en/5", data={"f5": kind})
    assert first in text(form.page)
    form.press("back")
    assert f'value="{kind}" autocomplete="off" checked' in text(form.page)


def test_a_step_that_a_door_does_not_ask_leads_to_one_that_it_asks(client: FlaskClient) -> None:
    form = Form(client)
    form.page = client.post("/en/5", data={"f5": "professional"})
    assert "What kind of work is it?" in text(form.press("6"))
    for button in ("stay", "6"):
        form.page = client.post("/en/5", data={"f5": "self"})
        assert "Where does it happen to you?" in text(form.press(button, s="6"))


def test_another_language_midway_keeps_everything(client: FlaskClient, app: Flask) -> None:
    other = get_services(app).languages.offered[-1].tag
    form = Form(client)
    page = form.press("stay", path=f"/{other}/5", f5="professional")
    assert 'value="professional" autocomplete="off" checked' in text(page)
    form.press(path=f"/{other}/5")
    assert 'value="Fish market"' in text(form.press("stay", path="/en/5", f3="Fish market"))


def test_the_form_lets_the_browser_remember_nothing(client: FlaskClient) -> None:
    page = text(Form(client).to_step(STORY_PAGE))
    assert page.count('autocomplete="off"') >= 4
    for attribute in ("spellcheck", "writingsuggestions"):
        assert f'{attribute}="false"' in page
    assert set(carried(client.get("/en/5"))) == {"t", "s", "w"}
