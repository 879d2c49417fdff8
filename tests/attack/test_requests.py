"""Every address with every method, from other sites and without a token: nothing changes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.attack.conftest import Target
from tests.support.served import Answer

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "FOO")
READING = ("GET", "HEAD", "OPTIONS")
FOREIGN = (
    {"Origin": "https://evil.test"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "null"},
)
HIDDEN: tuple[str, ...] = (
    "/.git/HEAD",
    "/.git/config",
    "/.env",
    "/.well-known/x",
    "/console",
    "/debug",
    "/_debug_toolbar/",
    "/server-status",
    "/s",
    "/s/",
    "/static/",
    "/static/css/public.css",
    "/wsgi.py",
    "/var/wayside.db",
    "/wayside.db",
    "/keys/pepper",
    "/robots.txt~",
    "/desk/.git/HEAD",
    "/desk/static/",
)
ELSEWHERE = "/../../../../etc/passwd"
TRAVERSALS = (
    f"/s{ELSEWHERE}",
    "/s/..%2f..%2f..%2fetc%2fpasswd",
    "/s/..%252f..%252fetc%252fpasswd",
    "/s/..\\..\\reports\\settings.py",
    "/s/%2e%2e/%2e%2e/wsgi.py",
    "/s/....//....//wsgi.py",
    "/s//etc/passwd",
    "/s/css/public.css",
    "/s/%00",
    "/s/..%c0%af..%c0%afetc/passwd",
    "/en/..%2f..%2fwsgi.py",
    "/%2e%2e/%2e%2e/wsgi.py",
)


def asked(target: Target, method: str, path: str, headers: Mapping[str, str]) -> Answer:
    body = b"text=x&reason=x&name=x" if method not in READING else None
    form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    answer = target.site.ask(method, path, body, {**form, **headers})
    assert target.faults(answer, path) == [], (method, path, answer.status)
    return answer


@pytest.mark.parametrize("foreign", FOREIGN, ids=str)
@pytest.mark.parametrize("who", [None, "Dana", "Bela"])
def test_what_another_site_makes_a_browser_send_changes_nothing(
    target: Target, who: str | None, foreign: Mapping[str, str]
) -> None:
    cookie = {"Cookie": target.cookie(who)} if who else {}
    before = target.rows()
    for route in target.routes():
        for method in METHODS:
            if method not in READING:
                answer = asked(target, method, route.path, {**cookie, **foreign})
                assert 400 <= answer.status < 500, (method, route.pattern)
    assert target.rows() == before


@pytest.mark.parametrize("who", [None, "Dana", "Bela"])
def test_a_request_without_a_token_changes_nothing_at_the_desk(
    target: Target, who: str | None
) -> None:
    cookie = {"Cookie": target.cookie(who)} if who else {}
    before = target.rows()
    for route in target.routes():
        if route.pattern.startswith("/desk"):
            for method in METHODS:
                if method not in READING:
                    answer = asked(target, method, route.path, cookie)
                    assert 400 <= answer.status < 500, (method, route.pattern)
    assert target.rows() == before


@pytest.mark.parametrize("who", [None, "Dana", "Bela"])
def test_reading_changes_nothing(target: Target, who: str | None) -> None:
    cookie = {"Cookie": target.cookie(who)} if who else {}
    before = target.rows("staff_session")
    for route in target.routes():
        for method in READING:
            answer = asked(target, method, route.path, cookie)
            assert answer.status < 500, (method, route.pattern)
            if method == "HEAD":
                assert answer.body == b""
    assert target.rows("staff_session") == before


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "TRACK", "DEBUG"])
def test_no_method_echoes_a_request(target: Target, method: str) -> None:
    for path in ("/", "/en/1", "/desk/", "/s/x.css"):
        answer = asked(target, method, path, {"X-Secret": "zxecho", "Cookie": "a=zxecho"})
        assert 400 <= answer.status < 500
        assert "zxecho" not in answer.text


@pytest.mark.parametrize("path", [*HIDDEN, *TRAVERSALS])
def test_what_is_not_a_page_is_not_there(target: Target, path: str) -> None:
    answer = target.site.raw(
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    )
    status = int(answer.split(b" ", 2)[1])
    assert status in (303, 404), answer[:300]
    for told in (b"root:", b"Index of", b"import ", b"SQLite", b"ref: refs"):
        assert told not in answer
    if status == 303:
        assert b"Location: /desk/sign-in" in answer, "the desk says the same of every address"


@pytest.mark.parametrize("path", ["/en", "/desk", "//evil.test", "/evil.test", "//en", "//desk"])
def test_a_made_up_host_leads_nobody_away(target: Target, path: str) -> None:
    answer = asked(target, "GET", path, {"Host": "evil.test"})
    place = answer.headers.get("Location", "/")
    assert place.startswith("/"), place
    assert not place.startswith("//"), place
    assert "evil.test" not in answer.text
