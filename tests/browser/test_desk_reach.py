"""Every page of the desk can be used by everyone: axe's rules, light and wide, dark and narrow.

The pages come from the URL map, so that a new one is looked at without anybody thinking of it. The
browser is real; what it asks for is answered by the application in this process, which is quicker.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, Route

from tests.support import chromium
from tests.support.browsing import Launch
from tests.support.cast import Instance
from tests.support.desk import Browser
from tests.support.web import SITE

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
RULES = """axe.run(document, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
}).then(told => told.violations.flatMap(rule => rule.nodes.map(n => rule.id + ': ' + n.html)))"""
WIDER_THAN_THE_SCREEN = "document.documentElement.scrollWidth > innerWidth + 1"
NARROW = {"width": 390, "height": 844}
LOOKS: tuple[tuple[Literal["light", "dark"], dict[str, int]], ...] = (
    ("light", chromium.DESK),
    ("dark", NARROW),
)


def paths(app: Flask, known: dict[str, object]) -> Iterator[str]:
    """Every address of the desk that is asked for with GET; ids as `known`, else of nothing."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/desk") and "GET" in (rule.methods or ()):
            values = {name: known.get(name, uuid4()) for name in rule.arguments}
            _, path = rule.build(values) or ("", "")
            yield path


def answer(page: Page, client: FlaskClient) -> None:
    """Let the browser's requests be answered in this process."""

    def fulfil(route: Route) -> None:
        asked = urlsplit(route.request.url)
        path = f"{asked.path}?{asked.query}" if asked.query else asked.path
        told = client.get(path, base_url=SITE, follow_redirects=True)
        route.fulfill(status=told.status_code, headers=dict(told.headers), body=told.data)

    page.route("**/*", fulfil)


def faults(page: Page, path: str) -> list[str]:
    """What axe finds on a page, and whether it scrolls sideways."""
    page.goto(f"{SITE}{path}")
    page.evaluate(AXE.read_text())
    found = [f"{path}: {fault}" for fault in page.evaluate(RULES)]
    if page.evaluate(WIDER_THAN_THE_SCREEN):
        found.append(f"{path}: wider than the screen")
    return found


@pytest.mark.parametrize(("scheme", "size"), LOOKS, ids=["light", "dark"])
def test_no_page_of_the_desk_keeps_anybody_out(
    app: Flask,
    app_instance: Instance,
    browser: Callable[[], Browser],
    launch: Launch,
    scheme: Literal["light", "dark"],
    size: dict[str, int],
) -> None:
    if not AXE.exists():
        reason = "axe-core is not installed: see scripts/test"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    report_id = app_instance.send(danger="yes").report_id
    dana, bela = browser().at_desk("Dana"), app_instance.keyring("Bela").staff.id
    [desk_id, *_] = app_instance.keyring("Bela").desk_ids(app_instance.session)
    app_instance.session.rollback()
    dana.open(report_id)
    known = {
        "report_id": report_id,
        "staff_id": bela,
        "desk_id": desk_id,
        "contact_id": "be-payoke",
        "year": 2026,
    }
    page = launch(viewport=size, color_scheme=scheme).pages[0]
    answer(page, dana.client)
    found, seen = [], 0
    for path in sorted(set(paths(app, known))):
        kind = dana.client.get(path, follow_redirects=True).mimetype
        if kind == "text/html":
            found += faults(page, path)
            seen += 1
    assert found == []
    assert seen > 25
