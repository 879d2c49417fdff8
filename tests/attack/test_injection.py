"""Hostile values in every parameter and field: nothing breaks, leads away or adds a line.

The values come from a list and from a seeded generator, so that a run can be repeated.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from urllib.parse import quote, urlencode

import pytest

from tests.attack.conftest import Target
from tests.support.desk import token_in
from tests.support.forms import fields_in
from tests.support.hostile import LINES, NASTY
from tests.support.served import Answer

SEED = 20_270_312
ELSEWHERE = (
    "https://evil.test/",
    "//evil.test/",
    "///evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "https:evil.test",
    "/%09/evil.test",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://localhost@evil.test/",
    "/desk/..//evil.test",
    "\thttps://evil.test",
)
PARAMETERS = (
    "next",
    "url",
    "to",
    "return",
    "redirect",
    "continue",
    "goto",
    "after",
    "done",
    "lang",
)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def encoded(fields: Mapping[str, str]) -> bytes:
    return urlencode(fields, errors="surrogatepass").encode()


def harmless(answer: Answer, what: object) -> None:
    """Neither broken nor taken for a fault of the database, nor led elsewhere."""
    assert answer.status not in (500, 502, 503), (what, answer.status)
    place = answer.headers.get("Location", "/")
    assert place.startswith("/"), (what, place)
    assert not place.startswith(("//", "/\\")), (what, place)
    assert "Refresh" not in answer.headers, what
    assert "zxinjected" not in str(answer.headers), what
    assert "<script>zxinjected" not in answer.text, what
    assert "<script>alert" not in answer.text, what


@pytest.mark.parametrize("who", [None, "Dana"])
def test_no_parameter_leads_elsewhere_or_breaks_a_page(target: Target, who: str | None) -> None:
    cookie = {"Cookie": target.cookie(who)} if who else {}
    filters = ("status", "country", "form", "urgency", "mine", "doubt", "after")
    for route in target.routes():
        if "GET" not in route.methods or route.path == "/x" or route.path.startswith("/s/"):
            continue
        for value in (*ELSEWHERE, *LINES):
            query = urlencode(dict.fromkeys((*PARAMETERS, *filters), value))
            harmless(target.site.get(f"{route.path}?{query}", **cookie), (route.path, value))
    if who:
        for value in NASTY:
            for name in filters:
                query = encoded({name: value}).decode()
                harmless(target.site.get(f"/desk/?{query}", **cookie), (name, value))


def test_the_exit_leads_to_its_one_place(target: Target) -> None:
    for value in ELSEWHERE:
        for name in PARAMETERS:
            answer = target.site.get(f"/x?{urlencode({name: value})}")
            assert answer.headers["Location"] == "https://example.org/"


@pytest.mark.parametrize("value", [*LINES, *NASTY])
def test_no_address_and_no_header_breaks_anything(target: Target, value: str) -> None:
    path = quote(value.encode("utf-8", "surrogatepass"), safe="")
    for address in (f"/{path}", f"/en/{path}", f"/s/{path}", f"/desk/{path}", f"/{path}/5"):
        harmless(target.site.get(address), address)
    one_line = value.encode("utf-8", "surrogatepass").translate(None, b"\r\n\x00")[:2_000]
    for name in (
        b"Cookie: __Host-s=",
        b"Cookie: __Host-g",
        b"Accept-Language: ",
        b"X-Form-Token: ",
    ):
        raw = b"GET /desk/ HTTP/1.1\r\nHost: a\r\n" + name + one_line
        came = target.site.raw(raw + b"\r\nConnection: close\r\n\r\n")
        assert came.split(b" ", 2)[1] in (b"200", b"303", b"400", b"431"), (name, value)


def test_the_report_form_stands_every_field(target: Target) -> None:
    """A token that is genuine, so that every value reaches the place where it is used."""
    chance = random.Random(SEED)
    names = ("t", "s", "b", "w", *(f"f{number}" for number in range(1, 32)))
    values = (*NASTY, *LINES, *ELSEWHERE, *"1234567", "next", "back", "stay", "send", "BE", "yes")
    page = target.site.get("/en/5")
    for number in range(300):
        if number % 25 == 0:
            page = target.site.get("/en/5")
        genuine = fields_in(page.text)
        told = {name: chance.choice(values) for name in chance.sample(names, chance.randint(1, 9))}
        kept = {name: value for name, value in genuine.items() if chance.random() < 0.9}
        answer = target.site.ask("POST", "/en/5", encoded({**told, **kept}), FORM)
        harmless(answer, told)
        assert target.faults(answer, "/en/5") == []


def test_the_mailbox_stands_every_field(target: Target) -> None:
    chance = random.Random(SEED)
    opened = target.site.post("/en/6", {"c": target.codes[0], "b": "open"})
    visit = fields_in(opened.text)
    values = (*NASTY, *LINES, "open", "send", "look", target.codes[1][:-1])
    for _ in range(200):
        told = {name: chance.choice(values) for name in chance.sample("tcmbsw", 3)}
        if chance.random() < 0.6:
            told |= visit
            told["b"] = chance.choice(["send", "look", *NASTY])
        answer = target.site.ask("POST", "/en/6", encoded(told), FORM)
        harmless(answer, told)
        assert target.faults(answer, "/en/6") == []


def test_bytes_that_are_no_form_break_nothing(target: Target) -> None:
    chance = random.Random(SEED)
    kinds = (
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/json",
        "text/plain; charset=utf-7",
        "x" * 300,
    )
    for number in range(200):
        body = chance.randbytes(chance.randint(0, 600))
        if number % 3 == 0:
            body = b'--x\r\nContent-Disposition: form-data; name="f8"; filename="a"\r\n\r\n' + body
        path = chance.choice(["/en/5", "/en/6", "/x", "/ar/5", "/desk/sign-in", "/desk/setup"])
        answer = target.site.ask("POST", path, body, {"Content-Type": chance.choice(kinds)})
        assert answer.status < 500, (path, body)


@pytest.mark.parametrize("who", ["Dana", "Bela"])
def test_the_desk_stands_every_field_with_a_genuine_token(target: Target, who: str) -> None:
    """Every form of the desk but those that end the session or cost half a second each."""
    chance = random.Random(SEED)
    cookie = {"Cookie": target.cookie(who)}
    token = token_in(target.site.get("/desk/account", **cookie).text)
    names = "text reason contact country form urgency status role name desk to id language age"
    fields = (*names.split(), "kind", "danger", "region", "seen", "once", "note", "confirm", "rule")
    seen: dict[str, set[int]] = {}
    for route in target.routes():
        slow = ("sign", "password", "recover", "setup")
        desk = route.pattern.startswith("/desk") and "POST" in route.methods
        if not desk or any(word in route.pattern for word in slow):
            continue
        statuses = set()
        for _ in range(12):
            told = {name: chance.choice((*NASTY, *LINES)) for name in chance.sample(fields, 8)}
            body = encoded({**told, "form_token": token})
            answer = target.site.ask("POST", route.path, body, {**FORM, **cookie})
            harmless(answer, (route.pattern, told))
            statuses.add(answer.status)
        seen[route.pattern] = statuses
    let_in = [pattern for pattern, statuses in seen.items() if statuses != {403}]
    assert len(let_in) > 8, f"the token opened next to nothing: {seen}"


def test_names_and_codes_at_the_sign_in_break_nothing(target: Target) -> None:
    page = target.site.get("/desk/sign-in")
    token, cookie = token_in(page.text), page.headers["Set-Cookie"].split(";")[0]
    for value in (*NASTY[:10], *LINES[:3]):
        told = {"form_token": token, "name": value, "password": value, "code": value}
        bound = {**FORM, "Cookie": cookie}
        harmless(target.site.ask("POST", "/desk/sign-in", encoded(told), bound), value)


def test_a_code_with_every_check_digit_is_only_refused(target: Target) -> None:
    for body in ("0" * 23, "9" * 23):
        for digit in "0123456789":
            answer = target.site.post("/en/6", {"c": body + digit, "b": "open"})
            assert answer.status in (200, 429)
