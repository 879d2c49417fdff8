"""A second recipient that nobody can open anything with, so that older programs read the first.

Sequoia writes the newest form of message (SEIPD version 2, RFC 9580) to every certificate that does
not say which forms its holder reads. RNP, which Thunderbird uses, makes keys that do not say it and
reads only the form before. The form is the one that *all*
recipients read: beside such a certificate stands one that is made for the one message and says that
it reads the form before. Its secret half is dropped before anything is encrypted to it.

The packets are written here since the library makes no certificate of this kind (RFC 9580, sections
5.2 and 5.5; the signatures are the library's to check).
"""

from __future__ import annotations

import hashlib
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pysequoia import Cert
from pysequoia.packet import PacketPile, Tag

_VERSION: Final = 4
_MADE: Final = (1_577_836_800).to_bytes(4, "big")
"""When every companion says that it was made, so that it tells nothing of the real moment."""
_SIGNS, _AGREES = 22, 18
"""EdDSA and ECDH, as keys of version 4 name them."""
_SHA512: Final = 10
_ED25519: Final = bytes.fromhex("092b06010401da470f01")
_CURVE25519: Final = bytes.fromhex("0a2b060104019755010501")
_KDF: Final = bytes.fromhex("03010807")
"""SHA-256 and AES-128, which wrap the key of the message."""
_CREATED, _FLAGS, _FEATURES, _ISSUER = 2, 27, 30, 33
_FIRST_FORM: Final = b"\x01"
"""The feature of reading SEIPD version 1, and no other."""
_CERTIFIES, _ENCRYPTS = b"\x01", b"\x0c"
_NAME: Final = b"nobody"


def needs_companion(certificate: Cert) -> bool:
    """Returns whether a certificate of version 4 leaves open which forms its holder reads."""
    signatures = [
        packet.body
        for packet in PacketPile.from_bytes(bytes(certificate))
        if packet.tag == Tag.Signature and packet.body[0] == _VERSION
    ]
    told = [_list_hashed(body) for body in signatures]
    return bool(told) and not any(_FEATURES in each for each in told)


def make_companion() -> Cert:
    """Returns a certificate to which nobody has the secret key."""
    signing, agreeing = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
    primary = _write_key(_SIGNS, _ED25519, signing.public_key().public_bytes_raw())
    subkey = _write_key(_AGREES, _CURVE25519, agreeing.public_key().public_bytes_raw()) + _KDF
    issuer = bytes((_VERSION,)) + hashlib.sha1(_frame(primary), usedforsecurity=False).digest()
    named = b"\xb4" + len(_NAME).to_bytes(4, "big") + _NAME
    parts = (
        (6, primary),
        (13, _NAME),
        (2, _sign(signing, _frame(primary) + named, 0x13, issuer, _CERTIFIES)),
        (14, subkey),
        (2, _sign(signing, _frame(primary) + _frame(subkey), 0x18, issuer, _ENCRYPTS)),
    )
    return Cert.from_bytes(b"".join(_write_packet(tag, body) for tag, body in parts))


def _list_hashed(body: bytes) -> set[int]:
    """Returns the types of the subpackets that a signature of version 4 covers."""
    found: set[int] = set()
    area = body[6 : 6 + int.from_bytes(body[4:6], "big")]
    while area:
        if area[0] < 192:
            head, length = 1, area[0]
        elif area[0] < 255:
            head, length = 2, ((area[0] - 192) << 8) + int.from_bytes(area[1:2], "big") + 192
        else:
            head, length = 5, int.from_bytes(area[1:5], "big")
        found.update(each & 0x7F for each in area[head : head + 1])
        area = area[head + length :]
    return found


def _sign(signing: Ed25519PrivateKey, over: bytes, kind: int, issuer: bytes, flags: bytes) -> bytes:
    told = ((_CREATED, _MADE), (_FLAGS, flags), (_FEATURES, _FIRST_FORM), (_ISSUER, issuer))
    area = b"".join(bytes((len(value) + 1, code)) + value for code, value in told)
    covered = bytes((_VERSION, kind, _SIGNS, _SHA512)) + len(area).to_bytes(2, "big") + area
    trailer = bytes((_VERSION, 0xFF)) + len(covered).to_bytes(4, "big")
    digest = hashlib.sha512(over + covered + trailer).digest()
    made = signing.sign(digest)
    return covered + b"\0\0" + digest[:2] + _write_number(made[:32]) + _write_number(made[32:])


def _write_key(algorithm: int, curve: bytes, point: bytes) -> bytes:
    return bytes((_VERSION,)) + _MADE + bytes((algorithm,)) + curve + _write_number(b"\x40" + point)


def _write_number(value: bytes) -> bytes:
    """Returns a multiprecision integer (RFC 9580, section 3.2)."""
    short = value.lstrip(b"\0")
    return int.from_bytes(short, "big").bit_length().to_bytes(2, "big") + short


def _write_packet(tag: int, body: bytes) -> bytes:
    return bytes((0xC0 | tag, 0xFF)) + len(body).to_bytes(4, "big") + body


def _frame(key: bytes) -> bytes:
    """Returns a key as fingerprints and signatures cover it."""
    return b"\x99" + len(key).to_bytes(2, "big") + key
