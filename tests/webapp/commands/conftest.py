"""What the tests of commands that make keys have in common.

Small on purpose: one fixture, asked for by name where real commands found or restore.
"""

from __future__ import annotations

import pytest

from reports.vault import Vault
from tests.support.cast import CHEAP


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands make their own vaults: with slow keys that are not slow."""
    for cost in ("password_cost", "receipt_cost"):
        monkeypatch.setitem(Vault.__init__.__kwdefaults__ or {}, cost, CHEAP)
