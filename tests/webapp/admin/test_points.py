"""Contact points on the screen: one administrator proposes, another one confirms."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import pytest

from reports.db import begin_write
from reports.delivery import contact_change, contact_settings
from reports.delivery.channels.channel import ContactDetails
from reports.errors import RecipientUnready
from tests.support.cast import NOW, PASSWORD, Instance
from tests.support.desk import Browser
from tests.support.office import PAYOKE, Office
from tests.support.smime_key import SmimeKey
from tests.support.web import Clock

Browsers = Callable[[], Browser]
PLACE = f"/desk/contacts/{PAYOKE}"


@pytest.fixture
def eva(app_instance: Instance, browser: Browsers) -> Browser:
    """A second administrator."""
    app_instance.accept(app_instance.invite("Eva", "administrator", "BE"), "Eva")
    return browser().at_desk("Eva")


def propose(visitor: Browser, **typed: object) -> str:
    visitor.get(PLACE)
    office = Office()
    sent = {
        "channel": "openpgp",
        "email": office.email,
        "certificate": str(office._key.extract_certificate()),
        "password": PASSWORD,
    }
    answer = visitor.post(PLACE, **(sent | typed))
    return answer.headers.get("Location", "") or answer.text


def shown(visitor: Browser) -> str:
    found = re.search(r'name="shown" value="([0-9a-f]*)"', visitor.get(f"{PLACE}/confirm").text)
    assert found
    return found.group(1)


def test_four_eyes_change_an_address(
    app_instance: Instance, browser: Browsers, eva: Browser
) -> None:
    dana = browser().at_desk("Dana")
    assert "done=proposed" in propose(dana)
    own = dana.get(f"{PLACE}/confirm").text
    assert "You proposed this." in own
    assert "I have compared it" not in own
    assert "A change waits" in eva.get("/desk/contacts").text
    mark = shown(dana)
    sent = {"shown": mark, "decision": "confirm", "password": PASSWORD}
    refused = dana.post(f"{PLACE}/confirm", **sent)
    assert (refused.status_code, "cannot confirm" in refused.text) == (422, True)
    assert shown(eva) == mark
    without = eva.post(f"{PLACE}/confirm", **(sent | {"password": "no"}))
    assert "This is not your password." in without.text
    assert eva.post(f"{PLACE}/confirm", **sent).status_code == 303
    setting = contact_settings.require_confirmed(app_instance.session, app_instance.vault, PAYOKE)
    assert setting.email == f"{PAYOKE}@example.org"
    email = setting.email
    app_instance.session.rollback()
    assert email in browser().at_desk("Bela").get("/desk/contacts").text


@pytest.mark.parametrize(("days", "soon"), [(20, True), (200, False)])
def test_whose_key_it_is_and_that_it_ends_soon_is_shown_before_it_is_confirmed(
    app_instance: Instance, browser: Browsers, days: int, soon: bool
) -> None:
    dana = browser().at_desk("Dana")
    key = SmimeKey(days=days)
    propose(dana, channel="smime", smime=base64.b64encode(key.certificate).decode())
    page = dana.get(f"{PLACE}/confirm").text
    assert "Office (Office)" in page
    assert ("Soon. Ask the office for a newer key." in page) == soon


def test_a_key_that_cannot_be_used_is_refused_with_the_reason(
    app_instance: Instance, browser: Browsers
) -> None:
    dana = browser().at_desk("Dana")
    page = propose(dana, channel="smime", smime=SmimeKey(bits=1024).certificate_pem().decode())
    assert "too weak" in page


def test_what_the_command_line_proposes_takes_two_administrators(
    app_instance: Instance, browser: Browsers, eva: Browser
) -> None:
    session, vault, office = app_instance.session, app_instance.vault, Office()
    begin_write(session)
    told = ContactDetails("openpgp", office.email, office.certificate)
    contact_change.propose_unsigned(session, vault, PAYOKE, told, NOW)
    session.commit()
    dana = browser().at_desk("Dana")
    page = dana.get(f"{PLACE}/confirm").text
    assert "Nobody has signed it: two administrators must agree." in page
    assert "Propose it myself" in page
    sent = {"decision": "confirm", "password": PASSWORD}
    place = dana.post(f"{PLACE}/confirm", shown=shown(dana), **sent).headers["Location"]
    assert "done=proposed" in place
    with pytest.raises(RecipientUnready):
        contact_settings.require_confirmed(session, vault, PAYOKE)
    session.rollback()
    assert "Dana proposed this" in eva.get(f"{PLACE}/confirm").text
    place = eva.post(f"{PLACE}/confirm", shown=shown(eva), **sent).headers["Location"]
    assert "done=contact_confirmed" in place
    assert contact_settings.require_confirmed(session, vault, PAYOKE).email == office.email


def test_a_change_is_dropped_by_either_of_them(
    app_instance: Instance, browser: Browsers, eva: Browser
) -> None:
    dana = browser().at_desk("Dana")
    for visitor in (dana, eva):
        propose(dana)
        sent = {"shown": shown(visitor), "decision": "refuse", "password": PASSWORD}
        place = visitor.post(f"{PLACE}/confirm", **sent).headers["Location"]
        assert "done=contact_refused" in place
        assert "No change waits here." in visitor.get(f"{PLACE}/confirm").text
    with pytest.raises(RecipientUnready):
        contact_settings.require_confirmed(app_instance.session, app_instance.vault, PAYOKE)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": "no address"}, "Write one plain mail address"),
        ({"certificate": "no key"}, "There is no OpenPGP key in this."),
        ({"channel": "smime", "smime": "no"}, "There is no S/MIME certificate in this."),
        ({"channel": "pigeon"}, "Choose a way."),
        ({"password": "no"}, "This is not your password."),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_each_mistake_has_its_sentence_and_what_was_typed_stays(
    browser: Browsers, typed: dict[str, str], sentence: str
) -> None:
    page = propose(browser().at_desk("Dana"), **typed)
    assert sentence in page
    assert (typed.get("email") or f"{PAYOKE}@example.org") in page


def test_a_contact_point_is_marked_when_it_should_be_compared_again(
    app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    Office().confirm(app_instance)
    clock.forward(days=181)
    dana = browser().at_desk("Dana")
    assert "Check it again" in dana.get("/desk/contacts").text
    assert "Last compared on" in dana.get("/desk/board").text
    dana.get(PLACE)
    assert dana.post(f"{PLACE}/checked", password=PASSWORD).status_code == 303
    assert "Check it again" not in dana.get("/desk/contacts").text


def test_only_contact_points_of_the_country_files_can_be_set_up(browser: Browsers) -> None:
    dana = browser().at_desk("Dana")
    for wrong in ("nobody", "be-112", "..%2f"):
        assert dana.get(f"/desk/contacts/{wrong}").status_code == 404
