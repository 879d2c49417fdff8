"""Sealed storage: key pairs, seals, wraps, slow keys from passwords and codes, and padding.

`Vault` holds what the database does not: the pepper, the salts and the slots for slow derivation.
Everything else here is a plain function of its arguments.
"""

from reports.vault.padding import pad, unpad
from reports.vault.sealing import KeyPair, Opener, make_pair, open_sealed, public_of, seal
from reports.vault.stream import open_stream, seal_stream
from reports.vault.vault import PASSWORD_COST, RECEIPT_COST, Cost, Vault
from reports.vault.wrapping import derive, keyed_hash, unwrap, wrap

__all__ = [
    "PASSWORD_COST",
    "RECEIPT_COST",
    "Cost",
    "KeyPair",
    "Opener",
    "Vault",
    "derive",
    "keyed_hash",
    "make_pair",
    "open_sealed",
    "open_stream",
    "pad",
    "public_of",
    "seal",
    "seal_stream",
    "unpad",
    "unwrap",
    "wrap",
]
