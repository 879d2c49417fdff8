"""Every page of the desk can be used by everyone: axe's rules, light and dark, wide and narrow.

The pages come from the URL map, so that a new one is looked at without anybody thinking of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.conftest import Launch
from tests.support import chromium
from tests.support.site import Site
from tests.support.walk import sign_in

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
RULES = """axe.run(document, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
}).then(told => told.violations.flatMap(rule => rule.nodes.map(n => rule.id + ': ' + n.html)))"""
KIND = "path => fetch(path).then(answer => answer.headers.get('content-type') || '')"
WIDER_THAN_THE_SCREEN = "document.documentElement.scrollWidth > innerWidth + 1"
NARROW = {"width": 390, "height": 844}
LOOKS: tuple[tuple[Literal["light", "dark"], dict[str, int]], ...] = (
    ("light", chromium.DESK),
    ("dark", NARROW),
)


def paths(app: Flask, known: dict[str, str]) -> Iterator[str]:
    """Every address of the desk that is asked for with GET; ids as `known`, else of nothing."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/desk") and "GET" in (rule.methods or ()):
            values = {name: known.get(name, uuid4()) for name in rule.arguments}
            _, path = rule.build(values) or ("", "")
            yield path


def faults(page: Page, path: str) -> list[str]:
    """What axe finds on the page that is shown, and whether it scrolls sideways."""
    page.evaluate(AXE.read_text())
    found = [f"{path}: {fault}" for fault in page.evaluate(RULES)]
    if page.evaluate(WIDER_THAN_THE_SCREEN):
        found.append(f"{path}: wider than the screen")
    return found


@pytest.fixture
def staffed(make_site: Callable[..., Site]) -> tuple[Site, dict[str, Any]]:
    site = make_site()
    told = json.loads(site.flask("demo", "--reports", "9", "--seed", "3", "--json").stdout)
    return site, {person["name"]: person for person in told["staff"]}


@pytest.mark.parametrize(("scheme", "size"), LOOKS, ids=["light", "dark"])
def test_no_page_of_the_desk_keeps_anybody_out(
    app: Flask,
    launch: Launch,
    staffed: tuple[Site, dict[str, Any]],
    scheme: Literal["light", "dark"],
    size: dict[str, int],
) -> None:
    site, people = staffed
    if not AXE.exists():
        reason = "axe-core is not installed: see scripts/test"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    page = launch(viewport=size, color_scheme=scheme).pages[0]
    page.goto(f"{site.url}/desk/sign-in")
    found = faults(page, "sign-in")
    sign_in(page, site.url, people["Dana"])
    page.locator("[data-row]").first.click()
    page.wait_for_url("**/desk/reports/*")
    known = {"report_id": page.url.rpartition("/")[2], "contact_id": "be-payoke"}
    for link, name in (("/desk/staff", "staff_id"), ("/desk/desks", "desk_id")):
        page.goto(f"{site.url}{link}")
        there = page.locator(f"main a[href^='{link}/']:not([href$=invite])").first
        known[name] = (there.get_attribute("href") or "").split("/")[3]
    seen = 0
    for path in sorted(set(paths(app, known))):
        if "text/html" not in page.evaluate(KIND, path):
            continue
        page.goto(f"{site.url}{path}")
        found += faults(page, path)
        seen += 1
    assert found == []
    assert seen > 25
