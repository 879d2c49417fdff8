"""What stays in the browser's profile: nothing typed, read or sent, with script and without.

docs/safety-criteria.md, criteria 27, 33 and 34.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.support.browsing import Launch
from tests.support.profile import findings
from tests.support.site import Site
from tests.support.tls import SITE_HOST, Certificate, Handler, HttpsServer
from tests.support.walk import open_mailbox, press, report, to_the_story, write

pytestmark = pytest.mark.browser

PLACE, STORY, MESSAGE, UNSENT = "Quaggamarkt", "Zebrafinchstory", "Okapimessage", "Axolotlunsent"
READ = ("have to do", "What happened?", "We show it only now")
"""Words of our pages that stand in no address, file name or title."""


class PlainForm(Handler):
    """A form as most sites have it: to show that the search would find what such a form leaves."""

    def respond(self, body: bytes) -> None:
        page = (
            b"<!doctype html><html lang=en><title>Plain</title><h1>Plain</h1>"
            b"<form method=post><input name=user><input name=a type=" + self.kind + b">"
            b"<button>Next</button></form>"
        )
        if body:
            page = b"<!doctype html><html lang=en><title>Plain</title><h1>Thanks</h1>"
        headers = [("Content-Type", "text/html"), ("Content-Length", str(len(page)))]
        self.answer(200, [*headers, ("Cache-Control", "no-store")], page)

    kind = b"text"


class PlainSignIn(PlainForm):
    """A sign-in form: to show that the test would see an offer to save a password."""

    kind = b"password"


def walk_everything(page: Page, site: Site) -> str:
    """Report, mailbox, and a second report that is never sent; the receipt code."""
    code = report(page, site.url, PLACE, STORY)
    open_mailbox(page, site.url, code)
    write(page, MESSAGE)
    assert MESSAGE in page.inner_text("main")
    to_the_story(page, site.url, PLACE)
    page.locator("[name=f8]").press_sequentially(UNSENT)
    return code


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_27_no_word_that_was_typed_read_or_sent_stays_in_the_profile(
    launch: Launch, shared_site: Site, shared_target: HttpsServer, tmp_path: Path, script: bool
) -> None:
    profile = tmp_path / "phone"
    context = launch(profile, script=script)
    page = context.pages[0]
    code = walk_everything(page, shared_site)
    words = (PLACE, STORY, MESSAGE, UNSENT, *READ, code, code.replace(" ", ""))
    assert findings(profile, words) == [], "before the exit, as a phone that is taken away"
    page.locator("a[data-exit]").click()
    page.wait_for_url(f"{shared_target.url}/")
    context.close()
    assert findings(profile, words) == []
    assert findings(profile, [SITE_HOST]), "the search reads no files at all"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_33_what_was_typed_and_not_sent_comes_back_by_no_reload_and_no_new_start(
    launch: Launch, shared_site: Site, tmp_path: Path, script: bool
) -> None:
    profile = tmp_path / "phone"
    context = launch(profile, script=script)
    page = context.pages[0]
    page.goto(f"{shared_site.url}/en/6")
    page.locator("[name=c]").press_sequentially(UNSENT)
    page.reload()
    assert page.input_value("[name=c]") == ""
    page.locator("[name=c]").press_sequentially(UNSENT)
    context.close()
    again = launch(profile, script=script)
    for restored in again.pages:
        assert UNSENT not in restored.content()
    again.close()
    assert typed_before(profile) == []
    assert findings(profile, [UNSENT]) == []


def typed_before(profile: Path) -> list[object]:
    """What the browser remembers for filling in forms."""
    with sqlite3.connect(f"file:{profile / 'Default' / 'Web Data'}?mode=ro", uri=True) as data:
        return data.execute("SELECT name, value FROM autofill").fetchall()


def test_34_no_form_makes_the_browser_offer_to_save_a_password(
    launch: Launch, shared_site: Site, tmp_path: Path
) -> None:
    profile = tmp_path / "phone"
    context = launch(profile, without=["--enable-automation"])
    told = context.pages[0]
    told.goto("chrome://password-manager-internals")
    page = context.new_page()
    walk_everything(page, shared_site)
    press(page)
    page.goto(f"{shared_site.url}/en/1")
    log = told.inner_text("body")
    assert "password-manager" in log or "PasswordManager" in log
    assert "Decision: ASK" not in log
    context.close()
    assert saved_or_refused(profile) == []


def saved_or_refused(profile: Path) -> list[object]:
    """The sites that the browser keeps a password for, or was told never to."""
    file = profile / "Default" / "Login Data"
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as data:
        return data.execute("SELECT origin_url FROM logins").fetchall()


def test_the_search_finds_what_a_plain_form_leaves(
    launch: Launch, certificate: Certificate, tmp_path: Path
) -> None:
    server = HttpsServer(SITE_HOST, certificate, PlainForm)
    context = launch(tmp_path / "phone", script=False)
    page = context.pages[0]
    page.goto(server.url)
    page.locator("[name=a]").press_sequentially(STORY)
    page.locator("button").click()
    page.wait_for_load_state("load")
    context.close()
    server.stop()
    assert findings(tmp_path / "phone", [STORY])


def test_the_browser_offers_to_save_the_password_of_a_plain_sign_in(
    launch: Launch, certificate: Certificate, tmp_path: Path
) -> None:
    server = HttpsServer(SITE_HOST, certificate, PlainSignIn)
    context = launch(tmp_path / "phone", without=["--enable-automation"])
    told = context.pages[0]
    told.goto("chrome://password-manager-internals")
    page = context.new_page()
    page.goto(server.url)
    page.locator("[name=user]").press_sequentially("amina")
    page.locator("[name=a]").press_sequentially("correct horse")
    page.locator("button").click()
    page.wait_for_load_state("load")
    told.wait_for_function("document.body.innerText.includes('Decision: ASK')")
    context.close()
    server.stop()
