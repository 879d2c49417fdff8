"""Every page of the desk can be used by everyone: axe's rules, light and dark, wide and narrow,
and letters twice as large.

The pages come from the URL map, so that a new one is looked at without anybody thinking of it;
those that only a form leads to stand here. The instance has a past: there is something on them.
The browser is real; what it asks for is answered by the application in this process.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from flask import Flask
from playwright.sync_api import Page, Route
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from reports import clock_record
from reports.db import begin_write
from reports.delivery.standstill import STILL_AFTER, record_turn
from reports.demo import timeline
from reports.demo.fates import PORTAL
from reports.model import Delivery, Referral, Report, Staff
from tests.support import chromium
from tests.support.browsing import Launch
from tests.support.cast import PASSWORD, Instance
from tests.support.desk import Browser
from tests.support.layout import LARGE, OPEN_ALL, STICKS_OUT, WIDE
from tests.support.lived import FATOU, live, place_on
from tests.support.web import SITE, Clock
from webapp.site.app_services import get_services
from webapp.staff_auth import LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("letters")]

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
RULES = """axe.run(document, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag2aaa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  rules: {
    'target-size': {enabled: true},
    'color-contrast-enhanced': {enabled: true},
    'identical-links-same-purpose': {enabled: true},
  },
}).then(told => told.violations.flatMap(rule => rule.nodes.map(n => rule.id + ': ' + n.html)))"""
DARK_RULES = """axe.run(document, {
  runOnly: {
    type: 'rule', values: ['color-contrast', 'color-contrast-enhanced', 'link-in-text-block'],
  },
}).then(told => told.violations.flatMap(rule => rule.nodes.map(n => rule.id + ': ' + n.html)))"""
"""In the dark only colours differ."""
WIDER_THAN_THE_SCREEN = "document.documentElement.scrollWidth > innerWidth + 1"
TO_THE_TOP = "scrollTo(0, 0)"
"""What lies under the bar of a page that began further down is not too small for that."""
NARROW = {"width": 390, "height": 844}
SIZES = (chromium.DESK, NARROW)
WIDTHS = (1280, 800, 390, 320)
COUNTS = "/desk/statistics/2026"
FIVE_FIGURES = "document.querySelectorAll('td.count').forEach(each => each.textContent = '12,345')"
FATES = ("talked", "ready", "proposed", "closed", "portal", "overdue", "returned", "held")
PARTS = 4
"""So many tests share the pages with an address, so that none takes long."""
Shown = dict[str, TestResponse]
"""What each address answers; a page that a form leads to has an address of the test's own."""


@pytest.fixture
def lived(app: Flask, app_instance: Instance, tmp_path: Path) -> Mapping[str, Report]:
    """Reports by their fate, on the instance behind `browser`."""
    if not AXE.exists():
        reason = "axe-core is not installed: see scripts/test"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    place = place_on(app_instance, tmp_path / "var")
    found = live(place, FATES, with_files=["talked"])
    begin_write(place.session)
    timeline.chase(place, get_services(app).clock())
    # So that the pages say what holds erasing back.
    record = clock_record.take(place.session, get_services(app).clock())
    record.doubt, record.seen_at = "ahead", record.seen_at - timedelta(days=365)
    place.session.commit()
    return found


def paths(app: Flask, known: Mapping[str, object]) -> Iterator[str]:
    """Every address of the desk that is asked for with GET; ids as `known`, else of nothing."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/desk") and "GET" in (rule.methods or ()):
            values = {name: known.get(name, uuid4()) for name in rule.arguments}
            _, path = rule.build(values) or ("", "")
            yield path


def mapped(app: Flask, instance: Instance, dana: Browser, report_id: UUID) -> Shown:
    """Every page that has an address, as an administrator sees it."""
    dana.open(report_id)
    [desk_id, *_] = instance.keyring("Bela").list_desk_ids(instance.session)
    known = {
        "report_id": report_id,
        "staff_id": instance.keyring("Bela").staff.id,
        "desk_id": desk_id,
        "contact_id": PORTAL,
        "year": 2026,
    }
    instance.session.rollback()
    pages = {path: dana.get(path, follow_redirects=True) for path in set(paths(app, known))}
    return {path: page for path, page in sorted(pages.items()) if page.mimetype == "text/html"}


def worked_on(emil: Browser, lived: Mapping[str, Report]) -> Shown:
    """Reports in their states, and the way to a referral, as a supervisor sees them."""
    shown: Shown = {}
    for fate, report in lived.items():
        page = emil.open(report.id)
        if page.status_code == 200:
            shown[f"/desk/{fate}"] = page
    ready, proposed = (f"/desk/reports/{lived[fate].id}" for fate in ("ready", "proposed"))
    shown["/desk/agree"] = emil.get(f"{proposed}/proposal")
    emil.get(ready)
    shown["/desk/confirm"] = emil.post(f"{ready}/route", to="be-djsoc")
    shown["/desk/changed"] = emil.post(
        f"{ready}/route", to="be-djsoc", chosen="1", field=["story"], passages="nowhere to be found"
    )
    shown["/desk/tried"] = emil.post(f"{ready}/what-if", age="minor")
    shown["/desk/mistaken"] = emil.post(f"{ready}/close", reason="")
    shown["/desk/board"] = emil.get("/desk/board")
    return shown


def sent_to(fatou: Browser, instance: Instance, report_id: UUID) -> Shown:
    """What a liaison sees: the list, a packet, a mistake, and the list after an answer."""
    session = instance.session
    query = select(Delivery.id).join(Referral, Referral.id == Delivery.referral_id)
    delivery_id = session.scalars(query.where(Referral.report_id == report_id)).one()
    session.rollback()
    packet = f"/desk/portal/{delivery_id}"
    shown = {"/desk/sent": fatou.get("/desk/portal"), "/desk/packet": fatou.post(packet)}
    shown["/desk/silent"] = fatou.post(f"{packet}/answer", kind="returned", text="")
    fatou.post(f"{packet}/answer", kind="acknowledged", text="We have it.")
    shown["/desk/answered"] = fatou.get("/desk/portal?done=answered")
    return shown


def answer(page: Page, client: Browser, shown: Shown) -> None:
    """Let the browser's requests be answered in this process."""

    def fulfil(route: Route) -> None:
        asked = urlsplit(route.request.url)
        path = f"{asked.path}?{asked.query}" if asked.query else asked.path
        told = shown.get(path) or client.client.get(path, base_url=SITE, follow_redirects=True)
        route.fulfill(status=told.status_code, headers=dict(told.headers), body=told.data)

    page.route("**/*", fulfil)


def faults(page: Page, path: str) -> list[str]:
    """What axe finds on a page in any look, and where it scrolls sideways."""
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(chromium.DESK)  # type: ignore[arg-type]  # a width and a height
    page.goto(f"{SITE}{path}")
    page.evaluate(AXE.read_text())
    page.evaluate(OPEN_ALL)
    found: set[str] = set()
    for scheme, rules in (("light", RULES), ("dark", DARK_RULES)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
        for size in SIZES:
            page.set_viewport_size(size)  # type: ignore[arg-type]  # a width and a height
            page.evaluate(TO_THE_TOP)
            look = f"{path}, {scheme}, {size['width']}"
            found |= {f"{look}: {fault}" for fault in page.evaluate(rules)}
            if page.evaluate(WIDER_THAN_THE_SCREEN):
                found.add(f"{look}: wider than the screen")
    for letters in (WIDE, LARGE):
        page.add_style_tag(content=letters)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            look = f"{path}, {letters}, {width}"
            found |= {f"{look}: {fault}" for fault in page.evaluate(STICKS_OUT)}
    return sorted(found)


def look_at(launch: Launch, client: Browser, shown: Shown, paths: list[str]) -> list[str]:
    page = launch(viewport=chromium.DESK, bypass_csp=True).pages[0]
    answer(page, client, shown)
    return [fault for path in paths for fault in faults(page, path)]


@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_with_an_address_keeps_anybody_out(
    app: Flask,
    app_instance: Instance,
    browser: Callable[[], Browser],
    launch: Launch,
    lived: Mapping[str, Report],
    part: int,
) -> None:
    dana = browser().at_desk("Dana")
    shown = mapped(app, app_instance, dana, lived["talked"].id)
    assert len(shown) > 25
    assert look_at(launch, dana, shown, list(shown)[part::PARTS]) == []


def test_no_page_of_the_work_on_a_report_keeps_anybody_out(
    browser: Callable[[], Browser], launch: Launch, lived: Mapping[str, Report]
) -> None:
    emil = browser().at_desk("Emil")
    shown = worked_on(emil, lived)
    assert len(shown) > 10
    assert look_at(launch, emil, shown, list(shown)) == []


def test_no_page_of_a_liaison_keeps_anybody_out(
    app_instance: Instance,
    browser: Callable[[], Browser],
    launch: Launch,
    lived: Mapping[str, Report],
) -> None:
    fatou = browser()
    assert fatou.sign_in(FATOU).status_code == 303
    shown = sent_to(fatou, app_instance, lived["portal"].id)
    assert [page.status_code for page in shown.values()] == [200, 200, 422, 200]
    assert look_at(launch, fatou, shown, list(shown)) == []


@pytest.mark.usefixtures("lived")
def test_counts_of_five_figures_leave_the_page_as_wide_as_the_screen(
    browser: Callable[[], Browser], launch: Launch
) -> None:
    dana = browser().at_desk("Dana")
    assert dana.post(f"{COUNTS}/publish", password=PASSWORD).status_code == 303
    page = launch(bypass_csp=True, viewport=chromium.DESK).pages[0]
    answer(page, dana, {})
    for path in ("/en/20", COUNTS):
        page.goto(f"{SITE}{path}")
        assert page.locator("td.count").count() > 100
        page.evaluate(FIVE_FIGURES)
        for letters in ("/* as they are */", WIDE, LARGE):
            page.add_style_tag(content=letters)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                assert page.evaluate(STICKS_OUT) == [], (path, letters, width)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_line_that_nothing_leaves_keeps_nobody_out(
    app_instance: Instance,
    browser: Callable[[], Browser],
    launch: Launch,
    clock: Clock,
    language: str,
) -> None:
    begin_write(app_instance.session)
    app_instance.session.execute(update(Staff).values(language=language))
    record_turn(app_instance.session, "deliver", clock.now)
    app_instance.session.commit()
    clock.now += 2 * STILL_AFTER
    dana = browser().at_desk("Dana")
    page = launch(bypass_csp=True, viewport=chromium.DESK).pages[0]
    answer(page, dana, {})
    assert faults(page, "/desk/") == []
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{SITE}/desk/")
        line = page.get_by_role("status").first
        assert "11:00" in line.inner_text()
        assert line.bounding_box()["y"] < 400  # type: ignore[index]  # it is on the screen
        assert line.locator("a, button, input:not([type=hidden])").count() == 0
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
