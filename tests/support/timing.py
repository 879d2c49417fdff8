"""Whether two ways can be told apart by time, on a machine that does other things as well."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable, Sequence

LIMIT = 3.0
TRIES = 3
"""A difference that is there shows every time. Chance alone passes |z| = 3 once in 370 runs, and
three times in a row, each with fresh samples, once in fifty million."""
SEED = 20_270_313

Ask = Callable[[], float]


def z_value(first: Sequence[float], second: Sequence[float]) -> float:
    """Welch's z of two rows of times, each without its slowest tenth: what else the machine did."""
    rows = [sorted(row)[: len(row) * 9 // 10] for row in (first, second)]
    means = [statistics.fmean(row) for row in rows]
    spread = sum(statistics.variance(row) / len(row) for row in rows)
    return (means[0] - means[1]) / math.sqrt(spread or 1e-18)


def no_difference(first: Ask, second: Ask, samples: int) -> None:
    """Fail when the two can be told apart by time, in each of `TRIES` measurements."""
    chance = random.Random(SEED)
    seen = []
    for ask in (first, second) * 5:
        ask()
    for _ in range(TRIES):
        rows: tuple[list[float], list[float]] = ([], [])
        for _ in range(samples):
            for which in chance.sample((0, 1), 2):
                rows[which].append((first, second)[which]())
        seen.append(z_value(*rows))
        if abs(seen[-1]) < LIMIT:
            return
    raise AssertionError(f"told apart by time: z = {', '.join(f'{z:.1f}' for z in seen)}")
