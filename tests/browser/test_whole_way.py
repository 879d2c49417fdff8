"""The whole way once, in real browsers, with script and without: from a phone to a contact point.

Amina reads her rights, reports and keeps the code. Bela opens the report, refers and answers. A
mail server receives what only the contact point can open. Amina reads the answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.support import chromium
from tests.support.browsing import Launch
from tests.support.gates import answer_gates
from tests.support.mail import MailServer
from tests.support.office import Office, document_in, text_in
from tests.support.site import Site
from tests.support.walk import open_mailbox, report, sign_in, write

pytestmark = pytest.mark.browser

PLACE, STORY = "Fish market", "They sleep in the kitchen."
QUESTION, REPLY = "Will someone come?", "We passed it on. Are they still there?"


def refer(page: Page, office: Office, member: dict[str, Any]) -> None:
    """Bela opens the newest report, looks at what would leave, and sends it."""
    page.locator("[data-row]").first.click()
    page.wait_for_url("**/reports/*")
    opened = page.inner_text("main")
    assert STORY in opened
    assert PLACE in opened
    assert QUESTION in opened
    tick = page.locator(f"#to-{office.contact_id}")
    assert tick.is_checked(), "the proposed contact point is not chosen"
    page.locator("form[action$='/route'] .actions button").click()
    page.wait_for_load_state("load")
    assert office.email in page.inner_text("main")
    assert answer_gates(page) == 1, "a report of danger asks whether somebody was called"
    page.fill("[name=password]", member["password"])
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/reports/*?done=referred*")


def answer(page: Page) -> None:
    """Bela writes to the reporter."""
    page.fill("#reply", REPLY)
    page.locator("form[action*='/reply'] button").click()
    page.wait_for_load_state("load")
    assert REPLY in page.inner_text("main")


def no_wider_than_the_phone(page: Page) -> bool:
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return width <= chromium.PHONE["width"]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_from_a_phone_to_a_contact_point_and_back(
    launch: Launch,
    make_site: Callable[..., Site],
    mail_server: MailServer,
    tmp_path: Path,
    script: bool,
) -> None:
    site = make_site(WAYSIDE_SMTP_URL=mail_server.url, WAYSIDE_MAIL_FROM="desk@example.org")
    told = json.loads(site.flask("demo", "--reports", "0", "--json").stdout)
    bela = next(person for person in told["staff"] if person["name"] == "Bela")
    office = Office("be-djsoc")
    key = tmp_path / "key.pgp"
    key.write_bytes(office.certificate)
    site.flask("contact-set", office.contact_id, "--email", office.email, "--key", str(key))

    phone = launch(script=script).pages[0]
    phone.goto(f"{site.url}/en/1")
    phone.locator("main a[href='/en/2']").click()
    phone.locator("main a[href='/en/b1']").click()
    phone.wait_for_url("**/en/b1")
    assert "Belgium" in phone.inner_text("h1")
    assert no_wider_than_the_phone(phone)
    code = report(phone, site.url, PLACE, STORY)
    assert no_wider_than_the_phone(phone)
    open_mailbox(phone, site.url, code)
    write(phone, QUESTION)
    assert no_wider_than_the_phone(phone)

    desk = launch(script=script, viewport=chromium.DESK).pages[0]
    sign_in(desk, site.url, bela)
    refer(desk, office, bela)
    with site.worker():
        [mail] = mail_server.wait_for(1)
    assert mail.recipients == (office.email,)
    assert STORY.encode() not in mail.raw
    inner = office.read(mail.raw)
    assert STORY in text_in(inner)
    assert PLACE in str(document_in(inner))
    answer(desk)

    open_mailbox(phone, site.url, code)
    thread = phone.inner_text("main")
    assert REPLY in thread
    assert QUESTION in thread
    assert "We passed it on" in thread
