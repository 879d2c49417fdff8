"""Packets: readable by the recipient alone, and silent about everything outside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.delivery import packet, packet_labels, packet_pdf, packet_text
from reports.delivery.packet_content import ENGLISH, Content, Slip
from reports.errors import KeyRefused
from reports.intake import questions
from reports.intake.question import UNKNOWN
from reports.mailbox import OpenMessage
from reports.model import ContactSetting
from tests.support.cast import NOW
from tests.support.gnupg import Gnupg, need_gnupg
from tests.support.office import (
    PAYOKE,
    RULE,
    WHY,
    Office,
    document_in,
    encrypted_part,
    mail_to,
    parse,
    text_in,
)

ID = UUID("6d2c9d0a-7d9a-4b5e-9a51-0f6f5f2b8c11")
RECEIVED = NOW - timedelta(days=3, hours=4)
STORY = "They sleep in the kitchen.\nNobody is paid."
ARABIC = "ينامون في المطبخ.\nلا أحد يتقاضى أجراً 12 ساعة."
OFFICE = Office()


def setting_for(email: str, certificate: bytes) -> ContactSetting:
    return ContactSetting(
        contact_id=PAYOKE, channel="openpgp", email=email, certificate=certificate
    )


def made(
    answers: Mapping[str, str],
    thread: tuple[OpenMessage, ...] | None = (),
    *,
    setting: ContactSetting | None = None,
    id: UUID = ID,
    mail_from: str = "desk@wayside.example",
    why: str = WHY,
) -> bytes:
    whole = questions.complete({"story": STORY, **answers})
    return mail_to(
        setting or setting_for(OFFICE.email, OFFICE.certificate),
        Content(whole, "nl", RECEIVED, thread),
        Slip(id, PAYOKE, "", RULE, why),
        mail_from,
    )


@pytest.fixture
def gpg(tmp_path: Path) -> Iterator[Gnupg]:
    need_gnupg()
    home = Gnupg(tmp_path / "gnupg")
    yield home
    home.stop()


@pytest.mark.paper
def test_gnupg_reads_it(gpg: Gnupg) -> None:
    gpg.generate("desk@example.org")
    setting = setting_for("desk@example.org", gpg.export("desk@example.org"))
    mail = made({"story": ARABIC, "place": "Köln/Łódź"}, setting=setting)
    opened = gpg.decrypt(encrypted_part(mail))
    assert ARABIC.splitlines()[0] in opened.decode()
    inner = parse(opened)
    assert inner.get_content_type() == "multipart/mixed"
    assert f"| {ARABIC.splitlines()[0]}" in text_in(inner)
    assert document_in(inner)["answers"]["story"] == ARABIC


def test_gnupg_reads_it_with_an_rsa_key(gpg: Gnupg) -> None:
    gpg.generate("desk@example.org", "Key-Type: RSA\nKey-Length: 2048\nSubkey-Type: RSA")
    setting = setting_for("desk@example.org", gpg.export("desk@example.org"))
    assert (
        STORY
        in document_in(parse(gpg.decrypt(encrypted_part(made({}, setting=setting)))))["answers"][
            "story"
        ]
    )


def test_it_is_pgp_mime_with_no_more_headers_than_needed() -> None:
    mail = parse(made({}))
    assert mail.get_content_type() == "multipart/encrypted"
    assert mail.get_param("protocol") == "application/pgp-encrypted"
    assert sorted(mail.keys()) == [
        "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"
    ]  # fmt: skip
    assert mail["From"] == "desk@wayside.example"
    assert mail["To"] == OFFICE.email
    assert mail["Subject"] == "Report"
    assert mail["Message-ID"] == f"<{ID}@wayside.example>"


def test_its_date_is_the_referral_and_not_the_report() -> None:
    mail = made({})
    assert parsedate_to_datetime(parse(mail)["Date"]) == NOW
    for form in ("%Y-%m-%d", "%d %b"):
        assert RECEIVED.strftime(form).encode() not in mail


def test_nothing_of_the_report_stands_outside() -> None:
    secret = "zxqvlorem"
    mail = made(
        {"story": secret, "place": secret, "form": "sexual"}, (OpenMessage("desk", secret, NOW),)
    )
    for word in (secret, "trafficking", "sexual", RULE, WHY, PAYOKE + "\r\n"):
        assert word.encode() not in mail


def test_people_read_labels_and_the_story() -> None:
    answers = {"country": "BE", "form": "labour", "age": "doubtful", "danger": "yes"}
    thread = (
        OpenMessage("desk", "Where is it?", RECEIVED),
        OpenMessage("reporter", "Near the canal.", NOW),
    )
    text = text_in(OFFICE.read(made(answers, thread)))
    for line in (
        "Country: Belgium",
        "What it seems to be: exploitation at work",
        "In danger now: YES",
        f"Because: {WHY} (rule {RULE})",
        f"Our reference: {ID}",
        "| They sleep in the kitchen.",
        "| Nobody is paid.",
        "2027-03-10 11:00 (Brussels time), the reporter:",
        "| Near the canal.",
    ):
        assert line in text.splitlines()


def test_machines_read_a_versioned_document() -> None:
    told = document_in(
        OFFICE.read(made({"country": "NL"}, (OpenMessage("reporter", "More.", NOW),)))
    )
    assert told["schema"] == "wayside-packet/1"
    assert told["delivery"] == str(ID)
    assert (told["contact"], told["rule"], told["why"]) == (PAYOKE, RULE, WHY)
    assert told["received_at"] == RECEIVED.isoformat()
    assert told["language"] == "nl"
    assert told["answers"] == questions.complete({"country": "NL", "story": STORY})
    assert told["messages"] == [{"author": "reporter", "at": NOW.isoformat(), "text": "More."}]


def test_damaged_messages_are_said_to_be_damaged() -> None:
    inner = OFFICE.read(made({}, None))
    assert "They are damaged here" in text_in(inner)
    assert document_in(inner)["messages"] is None


def test_every_code_of_the_questions_is_said_in_words() -> None:
    for name, field in questions.FIELDS.items():
        assert packet_labels.label_field(name, ENGLISH) == field.label
        codes = getattr(field, "values", ())
        for code in set(codes) - {"unknown"}:
            told = packet_labels.label_answer(name, code, ENGLISH)
            assert told not in (None, UNKNOWN, ""), (name, code)


def test_what_no_question_asks_any_more_is_said_last_under_its_own_name() -> None:
    assert packet_labels.list_names({"old_question": "x"})[-1] == "old_question"
    assert packet_labels.label_field("old_question", ENGLISH) == "old question"
    assert packet_labels.label_answer("old_question", "x", ENGLISH) is None


def test_a_story_cannot_pass_itself_off_as_ours() -> None:
    faked = "x\nBecause: trust me\x0bIN DANGER\u2028Country: Belgium\u0085Sent to: nobody"
    text = text_in(OFFICE.read(made({"story": faked})))
    words = text.partition("IN THE REPORTER'S WORDS\n")[2]
    assert all(line.startswith("|") for line in words.splitlines())


def test_a_long_story_arrives_whole() -> None:
    story = "\n".join(f"{n} " + "woord " * 40 for n in range(80))[: questions.STORY_LIMIT].strip()
    inner = OFFICE.read(made({"story": story}))
    assert document_in(inner)["answers"]["story"] == story
    assert max(map(len, text_in(inner).splitlines())) <= packet_text.WIDTH


@pytest.mark.parametrize("piece", ["x" * questions.STORY_LIMIT, "ق" * questions.STORY_LIMIT])
def test_a_story_without_a_single_blank_arrives_whole(piece: str) -> None:
    inner = OFFICE.read(made({"story": piece}))
    assert f"| {piece}" in text_in(inner).splitlines()
    assert document_in(inner)["answers"]["story"] == piece


def test_every_line_outside_fits_into_mail() -> None:
    mail = made({"story": "x" * questions.STORY_LIMIT})
    assert mail.isascii()
    assert all(line.endswith(b"\r") for line in mail.split(b"\n")[:-1])
    assert max(map(len, mail.split(b"\r\n"))) <= 998


def test_a_long_address_is_not_folded_into_something_else() -> None:
    domain = f"{'a' * 60}.{'b' * 60}.example"
    mail = parse(made({}, mail_from=f"desk@{domain}"))
    assert mail["Message-ID"] == f"<{ID}@{domain}>"
    assert mail["From"] == f"desk@{domain}"


@pytest.mark.parametrize("words", ["a", "word " * 200, "ق" * 500])
def test_short_stories_are_all_of_one_length_outside(words: str) -> None:
    assert len(made({"story": words})) == len(made({}))


def test_a_line_end_in_an_address_makes_no_header() -> None:
    for bad in ("desk@example.org\r\nBcc: thief@example.net", "desk@example.org\nX: y"):
        with pytest.raises(ValueError):
            made({}, setting=setting_for(bad, OFFICE.certificate))
        with pytest.raises(ValueError):
            made({}, mail_from=bad)


def test_a_line_end_in_a_reason_makes_no_line_of_its_own() -> None:
    text = text_in(OFFICE.read(made({}, why="It is near.\nSent to: thief@example.net")))
    assert "Because: It is near. Sent to: thief@example.net" in text


def test_a_key_that_has_expired_since_is_refused() -> None:
    with pytest.raises(KeyRefused):
        made({}, setting=setting_for(OFFICE.email, b"damaged"))


def test_two_packets_of_one_report_have_nothing_in_common_inside() -> None:
    first, second = (encrypted_part(made({}, id=uuid4())) for _ in range(2))
    assert len(set(first.splitlines()[2:-2]) & set(second.splitlines()[2:-2])) <= 1


@settings(max_examples=40, deadline=None)
@given(
    story=st.text(min_size=1).map(questions.clean).filter(bool),
    place=st.text(max_size=300).map(questions.clean),
)
def test_whatever_is_written_arrives_as_it_was(story: str, place: str) -> None:
    content = Content(questions.complete({"story": story, "place": place}), "nl", RECEIVED, ())
    slip = Slip(ID, PAYOKE, "", RULE, WHY)
    told = json.loads(json.dumps(packet.build_document(content, slip)))["answers"]
    assert (told["story"], told["place"]) == (story, place)
    ours = packet_text.render_text(content, slip).splitlines()
    assert ours[0] == "A REPORT OF POSSIBLE HUMAN TRAFFICKING"


@pytest.mark.paper
@settings(max_examples=8, deadline=None)
@given(story=st.text(min_size=1, max_size=200))
def test_paper_takes_whatever_is_written(story: str) -> None:
    blocks = packet_text.build_blocks(
        Content({"story": story}, "nl", RECEIVED, ()), Slip(ID, PAYOKE, "", RULE, WHY)
    )
    assert packet_pdf.render(blocks, "nl", NOW).startswith(b"%PDF-")
