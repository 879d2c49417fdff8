"""Limits by network: one network cannot use up what all share, and no address is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from reports.codes import derive_code
from reports.model import Guess, IntakeHour, Report
from tests.support.cast import Instance
from tests.support.desk import token_in
from tests.support.forms import REVIEW_PAGE, Form, code_on, text
from tests.support.redis import RedisServer
from tests.support.web import AtSite, Clock
from webapp.site import rate_limit
from webapp.site.app_services import get_services
from webapp.site.rate_limit import KEYS, REPORTS, find_network

AMINA, NEIGHBOUR, PROGRAM = "91.198.174.10", "91.198.174.77", "185.15.59.224"
CODE = derive_code(b"of nobody").grouped


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    yield server
    server.stop()


def crowded(app: Flask, address: str) -> bool:
    with app.test_request_context("/en/5", environ_base={"REMOTE_ADDR": address}):
        return rate_limit.count_report()


def fill(app: Flask, address: str) -> None:
    """All that one network may send in an hour."""
    assert [crowded(app, address) for _ in range(REPORTS.amount)] == [False] * REPORTS.amount


def person(app: Flask, address: str, path: str = "/en/5") -> Form:
    """A browser somewhere, at the first page of a form."""
    app.test_client_class = AtSite
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return Form(client, path)


def guesses_in(instance: Instance) -> list[int]:
    """What is counted against codes and names by now."""
    counted = instance.session.scalars(select(Guess.in_minute)).all()
    instance.session.rollback()
    return list(counted)


def test_a_network_is_one_however_many_addresses_it_has(app: Flask) -> None:
    fill(app, AMINA)
    assert crowded(app, NEIGHBOUR)
    assert not crowded(app, PROGRAM)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("91.198.174.1", "91.198.174.254", True),
        ("91.198.174.1", "91.198.175.1", False),
        ("2a02:2e02:1:1::1", "2a02:2e02:1:ffff::2", True),
        ("2a02:2e02:1::1", "2a02:2e02:2::1", False),
        ("::ffff:91.198.174.1", "91.198.174.254", True),
        ("::ffff:91.198.174.1", "::ffff:91.198.175.1", False),
        ("::ffff:5bc6:ae01", "91.198.174.1", True),
        ("91.198.174.1:4711", "91.198.174.254", True),
        ("[2a02:2e02:1:1::1]:4711", "2a02:2e02:1:ffff::2", True),
        ("[2a02:2e02:1:1::1]", "2a02:2e02:1:ffff::2", True),
    ],
)
def test_a_network_is_24_or_48_bits_of_an_address(one: str, other: str, same: bool) -> None:
    assert (find_network(one) == find_network(other)) is same


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.8", "192.168.1.1", "::ffff:10.0.0.8"),
        *("fe80::1%eth0", "fd00::1", "", None),
    ],
)
def test_an_address_that_stands_for_everybody_is_not_counted(
    app: Flask, address: str | None
) -> None:
    assert find_network(address) is None
    assert not any(crowded(app, address or "") for _ in range(2 * REPORTS.amount))


@given(st.text(max_size=60) | st.ip_addresses().map(str))
def test_whatever_stands_where_an_address_should_is_no_fault(address: str) -> None:
    network = find_network(address)
    assert network is None or network.endswith(("/24", "/48"))


def test_the_next_day_counts_under_another_key(app: Flask, clock: Clock) -> None:
    fill(app, AMINA)
    assert crowded(app, AMINA)
    clock.forward(days=1)
    assert not crowded(app, AMINA)


def test_memory_holds_no_address(app: Flask) -> None:
    crowded(app, AMINA)
    counts = get_services(app).limiter._counts
    held = counts._memory[:]
    assert held.count(0) < len(held)
    for part in (AMINA, "91.198.174.0", "91.198.174"):
        assert part.encode() not in held


def test_the_reports_of_a_crowded_network_go_below_and_leave_the_hour_to_others(
    app: Flask, app_instance: Instance, clock: Clock
) -> None:
    fill(app, PROGRAM)
    forms = [person(app, address) for address in (PROGRAM, AMINA)]
    for form in forms:
        form.to_step(REVIEW_PAGE)
    clock.forward(minutes=1)
    for form in forms:
        assert code_on(form.press("send"))
    session = app_instance.session
    assert sorted(session.scalars(select(Report.unverified))) == [False, True]
    assert session.scalars(select(IntakeHour.reports)).all() == [1]


def test_who_asks_for_too_many_slow_keys_waits_and_loses_neither_words_nor_a_try(
    app: Flask, app_instance: Instance
) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": AMINA}):
        for _ in range(KEYS.amount):
            rate_limit.check_keys()
    waits = person(app, NEIGHBOUR, "/en/6").press("open", c=CODE)
    assert waits.status_code == 503
    assert waits.headers["Retry-After"]
    assert CODE in text(waits)
    assert sum(guesses_in(app_instance)) == 0
    assert person(app, PROGRAM, "/en/6").press("open", c=CODE).status_code == 200


def test_somebody_at_the_desk_waits_as_long(app: Flask, app_instance: Instance) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": AMINA}):
        for _ in range(KEYS.amount):
            rate_limit.check_keys()
    bela = person(app, AMINA, "/desk/sign-in")
    fields = {"form_token": token_in(bela.page.text), "name": "Bela", "password": "x", "code": "1"}
    assert bela.client.post("/desk/sign-in", data=fields).status_code == 503
    assert sum(guesses_in(app_instance)) == 0


def test_machines_that_share_a_store_count_as_one_and_it_holds_no_address(
    make_app: Callable[..., Flask], redis: RedisServer
) -> None:
    one, two = (make_app(WAYSIDE_LIMITS_URL=redis.url) for _ in range(2))
    for at in range(REPORTS.amount):
        assert not crowded((one, two)[at % 2], AMINA)
    assert crowded(one, AMINA)
    assert crowded(two, NEIGHBOUR)
    assert not crowded(two, PROGRAM)
    held = redis.everything()
    assert b"reports" in held
    assert b"91.198" not in held


def test_valkey_is_asked_by_its_own_name(
    make_app: Callable[..., Flask], redis: RedisServer
) -> None:
    app = make_app(WAYSIDE_LIMITS_URL=redis.url.replace("redis", "valkey"))
    assert not crowded(app, AMINA)
    assert b"reports" in redis.everything()


def test_without_its_store_a_process_counts_alone_and_says_so(
    make_app: Callable[..., Flask], redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(WAYSIDE_LIMITS_URL=redis.url)
    assert not crowded(app, AMINA)
    redis.stop()
    fill(app, AMINA)
    assert crowded(app, AMINA)
    assert "event=trouble" in caplog.text
    assert "91.198" not in caplog.text


@pytest.mark.parametrize("told", ["91.198.174.0", "2a02:2f0e:1234::"])
def test_a_network_that_the_proxy_tells_in_place_of_an_address_is_counted(
    app: Flask, told: str
) -> None:
    fill(app, told)
    assert crowded(app, told)
    assert not crowded(app, "185.15.59.0")


PRODUCTION = {
    "WAYSIDE_ENV": "production",
    "WAYSIDE_MAIL_FROM": "desk@example.org",
    "WAYSIDE_PROXY_HOPS": "1",
}


def test_where_the_proxy_hides_every_network_the_log_says_so_once(
    make_app: Callable[..., Flask], caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(**PRODUCTION)
    for _ in range(rate_limit.NAMELESS * 3):
        crowded(app, "0.0.0.0")
    assert caplog.text.count("event=limits_idle reason=proxy_tells_no_network") == 1


def test_where_one_network_was_told_the_log_says_nothing(
    make_app: Callable[..., Flask], caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(**PRODUCTION)
    for address in ("127.0.0.0", AMINA, *["127.0.0.0"] * (rate_limit.NAMELESS * 3)):
        crowded(app, address)
    trial = make_app(WAYSIDE_PROXY_HOPS="1")
    for _ in range(rate_limit.NAMELESS * 3):
        crowded(trial, "0.0.0.0")
    assert "limits_idle" not in caplog.text
