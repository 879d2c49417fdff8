"""A passkey in a real browser: added at the desk, and then in place of the code from the app."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.support import chromium
from tests.support.browsing import Launch
from tests.support.site import Site
from tests.support.sites import People
from tests.support.walk import sign_in

pytestmark = pytest.mark.browser

AGAIN = """body => fetch('/desk/sign-in', {
  method: 'POST', body, headers: {'Content-Type': 'application/x-www-form-urlencoded'},
}).then(answer => answer.status)"""


def authenticator(page: Page) -> None:
    """A passkey provider of the browser's own, as a phone or laptop has one."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def use_passkey(page: Page, site: Site, name: str, password: str) -> None:
    page.goto(f"{site.url}/desk/sign-in")
    page.fill("[name=name]", name)
    page.fill("[name=password]", password)
    with page.expect_navigation(wait_until="load"):
        page.locator("#passkey-button").click()


def test_a_passkey_is_added_used_never_twice_and_removed(
    launch: Launch, make_staffed: Callable[..., tuple[Site, People]]
) -> None:
    site, people = make_staffed()
    bela, dana = people["Bela"], people["Dana"]
    page = launch(viewport=chromium.DESK).pages[0]
    authenticator(page)
    sign_in(page, site.url, bela)
    page.goto(f"{site.url}/desk/account/passkey")
    page.fill("[name=label]", "Blue key")
    page.fill("[name=password]", bela["password"])
    page.locator("#passkey-button").click()
    page.wait_for_url("**/desk/account?done=passkey")
    assert "Passkey: Blue key" in page.inner_text("main")
    page.locator(".own button").click()
    page.wait_for_url("**/desk/sign-in*")

    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    use_passkey(page, site, "Bela", bela["password"])
    assert page.url == f"{site.url}/desk/"
    page.locator(".own button").click()
    page.wait_for_url("**/desk/sign-in*")

    [body] = [each for each in sent if "passkey=%7B" in each]
    assert page.evaluate(AGAIN, body) == 403, "the same answer is never taken twice"
    use_passkey(page, site, "Bela", "another password than hers")
    assert page.url == f"{site.url}/desk/sign-in"
    use_passkey(page, site, "Dana", dana["password"])
    assert page.url == f"{site.url}/desk/sign-in", "it is Bela's and nobody else's"

    use_passkey(page, site, "Bela", bela["password"])
    page.goto(f"{site.url}/desk/account/spare")
    page.locator("[data-proof] button").click()
    page.locator("[data-proof] [role=status]").wait_for()
    page.locator("main form button:not([type=button])").click()
    page.locator(".spare li").first.wait_for()
    assert page.locator("main [name=password]").count() == 0, "it stood in for the password"

    page.goto(f"{site.url}/desk/account")
    page.locator("a[href*='/remove']").click()
    page.wait_for_url("**/remove")
    page.fill("[name=password]", bela["password"])
    page.locator("main form button:not([type=button])").click()
    page.wait_for_url("**/desk/account?done=unpasskey")
    page.locator(".own button").click()
    page.wait_for_url("**/desk/sign-in*")
    use_passkey(page, site, "Bela", bela["password"])
    assert page.url == f"{site.url}/desk/sign-in"
