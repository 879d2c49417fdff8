"""What can be wrong with the keys folder of a founded instance, each with what is said then."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final
from uuid import UUID

from reports.errors import (
    FolderOfAnother,
    KeysDamaged,
    KeysMissing,
    KeysOfAnother,
    KeysUnfit,
    MarkerDamaged,
)
from reports.vault import Marker
from reports.vault.key_folder import KeyFolder

SOMEBODY: Final = UUID("6f1d0c52-3f0e-4f53-9b11-0c9a4e6a7d10")
"""The id of an instance that is not ours."""


@dataclass(frozen=True)
class KeyFault:
    """`make` does it to a keys folder; `file` is the file of it that the refusal names."""

    make: Callable[[Path], object]
    error: type[KeysUnfit]
    file: str


def _lose_all(keys: Path) -> None:
    """As where the volume is not mounted."""
    shutil.rmtree(keys.parent)
    keys.parent.mkdir()


def _mark_for_another(keys: Path) -> None:
    KeyFolder(keys).write_marker(Marker(SOMEBODY))


FAULTS: Final[Mapping[str, KeyFault]] = MappingProxyType(
    {
        "no volume": KeyFault(_lose_all, KeysMissing, "pepper"),
        "no pepper": KeyFault(lambda keys: (keys / "pepper").unlink(), KeysMissing, "pepper"),
        "another pepper": KeyFault(
            lambda keys: (keys / "pepper").write_bytes(b"o" * 32), KeysOfAnother, "pepper"
        ),
        "half a pepper": KeyFault(
            lambda keys: (keys / "pepper").write_bytes(b"o" * 16), KeysDamaged, "pepper"
        ),
        "no roster key": KeyFault(
            lambda keys: (keys / "roster.pub").unlink(), KeysMissing, "roster.pub"
        ),
        "another roster key": KeyFault(
            lambda keys: (keys / "roster.pub").write_bytes(b"o" * 32), KeysOfAnother, "roster.pub"
        ),
        "an empty roster key": KeyFault(
            lambda keys: (keys / "roster.pub").write_bytes(b""), KeysDamaged, "roster.pub"
        ),
        "marked for another": KeyFault(_mark_for_another, FolderOfAnother, ""),
        "a damaged marker": KeyFault(
            lambda keys: (keys / "instance").write_bytes(b"6f1d0c52-3f0e"),
            MarkerDamaged,
            "instance",
        ),
    }
)


def read_files(folder: Path) -> dict[str, bytes]:
    """Every key and marker under a data folder; the locks beside them say nothing."""
    return {
        path.name: path.read_bytes()
        for path in sorted((folder / "keys").glob("*"))
        if path.suffix != ".lock"
    }
