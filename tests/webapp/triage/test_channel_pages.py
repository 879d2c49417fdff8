"""Every channel on the pages of the desk, from the form to the answer; a made-up one too."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

from reports.delivery.channels.channel import ContactDetails
from reports.delivery.channels.registry import CHANNELS, get_channel
from reports.model import Delivery
from tests.support import channel_kits
from tests.support.cast import PASSWORD, Instance
from tests.support.channel_kits import ChannelKit
from tests.support.desk import Browser, opened
from tests.support.gates import fill_gates
from tests.support.made_up_channel import PIGEON, PigeonChannel
from tests.support.office import PAYOKE
from tests.support.rows import rows
from tests.support.untouched import untouched
from webapp.desk.channel_wording import WORDINGS

Browsers = Callable[[], Browser]
PLACE = f"/desk/contacts/{PAYOKE}"
MAILBOX = "It has reached their mailbox."


def in_english(app: Flask, code: str, state: str = "") -> str:
    """The label of a channel, or its words for a state."""
    wording = WORDINGS[code]
    with app.test_request_context(), force_locale("en"):
        return str(wording.states[state] if state else wording.label)


def typed(details: ContactDetails) -> dict[str, object]:
    """What an administrator fills in."""
    keys = {"certificate_file": details.certificate, "smime_file": details.smime}
    return {
        "channel": details.channel,
        "email": details.email,
        "password": PASSWORD,
        **{name: (io.BytesIO(data), "key") for name, data in keys.items() if data},
    }


def set_up(browser: Browsers, instance: Instance, kit: ChannelKit) -> Browser:
    """Dana proposes the channel, and Eva confirms it; Eva's browser."""
    instance.accept(instance.invite("Eva", "administrator", "BE"), "Eva")
    dana, eva = browser().at_desk("Dana"), browser().at_desk("Eva")
    form = dana.get(PLACE).text
    assert f'name="channel" value="{kit.details.channel}"' in form
    assert dana.post(PLACE, **typed(kit.details)).status_code == 303
    found = re.search(r'name="shown" value="([0-9a-f]+)"', eva.get(f"{PLACE}/confirm").text)
    assert found
    sent = {"shown": found.group(1), "decision": "confirm", "password": PASSWORD}
    assert eva.post(f"{PLACE}/confirm", **sent).status_code == 303
    return eva


def send(bela: Browser, path: str) -> str:
    """Bela looks at what would leave and sends it; the page that she looked at."""
    page = bela.post(f"{path}/route", to=PAYOKE).text
    form = untouched(page, "/refer") | fill_gates(page) | {"password": PASSWORD}
    assert bela.post(f"{path}/refer", **form).status_code == 303
    return page


@pytest.mark.parametrize("code", [*CHANNELS, PIGEON])
def test_a_channel_goes_through_all_pages_in_its_own_words(
    code: str,
    app: Flask,
    app_instance: Instance,
    browser: Browsers,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    kit = channel_kits.prepare(code, app_instance, monkeypatch)
    eva, label = set_up(browser, app_instance, kit), in_english(app, code)
    assert label in eva.get("/desk/contacts").text
    bela = browser().at_desk("Bela")
    path = opened(bela)
    assert label in bela.get(path).text
    preview = send(bela, path)
    assert label in preview
    assert ("/desk/received#" in preview) == get_channel(code).answers_by_code
    [delivery] = rows(app_instance, Delivery)
    begins = get_channel(code).first_state
    words = "Waiting to be sent." if begins == "due" else in_english(app, code, begins)
    assert words in bela.get(path).text
    engine = app_instance.session.get_bind().engine
    channel_kits.settle(app_instance, engine, tmp_path, delivery.id)
    [delivery] = rows(app_instance, Delivery)
    page = bela.get(path).text
    assert in_english(app, code, delivery.state) in page
    assert (MAILBOX in page) == (in_english(app, code, delivery.state) == MAILBOX)
    told = untouched(page, f"/told/{delivery.id}")
    assert bela.post(f"{path}/told/{delivery.id}", **told).status_code == 303
    assert "They have it." in bela.get(path).text


def pigeons(
    instance: Instance, browser: Browsers, monkeypatch: pytest.MonkeyPatch
) -> tuple[PigeonChannel, Browser, str]:
    """Bela has sent a report by pigeon; where it stands."""
    kit = channel_kits.prepare(PIGEON, instance, monkeypatch)
    channel_kits.confirm(instance, kit.details)
    bela = browser().at_desk("Bela")
    path = opened(bela)
    send(bela, path)
    channel = get_channel(PIGEON)
    assert isinstance(channel, PigeonChannel)
    return channel, bela, path


def test_what_waits_says_why_in_the_words_of_its_channel(
    app_instance: Instance, browser: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel, bela, path = pigeons(app_instance, browser, monkeypatch)
    channel.is_loft_empty = True
    page = bela.get(path).text
    assert "No pigeon is at home." in page
    assert "mail server" not in page


def test_what_failed_says_why_on_the_report_and_on_the_board(
    app_instance: Instance, browser: Browsers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    channel, bela, path = pigeons(app_instance, browser, monkeypatch)
    channel.transport.tired = True
    [delivery] = rows(app_instance, Delivery)
    engine = app_instance.session.get_bind().engine
    channel_kits.settle(app_instance, engine, tmp_path, delivery.id)
    for page in (bela.get(path).text, browser().at_desk("Dana").get("/desk/board").text):
        assert "The pigeon is tired." in page


def test_a_portal_without_a_liaison_says_what_is_missing(
    app_instance: Instance, browser: Browsers
) -> None:
    channel_kits.confirm(app_instance, ContactDetails("portal"))
    bela = browser().at_desk("Bela")
    page = bela.get(opened(bela)).text
    assert "It uses the portal, and nobody there has an account yet." in page
    assert f'name="to" value="{PAYOKE}"' not in page


def test_a_mail_did_not_come_back_that_never_left(
    app_instance: Instance, browser: Browsers
) -> None:
    channel_kits.confirm(app_instance, ContactDetails("hand"))
    bela = browser().at_desk("Bela")
    path = opened(bela)
    send(bela, path)
    [delivery] = rows(app_instance, Delivery)
    assert "/bounced/" not in bela.get(path).text
    assert bela.post(f"{path}/bounced/{delivery.id}").status_code == 422
    assert rows(app_instance, Delivery)[0].state == "to_do"
