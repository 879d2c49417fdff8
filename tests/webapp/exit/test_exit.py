"""The exit without script: where it leads, what it wipes, the guard it sets."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

COOKIE = "__Host-g=1; Secure; HttpOnly; Max-Age=120; Path=/; SameSite=Lax"

SCRIPT = r'<script src="(/s/[0-9a-f]{12}\.js)"'


def _cookie_parts(response: TestResponse) -> set[str]:
    (cookie,) = response.headers.getlist("Set-Cookie")
    return {part for part in cookie.split("; ") if not part.startswith("Expires=")}


def test_the_link_leads_to_the_target_wipes_and_guards(client: FlaskClient) -> None:
    response = client.get("/x")
    assert (response.status_code, response.data) == (303, b"")
    assert response.headers["Location"] == "https://target.test/"
    assert response.headers["Clear-Site-Data"] == '"storage"'
    assert _cookie_parts(response) == set(COOKIE.split("; "))


def test_the_parting_request_wipes_and_guards_without_a_page(client: FlaskClient) -> None:
    response = client.post("/x")
    assert (response.status_code, response.data) == (204, b"")
    assert response.headers["Clear-Site-Data"] == '"storage"'
    assert _cookie_parts(response) == set(COOKIE.split("; "))
    assert "Location" not in response.headers


@pytest.mark.parametrize("query", ["?to=https://evil.test", "?next=//evil.test", "?url=evil"])
def test_nobody_else_chooses_where_it_leads(client: FlaskClient, query: str) -> None:
    assert client.get(f"/x{query}").headers["Location"] == "https://target.test/"


def test_after_the_exit_no_page_comes_back(client: FlaskClient) -> None:
    assert client.get("/en/2").status_code == 200
    client.get("/x")
    assert client.get("/en/2").headers["Location"] == "https://target.test/"


def test_the_script_is_small_external_and_knows_the_target(client: FlaskClient) -> None:
    page = client.get("/en/1").text
    leaving, *others = re.findall(SCRIPT, page)
    script = client.get(leaving)
    assert "'https://target.test/'.split(',')" in script.text
    assert "@" not in script.text
    assert len(client.get(leaving).data) < 2_048
    for address in (leaving, *others):
        assert page.index(address) < page.index("<body>")


def test_the_scripts_are_old_javascript(client: FlaskClient) -> None:
    page = client.get("/en/1").text
    for address in re.findall(SCRIPT, page):
        script = client.get(address).text
        for newer in ("=>", "const ", "let ", "`", "async", "class "):
            assert newer not in script


def test_the_exit_is_never_a_form(client: FlaskClient) -> None:
    assert not re.search(r'action="/x"', client.get("/en/5").text)
