"""The desk is closed to everybody who was not let in, route by route."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from reports.model import Base, StaffSession
from reports.model.staff import ROLES
from tests.support.cast import NOW, Instance
from tests.support.desk import Browser
from tests.support.web import Clock
from webapp.staff_auth import EVERYBODY, find_allowed_roles, require_role

Browsers = Callable[[], Browser]
OPEN_PATHS = {
    "/desk/received",
    "/desk/recover",
    "/desk/setup",
    "/desk/setup/finish",
    "/desk/sign-in",
}


@dataclass(frozen=True)
class Route:
    """One address of the desk and how it may be asked."""

    path: str
    method: str


def routes(app: Flask) -> Iterator[Route]:
    """Every address of the desk, from the URL map, with ids that nothing has."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/desk"):
            values = {name: 1990 if name == "year" else uuid4() for name in rule.arguments}
            _, path = rule.build(values) or ("", "")
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield Route(path, method)


def rows_of(instance: Instance, *, but: tuple[str, ...] = ()) -> str:
    """A hash over every row of every table, `but` some."""
    digest = hashlib.sha256()
    instance.session.rollback()
    for table in Base.metadata.sorted_tables:
        if table.name not in but:
            for row in instance.session.execute(select(table).order_by(*table.primary_key)):
                digest.update(repr((table.name, tuple(row))).encode())
    instance.session.rollback()
    return digest.hexdigest()


def test_the_map_has_the_routes_that_these_tests_are_about(app: Flask) -> None:
    found = list(routes(app))
    assert len(found) > 20
    assert {route.path for route in found} >= OPEN_PATHS


def test_every_view_of_the_desk_says_who_may_use_it(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/desk"):
            roles = find_allowed_roles(app.view_functions[rule.endpoint])
            assert roles, f"{rule.rule} says nothing"
            assert (roles is EVERYBODY) == (rule.rule in OPEN_PATHS), rule.rule
            assert roles is EVERYBODY or roles <= set(ROLES), rule.rule


def test_a_view_that_says_nothing_is_refused(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    app.add_url_rule("/desk/forgotten", view_func=lambda: "secret")
    assert app.test_client().get("/desk/forgotten").status_code == 403


def test_naming_no_role_lets_nobody_in() -> None:
    assert find_allowed_roles(require_role()(lambda: "")) is not EVERYBODY


def test_without_signing_in_every_page_leads_to_the_sign_in(app: Flask, browser: Browsers) -> None:
    before = browser()
    for route in routes(app):
        if route.method == "GET" and route.path not in OPEN_PATHS:
            answer = before.get(route.path)
            assert answer.status_code == 303, route
            assert answer.headers["Location"] == "/desk/sign-in"


def test_a_form_without_token_changes_nothing(
    app: Flask, app_instance: Instance, browser: Browsers
) -> None:
    report_id = app_instance.send().report_id
    anonymous, bela, dana = browser(), browser().at_desk("Bela"), browser().at_desk("Dana")
    bela.open(report_id)
    before = rows_of(app_instance)
    for visitor in (anonymous, bela, dana):
        for route in routes(app):
            if route.method == "POST":
                for token in ("", "0" * 64, anonymous.token):
                    answer = visitor.post(route.path, form_token=token)
                    assert 400 <= answer.status_code < 500, route
    assert rows_of(app_instance) == before


def test_a_form_from_another_site_changes_nothing(
    app: Flask, app_instance: Instance, browser: Browsers
) -> None:
    dana = browser().at_desk("Dana")
    before = rows_of(app_instance)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.test"}):
        for route in routes(app):
            if route.method == "POST":
                answer = dana.client.post(
                    route.path, data={"form_token": dana.token}, headers=headers
                )
                assert answer.status_code == 403, route
    assert rows_of(app_instance) == before


def test_no_get_changes_the_database(
    app: Flask, app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    report_id = app_instance.send().report_id
    dana = browser().at_desk("Dana")
    dana.open(report_id)
    before = rows_of(app_instance, but=("staff_session",))
    for path in [route.path for route in routes(app) if route.method == "GET"]:
        clock.forward(minutes=1)
        dana.get(path)
    dana.get(f"/desk/reports/{report_id}")
    assert rows_of(app_instance, but=("staff_session",)) == before


@pytest.mark.parametrize("name", ["Bela", "Chidi"])
def test_what_belongs_to_administrators_is_refused_to_others(
    app: Flask, browser: Browsers, name: str
) -> None:
    visitor = browser().at_desk(name)
    for route in routes(app):
        if route.path.startswith(("/desk/staff", "/desk/desks")):
            ask = visitor.get if route.method == "GET" else visitor.post
            assert ask(route.path).status_code == 403, route


def test_a_liaison_has_no_queue_and_no_report(app_instance: Instance, browser: Browsers) -> None:
    link = app_instance.invite("Lia", "liaison", None, contact_id="be-payoke")
    app_instance.accept(link, "Lia")
    lia = browser()
    assert lia.sign_in("Lia").status_code == 303
    account = lia.get("/desk/account")
    assert account.status_code == 200
    assert lia.get("/desk/").headers["Location"] in ("/desk/account", "/desk/portal")
    for path in ("/desk/board", "/desk/staff", "/desk/contacts", f"/desk/reports/{uuid4()}"):
        assert lia.get(path).status_code == 403, path


def test_the_session_ends_after_fifteen_idle_minutes(browser: Browsers, clock: Clock) -> None:
    bela = browser().at_desk("Bela")
    clock.forward(minutes=14)
    assert bela.get("/desk/").status_code == 200
    clock.forward(minutes=14)
    assert bela.get("/desk/").status_code == 200
    clock.forward(minutes=15, seconds=1)
    assert bela.get("/desk/").headers["Location"] == "/desk/sign-in?after=ended"


def test_the_session_ends_after_eight_hours_of_work(browser: Browsers, clock: Clock) -> None:
    bela = browser().at_desk("Bela")
    for _ in range(8 * 6):
        clock.forward(minutes=10)
        assert bela.get("/desk/").status_code == 200
    clock.forward(seconds=1)
    assert bela.get("/desk/").status_code == 303


def test_a_queue_that_refreshes_itself_does_not_keep_the_session(
    browser: Browsers, clock: Clock
) -> None:
    bela = browser().at_desk("Bela")
    for _ in range(15):
        clock.forward(minutes=1)
        assert bela.get("/desk/", headers={"HX-Request": "true"}).status_code == 200
    clock.forward(seconds=1)
    answer = bela.get("/desk/", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/desk/sign-in?after=ended"


def test_idle_time_is_written_at_most_once_a_minute(
    app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    def seen_at() -> datetime:
        moment = app_instance.session.scalars(select(StaffSession.seen_at)).one()
        app_instance.session.rollback()
        return moment

    bela = browser().at_desk("Bela")
    clock.forward(seconds=59)
    bela.get("/desk/")
    assert seen_at() == NOW
    clock.forward(seconds=1)
    bela.get("/desk/")
    assert seen_at() == clock.now


def test_what_was_typed_into_an_ended_session_is_shown_again(
    app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    report_id = app_instance.send().report_id
    bela = browser().at_desk("Bela")
    bela.open(report_id)
    clock.forward(minutes=16)
    answer = bela.post(f"/desk/reports/{report_id}/reply", text="A long and careful answer.")
    assert answer.status_code == 403
    assert "A long and careful answer." in answer.text


def test_a_made_up_cookie_opens_nothing(browser: Browsers) -> None:
    visitor = browser()
    for value in ("", "x", "é" * 9, "A" * 43, "A" * 3000):
        visitor.client.set_cookie("__Host-s", value, domain="site.test", secure=True)
        assert visitor.get("/desk/").status_code == 303


def test_the_desk_answers_on_its_own_host_alone(make_app: Callable[..., Flask]) -> None:
    client = make_app(WAYSIDE_STAFF_HOST="staff.test").test_client()
    assert client.get("/desk/sign-in", base_url="https://site.test").status_code == 404
    assert client.get("/en/1", base_url="https://staff.test").status_code == 404
    assert client.get("/desk/", base_url="https://staff.test").status_code in (303, 503)


def test_the_public_face_alone_has_no_desk(make_app: Callable[..., Flask]) -> None:
    app = make_app(WAYSIDE_FACE="public")
    assert not [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/desk")]
