"""A CMS envelope for one certificate with an elliptic curve: ephemeral ECDH (RFC 5753), AES-256.

`cryptography` makes such envelopes for RSA alone. Agreement, derivation, wrapping and encryption
are its own all the same; what is written here is the order of the fields (RFC 5652, section 6).
"""

from __future__ import annotations

import secrets
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_KEY_BYTES: Final = 32
_BLOCK_BYTES: Final = 16
_INTEGER, _BITS, _OCTETS, _OBJECT, _SEQUENCE, _SET = 0x02, 0x03, 0x04, 0x06, 0x30, 0x31
_TAGGED: Final = 0xA0
"""The tag [0], constructed; [1] and [2] follow it."""
_IN_PLACE: Final = 0x80
"""The tag [0] in place of that of an octet string."""

# Object identifiers as DER has them: of RFC 5652, RFC 3565, RFC 5480 and RFC 5753.
_DATA: Final = bytes.fromhex("2a864886f70d010701")
_ENVELOPED: Final = bytes.fromhex("2a864886f70d010703")
_AES256_CBC: Final = bytes.fromhex("60864801650304012a")
_AES256_WRAP: Final = bytes.fromhex("60864801650304012d")
_EC_KEY: Final = bytes.fromhex("2a8648ce3d0201")
_ECDH_SHA256: Final = bytes.fromhex("2b8104010b01")
"""dhSinglePass-stdDH-sha256kdf-scheme."""


def seal_for_curve(certificate: x509.Certificate, data: bytes) -> bytes:
    """Returns `data` in an envelope that the holder of `certificate` alone can open, in DER.

    The certificate's key must lie on an elliptic curve, else `TypeError`.
    """
    theirs = certificate.public_key()
    if not isinstance(theirs, ec.EllipticCurvePublicKey):
        raise TypeError("the certificate has no key on an elliptic curve")
    ours = ec.generate_private_key(theirs.curve)
    key, start = secrets.token_bytes(_KEY_BYTES), secrets.token_bytes(_BLOCK_BYTES)
    wrapped = aes_key_wrap(_derive(ours.exchange(ec.ECDH(), theirs)), key)
    sealing = Cipher(AES256(key), CBC(start)).encryptor()
    padding = PKCS7(8 * _BLOCK_BYTES).padder()
    padded = padding.update(data) + padding.finalize()
    content = _write(
        _SEQUENCE,
        _write(_OBJECT, _DATA),
        _write(_SEQUENCE, _write(_OBJECT, _AES256_CBC), _write(_OCTETS, start)),
        _write(_IN_PLACE, sealing.update(padded), sealing.finalize()),
    )
    envelope = _write(
        _SEQUENCE,
        _write(_INTEGER, b"\x02"),
        _write(_SET, _write_recipient(certificate, ours.public_key(), wrapped)),
        content,
    )
    return _write(_SEQUENCE, _write(_OBJECT, _ENVELOPED), _write(_TAGGED, envelope))


def _derive(secret: bytes) -> bytes:
    """Returns the key that wraps (RFC 5753, section 7.2: ECC-CMS-SharedInfo)."""
    length = (8 * _KEY_BYTES).to_bytes(4, "big")
    told = _write(_SEQUENCE, _wrapping(), _write(_TAGGED + 2, _write(_OCTETS, length)))
    return X963KDF(SHA256(), _KEY_BYTES, told).derive(secret)


def _write_recipient(
    certificate: x509.Certificate, ours: ec.EllipticCurvePublicKey, wrapped: bytes
) -> bytes:
    """Returns the KeyAgreeRecipientInfo (RFC 5652, section 6.2.2)."""
    point = ours.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    sender = _write(
        _TAGGED + 1,
        _write(_SEQUENCE, _write(_OBJECT, _EC_KEY)),
        _write(_BITS, b"\0", point),
    )
    number = certificate.serial_number
    serial = number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True)
    whose = _write(_SEQUENCE, certificate.issuer.public_bytes(), _write(_INTEGER, serial))
    return _write(
        _TAGGED + 1,
        _write(_INTEGER, b"\x03"),
        _write(_TAGGED, sender),
        _write(_SEQUENCE, _write(_OBJECT, _ECDH_SHA256), _wrapping()),
        _write(_SEQUENCE, _write(_SEQUENCE, whose, _write(_OCTETS, wrapped))),
    )


def _wrapping() -> bytes:
    return _write(_SEQUENCE, _write(_OBJECT, _AES256_WRAP))


def _write(tag: int, *parts: bytes) -> bytes:
    """Returns one value in DER (X.690, section 8.1)."""
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        head = bytes((tag, length))
    else:
        told = length.to_bytes((length.bit_length() + 7) // 8, "big")
        head = bytes((tag, 0x80 | len(told))) + told
    return head + content
