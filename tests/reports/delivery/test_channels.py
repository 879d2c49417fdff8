"""The other ways out: S/MIME as OpenSSL opens it, the document's schema, and files in a packet."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator

from reports.delivery import packet
from reports.delivery.channels.mail.mail_channel import MAIL_LIMIT
from reports.delivery.packet_content import MARK, Content, EnclosedFile, Slip
from reports.delivery.packet_reader import unpack
from reports.errors import KeyRefused, PacketTooLarge
from reports.mailbox import OpenMessage
from reports.model import ContactSetting
from tests.support.cast import NOW
from tests.support.office import PAYOKE, RULE, WHY, Office, mail_to, parse, text_in
from tests.support.site import ROOT
from tests.support.smime_key import SmimeKey

SLIP = Slip(uuid4(), PAYOKE, "Payoke", RULE, WHY)
STORY = "They sleep in the kitchen."
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


def setting(key: SmimeKey) -> ContactSetting:
    return ContactSetting(
        contact_id=PAYOKE, channel="smime", email="desk@example.org", smime=key.certificate
    )


def test_openssl_opens_an_smime_mail_and_nothing_of_it_stands_outside(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        reason = "OpenSSL's command is not installed (Debian: openssl)"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    key = SmimeKey()
    mail = mail_to(setting(key), CONTENT, SLIP)
    outside = parse(mail)
    assert outside.get_content_type() == "application/pkcs7-mime"
    assert outside["Message-ID"] == f"<{SLIP.delivery_id}@wayside.example>"
    assert outside["Subject"] == "Report"
    assert max(map(len, mail.split(b"\r\n"))) <= 998
    assert STORY in text_in(parse(key.open(mail, tmp_path)))


def test_an_smime_certificate_that_has_ended_is_refused_when_the_packet_is_made() -> None:
    with pytest.raises(KeyRefused):
        mail_to(setting(SmimeKey(days=-1)), CONTENT, SLIP)


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
    large = EnclosedFile("film.mp4", "video/mp4", b"x" * MAIL_LIMIT)
    content = Content({"story": MARK}, "nl", NOW, (), files=(large,))
    office = Office()
    there = ContactSetting(
        contact_id=PAYOKE,
        channel="openpgp",
        email=office.email,
        certificate=office.certificate,
    )
    with pytest.raises(PacketTooLarge):
        mail_to(there, content, SLIP)
