"""Keys by purpose: a file for each part of the work, so that a process holds what it needs alone.

All are derived from the pepper, with the labels that stored bytes were made under: nothing that is
stored changes. From none of them can the pepper be found, nor what another of them holds.
`init` and `restore` write them; whoever runs a web server or a worker needs no pepper.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from reports.errors import KeyNotHeld
from reports.vault.keyed_state import STATE_BYTES, KeyedState
from reports.vault.wrapping import compute_hmac, derive

CHECK: Final = "pepper check"
"""In each file: it proves whose the file is (`reports.instance`)."""
SITE_SALT: Final = "site salt"
RECEIPT: Final = "receipt"
PASSWORD: Final = "password"  # the name of a purpose
LABELS: Final[Mapping[str, tuple[str, ...]]] = {
    # The slow key of a receipt code.
    RECEIPT: (SITE_SALT,),
    # What a form carries, and tries of codes; the counts that it shows were published by staff.
    "intake": ("form token", "guess code", "publication"),
    # The slow key of a password; tries, known browsers, second factors.
    PASSWORD: (
        "guess staff",
        "guess staff recovery",
        "guess staff device",
        "guess staff device recovery",
        "guess staff again",
        "no such staff",
        "known device",
        "second factor",
    ),
    # What staff write.
    "desk": (
        "desk form token",
        "passkey challenge",
        "found identifiers",
        "note",
        "finding",
        "proposal",
        "referral answer",
        "referral looked at",
        "legal hold",
        "contact change",
        "used key",
        "statistic",
        "publication",
    ),
    # What leaves and where to: the desk writes it, the worker checks it.
    "outbox": ("delivery", "receipt of a referral", "contact setting", "notice address"),
    # What every process must write: the stored hashes of these have one key for all authors.
    "record": (
        "custody line",
        "custody head",
        "case public key",
        "message",
        "attachment",
        "erased report",
        "intake hour",
    ),
}
"""The labels of the keys in each file. A label may stand in two: then both hold that key."""
TYPED: Final = (RECEIPT, PASSWORD)
"""The files that also hold what typed secrets go through before their slow key."""
PUBLIC: Final = (RECEIPT, "intake", "record")
DESK: Final = (PASSWORD, "desk", "outbox", "record")
WORKER: Final = ("outbox", "record")
"""The files of each process."""
_LINE: Final = re.compile(r"([0-9a-f]{64}|[0-9a-f]{128}) ([a-z ]+)")
_STATE: Final = "typed secret"


class KeySource(Protocol):
    """What a vault has its keys from."""

    def get(self, label: str) -> bytes:
        """The key of a label. Raises `KeyNotHeld`."""
        ...

    def compute_typed(self, purpose: str, typed: bytes) -> bytes:
        """The keyed hash that a typed secret becomes before its slow key. Raises `KeyNotHeld`."""
        ...

    def compute_checks(self, told: bytes) -> Mapping[str, bytes]:
        """The check value of the instance `told`, by each file that the keys came from."""
        ...


@dataclass(frozen=True, repr=False)
class Pepper:
    """Every key, from the pepper: what the command line uses, and a process with both faces."""

    secret: bytes

    def get(self, label: str) -> bytes:
        """Returns the key of a label."""
        return derive(self.secret, label)

    def compute_typed(self, purpose: str, typed: bytes) -> bytes:
        """Returns the keyed hash that a typed secret becomes before its slow key."""
        return compute_hmac(self.secret, purpose.encode(), typed)

    def compute_checks(self, told: bytes) -> Mapping[str, bytes]:
        """Returns the one check value there is."""
        return {"pepper": compute_hmac(self.get(CHECK), told)}


@dataclass(frozen=True, repr=False)
class PurposeKeys:
    """The keys of a few purposes: by file, and in it by label."""

    files: Mapping[str, Mapping[str, bytes]]

    def get(self, label: str) -> bytes:
        """Returns the key of a label. Raises `KeyNotHeld`."""
        for keys in self.files.values():
            if label in keys:
                return keys[label]
        raise KeyNotHeld(label)

    def compute_typed(self, purpose: str, typed: bytes) -> bytes:
        """Returns the keyed hash of a typed secret. Raises `KeyNotHeld`."""
        if purpose not in self.files:
            raise KeyNotHeld(purpose)
        state = self.files[purpose][_STATE]
        halves = KeyedState(state[:STATE_BYTES], state[STATE_BYTES:])
        return halves.compute_hmac(purpose.encode(), typed)

    def compute_checks(self, told: bytes) -> Mapping[str, bytes]:
        """Returns the check value by each file."""
        return {name: compute_hmac(keys[CHECK], told) for name, keys in self.files.items()}


def format_files(pepper: bytes) -> dict[str, bytes]:
    """Returns what stands in each file: a line for a key, in hexadecimal before its label."""
    state = KeyedState.from_key(pepper)
    made = {}
    for name, labels in LABELS.items():
        keys = {label: derive(pepper, label) for label in (CHECK, *labels)}
        if name in TYPED:
            keys[_STATE] = state.inner + state.outer
        lines = (f"{key.hex()} {label}\n" for label, key in sorted(keys.items()))
        made[name] = "".join(lines).encode()
    return made


def parse_file(name: str, content: bytes) -> dict[str, bytes]:
    """Returns the keys of a file by label. Raises `ValueError` where one is missing or damaged."""
    found = [_LINE.fullmatch(line) for line in content.decode("ascii").splitlines()]
    keys = {line[2]: bytes.fromhex(line[1]) for line in found if line}
    wanted = {CHECK, *LABELS[name], *((_STATE,) if name in TYPED else ())}
    if not all(found) or not wanted <= keys.keys():
        raise ValueError(f"keys are missing in {name}")
    lengths = {label: len(key) for label, key in keys.items()}
    if lengths.pop(_STATE, 2 * STATE_BYTES) != 2 * STATE_BYTES or set(lengths.values()) != {32}:
        raise ValueError(f"a key of {name} is damaged")
    return keys
