"""The other ways out: S/MIME as OpenSSL opens it, the document's schema, and files in a packet."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from jsonschema import Draft202012Validator

from reports.delivery import packet
from reports.delivery.packet_content import MARK, Content, EnclosedFile, Slip
from reports.delivery.packet_reader import unpack
from reports.errors import KeyRefused, PacketTooLarge
from reports.mailbox import OpenMessage
from reports.model import ContactSetting
from tests.support.cast import NOW
from tests.support.office import PAYOKE, RULE, WHY, Office, parse, text_in
from tests.support.site import ROOT

SLIP = Slip(uuid4(), PAYOKE, "Payoke", RULE, WHY)
STORY = "They sleep in the kitchen."
OPENSSL = [
    *("openssl", "cms", "-decrypt", "-in", "mail.eml"),
    *("-inkey", "key.pem", "-recip", "cert.pem"),
]
CONTENT = Content(
    {"country": "BE", "kind": "witness", "story": STORY},
    "nl",
    NOW,
    (OpenMessage("reporter", "More.", NOW),),
    note="Please call us first.",
    reported={"country": "NL"},
    left_out=("place",),
    files=(EnclosedFile("photo.jpg", "image/jpeg", b"\xff\xd8 cleaned"),),
    history=({"number": 1, "act": "received"},),
)


class Key:
    """The S/MIME key of a contact point."""

    def __init__(self, *, days: int = 365, bits: int = 2048) -> None:
        self.private = rsa.generate_private_key(65537, bits)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Office")])
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
        builder = builder.public_key(self.private.public_key()).serial_number(1)
        builder = builder.not_valid_before(NOW - timedelta(days=400))
        made = builder.not_valid_after(NOW + timedelta(days=days)).sign(self.private, SHA256())
        self.certificate = made.public_bytes(Encoding.DER)

    def open(self, mail: bytes, folder: Path) -> bytes:
        """What OpenSSL reads in the mail."""
        files = {"key.pem": self.pem(), "mail.eml": mail, "cert.pem": self.certificate_pem()}
        for name, data in files.items():
            (folder / name).write_bytes(data)
        done = subprocess.run(
            OPENSSL,
            cwd=folder,
            capture_output=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def pem(self) -> bytes:
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def certificate_pem(self) -> bytes:
        return x509.load_der_x509_certificate(self.certificate).public_bytes(Encoding.PEM)


def setting(key: Key) -> ContactSetting:
    return ContactSetting(
        contact_id=PAYOKE, channel="smime", email="desk@example.org", smime=key.certificate
    )


def test_openssl_opens_an_smime_mail_and_nothing_of_it_stands_outside(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        reason = "OpenSSL's command is not installed (Debian: openssl)"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    key = Key()
    mail = packet.make(setting(key), CONTENT, SLIP, NOW, mail_from="desk@wayside.example")
    outside = parse(mail)
    assert outside.get_content_type() == "application/pkcs7-mime"
    assert outside["Message-ID"] == f"<{SLIP.delivery_id}@wayside.example>"
    assert outside["Subject"] == "Report"
    assert max(map(len, mail.split(b"\r\n"))) <= 998
    assert STORY in text_in(parse(key.open(mail, tmp_path)))


def test_an_smime_certificate_that_has_ended_is_refused_when_the_packet_is_made() -> None:
    with pytest.raises(KeyRefused):
        packet.make(setting(Key(days=-1)), CONTENT, SLIP, NOW, mail_from="desk@wayside.example")


def test_the_document_is_what_its_published_schema_says() -> None:
    schema = json.loads((ROOT / "docs" / "packet.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["schema"]["const"] == packet.SCHEMA
    for content in (CONTENT, Content({"story": "x"}, "ar", NOW, None)):
        told = json.loads(json.dumps(packet.build_document(content, SLIP)))
        Draft202012Validator(schema).validate(told)
    assert "place" not in packet.build_document(CONTENT, SLIP)


def test_a_packet_comes_apart_into_what_was_put_in() -> None:
    opened = unpack(packet.build_part(CONTENT, SLIP, NOW))
    assert [part.name for part in opened.parts] == [
        "report.json",
        "report.pdf",
        "photo.jpg",
        "custody.json",
    ]
    photo = opened.find_part("photo.jpg")
    assert photo is not None
    assert photo.data == b"\xff\xd8 cleaned"
    assert "| Please call us first." in opened.text
    assert "Country: Belgium (the reporter said: the Netherlands)" in opened.text
    assert "Language of the form: Dutch" in opened.text


def test_a_packet_too_large_for_mail_is_refused_with_its_size() -> None:
    large = EnclosedFile("film.mp4", "video/mp4", b"x" * packet.MAIL_LIMIT)
    content = Content({"story": MARK}, "nl", NOW, (), files=(large,))
    office = Office()
    there = ContactSetting(
        contact_id=PAYOKE,
        channel="openpgp",
        email=office.email,
        certificate=office.certificate,
    )
    with pytest.raises(PacketTooLarge):
        packet.make(there, content, SLIP, NOW, mail_from="desk@wayside.example")
