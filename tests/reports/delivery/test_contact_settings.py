"""Confirmed contact points: which keys are good enough, and that nobody swaps one in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pysequoia import Profile, Tsk
from sqlalchemy import select, update

from reports import custody
from reports.delivery import contact_settings, openpgp_certificate
from reports.delivery.channels.channel import ContactDetails
from reports.errors import AddressRefused, KeyRefused, RecipientUnready
from reports.model import ContactSetting, Organisation
from tests.support import gnupg
from tests.support.cast import NOW, Instance
from tests.support.gnupg import Gnupg
from tests.support.office import PAG_ASA, PAYOKE, Office


@pytest.fixture(scope="module")
def gpg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gnupg]:
    gnupg.need_gnupg()
    made = Gnupg(tmp_path_factory.mktemp("gnupg") / "home")
    yield made
    made.stop()


def test_a_confirmed_contact_point_is_ready(instance: Instance) -> None:
    office = Office()
    office.confirm(instance)
    setting = contact_settings.require_confirmed(instance.session, instance.vault, PAYOKE)
    assert setting.email == office.email
    assert setting.certificate == office.certificate
    assert len(setting.fingerprint) == 40
    assert setting.fingerprint == setting.fingerprint.upper()


def test_confirming_is_in_the_custody_of_the_instance(instance: Instance) -> None:
    Office().confirm(instance)
    organisation = instance.session.get_one(Organisation, 1)
    last = custody.list_lines(instance.session, organisation)[-1]
    assert (last.act, PAYOKE in last.detail) == ("contact_confirmed", True)
    assert custody.verify(instance.session, instance.vault)


def test_confirming_again_takes_the_place_of_the_first(instance: Instance) -> None:
    Office().confirm(instance)
    second = Office()
    second.confirm(instance, NOW + timedelta(days=1))
    [setting] = instance.session.scalars(select(ContactSetting))
    assert setting.certificate == second.certificate
    assert contact_settings.require_confirmed(instance.session, instance.vault, PAYOKE) is setting


def test_an_unconfirmed_contact_point_is_not_ready(instance: Instance) -> None:
    with pytest.raises(RecipientUnready) as failure:
        contact_settings.require_confirmed(instance.session, instance.vault, PAYOKE)
    assert failure.value.contact_id == PAYOKE


@pytest.mark.parametrize(
    "change",
    [
        {"email": "thief@example.net"},
        {"certificate": Office(PAG_ASA).certificate},
        {"fingerprint": "0" * 40},
        {"confirmed_day": NOW.date() + timedelta(days=1)},
        {"contact_id": PAG_ASA},
        {"seal": b""},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_row_changed_behind_our_back_is_not_ready(
    instance: Instance, change: dict[str, object]
) -> None:
    Office().confirm(instance)
    instance.session.execute(update(ContactSetting).values(**change))
    instance.session.commit()
    instance.session.expire_all()
    with pytest.raises(RecipientUnready):
        contact_settings.require_confirmed(
            instance.session, instance.vault, str(change.get("contact_id", PAYOKE))
        )


@pytest.mark.parametrize(
    "email",
    [
        "",
        "desk",
        "@example.org",
        "desk@",
        "desk@@example.org",
        "a b@example.org",
        "desk@example.org\r\nBcc: thief@example.net",
        "desk@example.org\n",
        "desk@example.org, thief@example.net",
        "Desk <desk@example.org>",
        "büro@example.org",
        "desk@-example.org",
        "desk@example..org",
        f"{'a' * 65}@example.org",
        f"desk@{'a.' * 130}org",
    ],
)
def test_anything_but_one_plain_address_is_refused(instance: Instance, email: str) -> None:
    with pytest.raises(AddressRefused):
        contact_settings.confirm(
            instance.session,
            instance.vault,
            PAYOKE,
            ContactDetails("openpgp", email, Office().certificate),
            NOW,
        )
    assert instance.session.get(ContactSetting, PAYOKE) is None


@pytest.mark.parametrize("armor", [True, False], ids=["armored", "binary"])
def test_a_key_made_by_gnupg_is_taken(gpg: Gnupg, armor: bool) -> None:
    email = f"good-{armor}@example.org"
    gpg.generate(email)
    found = openpgp_certificate.read(gpg.export(email, armor=armor), NOW)
    assert found.fingerprint.upper() == gpg.fingerprint(email)


def test_an_rsa_key_made_by_gnupg_is_taken(gpg: Gnupg) -> None:
    gpg.generate("rsa@example.org", "Key-Type: RSA\nKey-Length: 2048\nSubkey-Type: RSA")
    assert openpgp_certificate.read(gpg.export("rsa@example.org"), NOW)


def reason(data: bytes, now: datetime = NOW) -> str:
    with pytest.raises(KeyRefused) as refusal:
        openpgp_certificate.read(data, now)
    return refusal.value.reason


def test_a_weak_key_is_refused(gpg: Gnupg) -> None:
    gpg.generate("weak@example.org", gnupg.WEAK)
    gpg.generate("old@example.org", gnupg.OLD)
    assert "weak" in reason(gpg.export("weak@example.org"))
    assert "weak" in reason(gpg.export("old@example.org"))


def test_a_key_that_only_signs_is_refused(gpg: Gnupg) -> None:
    gpg.generate("signs@example.org", gnupg.SIGNING)
    assert "encryption" in reason(gpg.export("signs@example.org"))


def test_a_secret_key_is_refused(gpg: Gnupg) -> None:
    gpg.generate("secret@example.org")
    assert "secret key" in reason(gpg.export_secret("secret@example.org"))


def test_a_revoked_key_is_refused(gpg: Gnupg) -> None:
    gpg.generate("revoked@example.org")
    gpg.revoke("revoked@example.org")
    assert "revoked" in reason(gpg.export("revoked@example.org"))


def test_a_key_is_refused_from_the_moment_it_expires(gpg: Gnupg) -> None:
    gpg.generate("expires@example.org", expires="2d")
    key = gpg.export("expires@example.org")
    # The library goes by this machine's clock as well, so the test begins at it.
    today = datetime.now(UTC)
    assert openpgp_certificate.read(key, today)
    assert "expired" in reason(key, today + timedelta(days=3))


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"\xff" * 60, b"\0" * 60, b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n"]
)
def test_what_is_no_key_is_refused(data: bytes) -> None:
    assert "no OpenPGP key" in reason(data)


def test_a_damaged_key_is_refused() -> None:
    assert reason(Office().certificate[:120])


def test_two_keys_in_one_file_are_refused() -> None:
    assert "more than one" in reason(Office().certificate + Office(PAG_ASA).certificate)


def test_a_huge_file_is_refused() -> None:
    assert "too large" in reason(b"x" * (openpgp_certificate.LIMIT + 1))


def test_a_secret_key_is_refused_in_the_newest_form_too() -> None:
    key = Tsk.generate("<new@example.org>", profile=Profile.RFC9580)
    assert "secret key" in reason(bytes(key))
