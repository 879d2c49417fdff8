"""Forms of before signing in hold for an hour, in the browser that asked, and as nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reports.errors import TokenInvalid
from reports.intake import token
from reports.intake.token import Purpose
from reports.vault import Vault
from tests.support.cast import NOW, Instance
from tests.support.desk import Browser
from tests.support.forms import carried
from tests.support.web import AtSite, Clock
from webapp.account.browser import read_relying_party

Browsers = Callable[[], Browser]
BEFORE = "__Host-p"
CASES = [(made, read) for made in Purpose for read in Purpose if made != read]


def cookie_of(browser: Browser) -> str:
    found = browser.client.get_cookie(BEFORE, domain="site.test")
    return found.value if found else ""


@pytest.mark.parametrize(("made", "read"), CASES)
def test_a_token_of_one_purpose_is_none_of_another(
    vault: Vault, made: Purpose, read: Purpose
) -> None:
    given = token.issue(vault, NOW, made, b"browser")
    assert token.read(vault, given, NOW, made, b"browser").issued_at == NOW
    with pytest.raises(TokenInvalid):
        token.read(vault, given, NOW, read, b"browser")
    with pytest.raises(TokenInvalid):
        token.read(vault, given, NOW, made, b"another")
    with pytest.raises(TokenInvalid):
        token.read(vault, given, NOW, made)


def test_a_report_form_of_an_earlier_version_still_holds(vault: Vault) -> None:
    body = b"\x07" * 32 + int(NOW.timestamp()).to_bytes(8, "big")
    earlier = token.format_token(body + vault.compute_mac("form token", body)[:16])
    assert token.read(vault, earlier, NOW).secret == b"\x07" * 32


def test_a_token_of_the_public_form_signs_nobody_in(client: FlaskClient, browser: Browsers) -> None:
    bela = browser()
    bela.get("/desk/sign-in")
    answer = bela.sign_in("Bela", form_token=carried(client.get("/en/5"))["t"])
    assert answer.status_code == 403
    assert "Nothing was done." in answer.text
    assert "What you had written" in answer.text
    assert "Bela" in answer.text
    assert bela.cookie is None


def test_a_token_of_the_desk_is_none_of_a_report(client: FlaskClient, browser: Browsers) -> None:
    bela = browser()
    bela.get("/desk/sign-in")
    page = client.post("/en/5", data={"t": bela.token, "s": "5", "b": "next", "f8": "They hide."})
    assert carried(page)["t"] != bela.token


def test_who_brings_another_browsers_form_is_not_signed_in(browser: Browsers) -> None:
    attacker, victim = browser(), browser()
    attacker.get("/desk/sign-in")
    assert victim.sign_in("Bela", form_token=attacker.token).status_code == 403
    victim.client.delete_cookie(BEFORE, domain="site.test")
    null = {"Origin": "null"}
    told = {"form_token": attacker.token, "name": "Bela", "password": "x", "code": "1"}
    answer = victim.client.post("/desk/sign-in", data=told, headers=null)
    assert answer.status_code == 403
    assert "Nothing was done." in answer.text


def test_a_form_of_the_desk_holds_for_an_hour(browser: Browsers, clock: Clock) -> None:
    bela = browser()
    bela.get("/desk/recover")
    clock.forward(minutes=61)
    answer = bela.post("/desk/recover", name="Bela")
    assert answer.status_code == 400
    assert "open for too long" in answer.text
    assert bela.sign_in("Bela").status_code == 303


def test_the_cookie_of_before_goes_with_the_sign_in(browser: Browsers) -> None:
    bela = browser()
    first = bela.get("/desk/sign-in").headers["Set-Cookie"]
    assert re.match(rf"{BEFORE}=[\w-]+; Secure; HttpOnly; Path=/; SameSite=Strict$", first)
    assert "Set-Cookie" not in bela.get("/desk/sign-in").headers
    bela.at_desk("Bela")
    assert cookie_of(bela) == ""


def test_a_made_up_cookie_is_replaced(browser: Browsers) -> None:
    bela = browser()
    bela.client.set_cookie(BEFORE, "x", domain="site.test", secure=True)
    bela.get("/desk/sign-in")
    assert len(cookie_of(bela)) > 40
    assert bela.sign_in("Bela").status_code == 303


@pytest.mark.usefixtures("app_instance")
def test_the_public_face_sets_no_cookie(client: FlaskClient) -> None:
    pages = [client.get(f"/en/{code}") for code in (1, 5, 57, 6)]
    pages.append(client.post("/en/5", data={**carried(pages[1]), "b": "next", "f5": "witness"}))
    assert [page.headers.getlist("Set-Cookie") for page in pages] == [[]] * len(pages)


def test_passkeys_belong_to_the_host_of_the_settings(make_app: Callable[..., Flask]) -> None:
    app = make_app(WAYSIDE_STAFF_HOST="desk.test:8443")
    with app.test_request_context("/desk/sign-in", base_url="https://evil.test"):
        place = read_relying_party()
    assert (place.host, place.origin) == ("desk.test", "https://desk.test:8443")
    app.test_client_class = AtSite
    assert app.test_client().get("/desk/sign-in").status_code == 404


def test_without_a_host_of_its_own_a_passkey_belongs_to_where_the_desk_was_asked(
    app: Flask, app_instance: Instance
) -> None:
    assert app_instance.members
    with app.test_request_context("/desk/sign-in", base_url="https://site.test:8443"):
        place = read_relying_party()
    assert (place.host, place.origin) == ("site.test", "https://site.test:8443")
