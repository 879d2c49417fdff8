"""Role by route by object, from the URL map: nobody reaches what is not theirs.

A route that comes later is in these tests by itself. What a role may do at all is said by the view
(`webapp.staff_auth.require_role`); whose object it is, by the desk's keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reports.model.staff import ROLES
from tests.support.cast import Instance
from tests.support.desk import Browser
from tests.support.web import SITE
from tests.webapp.test_staff_auth import OPEN_PATHS, rows_of
from webapp.staff_auth import find_allowed_roles

Browsers = Callable[[], Browser]
PEOPLE = {"triager": "Bela", "supervisor": "Sami", "administrator": "Dana", "liaison": "Lia"}


class Person:
    """Somebody's cookie and token in a browser that looks at no page: there are hundreds."""

    def __init__(self, app: Flask, visitor: Browser) -> None:
        self.token = visitor.token
        self.client = FlaskClient(app, app.response_class)
        self.client.set_cookie("__Host-s", visitor.cookie or "", domain="site.test", secure=True)

    def ask(self, method: str, path: str) -> int:
        """The status, for a form with its right token."""
        data = {"form_token": self.token} if method == "POST" else None
        return self.client.open(path, method=method, data=data, base_url=SITE).status_code


@pytest.fixture
def people(app: Flask, app_instance: Instance, browser: Browsers) -> dict[str, Person]:
    """One person of each role, signed in; the triager and the supervisor are of desk `be`."""
    app_instance.accept(app_instance.invite("Sami", "supervisor", "BE"), "Sami")
    link = app_instance.invite("Lia", "liaison", None, contact_id="be-payoke")
    app_instance.accept(link, "Lia")
    found = {}
    for role, name in PEOPLE.items():
        visitor = browser()
        assert visitor.sign_in(name).status_code == 303
        visitor.get("/desk/account")
        found[role] = Person(app, visitor)
    return found


def routes(app: Flask, **known: object) -> Iterator[tuple[str, str, frozenset[str], set[str]]]:
    """Path, method, roles and arguments of every closed route of the desk."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/desk") and rule.rule not in OPEN_PATHS:
            values = {name: known.get(name, uuid4()) for name in rule.arguments}
            values |= {"year": 2026} if "year" in rule.arguments else {}
            _, path = rule.build(values) or ("", "")
            roles = find_allowed_roles(app.view_functions[rule.endpoint]) or frozenset()
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield path, method, roles, set(rule.arguments)


def test_every_role_is_somebody_here() -> None:
    assert set(PEOPLE) == set(ROLES)


def test_no_role_reaches_a_route_of_another(
    app: Flask, app_instance: Instance, people: dict[str, Person]
) -> None:
    report_id = app_instance.send().report_id
    before = rows_of(app_instance, but=("staff_session",))
    refused = 0
    for path, method, roles, _ in routes(app, report_id=report_id, contact_id="be-payoke"):
        for role, visitor in people.items():
            if role in roles:
                continue
            right = 303 if (path, method) == ("/desk/", "GET") else 403
            assert visitor.ask(method, path) == right, (role, method, path)
            refused += 1
    assert refused > 60
    assert rows_of(app_instance, but=("staff_session",)) == before


@pytest.mark.parametrize(("role", "country"), [("triager", "NL"), ("supervisor", "LU")])
def test_a_report_of_another_desk_does_not_exist(
    app: Flask, app_instance: Instance, people: dict[str, Person], role: str, country: str
) -> None:
    foreign = app_instance.send(country=country).report_id
    assert statuses(app, people[role], role, foreign) == {404}


def test_a_report_that_does_not_exist_does_not_either(
    app: Flask, people: dict[str, Person]
) -> None:
    assert statuses(app, people["administrator"], "administrator", uuid4()) == {404}


def statuses(app: Flask, visitor: Person, role: str, report_id: UUID) -> set[int]:
    """What every route of one report answers to somebody whose role would do."""
    found = {
        visitor.ask(method, path)
        for path, method, roles, arguments in routes(app, report_id=report_id)
        if role in roles and "report_id" in arguments
    }
    assert found, "there is no such route"
    return found


def test_nothing_of_another_desk_changes(
    app: Flask, app_instance: Instance, people: dict[str, Person]
) -> None:
    foreign = app_instance.send(country="NL").report_id
    before = rows_of(app_instance, but=("staff_session",))
    statuses(app, people["triager"], "triager", foreign)
    assert rows_of(app_instance, but=("staff_session",)) == before
