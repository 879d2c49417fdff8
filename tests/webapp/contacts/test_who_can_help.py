"""Who can help me now: four questions, one a page, and the rules' own answer with its reasons."""

from __future__ import annotations

import html
import itertools
import re
from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient

from reports.routing.country import load_all
from reports.routing.engine import propose
from reports.routing.facts import Facts
from tests.support.web import Clock
from webapp.contacts import who_can_help

CHILD_ALONE = {"a": "br", "b": "3", "c": "3", "d": "1"}


def names(text: str) -> list[str]:
    return [html.unescape(name) for name in re.findall(r"<h3><bdi>([^<]+)</bdi></h3>", text)]


def test_there_are_four_questions_and_each_answer_leads_on(client: FlaskClient) -> None:
    given: dict[str, str] = {}
    for number, field in enumerate("abcd", 1):
        page = client.post("/en/9", data=given) if given else client.get("/en/9")
        assert f"Question {number} of 4" in page.text
        values = re.findall(f'name="{field}" value="([a-z0-9]+)"', page.text)
        assert len(values) > 2
        given[field] = values[0]
    assert "Who can help you now" in client.post("/en/9", data=given).text


def test_the_answer_is_the_route_in_its_order_with_each_reason(
    client: FlaskClient, clock: Clock
) -> None:
    countries = load_all()
    facts = Facts(
        at=clock.now,
        present_country="BE",
        region="flanders",
        age="minor",
        unaccompanied=True,
        form="labour",
        asylum_reception=True,
        police="accepted",
        kind="self",
    )
    route = propose(countries, facts, "help")
    text = client.post("/en/9", data=CHILD_ALONE).text
    assert names(text) == [countries.find_contact(name).name for name in route.ids]
    told = re.findall(r"<strong>Why:</strong> ([^<]+)</p>", text)
    assert [html.unescape(why) for why in told] == [each.why for each in route.recipients]


def test_every_combination_of_answers_has_a_page(app: Flask) -> None:
    moments = (datetime(2027, 3, 10, 10, tzinfo=UTC), datetime(2027, 3, 13, 23, tzinfo=UTC))
    with app.test_request_context("/en/9"):
        choices = [tuple(who_can_help._options(field)) for field in who_can_help.FIELDS]
        for values in itertools.product(*choices):
            given = who_can_help.read_answers(dict(zip(who_can_help.FIELDS, values, strict=True)))
            for moment in moments:
                found = who_can_help.find_help(given, moment)
                assert found.emergency, given
                assert bool(found.cards) == (values[0] != who_can_help.ELSEWHERE), given


def test_a_child_in_luxembourg_reads_openly_that_the_police_must_know(client: FlaskClient) -> None:
    text = client.post("/en/9", data={"a": "l", "b": "2", "c": "4", "d": "2"}).text
    assert "In this country the police must know when a child is in need." in text


def test_elsewhere_there_is_the_number_of_europe_and_no_more_questions(
    client: FlaskClient,
) -> None:
    text = client.post("/en/9", data={"a": "x"}).text
    assert 'href="tel:112"' in text
    assert "We know no one there." in text


def test_what_is_none_of_our_answers_is_asked_again(client: FlaskClient) -> None:
    for data in ({"a": "<b>"}, {"a": "zz"}, {"b": "1"}, {"a": "br", "b": "9"}):
        page = client.post("/en/9", data=data)
        assert page.status_code == 200
        assert "&lt;b" not in page.text
        assert "Question" in page.text


def test_nothing_is_kept_and_no_address_tells_an_answer(client: FlaskClient) -> None:
    page = client.post("/en/9", data=CHILD_ALONE)
    assert "Set-Cookie" not in page.headers
    assert "?" not in "".join(re.findall(r'href="(/[^"]*)"', page.text))
