"""`contact-set`: from a file to a contact point that reports may be sent to."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from reports import sealed_rows
from reports.delivery import contact_change, contact_settings
from reports.errors import NotAllowed, RecipientUnready
from reports.model import ContactSetting
from tests.support.cast import Instance
from tests.support.office import PAYOKE, Office
from tests.support.smime_key import SmimeKey


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "office.pgp"
    file.write_bytes(Office().certificate)
    return file


def run(app: Flask, key: Path, contact_id: str = PAYOKE, email: str = "a@example.org") -> Result:
    arguments = ["contact-set", contact_id, "--email", email, "--key", str(key)]
    return app.test_cli_runner().invoke(args=arguments)


def test_it_confirms_and_prints_the_fingerprint_in_groups(
    app: Flask, app_instance: Instance, key: Path
) -> None:
    done = run(app, key)
    assert done.exit_code == 0, done.output
    setting = contact_settings.require_confirmed(app_instance.session, app_instance.vault, PAYOKE)
    assert setting.email == "a@example.org"
    grouped = done.output.strip().rpartition("key ")[2]
    assert [len(group) for group in grouped.split()] == [4] * 10
    assert grouped.replace(" ", "") == setting.fingerprint


def test_it_takes_an_smime_certificate_names_its_holder_and_says_that_it_ends_soon(
    app: Flask, app_instance: Instance, key: Path
) -> None:
    for days, soon in ((20, True), (200, False)):
        office = SmimeKey(days=days)
        key.write_bytes(base64.b64encode(office.certificate))
        asked = ["contact-set", PAYOKE, "--email", "a@example.org", "--key", str(key), "--smime"]
        done = app.test_cli_runner().invoke(args=asked)
        assert done.exit_code == 0, done.output
        assert "belongs to Office (Office)" in done.output
        assert ("Ask the office for a newer one." in done.output) == soon
        session, vault = app_instance.session, app_instance.vault
        setting = contact_settings.require_confirmed(session, vault, PAYOKE)
        assert (setting.channel, setting.smime) == ("smime", office.certificate)
        session.rollback()


def test_in_production_it_proposes_and_two_administrators_sign(
    make_app: Callable[..., Flask], app_instance: Instance, key: Path
) -> None:
    done = run(make_app(WAYSIDE_ENV="production", WAYSIDE_MAIL_FROM="desk@example.org"), key)
    assert done.exit_code == 0, done.output
    assert "two administrators" in done.output
    session, vault = app_instance.session, app_instance.vault
    assert session.get(ContactSetting, PAYOKE) is None
    [change] = contact_change.list_pending(session, vault).values()
    assert (change.contact_id, change.email, change.staff_id) == (PAYOKE, "a@example.org", None)
    assert contact_change.confirm(app_instance.act("Dana"), PAYOKE, tag(app_instance)) is None
    with pytest.raises(NotAllowed):
        contact_change.confirm(app_instance.act("Dana"), PAYOKE, tag(app_instance))
    session.commit()
    app_instance.accept(app_instance.invite("Eva", "administrator", "BE"), "Eva")
    assert contact_change.confirm(app_instance.act("Eva"), PAYOKE, tag(app_instance))
    assert contact_settings.require_confirmed(session, vault, PAYOKE).email == "a@example.org"


def tag(instance: Instance) -> str:
    """What an administrator has read."""
    change = contact_change.list_pending(instance.session, instance.vault)[PAYOKE]
    return contact_change.make_version_tag(change)


def test_what_it_keeps_while_trying_is_not_taken_from_the_database_alone(
    app: Flask, app_instance: Instance, key: Path
) -> None:
    """Somebody with the pepper changes the address, and lets the keyed hash fit."""
    run(app, key)
    session, vault = app_instance.session, app_instance.vault
    row = session.get_one(ContactSetting, PAYOKE)
    row.email = "thief@example.org"
    row.seal = sealed_rows.compute_seal(vault, row)
    with pytest.raises(RecipientUnready):
        contact_settings.require_confirmed(session, vault, PAYOKE)


@pytest.mark.parametrize(
    ("contact_id", "email", "said"),
    [
        ("be-nobody", "a@example.org", "no country file has this contact point"),
        (PAYOKE, "a b@example.org", "not a plain mail address"),
    ],
)
def test_a_wrong_value_is_named(
    app: Flask, app_instance: Instance, key: Path, contact_id: str, email: str, said: str
) -> None:
    done = run(app, key, contact_id, email)
    assert done.exit_code == 2
    assert said in done.output
    assert app_instance.session.get(ContactSetting, contact_id) is None


def test_a_file_that_holds_no_key_is_named(app: Flask, app_instance: Instance, key: Path) -> None:
    key.write_text("hello")
    done = run(app, key)
    assert done.exit_code == 2
    assert "the file holds no OpenPGP key" in done.output
    assert app_instance.session.get(ContactSetting, PAYOKE) is None
