"""`contact-set`: from a file to a contact point that reports may be sent to."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from reports.delivery import contact_settings
from reports.model import ContactSetting
from tests.support.cast import Instance
from tests.support.office import PAYOKE, Office


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
