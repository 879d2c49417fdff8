"""A small engine for machine translation, installed as a package would be."""

from __future__ import annotations

from pathlib import Path

import pytest

CODE = """
from reports.errors import NoTranslation

WORDS = {"twee": "two", "huizen": "houses"}


class Parrot:
    def translate(self, text, source, target):
        if "kaput" in text:
            raise RuntimeError(text)
        if (source, target) != ("nl", "en"):
            raise NoTranslation(f"{source} -> {target}")
        return " ".join(WORDS.get(word, word) for word in text.split())
"""


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the package `parrot` with its entry point where Python looks for packages."""
    (folder / "parrot_engine.py").write_text(CODE)
    about = folder / "parrot_engine-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: parrot-engine\nVersion: 1\n")
    (about / "entry_points.txt").write_text(
        "[wayside.translation]\nparrot = parrot_engine:Parrot\n"
    )
    monkeypatch.syspath_prepend(str(folder))
