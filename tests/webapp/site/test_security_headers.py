"""Headers on every answer of both faces, and requests that other sites make."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.page_checker import HEADERS, PageFault, check
from tests.support.web import AtSite
from webapp.staff_auth import allow_everybody

FAILURES = (404, 405, 413, 429, 500, 503)


@pytest.fixture
def failing(make_app: Callable[..., Flask]) -> FlaskClient:
    """An application that fails on demand, and answers as it does in production."""
    app = make_app()
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)

    def fail(status: int) -> str:
        if status == 500:
            raise ZeroDivisionError
        abort(status)

    app.add_url_rule("/en/f<int:status>", view_func=fail)

    @app.get("/desk/f<int:status>")
    @allow_everybody
    def desk_fail(status: int) -> str:
        return fail(status)

    app.test_client_class = AtSite
    return app.test_client()


@pytest.mark.parametrize("face", ["/en", "/desk"])
@pytest.mark.parametrize("status", FAILURES)
def test_every_failure_has_the_headers_and_a_page(
    failing: FlaskClient, face: str, status: int
) -> None:
    response = failing.get(f"{face}/f{status}")  # the page checker looks at it on the way
    assert response.status_code == status
    assert "<h1" in response.text
    assert "Traceback" not in response.text
    assert "ZeroDivision" not in response.text


@pytest.mark.parametrize("status", FAILURES)
def test_every_public_failure_has_exit_and_emergency_numbers(
    failing: FlaskClient, status: int
) -> None:
    text = failing.get(f"/en/f{status}").text
    assert '<a class="bar-exit" data-exit href="/x"' in text
    assert all(f'href="tel:{number}"' in text for number in ("101", "112", "113"))


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    response = client.delete("/en/1")
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_busy_says_when_to_come_back(failing: FlaskClient) -> None:
    assert failing.get("/en/f503").headers["Retry-After"] == "30"


@pytest.mark.parametrize(
    "sent",
    [
        {"Origin": "https://evil.test"},
        {"Origin": "https://site.test.evil.test"},
        {"Origin": "https://evil.test", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://["},
        {"Origin": "site.test"},
    ],
)
@pytest.mark.parametrize("path", ["/x", "/en/1", "/desk/anything"])
def test_a_request_from_another_site_is_refused(
    client: FlaskClient, path: str, sent: dict[str, str]
) -> None:
    response = client.post(path, headers=sent)
    assert response.status_code == 403
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"Origin": "https://site.test", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},  # what no-referrer makes of a form
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_request_of_our_own_is_accepted(client: FlaskClient, sent: dict[str, str]) -> None:
    assert client.post("/x", headers=sent).status_code == 204


def test_the_desk_answers_at_its_own_host_only(make_app: Callable[..., Flask]) -> None:
    client = make_app(WAYSIDE_STAFF_HOST="staff.test").test_client()
    for path in ("/", "/en/1", "/x"):
        assert client.get(path, base_url="https://staff.test").status_code == 404
        assert client.get(path, base_url="https://site.test").status_code in (200, 303)
    assert client.get("/desk/", base_url="https://site.test").status_code == 404


def test_tor_browser_is_told_of_the_onion_once_and_only_over_https(
    make_app: Callable[..., Flask],
) -> None:
    onion = "a" * 56 + ".onion"
    client = make_app(WAYSIDE_ONION_HOST=onion).test_client()
    told = client.get("/en/1", base_url="https://site.test").headers.getlist("Onion-Location")
    assert told == [f"http://{onion}/en/1"]
    for elsewhere in (f"http://{onion}", f"https://{onion}", "http://site.test"):
        assert "Onion-Location" not in client.get("/en/1", base_url=elsewhere).headers
    assert "Onion-Location" not in client.get("/desk/", base_url="https://site.test").headers


def test_a_face_that_is_off_has_no_pages(make_app: Callable[..., Flask]) -> None:
    client = make_app(WAYSIDE_FACE="desk").test_client()
    missing = client.get("/en/1")
    assert missing.status_code == 404
    assert 'href="/desk/"' in missing.text
    assert 'href="/x"' not in missing.text


def test_a_desk_alone_leads_from_its_first_address_to_the_queue(
    make_app: Callable[..., Flask],
) -> None:
    client = make_app(WAYSIDE_FACE="desk").test_client()
    assert client.get("/").headers["Location"] == "/desk/"
    assert client.get("/up").status_code == 204


def test_a_public_site_alone_has_one_answer_to_what_is_the_desks_elsewhere(
    make_app: Callable[..., Flask],
) -> None:
    client = make_app(WAYSIDE_FACE="public").test_client()
    words = [
        client.get(path).text.rpartition("<!--")[0]  # what fills the page up is new each time
        for path in ("/nowhere/nothing", "/desk", "/desk/", "/desk/sign-in", "/desk/nothing")
    ]
    assert words[0]
    assert set(words) == {words[0]}
    assert client.get("/desk/").status_code == 404


@pytest.mark.parametrize("dropped", [*HEADERS, "Referrer-Policy", "Cache-Control"])
def test_the_checker_notices_a_missing_header(client: FlaskClient, dropped: str) -> None:
    response = client.get("/en/1")
    del response.headers[dropped]
    with pytest.raises(PageFault, match=r".+"):
        check(response)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<h1>", "<h1>a</h1><h1>", "2 h1"),
        ('lang="en"', "", "no lang"),
        ("<title>Info", "<title>Trafficking help", "not neutral"),
        ("data-exit", "data-gone", "no exit"),
        ('href="/en/2"', 'href="/en/2?who=me"', "not neutral"),
        ('href="/en/2"', 'href="/en/i-need-help"', "not neutral"),
        ("<main", '<img src="https://elsewhere.test/a.png" alt=""><main', "elsewhere"),
        ("<main", '<p style="color:red"></p><main', "inline"),
        ("<main", "<script>1</script><main", "inline"),
        ("<main", '<form method="get" autocomplete="off"></form><main', "address"),
        ("<main", '<input name="a"><main', "no label"),
        ("</main>", "</div></main>", "not valid"),
    ],
)
def test_the_checker_notices_bad_markup(
    client: FlaskClient, old: str, new: str, fault: str
) -> None:
    response: TestResponse = client.get("/en/1")
    changed = response.text.replace(old, new, 1)
    assert changed != response.text
    response.set_data(changed)
    with pytest.raises(PageFault, match=fault):
        check(response)
