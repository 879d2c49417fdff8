"""An authenticator of software: it answers a challenge as a phone or a security key does."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Final
from uuid import uuid4

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from reports.model import Passkey
from reports.roster import passkey
from reports.roster.keyring import Keyring
from reports.secret_text import format_token
from reports.vault import wrap

PRESENT: Final = 0x01
VERIFIED: Final = 0x04
"""What it says of its person: somebody was there; it was its owner."""


@dataclass
class Authenticator:
    """One passkey for one site."""

    host: str = "site.test"
    origin: str = "https://site.test"
    flags: int = PRESENT | VERIFIED
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def make_row(self, keyring: Keyring) -> Passkey:
        """The row that adding this passkey to a person's account leaves."""
        point = self.key.public_key().public_numbers()
        x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        told = {"name": "", "credential": _text(self.id), "public": format_token(public)}
        row_id, staff_id = uuid4(), keyring.staff.id
        sealed = wrap(
            passkey._key(keyring.private),
            json.dumps(told).encode(),
            kind="passkey",
            id=passkey._whose(staff_id, row_id),
        )
        return Passkey(id=row_id, staff_id=staff_id, sealed=sealed, created_day=date(2027, 3, 10))

    def answer(self, asked: str) -> str:
        """What a browser hands on of its answer to a challenge."""
        data = sha256(self.host.encode()).digest() + bytes([self.flags]) + bytes(4)
        said = {"type": "webauthn.get", "challenge": _text(asked.encode()), "origin": self.origin}
        client = json.dumps(said).encode()
        signed = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": _text(client),
            "authenticatorData": _text(data),
            "signature": _text(signed),
        }
        own = _text(self.id)
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": response})


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
