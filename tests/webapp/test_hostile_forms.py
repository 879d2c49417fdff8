"""Whatever a form carries, on either face: a page, a refusal or a sentence, and never a 500.

The forms are those that the pages really offer, to everybody who may see them. Each request begins
with the same database, so that what one of them did hides nothing from the next.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
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
from tests.support.hostile import FORM, MULTIPART, Request, Seen, forms_of, parts, requests, values
from tests.support.length import LONG
from tests.support.office import PAYOKE, refer
from tests.support.web import SITE, AtSite, Clock, build, make_room, put_services
from webapp.site.app_services import get_services

pytestmark = pytest.mark.filterwarnings(
    # Where a form breaks off, a file of it may be left to the collector: one in memory, or unnamed.
    "ignore::pytest.PytestUnraisableExceptionWarning"
)
DESK = ("Bela", "Sami", "Dana", "Lia")
ENDS = ("/desk/sign-out",)
"""What ends a session ends the test of everything behind it."""
LINK = re.compile(r'href="(/desk[^"#]*)"')
TEN_MEGABYTES = 10_000_000


def often(short: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """So many examples, the same in every run of `make test`; twenty times as many at length."""
    return settings(
        max_examples=short * 20 if LONG else short,
        deadline=None,
        derandomize=not LONG,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


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

    def ask(self, who: str, sent: Request, headers: Mapping[str, str] | None = None) -> None:
        """Send it to the beginning, and look at the answer."""
        get_services(self.app).engine.dispose()
        shutil.copy(self.beginning, self.database)
        answer = self.answer(who, sent, headers)
        told = (who, sent, answer.status_code)
        assert answer.status_code < 500, told
        assert "Traceback" not in answer.text, told
        desk = sent.path.startswith("/desk")
        assert list(page_checker.header_faults(answer, desk=desk)) == [], told

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


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Target]:
    """Everybody of the staff is signed in, reports are in several states, all pages were read."""
    folder, clock = tmp_path_factory.mktemp("hostile"), Clock()
    database = Path(shutil.copy(sqlite_template, folder / "wayside.db"))
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
    yield made
    engine.dispose()


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


@often(40)
@given(data=st.data())
def test_no_form_of_the_public_face_breaks_it(target: Target, data: st.DataObject) -> None:
    target.ask("nobody", data.draw(requests(target.forms["public"])))


@often(80)
@given(who=st.sampled_from(DESK), data=st.data())
def test_no_form_of_the_desk_breaks_it(target: Target, who: str, data: st.DataObject) -> None:
    target.ask(who, data.draw(requests(target.forms[who])))


@often(40)
@given(data=st.data())
def test_no_part_of_a_file_breaks_it(target: Target, data: st.DataObject) -> None:
    """Files in parts, with every header that they go by."""
    tokens = [of[0] for form in target.forms["public"] for name, of in form.fields if name == "t"]
    told = {
        "X-T": data.draw(st.sampled_from(tokens) | values),
        "Upload-Length": data.draw(st.sampled_from(("5", "200000")) | values),
        "Upload-Offset": data.draw(st.sampled_from(("0", "5")) | values),
        "Upload-Metadata": data.draw(st.sampled_from(("filename YQ==", "filename Y,,=")) | values),
    }
    headers = {
        name: "".join(c for c in value if c.isprintable() and ord(c) < 256)
        for name, value in told.items()
        if data.draw(st.integers(0, 5))
    }
    place = data.draw(st.sampled_from(("", "a", "b", "j", "k")))
    path = f"/en/{data.draw(st.sampled_from(('57', '67')))}{place}"
    method = data.draw(st.sampled_from(("POST", "PATCH", "HEAD", "DELETE", "OPTIONS", "PUT")))
    kind = data.draw(st.sampled_from(("application/offset+octet-stream", FORM)))
    sent = Request(method, path, kind, data.draw(st.binary(max_size=60)))
    target.ask("nobody", sent, headers)


@pytest.mark.parametrize("kind", [FORM, MULTIPART])
def test_ten_megabytes_are_refused_or_read_at_every_address(target: Target, kind: str) -> None:
    large = "x" * TEN_MEGABYTES
    body = b"f8=" + large.encode() if kind == FORM else parts([("f8", large)], [])
    for who, forms in target.forms.items():
        for path in sorted({form.path for form in forms if form.method == "POST"}):
            target.ask(who, Request("POST", path, kind, body))


def test_the_forms_are_many_and_each_is_of_a_page(target: Target) -> None:
    """Else the tests above would be about little."""
    least = {"public": 12, "Bela": 20, "Sami": 12, "Dana": 20, "Lia": 5}
    found = {who: len({form.path for form in forms}) for who, forms in target.forms.items()}
    assert all(found[who] >= least[who] for who in least), found
