"""The fates of made-up reports: one for each state that a desk can show.

Small on purpose: the fates themselves are data, in `fates.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final


@dataclass(frozen=True)
class Fate:
    """What a fate requires of its report. `hours_ago` is the least age; `needs_route`: it is
    referred."""

    name: str
    country: str = ""
    hours_ago: int = 0
    answers: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    needs_route: bool = True


_TOLD: Final = tomllib.loads((Path(__file__).parent / "fates.toml").read_text("utf-8"))
FATES: Final[Mapping[str, Fate]] = {
    row["name"]: Fate(**{**row, "files": tuple(row.get("files", ()))}) for row in _TOLD["fates"]
}
EVERY: Final = tuple(FATES)
"""In the order in which the first reports get them."""
OFFICES: Final[Mapping[str, str]] = _TOLD["offices"]
"""Contact points that can be reached, and by which channel; all others are as on a new instance."""
PORTAL: Final = next(contact_id for contact_id, how in OFFICES.items() if how == "portal")
"""The contact point that has a liaison account."""
WITHDRAWN: Final = Fate("withdrawn", needs_route=False)
"""The fate of one extra report, which its reporter erases again."""
