"""The facts that matter most, as a reader finds them in the chapters that carry them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.reading import plain
from tests.support.web import AtSite

SAID: dict[str, tuple[str, ...]] = {
    "b2": ("101 is the police in Belgium", "078 055 800", "They record the calls."),
    "b3": ("You can get 45 days.", "Annex 15", "This time cannot become longer."),
    "b4": ("45 days", "3 months", "6 months, and again", "for at most 3 months more", "B card"),
    "b5": ("Nobody can force you.", "you do not get papers as a victim", "Immigration Office"),
    "b6": ("078 15 43 24", "You get a guardian", "for at most 3 months", "60 days"),
    "b7": ("The European rules on asylum have changed.", "coming back takes a new request"),
    "b8": ("The centres also help Belgians", "Which papers do I need to stay"),
    "n2": ("112 is for the police", "0900-8844", "Tell them that you want a lawyer."),
    "n3": (
        "You get it through a talk with trained police.",
        "up to 3 months",
        "Then it can be shorter.",
        "only witnesses do not get it",
    ),
    "n4": ("up to 3 months", "1 year, and again", "for 3 years without a break", "the same day"),
    "n5": ("033 448 11 86", "0800-7000", "tell the police what you say", "police for foreigners"),
    "n6": ("Nidos becomes your guardian.", "088 501 12 00"),
    "n7": ("The European rules on asylum have changed.", "such as the police"),
    "n8": ("less than 5 years", "can end your right to stay", "116 006 in the Netherlands"),
    "l2": ("In Luxembourg 113 is the police", "It answers only in office hours."),
    "l3": ("You can get 90 days.", "You must not leave Luxembourg in this time."),
    "l4": ("90 days", "6 months, and again", "up to 3 years", "you lose the status"),
    "l5": (
        "Then everyone who helps you must tell the police.",
        "the 90 days to think",
        "their number is 113",
    ),
    "l6": ("everyone who helps you must tell the police", "not sure of your age", "3 nights"),
    "l7": ("Being a victim alone does not give asylum.",),
    "l8": ("the same 90 days, without the paper", "After 3 months"),
    "11": (
        "Under the age of 18, saying yes never counts.",
        "That is smuggling.",
        "That can count too.",
    ),
    "12": ("A debt gives nobody the right to force you.", "come near you: Luxembourg"),
    "13": (
        "you can erase your report",
        "we count that as no",
        "the police must know: Luxembourg",
        "We cannot take it back.",
    ),
    "14": ("Meld Misdaad Anoniem", "must tell the police: Luxembourg", "free someone by yourself"),
    "4": (
        "The keyboard can learn",
        "Samsung",
        "KaiOS",
        "other devices with your account",
        "incognito",
    ),
    "16": ("See the person alone.", "Submissive, depressed", "Where do they come from?"),
    "17": (
        "No force is needed for it to be a crime.",
        "Up to 3 months.",
        "90 days. You must not leave",
        "033 448 11 86",
    ),
    "b9": (
        "code 207",
        "in 28 languages",
        "02 642 63 10",
        "labour auditor",
        "article 433quinquies of the old Penal Code",
    ),
    "n9": ("AVIM", "Functioneel Parket", "088 699 23 70", "A witness who reports gets no time"),
    "l9": (
        "47 59 81-1",
        "traite@police.etat.lu",
        "spj.co@police.etat.lu",
        "Then you must tell the police.",
        "certificat de sursis",
    ),
    "15": ("Belgium: between", "We did not call the numbers", "no cookie"),
}


@pytest.mark.parametrize("code", SAID)
def test_a_chapter_says_what_the_sources_say(client: FlaskClient, code: str) -> None:
    text = plain(client.get(f"/en/{code}").text).replace("\N{NO-BREAK SPACE}", " ")
    for sentence in SAID[code]:
        assert sentence in text


@pytest.mark.parametrize("letter", ["b", "n", "l"])
def test_no_paper_is_promised(client: FlaskClient, letter: str) -> None:
    text = client.get(f"/en/{letter}4").text
    assert "It is not a promise." in text
    assert "Nobody can promise you these papers." in text


def test_no_country_is_told_the_rules_of_another(client: FlaskClient) -> None:
    """113 is the police in one country and a line against suicide in another."""
    for code in ("b2", "n2"):
        assert "113" not in plain(client.get(f"/en/{code}").text.split("<details>")[0])


def test_only_one_country_takes_a_child_to_the_police(client: FlaskClient) -> None:
    for code in ("b6", "n6"):
        assert "must tell the police" not in client.get(f"/en/{code}").text


def test_a_number_that_is_guarded_stands_on_no_page(client: FlaskClient) -> None:
    for code in ("b9", "b0", "b6", "16"):
        assert "0473 40 00 66" not in client.get(f"/en/{code}").text


def test_offices_for_colleagues_are_shown_to_colleagues_alone(client: FlaskClient) -> None:
    assert "088 662 53 33" in plain(client.get("/en/n9").text).replace("\N{NO-BREAK SPACE}", " ")
    for code in ("n0", "n1", "n5", "17"):
        assert "088 662 53 33" not in client.get(f"/en/{code}").text


def test_a_victim_is_not_led_to_the_pages_for_professionals(client: FlaskClient) -> None:
    for code in ("2", "b1", "b5", "11"):
        assert 'href="/en/b9"' not in client.get(f"/en/{code}").text


def test_the_countries_stand_in_one_table_with_an_answer_each(client: FlaskClient) -> None:
    html = client.get("/en/17").text
    assert html.count("<table") == 1
    rows = re.findall(r'<tr role="row"><th role="rowheader".*?</tr>', html, re.S)
    assert len(rows) >= 12
    for row in rows:
        cells = [plain(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]
        assert [cell.split()[0] for cell in cells] == ["Belgium", "Netherlands", "Luxembourg"]
        assert all(len(cell.split()) > 2 for cell in cells), cells


def test_about_names_who_runs_the_site_where_the_operator_says_so(
    client: FlaskClient, make_app: Callable[..., Flask]
) -> None:
    assert "It has not given its name here." in client.get("/en/15").text
    app = make_app(WAYSIDE_OPERATOR="A & B Help", WAYSIDE_OPERATOR_CONTACT="hello@help.test")
    app.test_client_class = AtSite
    told = app.test_client().get("/en/15").text
    assert "It is run by A &amp; B Help." in told
    assert "hello@help.test" in told
