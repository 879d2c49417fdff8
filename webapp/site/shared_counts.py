"""Counts in memory that forked processes share, so that a limit is one limit for all of them.

No name stands in it. What is counted has one place in each of two rows, found by a hash under a key
of the day, and its count is the smaller of the two: among a thousand names, less than one in a
thousand is counted too high because others have both its places.
"""

from __future__ import annotations

import hashlib
import hmac
import mmap
import secrets
import struct
from datetime import date, datetime
from threading import Lock
from typing import Final

PLACES: Final = 1 << 16
"""Places in a row. All together are a megabyte."""
ROWS: Final = 2
_PLACE: Final = struct.Struct("<II")
_MOST: Final = (1 << 32) - 1


class SharedCounts:
    """A table of counters; processes that are forked from this one count in the same.

    Two processes that count one name in the same instant may lose one of the two.
    """

    def __init__(self, today: date) -> None:
        self._memory = mmap.mmap(-1, ROWS * PLACES * _PLACE.size)
        self._lock = Lock()
        self._day, self._key = today, secrets.token_bytes(32)

    def count(self, name: str, seconds: int, moment: datetime) -> int:
        """Counts one for `name` in the window of `seconds` around `moment`; returns the count."""
        window = int(moment.timestamp()) // seconds
        with self._lock:
            key = self._find_key(moment.date())
            digest = hmac.digest(key, name.encode(), "sha256")
            return min(self._add(window, *place) for place in enumerate(_places(digest)))

    def hash_name(self, name: str, day: date) -> bytes:
        """Returns what stands for `name` on this day in all these processes, and nowhere else."""
        with self._lock:
            return hmac.digest(self._find_key(day), b"tag " + name.encode(), "sha256")

    def _add(self, window: int, row: int, place: int) -> int:
        at = (row * PLACES + place) * _PLACE.size
        held, count = _PLACE.unpack_from(self._memory, at)
        count = min(count + 1, _MOST) if held == window else 1
        _PLACE.pack_into(self._memory, at, window, count)
        return count

    def _find_key(self, day: date) -> bytes:
        """The key of a day follows from that of the day before, which is forgotten: so all
        processes have the same one, and nobody finds in memory who was counted earlier."""
        while self._day < day:
            self._day = date.fromordinal(self._day.toordinal() + 1)
            self._key = hashlib.sha256(b"the next day" + self._key).digest()
        return self._key


def _places(digest: bytes) -> list[int]:
    return [int.from_bytes(digest[4 * row : 4 * row + 4]) % PLACES for row in range(ROWS)]
