"""The proof of work in a real browser: found while the person reads, and right."""

from __future__ import annotations

from playwright.sync_api import Page

from reports.intake import proof_of_work
from tests.support import walk
from tests.support.site import Site


def test_a_browser_with_script_finds_a_number_that_holds(phone: Page, site: Site) -> None:
    faults: list[str] = []
    phone.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
    phone.goto(f"{site.url}/en/5")
    phone.wait_for_selector("input[name=w]:not([value=''])", state="attached")
    token, number = (phone.input_value(f"input[name={name}]") for name in ("t", "w"))
    assert proof_of_work.is_valid(token, number)
    walk.press(phone)
    assert phone.input_value("input[name=w]") == number
    assert faults == []
