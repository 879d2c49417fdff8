"""The clock that time is read from, compared with one that nobody can set.

A wall clock can be set, by a person, by NTP or by the machine's host; a steady clock only counts
seconds. Both run alike unless the wall clock jumped. This module reads neither: it is told.

Small on purpose: one comparison, which knows nothing of what depends on it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

PARTED: Final = timedelta(minutes=2)
"""More than a clock is slewed or a machine paused in passing, and less than the shortest lease of a
worker, which a jump could cut short (docs/security-parameters.md#SP-4.16)."""
SLOW: Final = 10.0
"""Seconds after which a reading of the wall clock is too old to be compared."""
ANCHORED: Final = 3600.0
"""Seconds after which two clocks that agree are compared from anew, so that the hardly different
speeds of two machines never add up to a jump."""


class ClockWatch:
    """Compares from its first look on. For one thread at a time."""

    def __init__(self) -> None:
        self._anchor: tuple[datetime, float] | None = None

    def has_parted(self, wall: datetime, before: float, after: float) -> bool:
        """Whether the wall clock has jumped by more than `PARTED` since the clocks agreed.

        `wall` was read between `before` and `after`, seconds of the steady clock. True again at
        each look until `settle` is called.
        """
        if after - before > SLOW:
            return False
        if self._anchor is None:
            self.settle(wall, after)
            return False
        then, began = self._anchor
        if abs((wall - then) - timedelta(seconds=after - began)) > PARTED:
            return True
        if after - began > ANCHORED:
            self.settle(wall, after)
        return False

    def settle(self, wall: datetime, steady: float) -> None:
        """Compares from here on: the jump is known to whom it concerns."""
        self._anchor = wall, steady
