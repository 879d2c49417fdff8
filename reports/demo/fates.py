"""What becomes of a made-up report: one fate for each state that a desk can show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

DAY: Final = 24
"""Hours."""
PLATE: Final = "1-ABC-000"
"""Named in two reports of one desk, so that a link between them is suggested."""


@dataclass(frozen=True)
class Fate:
    """What a fate needs of its report. `hours_ago`: at the least; `needs_route`: goes somewhere."""

    name: str
    country: str = ""
    hours_ago: int = 0
    answers: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    needs_route: bool = True


_WITNESS: Final = {"kind": "witness", "danger": "no", "age": "adult"}
_ALL: Final = (
    Fate("received", needs_route=False),
    Fate("talked", "BE", DAY, {"plates": PLATE}, ("photo", "lines")),
    Fate("ready", "BE", DAY, {"plates": PLATE, "names": "Dmitri the foreman"}, ("letter",)),
    Fate("proposed", "BE", DAY, {"kind": "self", "police": "accepted", "help": "yes"}, ("photo",)),
    Fate("closed", "", DAY, needs_route=False),
    Fate("taken", "BE", 2),
    Fate("unverified", needs_route=False),
    Fate("sent", "", 2, _WITNESS),
    Fate("portal", "BE", DAY, {"kind": "witness", "age": "minor"}, ("letter", "photo")),
    Fate("acknowledged", "BE", 3 * DAY, _WITNESS, ("photo",)),
    Fate("overdue", "NL", 25 * DAY, _WITNESS),
    Fate("both", "LU", 2 * DAY, {**_WITNESS, "present": "BE", "police": "accepted"}, ("lines",)),
    Fate("by_hand", "BE", 5, _WITNESS),
    Fate("returned", "BE", 4 * DAY, _WITNESS),
    Fate("waiting", "NL", 2, _WITNESS),
    Fate("failed", "NL", DAY, _WITNESS),
    Fate("ended", "NL", 9 * DAY, _WITNESS),
    Fate("carried", "LU", 2 * DAY, _WITNESS),
    Fate("passed_on_and_closed", "", 12 * DAY, _WITNESS),
    Fate("handed_over", "NL", DAY),
    Fate("hold_wanted", "BE", 20 * DAY, _WITNESS),
    Fate("held", "BE", 130 * DAY, _WITNESS),
)
FATES: Final[Mapping[str, Fate]] = {fate.name: fate for fate in _ALL}
EVERY: Final = tuple(FATES)
"""In the order in which the first reports have them."""
WITHDRAWN: Final = Fate("withdrawn", needs_route=False)
"""Of one report more, which is not there any more."""
