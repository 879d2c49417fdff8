"""What becomes of a made-up report: one fate for each state that a desk can show.

Small on purpose: the fates themselves are data, in `fates.toml` beside it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final


@dataclass(frozen=True)
class Fate:
    """What a fate needs of its report. `hours_ago`: at the least; `needs_route`: goes somewhere."""

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
"""In the order in which the first reports have them."""
OFFICES: Final[Mapping[str, str]] = _TOLD["offices"]
"""Who can be reached, and how; the others are as on a new instance."""
PORTAL: Final = next(contact_id for contact_id, how in OFFICES.items() if how == "portal")
"""The contact point that has a liaison here."""
WITHDRAWN: Final = Fate("withdrawn", needs_route=False)
"""Of one report more, which is not there any more."""
