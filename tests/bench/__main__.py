"""`make bench`: what things cost beside a reference that is measured in the same minute.

No figure here is a limit in seconds, since machines differ: each is a ratio or a score. Exit code 1
when one is broken by a wide margin. Nothing is written but to a temporary folder, and Lighthouse
into a folder of its own beside these files.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench import desk, keys, pages, paint, queue, routing, scores, search
from tests.bench.measure import Ratio, Score

PARTS = (keys, routing, desk, queue, search, pages, paint, scores)


def main() -> int:
    """Measure, print as it goes, and say what does not hold."""
    print(f"{'':24}{'median':>10}  {'beside':24}{'ratio':>7}  {'expected':>9}")
    broken: list[Ratio | Score] = []
    for number, part in enumerate(PARTS):
        with tempfile.TemporaryDirectory(prefix=f"wayside-bench-{number}-") as folder:
            for row in part.measure(Path(folder)):
                show(row)
                if not row.holds:
                    broken.append(row)
    for row in broken:
        print(f"BROKEN: {broken_in_words(row)}")
    return 1 if broken else 0


def broken_in_words(row: Ratio | Score) -> str:
    """What does not hold."""
    if isinstance(row, Score):
        return f"{row.what} has {dict(row.points)}, not 100 each"
    return f"{row.what} costs {row.ratio:.1f} times {row.beside}, not {row.most:g}"


def show(row: Ratio | Score) -> None:
    """One line, and below it the reason for what is expected."""
    if isinstance(row, Score):
        points = ", ".join(f"{name} {value}" for name, value in row.points.items())
        print(f"{row.what:24}{points}\n    {row.why}", flush=True)
        return
    median, beside = milliseconds(row.ours), f"{row.beside} {milliseconds(row.reference)}"
    print(f"{row.what:24}{median:>10}  {beside:32}{row.ratio:>7.2f}  at most {row.most:g}")
    print(f"    {row.why}", flush=True)


def milliseconds(seconds: float) -> str:
    """As people read it."""
    return f"{seconds * 1000:.3g} ms"


if __name__ == "__main__":
    sys.exit(main())
