"""What we seal, another's implementation of HPKE opens, and the other way round, on both suites.

X-Wing is still a draft: without this, a change of its meaning in one library would go unseen until
a report could no longer be read.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from reports.vault.sealing import X25519, X_WING, make_pair, open_sealed, seal

ROOT = Path(__file__).resolve().parents[3]
SUITES = pytest.mark.parametrize("suite", [X25519, X_WING], ids=["x25519", "x-wing"])
BODY = "Where it happened: Kortrijk — ليلاً".encode()
INFO = b"wayside seal 1\0body\0row-1"


@pytest.fixture(scope="module")
def theirs() -> Path:
    """Node, with the other implementation installed; under CI=true its absence is a failure."""
    node = shutil.which("node")
    if node and (ROOT / "node_modules/@hpke/core").is_dir():
        return Path(node)
    reason = "the other implementation of HPKE is not installed: it takes node and `make test`"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def ask(node: Path, **question: object) -> dict[str, str]:
    done = subprocess.run(
        [node, ROOT / "tests/support/hpke.mjs"],
        input=json.dumps(question) + "\n",
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    answer: dict[str, str] = json.loads(done.stdout)
    return answer


@SUITES
def test_they_open_what_we_seal(theirs: Path, suite: int) -> None:
    pair = make_pair(suite)
    sealed = seal(pair.public, BODY, kind="body", id=b"row-1")
    question = {"suite": suite, "do": "open", "key": pair.private[1:].hex(), "info": INFO.hex()}
    assert ask(theirs, **question, data=sealed[1:].hex()) == {"data": BODY.hex()}


@SUITES
def test_we_open_what_they_seal(theirs: Path, suite: int) -> None:
    pair = make_pair(suite)
    question = {"suite": suite, "do": "seal", "key": pair.public[1:].hex(), "info": INFO.hex()}
    sealed = bytes.fromhex(ask(theirs, **question, data=BODY.hex())["data"])
    assert open_sealed(pair.private, bytes([suite]) + sealed, kind="body", id=b"row-1") == BODY


@SUITES
def test_they_refuse_it_under_another_name(theirs: Path, suite: int) -> None:
    pair = make_pair(suite)
    sealed = seal(pair.public, BODY, kind="body", id=b"row-2")
    question = {"suite": suite, "do": "open", "key": pair.private[1:].hex(), "info": INFO.hex()}
    assert "error" in ask(theirs, **question, data=sealed[1:].hex())
