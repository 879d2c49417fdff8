"""Sealed storage: key pairs, seals, wraps, slow keys from passwords and codes, and padding.

`Vault` holds what the database does not: the pepper, the salts and the slots for slow derivation.
Everything else here is a plain function of its arguments.
"""

from reports.vault.key_folder import (
    KEPT_BESIDE,
    PEPPER,
    ROSTER,
    KeyFolder,
    Marker,
    find_key_folder,
)
from reports.vault.outer_keys import OuterKeys
from reports.vault.padding import pad, unpad
from reports.vault.purposes import DESK as DESK_KEYS
from reports.vault.purposes import PUBLIC as PUBLIC_KEYS
from reports.vault.purposes import WORKER as WORKER_KEYS
from reports.vault.sealing import KeyPair, Opener, derive_public, make_pair, open_sealed, seal
from reports.vault.stream import open_stream, seal_stream
from reports.vault.vault import PASSWORD_COST, RECEIPT_COST, Cost, Vault
from reports.vault.wrapping import compute_hmac, derive, unwrap, wrap

__all__ = [
    "DESK_KEYS",
    "KEPT_BESIDE",
    "PASSWORD_COST",
    "PEPPER",
    "PUBLIC_KEYS",
    "RECEIPT_COST",
    "ROSTER",
    "WORKER_KEYS",
    "Cost",
    "KeyFolder",
    "KeyPair",
    "Marker",
    "Opener",
    "OuterKeys",
    "Vault",
    "compute_hmac",
    "derive",
    "derive_public",
    "find_key_folder",
    "make_pair",
    "open_sealed",
    "open_stream",
    "pad",
    "seal",
    "seal_stream",
    "unpad",
    "unwrap",
    "wrap",
]
