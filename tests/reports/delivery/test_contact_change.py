"""How a contact point is reached changes by two people alone, and weak keys by nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from sqlalchemy import update

from reports import custody
from reports.delivery import contact_change, contact_settings, smime_certificate
from reports.delivery.channels.channel import ContactDetails
from reports.errors import (
    AddressRefused,
    InvitationInvalid,
    KeyRefused,
    NotAllowed,
    RecipientUnready,
)
from reports.model import ContactChange, Organisation
from tests.support.cast import NOW, Instance
from tests.support.office import PAYOKE, Office

TODAY = NOW.date()


def details(office: Office | None = None) -> ContactDetails:
    made = office or Office()
    return ContactDetails("openpgp", made.email, made.certificate)


def propose(instance: Instance, told: ContactDetails, by: str = "Dana") -> str:
    """`by` proposes; what the second one, Eva, will have read."""
    if "Eva" not in instance.members:
        instance.accept(instance.invite("Eva", "administrator", "BE"), "Eva")
    made = contact_change.propose(instance.act(by), PAYOKE, told)
    return contact_change.make_version_tag(made)


def confirm(instance: Instance, shown: str, by: str = "Eva") -> None:
    contact_change.confirm(instance.act(by), PAYOKE, shown)


def test_nothing_holds_until_a_second_person_has_confirmed(app_instance: Instance) -> None:
    office = Office()
    shown = propose(app_instance, details(office))
    session, vault = app_instance.session, app_instance.vault
    with pytest.raises(RecipientUnready):
        contact_settings.require_confirmed(session, vault, PAYOKE)
    with pytest.raises(NotAllowed):
        confirm(app_instance, shown, by="Dana")
    confirm(app_instance, shown)
    assert contact_settings.require_confirmed(session, vault, PAYOKE).email == office.email
    assert contact_change.list_pending(session, vault) == {}
    acts = [line.act for line in custody.list_lines(session, session.get_one(Organisation, 1))]
    assert acts[-2:] == ["contact_proposed", "contact_confirmed"]


def test_what_was_swapped_after_reading_is_not_confirmed(app_instance: Instance) -> None:
    shown = propose(app_instance, details())
    propose(app_instance, details())
    with pytest.raises(InvitationInvalid):
        confirm(app_instance, shown)


def test_a_proposal_written_into_the_database_waits_for_nobody(app_instance: Instance) -> None:
    shown = propose(app_instance, details())
    session = app_instance.session
    session.execute(update(ContactChange).values(email="thief@example.org"))
    session.expire_all()
    assert contact_change.list_pending(session, app_instance.vault) == {}
    with pytest.raises(InvitationInvalid):
        confirm(app_instance, shown)


def test_who_proposed_may_take_it_back_and_the_old_way_stays(app_instance: Instance) -> None:
    office = Office()
    office.confirm(app_instance)
    session, vault = app_instance.session, app_instance.vault
    shown = propose(app_instance, ContactDetails("hand"))
    contact_change.refuse(app_instance.act("Dana"), PAYOKE, shown)
    assert contact_change.list_pending(session, vault) == {}
    assert contact_settings.require_confirmed(session, vault, PAYOKE).channel == "openpgp"


def test_a_channel_keeps_only_what_it_needs(app_instance: Instance) -> None:
    office = Office()
    told = ContactDetails("portal", office.email, office.certificate, b"no certificate")
    confirm(app_instance, propose(app_instance, told))
    setting = contact_settings.require_confirmed(app_instance.session, app_instance.vault, PAYOKE)
    assert (setting.channel, setting.email, setting.fingerprint) == ("portal", "", "")
    assert (setting.certificate, setting.smime) == (b"", b"")


def test_a_contact_point_is_due_half_a_year_after_it_was_compared(app_instance: Instance) -> None:
    Office().confirm(app_instance)
    session, vault = app_instance.session, app_instance.vault
    setting, later = (
        contact_settings.require_confirmed(session, vault, PAYOKE),
        NOW + contact_change.CHECK_AFTER,
    )
    assert not contact_change.is_due(setting, later.date())
    assert contact_change.is_due(setting, (later + timedelta(days=1)).date())
    contact_change.mark_checked(app_instance.act("Dana", later + timedelta(days=1)), PAYOKE)
    assert not contact_change.is_due(
        contact_settings.require_confirmed(session, vault, PAYOKE),
        (later + timedelta(days=1)).date(),
    )


def certificate(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | None = None,
    *,
    days: int = 100,
    algorithm: hashes.HashAlgorithm | None = None,
    usage: bool | None = None,
    purpose: x509.ObjectIdentifier | None = None,
) -> bytes:
    """A certificate of an office's own, as PEM."""
    holder = key or rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "desk@example.org")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(holder.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=200))
        .not_valid_after(NOW + timedelta(days=days))
    )
    if usage is not None:
        flags = dict.fromkeys(
            (
                "content_commitment",
                "data_encipherment",
                "key_agreement",
                "key_cert_sign",
                "crl_sign",
                "encipher_only",
                "decipher_only",
            ),
            False,
        )
        allowed = x509.KeyUsage(digital_signature=True, key_encipherment=usage, **flags)
        builder = builder.add_extension(allowed, critical=True)
    if purpose is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    return builder.sign(holder, algorithm or hashes.SHA256()).public_bytes(Encoding.PEM)


@pytest.mark.parametrize(
    "data",
    [
        certificate(),
        certificate(usage=True, purpose=ExtendedKeyUsageOID.EMAIL_PROTECTION),
        x509.load_pem_x509_certificate(certificate()).public_bytes(Encoding.DER),
    ],
    ids=["plain", "for mail", "DER"],
)
def test_a_sound_certificate_is_taken(app_instance: Instance, data: bytes) -> None:
    told = ContactDetails("smime", "desk@example.org", smime=data)
    confirm(app_instance, propose(app_instance, told))
    setting = contact_settings.require_confirmed(app_instance.session, app_instance.vault, PAYOKE)
    assert len(setting.fingerprint) == 64
    assert contact_change.find_near_expiry(setting, TODAY) is None
    assert contact_change.find_near_expiry(
        setting, TODAY + timedelta(days=80)
    ) == TODAY + timedelta(days=100)


SECRET = rsa.generate_private_key(65537, 2048).private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no S/MIME certificate"),
        (b"-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----", "no S/MIME certificate"),
        (b"x" * 300_000, "too large"),
        (SECRET, "secret key"),
        (certificate() + certificate(), "more than one"),
        (certificate(days=-1), "expired"),
        (certificate(rsa.generate_private_key(65537, 1024)), "too weak"),
        (certificate(ec.generate_private_key(ec.SECP192R1())), "too weak"),
        (certificate(usage=False), "not meant for encryption"),
        (certificate(purpose=ExtendedKeyUsageOID.SERVER_AUTH), "not meant for mail"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_weak_or_wrong_certificate_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(KeyRefused) as refusal:
        smime_certificate.read(data, NOW)
    assert reason in refusal.value.reason


def test_a_refused_change_leaves_nothing_behind(app_instance: Instance) -> None:
    for told, problem in (
        (ContactDetails("openpgp", "no address", Office().certificate), AddressRefused),
        (ContactDetails("openpgp", "desk@example.org", b"no key"), KeyRefused),
        (ContactDetails("smime", "desk@example.org", smime=b"no key"), KeyRefused),
    ):
        with pytest.raises(problem):
            propose(app_instance, told)
    assert contact_change.list_pending(app_instance.session, app_instance.vault) == {}
