"""The pages that are the same for everybody: addresses, titles, languages, what must be said."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.touched import files_touched
from tests.support.web import AtSite
from webapp.site.page_codes import build_public_path
from webapp.site.page_registry import list_pages

PAGES = (
    "/",
    *(
        f"/en/{code}"
        for code in ("0", "1", "2", "3", "4", "b0", "b1", "n1", "l1", "b4", "11", "15")
    ),
)
TOPIC = re.compile(r"traffick|victim|exploit|help|rights|report|police|safety|exit|abuse", re.I)


def _title(html: str) -> str:
    return re.findall(r"<title>(.*?)</title>", html)[0]


@pytest.mark.parametrize("path", PAGES)
def test_title_and_address_tell_nothing(client: FlaskClient, path: str) -> None:
    html = client.get(path).text
    assert _title(html) == f"Info {path.rpartition('/')[2]}".strip()
    addresses = re.findall(r'(?:href|src)="(/[^"]*)"', html)
    assert addresses
    assert not [address for address in addresses if TOPIC.search(address)]


def test_the_title_is_the_operators_choice(make_app: Callable[..., Flask]) -> None:
    client = make_app(WAYSIDE_TITLE="Notes").test_client()
    assert _title(client.get("/en/2").text) == "Notes 2"


@pytest.mark.parametrize("path", ["/xx/1", "/en/zz", "/en/z1", "/en/x9", "/nl-BE/1", "/en/1/2"])
def test_an_unknown_language_or_page_gets_a_way_on(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert 'href="/en/1"' in response.text
    assert _title(response.text).startswith("Info")


@pytest.mark.parametrize(
    ("path", "accepted", "language"),
    [
        ("/nl-BE/2", "fr", "nl"),
        ("/NL/2", "fr", "nl"),
        ("/ar/zz", "fr", "ar"),
        ("/xx/2", "fr-BE, en;q=0.5", "fr"),
        ("/xx/2", "tlh", "en"),
        ("/nonsense/of/any/kind", "de", "de"),
        ("/en/x9", "fr", "en"),
    ],
)
def test_a_page_that_is_not_there_helps_in_the_best_language(
    client: FlaskClient, path: str, accepted: str, language: str
) -> None:
    response = client.get(path, headers={"Accept-Language": accepted})
    html = response.text
    assert response.status_code == 404
    assert f'<html lang="{language}"' in html
    assert 'data-exit href="/x"' in html
    assert {"tel:101", "tel:112", "tel:113"} <= set(re.findall(r'href="(tel:\d+)"', html))
    ways = set(re.findall(r'href="(/[a-z]{2}/\w+)"', html))
    assert {f"/{language}/{code}" for code in ("1", "2", "3", "6", "0", "b1", "n1", "l1")} <= ways
    assert {"/en/1", "/nl/1", "/fr/1", "/de/1", "/ar/1"} <= ways
    assert [way for way in ways if client.get(way).status_code != 200] == []


def test_a_language_alone_leads_to_its_start(client: FlaskClient) -> None:
    assert client.get("/en/").headers["Location"] == "/en/1"


def test_the_chooser_sends_nobody_anywhere(client: FlaskClient) -> None:
    response = client.get("/", headers={"Accept-Language": "ar"})
    assert response.status_code == 200
    assert "Location" not in response.headers
    assert "English" in response.text


def test_the_home_page_has_the_doors_first(client: FlaskClient) -> None:
    html = client.get("/en/1").text
    doors = re.findall(r'class="door[^"]*" href="([^"]*)"', html)
    assert doors == ["/en/2", "/en/3", "/en/6"]


@pytest.mark.parametrize("path", ["/", *PAGES[2:5], "/en/b0", "/en/b1"])
def test_every_entry_page_has_the_safety_notice(client: FlaskClient, path: str) -> None:
    assert "This address stays in the list of visited pages." in client.get(path).text


def test_help_starts_with_danger_and_names_the_country_of_each_number(
    client: FlaskClient,
) -> None:
    html = client.get("/en/2").text
    said = re.sub(r"<[^>]+>|\s+", " ", html)
    said = re.sub(r"\s+", " ", said)
    assert said.index("Are you in danger now?") < said.index("Where are you now?")
    for line in ("Belgium: 101 or 112", "Netherlands: 112", "Luxembourg: 113 or 112"):
        assert line in said


def test_a_witness_is_told_what_never_to_do(client: FlaskClient) -> None:
    html = client.get("/en/3").text
    for sentence in (
        "You never have to give the name of the person.",
        "Never talk to the exploiter about it.",
        "Never ask questions when another person is there.",
        "Victims are not punished for crimes that others forced them to do.",
        "Nobody can promise papers, secrecy or a quick answer.",
        "In this country everyone who helps a child must tell the police: Luxembourg.",
    ):
        assert sentence in html


def test_a_country_that_is_not_served_has_no_door_and_no_page(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app(WAYSIDE_COUNTRIES="BE")
    app.test_client_class = AtSite
    client = app.test_client()
    assert "/en/n1" not in client.get("/en/2").text
    assert client.get("/en/n1").status_code == 404
    assert client.get("/en/b1").status_code == 200


def test_help_and_witness_pages_lead_to_the_chapters(client: FlaskClient) -> None:
    helped, saw = client.get("/en/2").text, client.get("/en/3").text
    for code in (
        "11",
        "12",
        "13",
        "15",
        *(f"{letter}{n}" for letter in "bnl" for n in range(1, 9)),
    ):
        assert f'href="/en/{code}"' in helped
    assert 'href="/en/14"' in saw


def test_a_page_that_is_kept_is_served_without_touching_the_disk(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        paths = [build_public_path("en", page.code) for page in list_pages()]
    assert len(paths) > 20
    for path in paths:
        assert client.get(path).status_code == 200
    for path in paths:
        with files_touched() as touched:
            client.get(path)
        assert (path, touched) == (path, [])
