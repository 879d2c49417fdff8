"""The site as hostile requests meet it: everybody signed in, every form known, one beginning.

Each request begins with the same database, so that what one of them did hides nothing from the
next. What a request may never get is checked on every answer.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from reports.db import begin_write, make_session_factory
from reports.delivery import contact_settings
from reports.delivery.channels.channel import ContactDetails
from reports.model import Report
from reports.settings import Settings
from reports.stores import mark_stores
from reports.tombstones import FILES
from tests import page_checker
from tests.support import files
from tests.support.cast import NOW, Instance, founded
from tests.support.desk import Browser
from tests.support.forms import ANSWERS, Form, carried, multipart
from tests.support.hostile import Request, Seen, forms_of
from tests.support.office import PAYOKE, refer
from tests.support.web import SITE, AtSite, Clock, build, make_room, put_services
from webapp.site.app_services import get_services

DESK: Final = ("Bela", "Sami", "Dana", "Lia")
ENDS: Final = ("/desk/sign-out",)
"""What ends a session ends the test of everything behind it."""
LINK: Final = re.compile(r'href="(/desk[^"#]*)"')


@dataclass
class Target:
    """The application, its people with the forms that each of them sees, and the beginning."""

    app: Flask
    database: Path
    cookies: dict[str, str] = field(default_factory=dict)
    forms: dict[str, list[Seen]] = field(default_factory=dict)

    @property
    def beginning(self) -> Path:
        return self.database.with_suffix(".beginning")

    def begin_again(self) -> None:
        """Forget what earlier requests did."""
        get_services(self.app).engine.dispose()
        shutil.copy(self.beginning, self.database)

    def ask(self, who: str, sent: Request, headers: Mapping[str, str] | None = None) -> int:
        """Send it to the beginning, look at the answer, and return its status."""
        self.begin_again()
        answer = self.answer(who, sent, headers)
        told = (who, sent, answer.status_code)
        assert answer.status_code < 500, told
        assert "Traceback" not in answer.text, told
        desk = sent.path.startswith("/desk")
        assert list(page_checker.header_faults(answer, desk=desk)) == [], told
        return answer.status_code

    def answer(
        self, who: str, sent: Request, headers: Mapping[str, str] | None = None
    ) -> TestResponse:
        client = FlaskClient(self.app, self.app.response_class, use_cookies=False)
        cookie = {"Cookie": f"__Host-s={self.cookies[who]}"} if who in self.cookies else {}
        return client.open(
            sent.path,
            method=sent.method,
            data=sent.body,
            content_type=sent.kind or None,
            headers={**cookie, **(headers or {})},
            base_url=SITE,
        )


def build_target(folder: Path, template: Path) -> Target:
    """Everybody of the staff is signed in, reports are in several states, all pages were read."""
    clock = Clock()
    database = Path(shutil.copy(template, folder / "wayside.db"))
    app = build(folder / "var", f"sqlite:///{database}", clock, {})
    put_services(app, room=make_room())
    app.test_client_class = AtSite
    made, engine = Target(app, database), get_services(app).engine
    with make_session_factory(engine)() as session:
        instance = founded(session, get_services(app).vault)
        mark_stores(session, {FILES: get_services(app).store})
        public = of_reporters(instance, app.test_client())
        made.forms["public"] = list(dict.fromkeys(each for page in public for each in on(page)))
        roots = of_staff(instance)
    for name in DESK:
        visitor = Browser(app, instance, clock)
        assert visitor.sign_in(name).status_code == 303
        made.cookies[name] = visitor.cookie or ""
        made.forms[name] = list(dict.fromkeys(met_by(made, name, roots)))
    engine.dispose()
    shutil.copy(database, made.beginning)
    return made


def of_reporters(instance: Instance, client: FlaskClient) -> list[TestResponse]:
    """Amina's way through every page of the public face that has a form."""
    form = Form(client)
    pages = [form.page, *(form.press(**answers) for answers in ANSWERS)]
    kind, body = multipart({**carried(pages[6]), "b": "add"}, {"a.jpg": files.jpeg()})
    pages.append(client.post("/en/57", data=body, content_type=kind))
    receipt = instance.send(kind="self", region="brussels", police="refused")
    visit = Form(client, "/en/6")
    pages += [visit.page, visit.press("open", c=receipt.code.grouped)]
    pages += [visit.press("files", "/en/67", m="Two more."), visit.press("erase", "/en/6")]
    return pages + [client.get(path) for path in ("/en/9", "/en/0", "/en/4", "/en/8")]


def of_staff(instance: Instance) -> list[str]:
    """One report is with a liaison. Where staff begin to read."""
    instance.accept(instance.invite("Sami", "supervisor", "BE"), "Sami")
    instance.accept(instance.invite("Lia", "liaison", None, contact_id=PAYOKE), "Lia")
    begin_write(instance.session)
    portal = ContactDetails("portal")
    contact_settings.confirm(instance.session, instance.vault, PAYOKE, portal, NOW)
    instance.session.commit()
    refer(instance, instance.send(), Settings.from_environ({}), PAYOKE)
    reports = instance.session.scalars(select(Report.id))
    return ["/desk/", "/desk/portal", *(f"/desk/reports/{id}" for id in reports)]


def met_by(target: Target, name: str, roots: list[str]) -> Iterator[Seen]:
    """Every form that somebody of the staff comes to, from link to link."""
    coming, known = list(roots), set(roots)
    while coming:
        path = coming.pop(0)
        page = target.answer(name, Request("GET", path, "", b""))
        if page.status_code != 200 or page.mimetype != "text/html":
            continue
        yield from (form for form in on(page) if form.path not in ENDS)
        for link in LINK.findall(page.text):
            if link not in known and "?" not in link:
                known.add(link)
                coming.append(link)


def on(page: TestResponse) -> Iterator[Seen]:
    """The forms of a page."""
    return forms_of(page.text, page.request.path)
