"""The harness itself: what the other tests rely on without looking."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Error as BrowserError
from sqlalchemy import Engine, text

from tests.support.browsing import Launch
from tests.support.fonts import MONO, SANS
from tests.support.mail import MailServer
from tests.support.postgres import PostgresServer
from tests.support.tls import SITE_HOST, Certificate, Handler, HttpsServer
from tests.support.web import Clock
from webapp.site.app_services import get_services

PAGE = b"<!doctype html><html lang=en><title>%s</title><h1>%s</h1>"
IN_MANY_HANDS = """<p style="font-family: system-ui">Amina</p><p lang=ar>أمينة</p>
<p style="font-family: Arial, Roboto">Amina</p>
<p style="font-family: ui-monospace, monospace">12</p>"""


class TwoPages(Handler):
    """A site of two pages; each writes down whether it came back from the browser's memory."""

    def respond(self, _body: bytes) -> None:
        name = self.path.strip("/").encode()
        script = b"<script>onpageshow = e => { document.title += e.persisted }</script>"
        page = PAGE % (name, name) + script
        headers = [("Content-Type", "text/html"), ("Content-Length", str(len(page)))]
        headers.append(("Set-Cookie", "__Host-t=1; Secure; Path=/; HttpOnly; SameSite=Lax"))
        self.answer(200, headers, page)


def test_each_test_gets_a_database_of_its_own(postgres_server: PostgresServer) -> None:
    first, second = postgres_server.create(), postgres_server.create()
    assert first != second
    postgres_server.drop(first)
    postgres_server.drop(second)


def test_the_schema_stands_on_both_engines(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1


def test_the_mail_server_refuses_when_told_and_then_accepts(mail_server: MailServer) -> None:
    mail_server.refuse("451 later")
    with smtplib.SMTP("127.0.0.1", mail_server.port) as client:
        with pytest.raises(smtplib.SMTPDataError):
            client.sendmail("a@example.org", ["b@example.org"], "Subject: x\r\n\r\nhello")
        client.sendmail("a@example.org", ["b@example.org"], "Subject: x\r\n\r\nhello")
    [mail] = mail_server.wait_for(1)
    assert mail.recipients == ("b@example.org",)
    assert mail.message["Subject"] == "x"


def test_the_mail_server_can_break_off_after_it_took_a_mail(mail_server: MailServer) -> None:
    mail_server.drop()
    with (
        pytest.raises(smtplib.SMTPServerDisconnected),
        smtplib.SMTP("127.0.0.1", mail_server.port) as client,
    ):
        client.sendmail("a@example.org", ["b@example.org"], "Subject: x\r\n\r\nhello")
    assert len(mail_server.wait_for(1)) == 1


def test_the_clients_cookies_live_as_at_an_https_site(client: FlaskClient, clock: Clock) -> None:
    client.get("/x")
    assert client.get_cookie("__Host-g", domain="site.test") is not None
    before = clock.now
    clock.forward(minutes=5)
    assert get_services(client.application).clock() == before + timedelta(minutes=5)


@pytest.mark.browser
def test_the_browser_keeps_whole_pages_and_trusts_the_site(
    launch: Launch, certificate: Certificate
) -> None:
    server = HttpsServer(SITE_HOST, certificate, TwoPages)
    page = launch().pages[0]
    page.goto(f"{server.url}/a")
    assert page.evaluate("isSecureContext")
    assert page.context.cookies()[0]["name"] == "__Host-t"
    page.goto(f"{server.url}/b")
    page.evaluate("history.back()")
    page.wait_for_function("document.title === 'afalsetrue'")
    server.stop()


@pytest.mark.browser
def test_the_browser_reaches_no_other_site(launch: Launch) -> None:
    page = launch().pages[0]
    with pytest.raises(BrowserError, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("https://example.org/")


@pytest.mark.browser
@pytest.mark.usefixtures("letters")
@pytest.mark.parametrize("families", [(SANS, MONO), (SANS,), (MONO,)])
def test_the_browser_knows_the_fonts_of_the_tests_and_no_others(
    launch: Launch, families: tuple[str, ...]
) -> None:
    page = launch(families=families).pages[0]
    page.set_content(IN_MANY_HANDS)
    devtools = page.context.new_cdp_session(page)
    devtools.send("DOM.enable")
    devtools.send("CSS.enable")
    document = devtools.send("DOM.getDocument", {"depth": -1})["root"]
    found = devtools.send("DOM.querySelectorAll", {"nodeId": document["nodeId"], "selector": "p"})[
        "nodeIds"
    ]
    told = [devtools.send("CSS.getPlatformFontsForNode", {"nodeId": each}) for each in found]
    used = [{font["familyName"] for font in each["fonts"]} for each in told]
    first, last = {families[0]}, {families[-1]}
    assert used == [first, first, first, last]


@pytest.mark.browser
def test_a_profile_can_be_opened_again(
    launch: Launch, certificate: Certificate, tmp_path: Path
) -> None:
    server = HttpsServer(SITE_HOST, certificate, TwoPages)
    for _ in range(2):
        context = launch(tmp_path / "profile")
        context.pages[0].goto(f"{server.url}/a")
        context.close()
    server.stop()
    assert (tmp_path / "profile" / "Default" / "History").exists()
