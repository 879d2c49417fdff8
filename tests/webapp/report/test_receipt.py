"""The receipt: the code typed back, doubt that nobody sees, and room on the disk."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from reports.intake import proof_of_work
from reports.intake.spam_check import AN_HOUR
from reports.model import Report
from tests.support.cast import Instance
from tests.support.forms import ANSWERS, REVIEW_PAGE, STORY_PAGE, Form, carried, code_on, text
from tests.support.web import Clock, make_room, put_services
from webapp.site.app_services import get_services
from webapp.site.page_sizes import FORM

pytestmark = pytest.mark.usefixtures("app_instance")


def sent(client: FlaskClient, clock: Clock, **answers: str) -> Form:
    """A form on its last page, a minute after it was begun; then sent."""
    form = Form(client)
    form.to_step(REVIEW_PAGE)
    clock.forward(minutes=1)
    form.press("send", **answers)
    return form


def newest(instance: Instance) -> list[bool]:
    found = list(instance.session.scalars(select(Report.unverified)))
    instance.session.rollback()
    return found


@pytest.mark.parametrize("zero", ["0", "٠", "०"])
def test_the_code_typed_back_in_any_way_is_right(
    client: FlaskClient, clock: Clock, zero: str
) -> None:
    form = sent(client, clock)
    typed = "-".join(chr(ord(zero) + int(d)) for d in code_on(form.page).replace(" ", ""))
    code = code_on(form.page)
    page = form.press("check", c=typed)
    assert "Yes, this is your code" in text(page)
    assert code_on(page) == code
    assert "You sent it before" not in text(page)


@pytest.mark.parametrize("typed", ["", "1234", "0" * 24, "x" * 3_000, "\u0000", "٣"])
def test_anything_else_is_wrong_and_can_be_tried_again(
    client: FlaskClient, clock: Clock, typed: str
) -> None:
    form = sent(client, clock)
    code = code_on(form.page)
    assert "This is not the same" in text(form.press("check", c=typed))
    assert "Yes, this is your code" in text(form.press("check", c=code))


def test_comparing_opens_nothing_and_counts_as_no_guess(
    client: FlaskClient, clock: Clock, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = sent(client, clock)

    def slow(*_: object) -> bytes:
        raise AssertionError("the slow key was derived")

    monkeypatch.setattr(get_services(app).vault, "derive_receipt_key", slow)
    for _ in range(30):
        assert form.press("check", c="1").status_code == 200


def test_who_types_it_back_reads_of_the_same_people_who_can_help(
    client: FlaskClient, clock: Clock
) -> None:
    form = Form(client)
    form.page = client.post("/en/5", data={"f5": "self"})
    for answers in ({"f1": "BE"}, {}, {}, {}, {}, {"f8": "I work all night."}):
        form.press(**answers)
    form.press(f6="minor")
    clock.forward(minutes=1)
    form.press("end", f6="minor")
    receipt = form.press("send")
    assert "Minor-Ndako" in text(receipt)
    assert "Minor-Ndako" in text(form.press("check", c="1234"))
    assert "Minor-Ndako" in text(form.press("check", c=code_on(receipt)))


def test_nobody_makes_the_receipt_name_whom_no_page_may_name(
    client: FlaskClient, clock: Clock, app: Flask
) -> None:
    form = sent(client, clock)
    every = get_services(app).countries.present.countries.contacts.values()
    kept = {one.id for one in every if not one.public or one.guarded}
    assert kept
    page = form.press("check", c="1234", h=" ".join([*kept, "nobody", "\x00"]))
    named = set(carried(page)["h"].split())
    assert named
    assert named.isdisjoint(kept)


def test_without_a_report_there_is_nothing_to_compare(client: FlaskClient) -> None:
    form = Form(client)
    assert "1 of about 5" in text(form.press("check", c="1"))


def test_the_hidden_field_and_haste_change_nothing_that_the_sender_sees(
    client: FlaskClient, clock: Clock, app_instance: Instance
) -> None:
    def seen(form: Form) -> str:
        page = re.sub(r'value="[^"]*"', "", text(form.page))
        return page.replace(code_on(form.page), "")

    plain, trapped = sent(client, clock), sent(client, clock, f0="http://junk.example")
    hasty = Form(client)
    hasty.to_step(REVIEW_PAGE)
    hasty.press("send")
    assert seen(plain) == seen(trapped) == seen(hasty)
    assert sorted(newest(app_instance)) == [False, True, True]


def test_a_field_filled_in_at_an_earlier_step_is_remembered(
    client: FlaskClient, clock: Clock, app_instance: Instance
) -> None:
    form = Form(client)
    form.press(f0="x")
    for answers in ANSWERS[1:]:
        form.press(**answers)
    clock.forward(minutes=1)
    code_on(form.press("send"))
    assert newest(app_instance) == [True]


def test_above_the_limit_proof_of_work_keeps_a_report_on_top(
    client: FlaskClient, clock: Clock, app_instance: Instance
) -> None:
    for _ in range(AN_HOUR):
        app_instance.send(clock.now)
    code_on(sent(client, clock).page)
    assert newest(app_instance).count(True) == 1
    form = Form(client)
    form.to_step(REVIEW_PAGE)
    token = carried(form.page)["t"]
    number = next(str(n) for n in range(10_000) if proof_of_work.is_valid(token, str(n)))
    clock.forward(seconds=30)
    code_on(form.press("send", w=number))
    assert newest(app_instance).count(True) == 1


def test_a_number_found_at_one_step_is_carried_to_the_next(client: FlaskClient) -> None:
    form = Form(client)
    assert carried(form.press(w="123"))["w"] == "123"


@pytest.mark.parametrize("step", [1, STORY_PAGE, REVIEW_PAGE])
def test_on_a_full_disk_the_form_is_kept(
    client: FlaskClient, app: Flask, app_instance: Instance, step: int
) -> None:
    form = Form(client)
    form.to_step(step)
    token = carried(form.page)["t"]
    put_services(app, room=make_room(database=49 * 1024 * 1024))
    button = "send" if step == REVIEW_PAGE else "next"
    page = form.press(button, f3="Fish market", f8="They sleep here.")
    assert page.status_code == 503
    assert carried(page)["t"] == token
    if step == STORY_PAGE:
        assert "They sleep here." in text(page)
    put_services(app, room=make_room(database=501 * 1024 * 1024))
    if step == REVIEW_PAGE:
        code_on(form.press("send"))
        count = select(func.count()).select_from(Report)
        assert app_instance.session.scalar(count) == 1


def test_a_report_sent_before_gets_its_receipt_though_the_disk_is_full(
    client: FlaskClient, app: Flask
) -> None:
    form = Form(client)
    form.to_step(REVIEW_PAGE)
    review = form.page
    code = code_on(form.press("send"))
    put_services(app, room=make_room(database=0))
    form.page = review
    assert code_on(form.press("send")) == code


def test_a_receipt_is_as_long_as_every_other_page(client: FlaskClient, clock: Clock) -> None:
    receipt = sent(client, clock).page
    assert receipt.text.count('class="call"') > 1
    assert len(receipt.data) == FORM
