"""The directory by need and region: who stands on which page, and what a card says of a number."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reports.routing.country import load_all
from tests.support.web import Clock
from webapp.contacts.directory import find_page
from webapp.contacts.hours import find_opening_time, format_opening

WEDNESDAY = datetime(2027, 3, 10, 10, 0, tzinfo=UTC)


def names(html: str) -> list[str]:
    return re.findall(r"<h3><bdi>([^<]+)</bdi></h3>", html)


def test_every_need_of_a_country_has_a_page_with_its_contacts_alone(client: FlaskClient) -> None:
    doors = re.findall(r'href="/en/(b[a-i])"', client.get("/en/b0").text)
    assert len(doors) >= 6
    assert client.get("/en/b0").text.count('<span class="sign sign-') > len(doors)
    on_pages = [name for code in doors for name in names(client.get(f"/en/{code}").text)]
    assert sorted(on_pages) == sorted(names(client.get("/en/bz").text))


def test_a_region_shows_its_own_centre_and_not_that_of_another(client: FlaskClient) -> None:
    flanders, wallonia = (names(client.get(f"/en/{code}").text) for code in ("bbr", "bbt"))
    assert "Payoke vzw" in flanders
    assert "Payoke vzw" not in wallonia
    assert flanders[0] == "Payoke vzw"
    assert set(flanders) & set(wallonia)


@pytest.mark.parametrize("code", ["bx", "bw", "bar" + "z", "zz", "nr", "lbr", "bbz", "bra"])
def test_no_other_letters_lead_anywhere(client: FlaskClient, code: str) -> None:
    assert client.get(f"/en/{code}").status_code == 404


def test_a_code_names_its_country_need_and_region(app: Flask) -> None:
    with app.test_request_context("/en/bbs"):
        place = find_page("bbs")
    assert place is not None
    found = (place.country.code, place.need, place.region)
    assert found == ("BE", "victim_support", "brussels")


def test_a_closed_office_says_when_it_opens_again(app: Flask) -> None:
    hours = load_all().find_contact("nl-comensha").hours
    said = {}
    with app.test_request_context("/en/nz"):
        for name, moment in {
            "early": datetime(2027, 3, 10, 6, 0, tzinfo=UTC),
            "evening": datetime(2027, 3, 10, 20, 0, tzinfo=UTC),
            "friday": datetime(2027, 3, 12, 20, 0, tzinfo=UTC),
        }.items():
            said[name] = format_opening(hours, moment).now
    assert said == {
        "early": "Closed now. Opens again today at 09:00.",
        "evening": "Closed now. Opens again tomorrow at 09:00.",
        "friday": "Closed now. Opens again at 09:00. Day: Monday.",
    }


def test_opening_again_keeps_to_the_clock_of_brussels_when_summer_begins() -> None:
    hours = load_all().find_contact("nl-comensha").hours
    start = find_opening_time(
        hours, datetime(2027, 3, 27, 12, 0, tzinfo=UTC)
    )  # clocks change on the 28th
    assert start is not None
    assert start.astimezone(UTC) == datetime(2027, 3, 29, 7, 0, tzinfo=UTC)


def test_what_is_closed_stands_below_what_is_open(client: FlaskClient, clock: Clock) -> None:
    clock.now = datetime(2027, 3, 13, 10, 0, tzinfo=UTC)  # a Saturday
    assert names(client.get("/en/nb").text)[-1].startswith("CoMensha")
    clock.now = WEDNESDAY
    assert names(client.get("/en/nb").text)[0].startswith("CoMensha")


def test_a_card_says_what_a_call_costs_and_how_to_call_from_abroad(client: FlaskClient) -> None:
    html = client.get("/en/bz").text
    payoke = html[html.index("Payoke vzw") :]
    payoke = payoke[: payoke.index("</article>")]
    assert 'From abroad: <bdi dir="ltr">+32 3 201 16 90</bdi>' in payoke
    assert "The call may cost money." in payoke
    labour = client.get("/en/nf").text
    assert labour.count("The call is free.") == 1
    assert "+31 800" not in labour


def test_mobile_numbers_alone_take_a_text_message(client: FlaskClient) -> None:
    assert client.get("/en/lz").text.count('href="sms:+352621') >= 2
    assert "sms:" not in client.get("/en/bz").text


def test_the_strip_has_every_number_once_and_no_name_on_paper(client: FlaskClient) -> None:
    html = client.get("/en/by").text
    strip = html[html.index('<ul class="strip">') : html.index("</ul>", html.index("strip"))]
    numbers = re.findall(r'class="figures">([^<]+)<', strip)
    assert numbers[:2] == ["101", "112"]
    assert len(numbers) == len(set(numbers)) > 8
    assert strip.count('<bdi class="unprinted">') == len(numbers)
    assert "0473 40 00 66" not in html


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("bb", "Meldpunt mensenhandel / Point de contact traite"),
        ("lb", "INFOTRAITE (SAVTEH + COTEH)"),
        ("nb", "CoMensha - Coördinatiecentrum tegen Mensenhandel"),
    ],
)
def test_help_begins_with_who_answers_for_the_whole_country(
    client: FlaskClient, code: str, first: str
) -> None:
    assert names(client.get(f"/en/{code}").text)[0] == first


def test_the_line_for_all_crimes_stands_where_it_works(client: FlaskClient) -> None:
    shown = {code: "116 006" in client.get(f"/en/{code}").text for code in ("bz", "nz", "lz")}
    assert shown == {"bz": False, "nz": True, "lz": False}


def test_a_card_says_the_risk_without_papers(client: FlaskClient) -> None:
    inspectors = client.get("/en/nz").text.split("Nederlandse Arbeidsinspectie")[1]
    assert "also the police for foreigners" in inspectors.split("</article>")[0]
    assert client.get("/en/bz").text.count("No papers? Talk to a centre first.") == 2
