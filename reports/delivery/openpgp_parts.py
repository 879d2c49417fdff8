"""The parts of an OpenPGP certificate that reports can be encrypted to, and when each ends.

The library chooses the part that it encrypts to, and takes one that has ended where there is no
other. So the dates are read here, from the packets that the library has checked (RFC 9580, sections
5.2.3.13 and 5.2.3.29): a part ends with its key, or with the signature that binds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pysequoia import Cert
from pysequoia.packet import Packet, PacketPile, PublicKeyAlgorithm, SignatureType, Tag

_KEYS: Final = (Tag.PublicKey, Tag.PublicSubkey)
_BINDING: Final = (
    SignatureType.SubkeyBinding,
    SignatureType.DirectKey,
    SignatureType.GenericCertification,
    SignatureType.PersonaCertification,
    SignatureType.CasualCertification,
    SignatureType.PositiveCertification,
)
_REVOKING: Final = (SignatureType.SubkeyRevocation, SignatureType.KeyRevocation)
_BRAINPOOL: Final = bytes.fromhex("2b2403030208")
"""The beginning of the object identifiers of the Brainpool curves (RFC 5639, section 4.1)."""
_CURVED: Final = (PublicKeyAlgorithm.ECDH, PublicKeyAlgorithm.ECDSA)
_HEAD: Final = 24
"""Bytes at the beginning of a key in which its curve is named."""


@dataclass
class _Key:
    """One key of a certificate, and the signatures that stand behind it."""

    packet: Packet
    signatures: list[Packet] = field(default_factory=list)


@dataclass(frozen=True)
class EncryptionPart:
    """One part for encryption; `ends` is None if it never does."""

    ends: datetime | None
    revoked: bool = False

    def is_alive(self, now: datetime) -> bool:
        """Returns whether reports can be encrypted to it at this moment."""
        return not self.revoked and (self.ends is None or now < self.ends)


def list_parts(certificate: Cert) -> tuple[EncryptionPart, ...]:
    """Returns every part that is meant for encryption, living or not."""
    return tuple(_find_parts(_split(bytes(certificate))))


def has_brainpool_key(data: bytes) -> bool:
    """Returns whether a key of the certificate in `data` lies on a Brainpool curve, which the
    library does not know."""
    keys = [each.packet for each in _split(data) if each.packet.key_algorithm in _CURVED]
    return any(_BRAINPOOL in key.body[:_HEAD] for key in keys)


def _split(data: bytes) -> Sequence[_Key]:
    """Returns the keys of a certificate, the primary first. Raises `RuntimeError`."""
    keys: list[_Key] = []
    for packet in PacketPile.from_bytes(data):
        if packet.tag in _KEYS:
            keys.append(_Key(packet))
        elif packet.tag == Tag.Signature and keys:
            keys[-1].signatures.append(packet)
    return keys


def _find_parts(keys: Sequence[_Key]) -> Iterator[EncryptionPart]:
    for key in keys:
        own = [each for each in key.signatures if each.signature_type in _BINDING]
        own = [each for each in own if _is_by(each, keys[0].packet)]
        # Of several bindings the newest counts (RFC 9580, section 5.2.3.10).
        newest = max(own, key=_made, default=None)
        flags = newest.key_flags if newest else None
        if newest is None or flags is None:
            continue
        if not (flags.transport_encryption or flags.storage_encryption):
            continue
        revoked = any(each.signature_type in _REVOKING for each in key.signatures)
        yield EncryptionPart(_find_end(key.packet, newest), revoked)


def _is_by(signature: Packet, primary: Packet) -> bool:
    """Returns whether the holder made a signature, and not somebody who vouches for them."""
    by = signature.issuer_fingerprint or signature.issuer_key_id
    return by is None or (primary.fingerprint or "").lower().endswith(by.lower())


def _made(signature: Packet) -> float:
    return signature.signature_created.timestamp() if signature.signature_created else 0.0


def _find_end(key: Packet, binding: Packet) -> datetime | None:
    ends = [binding.signature_expiration_time]
    if binding.key_validity_period and key.key_created:
        ends.append(key.key_created + binding.key_validity_period)
    return min((end for end in ends if end), default=None)
