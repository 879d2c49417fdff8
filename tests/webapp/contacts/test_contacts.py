"""The directory: only what the public may see, the numbers as dialled, hours at this moment."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reports.routing.country import load_all
from tests.support.web import Clock
from webapp.contacts.hours import find_closing_time, format_opening

COUNTRIES = {"bz": "BE", "nz": "NL", "lz": "LU"}
OFFICIAL = {
    "stophumantrafficking.be",
    "stopmensenhandel.be",
    "stoptraite.be",
    "stoptraite.lu",
}


@pytest.mark.parametrize(("code", "country"), COUNTRIES.items())
def test_public_contacts_are_shown_and_no_others(
    client: FlaskClient, code: str, country: str
) -> None:
    html = client.get(f"/en/{code}").text
    for contact in load_all()[country].contacts.values():
        dialled = [f'href="tel:{phone.dial}"' for phone in contact.phones]
        if contact.public:
            assert all(link in html for link in dialled), contact.id
        else:
            elsewhere = {
                f'href="tel:{phone.dial}"'
                for other in load_all().contacts.values()
                if other.public
                for phone in other.phones
            }
            assert not [link for link in dialled if link in html and link not in elsewhere]


def test_the_home_of_children_in_danger_has_no_address(client: FlaskClient) -> None:
    html = client.get("/en/bz").text
    card = html[html.index("<h3><bdi>Espéranto</bdi></h3>") :]
    card = card[: card.index("</article>")]
    assert "Address:" not in card
    assert "0473 40 00 66" not in html


def test_look_alike_domains_are_not_linked(client: FlaskClient) -> None:
    linked = set()
    for code in COUNTRIES:
        html = client.get(f"/en/{code}").text
        linked |= set(re.findall(r'href="https?://(?:www\.)?([^/"]+)', html))
    alike = {host for host in linked if "stop" in host}
    assert alike
    assert alike <= OFFICIAL


def test_every_number_stays_left_to_right_and_every_link_hides_where_it_came_from(
    client: FlaskClient,
) -> None:
    html = client.get("/en/bz").text
    assert len(re.findall(r'<a class="call"[^>]*><bdi dir="ltr">', html)) == html.count("tel:")
    links = re.findall(r'<a href="https?://[^>]*>', html)
    assert links
    assert all('rel="noreferrer noopener"' in link for link in links)


def test_emergency_numbers_come_first(client: FlaskClient) -> None:
    for code, numbers in (("bz", ["101", "112"]), ("nz", ["112"]), ("lz", ["113", "112"])):
        dialled = re.findall(r'href="tel:([^"]+)"', client.get(f"/en/{code}").text)
        assert dialled[: len(numbers)] == numbers
        assert dialled.count("112") == 1


def test_before_calling_one_reads_that_calls_stay_in_the_phone(client: FlaskClient) -> None:
    html = client.get("/en/lz").text
    warning = "A call stays in the list of calls on this phone."
    assert html.index(warning) < html.index('class="call"')


def test_open_now_follows_the_clock(client: FlaskClient, clock: Clock) -> None:
    def service() -> str:
        html = client.get("/en/lz").text
        start = html.index("<h3><bdi>INFOTRAITE")
        return html[start : html.index("</article>", start)]

    clock.now = datetime(2027, 3, 10, 15, 59, tzinfo=UTC)  # a Wednesday, 16:59 in Brussels
    assert "Open now, until 17:00." in service()
    clock.now = datetime(2027, 3, 10, 16, 0, tzinfo=UTC)
    assert "Closed now. Opens again tomorrow at 09:00." in service()
    assert "Monday to Friday: 09:00 to 17:00" in service()


def test_hours_that_nobody_knows_are_not_guessed(app: Flask) -> None:
    contacts = load_all().contacts
    moment = datetime(2027, 3, 10, 10, 0, tzinfo=UTC)
    with app.test_request_context("/en/b0"):
        said = {
            kind: format_opening(
                next(c.hours for c in contacts.values() if c.hours.kind == kind), moment
            ).now
            for kind in ("always", "unknown")
        }
    assert said == {
        "always": "Open day and night.",
        "unknown": "We do not know the opening hours.",
    }


def test_the_end_of_a_span_is_outside_it() -> None:
    hours = load_all().find_contact("lu-infotraite").hours
    assert find_closing_time(hours, datetime(2027, 3, 10, 16, 0, tzinfo=UTC)) is None
    assert find_closing_time(hours, datetime(2027, 3, 13, 10, 0, tzinfo=UTC)) is None


def test_each_card_says_honestly_when_it_was_checked(client: FlaskClient) -> None:
    html = client.get("/en/bz").text
    assert html.count("Checked on ") == html.count("<article")
    assert "We did not call to check." in html
