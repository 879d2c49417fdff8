"""Keys as GnuPG and RNP make them and people send them: taken, dated rightly, readable there."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pysequoia import Cert, Profile, Tsk
from pysequoia.packet import PacketPile, Tag

from reports.delivery import openpgp_certificate
from reports.delivery.openpgp_companion import make_companion, needs_companion
from reports.errors import KeyRefused
from tests.support import gnupg, rnp
from tests.support.gnupg import Gnupg
from tests.support.office import Office
from tests.support.rnp import Rnp

BRAINPOOL = (
    "Key-Type: ECDSA\nKey-Curve: brainpoolP256r1\nSubkey-Type: ECDH\nSubkey-Curve: brainpoolP256r1"
)
PRIMARY = "Key-Type: EDDSA\nKey-Curve: ed25519\nKey-Usage: sign"
WORDS = b"They sleep in the kitchen."


@pytest.fixture(scope="module")
def gpg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gnupg]:
    gnupg.need_gnupg()
    made = Gnupg(tmp_path_factory.mktemp("gnupg") / "home")
    yield made
    made.stop()


def now() -> datetime:
    """The library goes by this machine's clock, so tests of dates begin at it."""
    return datetime.now(UTC)


def refuse(data: bytes, at: datetime | None = None) -> str:
    with pytest.raises(KeyRefused) as refusal:
        openpgp_certificate.read(data, at or now())
    return refusal.value.reason


def test_a_key_of_rnp_is_taken_and_rnp_reads_what_is_encrypted_to_it(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    rnp.need_rnp()
    office = Rnp(tmp_path_factory.mktemp("rnp") / "home")
    office.generate("office@example.org")
    found = openpgp_certificate.read(office.export("office@example.org"), now())
    assert openpgp_certificate.describe(found) == "office@example.org"
    ends = openpgp_certificate.find_end(found)
    assert ends is not None
    assert ends > now() + timedelta(days=365)
    assert office.decrypt(openpgp_certificate.encrypt_to(found, WORDS)) == WORDS


def test_gnupg_reads_what_is_encrypted_beside_a_companion(gpg: Gnupg) -> None:
    gpg.generate("reads@example.org")
    found = openpgp_certificate.read(gpg.export("reads@example.org"), now())
    assert not needs_companion(found)
    assert gpg.decrypt(openpgp_certificate.encrypt_to(found, WORDS)) == WORDS


def test_a_companion_is_another_one_each_time_and_makes_the_older_form() -> None:
    one, other = make_companion(), make_companion()
    assert one.fingerprint != other.fingerprint
    newest = Tsk.generate("<a@example.org>", profile=Profile.RFC4880).extract_certificate()
    assert not needs_companion(newest)
    assert not needs_companion(one)
    sealed = openpgp_certificate.encrypt_to(newest, WORDS)
    assert forms(sealed) == [6, 2]


def forms(message: bytes) -> list[int]:
    told = (Tag.PKESK, Tag.SEIP)
    return [each.body[0] for each in PacketPile.from_bytes(message) if each.tag in told]


def test_the_date_is_that_of_the_part_for_encryption(gpg: Gnupg) -> None:
    gpg.generate("dated@example.org", PRIMARY, expires="4y")
    gpg.add_part("dated@example.org", "10d")
    found = openpgp_certificate.read(gpg.export("dated@example.org"), now())
    ends = openpgp_certificate.find_end(found)
    assert ends is not None
    assert timedelta(days=9) < ends - now() < timedelta(days=11)
    # With a newer part beside it, the one that lives longest counts.
    gpg.add_part("dated@example.org", "2y")
    found = openpgp_certificate.read(gpg.export("dated@example.org"), now())
    ends = openpgp_certificate.find_end(found)
    assert ends is not None
    assert timedelta(days=720) < ends - now() < timedelta(days=740)


def test_the_date_is_that_of_the_primary_where_it_ends_first(gpg: Gnupg) -> None:
    gpg.generate("primary@example.org", PRIMARY, expires="20d")
    gpg.add_part("primary@example.org", "2y")
    found = openpgp_certificate.read(gpg.export("primary@example.org"), now())
    assert openpgp_certificate.find_end(found) == found.expiration


def test_a_key_whose_parts_for_encryption_are_over_is_refused_with_the_reason(gpg: Gnupg) -> None:
    gpg.generate("over@example.org", PRIMARY, expires="4y")
    gpg.add_part("over@example.org", "10d")
    key = gpg.export("over@example.org")
    assert openpgp_certificate.read(key, now())
    reason = refuse(key, now() + timedelta(days=11))
    assert reason == "the part of the key for encryption has expired"


def test_a_key_that_never_ends_has_no_date(gpg: Gnupg) -> None:
    gpg.generate("ever@example.org")
    found = openpgp_certificate.read(gpg.export("ever@example.org"), now())
    assert openpgp_certificate.find_end(found) is None


def test_a_brainpool_key_is_told_as_such_and_not_as_weak(gpg: Gnupg) -> None:
    gpg.generate("brainpool@example.org", BRAINPOOL)
    reason = refuse(gpg.export("brainpool@example.org"))
    assert reason == "keys on Brainpool curves are not supported"


def test_a_key_with_any_byte_turned_over_is_taken_or_refused() -> None:
    """Whatever a damaged packet says, the answer is a reason."""
    whole, taken = Office().certificate, 0
    for at in range(len(whole)):
        damaged = whole[:at] + bytes((whole[at] ^ 0x14,)) + whole[at + 1 :]
        try:
            openpgp_certificate.find_end(openpgp_certificate.read(damaged, now()))
            taken += 1
        except KeyRefused:
            continue
    assert taken < len(whole)


def in_a_mail(text: str) -> str:
    return f"Dear all,\n\nour key:\n\n{text}\nBest wishes\n-- \nOffice"


def write_before(margin: str) -> Callable[[str], bytes]:
    return lambda text: "".join(f"{margin}{line}\n" for line in text.splitlines()).encode()


@pytest.mark.parametrize(
    "saved",
    [
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: in_a_mail(text).encode(),
        lambda text: ("Größe\n" + text).encode("latin-1"),
        write_before("> "),
        write_before(">> "),
        write_before("    "),
        write_before("\t\u00a0"),
    ],
)
def test_a_key_is_read_as_editors_and_mails_leave_it(saved: Callable[[str], bytes]) -> None:
    certificate = Cert.from_bytes(Office().certificate)
    text = str(certificate)
    assert text.startswith("-----BEGIN PGP PUBLIC KEY BLOCK-----")
    found = openpgp_certificate.read(saved(text), now())
    assert found.fingerprint == certificate.fingerprint
