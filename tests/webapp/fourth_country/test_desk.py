"""The desk works on reports of a country that nobody has written a line of code for."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from reports.model import Delivery
from reports.statistics.suppress import K
from tests.support.cast import NOW, PASSWORD, Instance
from tests.support.desk import Browser
from tests.support.fourth_country import CODE, NAME, POLICE, SENTENCE_NAME, walk
from tests.support.gates import fill_gates
from tests.support.office import Office, document_in, text_in
from tests.support.web import Clock

Browsers = Callable[[], Browser]


def test_the_desk_routes_corrects_searches_filters_and_sends(
    app: Flask, app_instance: Instance, browser: Browsers
) -> None:
    office = Office(POLICE)
    office.confirm(app_instance)
    report_id = app_instance.send(country=CODE, region="freedonia_north", age="adult").report_id
    app_instance.send(country="BE")
    bela = browser().at_desk("Bela")
    page = bela.open(report_id).text
    assert "<dd>North Freedonia</dd>" in page
    path = f"/desk/reports/{report_id}"
    assert f'id="to-{POLICE}" checked' in page
    bela.post(f"{path}/correct", present=CODE, reason="Said in the story.", age="minor")
    page = bela.get(path).text
    assert "<strong>Freedonia</strong>" in page

    assert report_id.hex[:8] in bela.get(f"/desk/?country={CODE}").text
    assert report_id.hex[:8] not in bela.get("/desk/?country=NL").text
    bela.get("/desk/search")
    assert report_id.hex[:8] in bela.post("/desk/search", q="kitchen", country=CODE).text

    shown = bela.post(f"{path}/route", to=POLICE).text
    seen = re.search(r'name="seen" value="(\w+)"', shown)
    assert seen
    said = {"seen": seen.group(1), "password": PASSWORD} | fill_gates(shown)
    sent = bela.post(f"{path}/refer", to=POLICE, **said)
    assert sent.status_code == 303
    app_instance.session.expire_all()
    [delivery] = app_instance.session.scalars(select(Delivery))
    inner = office.read(delivery.packet or b"")
    # In the language that its offices write in, by their clock.
    assert f"Land: {SENTENCE_NAME}" in text_in(inner)
    assert "12:00 (Freedonian time)" in text_in(inner)
    assert document_in(inner)["answers"]["country"] == CODE
    pages = walk(
        app, "/desk/", path, "/desk/search", "/desk/board", "/desk/statistics", cookie=bela.cookie
    )
    assert NAME in pages[path]


def test_an_administrator_sees_it_on_every_page(
    app: Flask, app_instance: Instance, browser: Browsers
) -> None:
    dana = browser().at_desk("Dana")
    pages = walk(app, "/desk/", "/desk/contacts", "/desk/desks", "/desk/staff", cookie=dana.cookie)
    assert NAME in pages["/desk/contacts"]


def test_it_is_counted_published_and_read_by_everybody(
    app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    bela = browser().at_desk("Bela")
    for _ in range(K):
        report_id = app_instance.send(country=CODE).report_id
        bela.open(report_id)
        closed = bela.post(f"/desk/reports/{report_id}/close", reason="Known.", origin="benelux")
        assert closed.status_code == 303
    page = bela.get(f"/desk/statistics/{NOW.year}").text
    assert f'<abbr title="{NAME}">{CODE}</abbr>' in page
    assert f'<td class="count">{K}</td>' in page
    clock.forward(days=366)
    bela = browser().at_desk("Bela")
    bela.get(f"/desk/statistics/{NOW.year}")
    assert bela.post(f"/desk/statistics/{NOW.year}/publish", password=PASSWORD).status_code == 303
    public = bela.client.get("/en/20").text
    assert f"<dt>{CODE}</dt><dd>{NAME}</dd>" in public
    assert f"{NOW.year},form,labour,{CODE},{K}\r\n" in bela.client.get("/en/20c").text
