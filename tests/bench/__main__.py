"""`make bench`: what things cost beside a reference that is measured in the same minute.

No figure here is a limit in seconds, since machines differ: each is a ratio. Exit code 1 when one
is broken by a wide margin. Nothing is written but to a temporary folder.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench import desk, keys, pages, routing
from tests.bench.measure import Ratio

PARTS = (keys, routing, desk, pages)


def main() -> int:
    """Measure, print as it goes, and say what does not hold."""
    print(f"{'':24}{'median':>10}  {'beside':24}{'ratio':>7}  {'expected':>9}")
    broken = []
    for number, part in enumerate(PARTS):
        with tempfile.TemporaryDirectory(prefix=f"wayside-bench-{number}-") as folder:
            for row in part.measure(Path(folder)):
                show(row)
                if not row.holds:
                    broken.append(row)
    for row in broken:
        print(f"BROKEN: {row.what} costs {row.ratio:.1f} times {row.beside}, not {row.most:g}")
    return 1 if broken else 0


def show(row: Ratio) -> None:
    """One line, and below it the reason for what is expected."""
    median, beside = milliseconds(row.ours), f"{row.beside} {milliseconds(row.reference)}"
    print(f"{row.what:24}{median:>10}  {beside:32}{row.ratio:>7.2f}  at most {row.most:g}")
    print(f"    {row.why}", flush=True)


def milliseconds(seconds: float) -> str:
    """As people read it."""
    return f"{seconds * 1000:.3g} ms"


if __name__ == "__main__":
    sys.exit(main())
