"""Keeping and losing the offline copy, as its reader does."""

from __future__ import annotations

from playwright.sync_api import Page

HELD = """async () => ({
  caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""


def keep_a_copy(page: Page, site: str, language: str = "en") -> None:
    """Press the button of the offer, and wait until the copy is whole."""
    page.goto(f"{site}/{language}/8")
    page.locator("#offer").click()
    page.locator("#drop button").wait_for(state="visible")


def held(page: Page) -> dict[str, int]:
    """How many caches and service workers this site has in the browser."""
    told: dict[str, int] = page.evaluate(HELD)
    return told
