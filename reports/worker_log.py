"""What a worker writes to its log: one line for each event, of keys that are listed here.

Small on purpose: all parts of the worker write here, and nothing else may.
"""

from __future__ import annotations

import logging
from typing import Final

LOGGED: Final = frozenset({"attempt", "count", "delivery", "event", "outcome"})
"""The keys that a log line may carry; values are ids, numbers and stable codes."""

LOGGER: Final = "wayside.worker"
_log = logging.getLogger(LOGGER)


def log(event: str, **values: object) -> None:
    """Write one line of `key=value`; a key that is not in `LOGGED` is a fault of the code."""
    line = {"event": event, **values}
    if not line.keys() <= LOGGED:
        raise ValueError(f"not to be logged: {sorted(line.keys() - LOGGED)}")
    _log.info(" ".join(f"{key}={value}" for key, value in line.items()))
