"""S/MIME certificates as Windows and offices export them: the right one of a chain is chosen."""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    pkcs12,
)
from cryptography.hazmat.primitives.serialization.pkcs7 import serialize_certificates
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from reports.delivery import smime_certificate
from reports.delivery.packet_content import Content, Slip
from reports.errors import KeyRefused
from reports.model import ContactSetting
from tests.support.cast import NOW
from tests.support.office import PAYOKE, RULE, WHY, mail_to, parse, text_in
from tests.support.smime_key import SmimeKey

MAIL, SERVER = ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.SERVER_AUTH
Holder = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
PEM, DER = Encoding.PEM, Encoding.DER


@dataclass(frozen=True)
class Issuer:
    """Somebody who issues certificates."""

    name: str
    private: rsa.RSAPrivateKey

    def issue(
        self,
        name: str,
        holder: Holder,
        *,
        ca: bool = False,
        days: int = 365,
        purpose: x509.ObjectIdentifier = MAIL,
    ) -> x509.Certificate:
        named = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, n)]) for n in (name, self.name)]
        made = x509.CertificateBuilder().subject_name(named[0]).issuer_name(named[1])
        made = made.public_key(holder.public_key()).serial_number(x509.random_serial_number())
        made = made.not_valid_before(NOW - timedelta(days=400))
        made = made.not_valid_after(NOW + timedelta(days=days))
        made = made.add_extension(x509.BasicConstraints(ca, None), critical=True)
        if not ca:
            address = x509.SubjectAlternativeName([x509.RFC822Name("desk@example.org")])
            made = made.add_extension(address, critical=False)
            made = made.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        return made.sign(self.private, SHA256())


ROOT = Issuer("Root", rsa.generate_private_key(65537, 2048))
MIDDLE = Issuer("Middle", rsa.generate_private_key(65537, 2048))
HOLDER = rsa.generate_private_key(65537, 2048)
CHAIN = [
    ROOT.issue("Root", ROOT.private, ca=True),
    ROOT.issue("Middle", MIDDLE.private, ca=True),
    MIDDLE.issue("Office", HOLDER),
]
END = CHAIN[-1]


def write_pem(certificates: list[x509.Certificate]) -> bytes:
    return b"".join(each.public_bytes(PEM) for each in certificates)


FORMS: dict[str, Callable[[], bytes]] = {
    "chain in PEM": lambda: write_pem(CHAIN),
    "chain, end first": lambda: write_pem(CHAIN[::-1]),
    "the same twice": lambda: write_pem([END, END]),
    "p7b in PEM": lambda: serialize_certificates(CHAIN, PEM),
    "p7b in DER": lambda: serialize_certificates(CHAIN, DER),
    "bare base64": lambda: base64.encodebytes(END.public_bytes(DER)),
    "bare base64 of a p7b": lambda: base64.b64encode(serialize_certificates(CHAIN, DER)),
    "UTF-16": lambda: write_pem(CHAIN).decode().encode("utf-16"),
    "with a mark": lambda: b"\xef\xbb\xbf" + write_pem(CHAIN),
    "quoted": lambda: b"".join(b"> " + line + b"\n" for line in write_pem(CHAIN).splitlines()),
    "bag attributes": lambda: b"Bag Attributes\n    friendlyName: A\n" + write_pem(CHAIN),
    "another for a server": lambda: write_pem(
        [MIDDLE.issue("Web", HOLDER, purpose=SERVER), *CHAIN]
    ),
    "an older one that has ended": lambda: write_pem(
        [MIDDLE.issue("Office", HOLDER, days=-1), *CHAIN]
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_end_certificate_for_mail_is_chosen_however_it_comes(form: str) -> None:
    found = smime_certificate.read(FORMS[form](), NOW)
    assert found == END
    assert smime_certificate.describe(found) == "Office, desk@example.org (Middle)"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (write_pem(CHAIN[:2]), "the file holds certificates of issuers alone"),
        (write_pem([END, MIDDLE.issue("Other", HOLDER)]), "more than one"),
        (write_pem([MIDDLE.issue("Web", HOLDER, purpose=SERVER)]), "not meant for mail"),
        (write_pem([MIDDLE.issue("A", ec.generate_private_key(ec.SECP192R1()))]), "too weak"),
        (write_pem([MIDDLE.issue("A", ed25519.Ed25519PrivateKey.generate())]), "neither an RSA"),
        (
            pkcs12.serialize_key_and_certificates(
                b"A", HOLDER, END, None, BestAvailableEncryption(b"x")
            ),
            "secret key",
        ),
        (serialize_certificates(CHAIN, DER)[:-40], "no S/MIME certificate"),
        (base64.b64encode(b"no certificate"), "no S/MIME certificate"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_used_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(KeyRefused) as refusal:
        smime_certificate.read(data, NOW)
    assert reason in refusal.value.reason


@pytest.mark.parametrize(
    "curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1(), ec.BrainpoolP256R1()]
)
def test_openssl_opens_a_mail_to_a_curve(tmp_path: Path, curve: ec.EllipticCurve) -> None:
    if shutil.which("openssl") is None:
        reason = "OpenSSL's command is not installed (Debian: openssl)"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    private = ec.generate_private_key(curve)
    office = SmimeKey(private=private)
    office.certificate = MIDDLE.issue("Office", private).public_bytes(DER)
    setting = ContactSetting(
        contact_id=PAYOKE, channel="smime", email="desk@example.org", smime=office.certificate
    )
    content = Content({"country": "BE", "story": "They sleep in the kitchen."}, "nl", NOW, ())
    mail = mail_to(setting, content, Slip(uuid4(), PAYOKE, "Payoke", RULE, WHY))
    assert "They sleep in the kitchen." in text_in(parse(office.open(mail, tmp_path)))
