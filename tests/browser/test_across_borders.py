"""One report across a border, from the first word to its erasing, in real browsers.

Amina was made to work in Luxembourg and is in Belgium now; she sends a photo along. Bela claims the
report, goes through the signs, takes a name out and proposes both countries in one decision; Emil,
as the second person, agrees. A mail server takes both mails, GnuPG opens one. The contact point
says that it has it; Amina reads that it was passed on; Bela closes, and when the time is over
nothing of it is left.
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from reports.blobs.folder import Folder
from tests.support import chromium, files
from tests.support.browsing import Launch
from tests.support.gnupg import Gnupg, need_gnupg
from tests.support.mail import MailServer
from tests.support.office import Office, document_in, encrypted_part, parse
from tests.support.site import Site
from tests.support.walk import STORY as STORY_FIELD
from tests.support.walk import open_mailbox, press, sign_in
from webapp.report.steps import get_field_name

pytestmark = pytest.mark.browser

BELGIAN, LUXEMBOURGISH = "be-djsoc", "lu-police-organised-crime"
PLACE, NAME, PHOTO = "Fish market", "Zxqv the driver", "room.jpg"
STORY = f"I sleep in the kitchen. {NAME} has my papers."
PATIENCE = 180
Prepared = tuple[Site, dict[str, dict[str, Any]], Office]


@pytest.fixture
def gpg(tmp_path: Path) -> Iterator[Gnupg]:
    need_gnupg()
    home = Gnupg(tmp_path / "gnupg")
    yield home
    home.stop()


@pytest.fixture
def prepared(
    make_site: Callable[..., Site], mail_server: MailServer, gpg: Gnupg, tmp_path: Path
) -> Prepared:
    """A site with its staff, and two offices that can be written to: one has GnuPG."""
    site = make_site(WAYSIDE_SMTP_URL=mail_server.url, WAYSIDE_MAIL_FROM="desk@example.org")
    told = json.loads(site.flask("demo", "--reports", "0", "--json").stdout)
    gpg.generate("be@example.org")
    other = Office(LUXEMBOURGISH)
    for contact_id, email, key in (
        (BELGIAN, "be@example.org", gpg.export("be@example.org")),
        (LUXEMBOURGISH, other.email, other.certificate),
    ):
        file = tmp_path / f"{contact_id}.asc"
        file.write_bytes(key)
        site.flask("contact-set", contact_id, "--email", email, "--key", str(file))
    return site, {person["name"]: person for person in told["staff"]}, other


def report(page: Page, site: str) -> str:
    """A person affected, made to work in Luxembourg and in Belgium now; the receipt code."""
    page.goto(f"{site}/en/5")
    answer(page, "kind", "self")
    page.check(f"input[name={get_field_name('country')}][value=LU]")
    page.locator(f"[name={get_field_name('place')}]").press_sequentially(PLACE)
    press(page)
    answer(page, "danger", "no")
    answer(page, "form", "labour")
    page.check(f"input[name={get_field_name('help')}][value=yes]")
    answer(page, "police", "accepted")
    page.locator(f"[name={STORY_FIELD}]").press_sequentially(STORY)
    press(page)
    page.set_input_files("#u", [{"name": PHOTO, "mimeType": "image/jpeg", "buffer": files.jpeg()}])
    page.locator(".files", has_text=PHOTO).wait_for(timeout=PATIENCE * 1000)
    present = f"input[name={get_field_name('present')}][value=BE]"
    for _ in range(12):
        if page.locator(present).count():
            break
        press(page)
    page.check(present)
    press(page, "end")
    press(page, "send")
    return page.inner_text(".code")


def answer(page: Page, field: str, value: str) -> None:
    """Tick one answer and go on."""
    page.check(f"input[name={get_field_name(field)}][value={value}]")
    press(page)


def claim_first(page: Page) -> str:
    """Claim the first report of the queue and open it; its address."""
    page.locator("[data-take]").first.click()
    page.wait_for_url("**/desk/?done=taken*")
    page.locator("[data-row]").first.click()
    page.wait_for_url("**/reports/*")
    return page.url.partition("?")[0]


def assess(page: Page, address: str) -> None:
    """Bela goes through the signs: one of each group was seen."""
    page.goto(f"{address}/assessment")
    for group in page.locator("section:has(fieldset.rating)").all():
        group.locator("input[value=seen]").first.check()
    page.locator("form[action$='/assessment'] .actions button").click()
    page.wait_for_url("**/reports/*done=assessed*")


def propose(page: Page, member: dict[str, Any]) -> None:
    """Bela looks at what would leave, takes the name out, looks again, and proposes it."""
    for contact_id in (BELGIAN, LUXEMBOURGISH):
        assert page.locator(f"#to-{contact_id}").is_checked(), contact_id
    page.locator("form[action$='/route'] .actions button").click()
    page.wait_for_load_state("load")
    page.locator("details.others summary").first.click()
    page.fill("[name=passages]", NAME)
    page.locator("button[formaction$='/route']").click()
    page.wait_for_load_state("load")
    assert page.inner_text("del") == NAME
    page.check("[name=file]")
    page.locator("button[formaction$='/route']").click()
    page.wait_for_load_state("load")
    assert page.is_checked("[name=file]")
    page.fill("[name=password]", member["password"])
    page.locator("form[action$='/refer'] .actions button:not([formaction])").click()
    page.wait_for_url("**/reports/*done=second*")


def agree(page: Page, address: str, member: dict[str, Any]) -> None:
    """Emil opens the report, looks at the proposal and agrees."""
    page.goto(address)
    page.locator("main form button").first.click()
    page.wait_for_load_state("load")
    page.locator("a[href$='/proposal']").click()
    page.wait_for_url("**/proposal")
    assert NAME in page.inner_text("del")
    page.fill("[name=password]", member["password"])
    page.locator("form[action$='/agree'] button").click()
    page.wait_for_url("**/reports/*done=referred*")


def acknowledge(page: Page, site: str, text: str) -> None:
    """The contact point follows the link in what GnuPG opened."""
    link = re.search(r"https?://\S+/desk/received#(\S+)", text)
    assert link, text
    page.goto(f"{site}/desk/received#{link.group(1)}")
    page.wait_for_function("document.querySelector('[name=code]').value.length > 30")
    assert "#" not in page.url, "the code stays in no address"
    page.locator("#receipt-form .actions button").click()
    page.wait_for_load_state("load")
    assert not page.locator("#receipt-form").count()


def erased(site: Site) -> bool:
    """Whether nothing of the report is left, its photo neither, when its time is over."""
    path = site.data_dir / "wayside.db"
    with sqlite3.connect(path) as database:
        database.execute("UPDATE report SET retention_day = '2020-01-01'")
        # Of the worker that carried the mails: its lease on erasing is over by then as well.
        database.execute("DELETE FROM lease")
    database.close()
    store = Folder(site.data_dir / "blobs")
    with site.worker():
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with sqlite3.connect(path) as database:
                [left] = database.execute("SELECT count(*) FROM report").fetchone()
            database.close()
            if not left and not store.list_names():
                break
            time.sleep(0.5)
    with sqlite3.connect(path) as database:
        tables = ("report", "referral", "delivery", "referral_answer", "message", "attachment")
        counts = [database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables]
    database.close()
    return counts == [0] * len(tables) and not store.list_names()


def test_one_decision_for_two_countries_and_back(
    prepared: Prepared, mail_server: MailServer, gpg: Gnupg, launch: Launch
) -> None:
    site, staff, other = prepared
    phone = launch(script=True).pages[0]
    code = report(phone, site.url)
    desk = launch(script=True, viewport=chromium.DESK).pages[0]
    sign_in(desk, site.url, staff["Bela"])
    address = claim_first(desk)
    assess(desk, address)
    propose(desk, staff["Bela"])
    second = launch(script=True, viewport=chromium.DESK).pages[0]
    sign_in(second, site.url, staff["Emil"])
    agree(second, address, staff["Emil"])

    with site.worker():
        mails = {mail.recipients[0]: mail.raw for mail in mail_server.wait_for(2, PATIENCE)}
    assert document_in(other.read(mails[other.email]))["contact"] == LUXEMBOURGISH
    inner = parse(gpg.decrypt(encrypted_part(mails["be@example.org"])))
    document = document_in(inner)
    assert any(part.get_content_type() == "image/jpeg" for part in inner.walk())
    assert document["answers"]["story"] == "I sleep in the kitchen. █████ has my papers."
    assert all(NAME.encode() not in raw for raw in mails.values())
    text = inner.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # packets have one
    acknowledge(launch(script=True).pages[0], site.url, text.replace("\n  ", ""))

    desk.goto(address)
    assert desk.locator(".sendings li").count() == 2
    assert "They have it." in desk.inner_text(".sendings")
    open_mailbox(phone, site.url, code)
    assert "passed it on" in phone.inner_text("main")
    desk.locator("form[action$='/close']").evaluate("form => form.requestSubmit()")
    desk.wait_for_url("**done=closed*")
    assert erased(site)
