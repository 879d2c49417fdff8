"""The code by which a recipient says "we have it": the delivery's id and a keyed hash over it.

It stands in the encrypted packet and in no address. It serves one referral and nothing else: who
has it can answer for that referral, and read nothing.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import Final
from uuid import UUID

from reports.errors import ReceiptInvalid
from reports.vault import Vault

_PROOF: Final = 9
"""Bytes. With the 16 of the id 25: forty characters without padding."""
_GROUP: Final = 5


def issue(vault: Vault, delivery_id: UUID) -> str:
    """The code of a delivery: eight groups of five characters."""
    raw = delivery_id.bytes + _proof(vault, delivery_id)
    text = base64.b32encode(raw).decode("ascii")
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def read(vault: Vault, typed: str) -> UUID:
    """The delivery that a code belongs to. Raises `ReceiptInvalid`.

    Small letters, blanks and dashes do not matter, nor what stands before a `#`.
    """
    text = "".join(c for c in typed.rpartition("#")[2].upper() if c.isalnum() and c.isascii())
    try:
        raw = base64.b32decode(text)
    except binascii.Error as problem:
        raise ReceiptInvalid("not a code of ours") from problem
    if len(raw) != 16 + _PROOF:
        raise ReceiptInvalid("not a code of ours")
    delivery_id = UUID(bytes=raw[:16])
    if not hmac.compare_digest(raw[16:], _proof(vault, delivery_id)):
        raise ReceiptInvalid("not a code of ours")
    return delivery_id


def _proof(vault: Vault, delivery_id: UUID) -> bytes:
    return vault.compute_mac("receipt of a referral", delivery_id.bytes)[:_PROOF]
