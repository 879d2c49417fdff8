"""A browser of somebody at the desk, in the test's own process."""

from __future__ import annotations

import re
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from tests.support.cast import Instance
from tests.support.web import AtSite, Clock

_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


class Browser:
    """One person's browser: `get`, and `post` with the token of the page seen last."""

    def __init__(self, app: Flask, instance: Instance, clock: Clock) -> None:
        app.test_client_class = AtSite
        self.client = app.test_client()
        self.instance, self.clock = instance, clock
        self.token = ""

    def get(self, path: str, **options: object) -> TestResponse:
        return self._seen(self.client.get(path, **options))

    def post(self, path: str, **fields: object) -> TestResponse:
        """Send a form; `form_token=""` leaves the token out."""
        return self._seen(self.client.post(path, data={"form_token": self.token} | fields))

    def sign_in(self, who: str, /, **typed: str) -> TestResponse:
        """By the sign-in page, with what this person knows; `typed` replaces parts of it."""
        member = self.instance.members[who]
        self.get("/desk/sign-in")
        right = {
            "name": who,
            "password": member.password,
            "code": member.one_time_code(self.clock.now),
        }
        return self.post("/desk/sign-in", **(right | typed))

    def at_desk(self, name: str) -> Browser:
        """Signed in, with the queue on the screen."""
        assert self.sign_in(name).status_code == 303
        assert self.get("/desk/").status_code == 200
        return self

    def open(self, report_id: UUID) -> TestResponse:
        """Open a report from the queue and see its page."""
        answer = self.post(f"/desk/reports/{report_id}/open")
        return self.get(answer.headers["Location"]) if answer.status_code == 303 else answer

    @property
    def cookie(self) -> str | None:
        found = self.client.get_cookie("__Host-s", domain="site.test")
        return found.value if found else None

    def _seen(self, response: TestResponse) -> TestResponse:
        self.token = token_in(response.text) or self.token
        return response


def token_in(html: str) -> str:
    """The token in the text of a page; empty where it has none."""
    found = _TOKEN.search(html)
    return found.group(1) if found else ""


def opened(bela: Browser, **answers: str) -> str:
    """Bela opens a report that has just come; where it stands."""
    report_id = bela.instance.send(form="sexual", region="flanders", **answers).report_id
    assert bela.open(report_id).status_code == 200
    return f"/desk/reports/{report_id}"
