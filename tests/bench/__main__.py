"""`make bench`: what things cost beside a reference that is measured in the same minute.

No figure here is a limit in seconds, since machines differ: each is a ratio, a score, or an amount
that no machine changes. Exit code 1 when one is broken by a wide margin. Nothing is written but to
a temporary folder, and Lighthouse into a folder of its own beside these files.

    python -m tests.bench                                 all parts
    python -m tests.bench queue --sizes 1000,100000       some of them, or fewer reports
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from tests.bench import (
    candidates,
    keys,
    opening,
    pages,
    paint,
    queue,
    routing,
    scores,
    search,
    sending,
    together,
    uploads,
)
from tests.bench.measure import Amount, Row, Score

Part = Callable[[Path], Iterable[Row]]
PARTS: Mapping[str, Part] = {
    "keys": keys.measure,
    "routing": routing.measure,
    "sending": sending.measure,
    "queue": queue.measure,
    "opening": opening.measure,
    "together": together.measure,
    "search": search.measure,
    "uploads": uploads.measure,
    "pages": pages.measure,
    "servers": candidates.measure,
    "paint": paint.measure,
    "scores": scores.measure,
}


def main(arguments: Sequence[str]) -> int:
    """Measure, print as it goes, and say what does not hold."""
    wanted = read(arguments)
    parts = {**PARTS, "queue": partial(queue.measure, sizes=wanted.sizes, rounds=wanted.rounds)}
    print(f"{'':34}{'ours':>10}  {'beside':32}{'ratio':>7}  {'expected':>9}")
    broken: list[Row] = []
    for name in wanted.parts or PARTS:
        with tempfile.TemporaryDirectory(prefix=f"wayside-bench-{name}-") as folder:
            for row in parts[name](Path(folder)):
                show(row)
                if not row.holds:
                    broken.append(row)
    for row in broken:
        print(f"BROKEN: {broken_in_words(row)}")
    return 1 if broken else 0


def read(arguments: Sequence[str]) -> argparse.Namespace:
    """What is asked for."""
    reader = argparse.ArgumentParser(prog="python -m tests.bench")
    reader.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    reader.add_argument("--sizes", type=sizes, default=queue.SIZES, help="reports in the queue")
    reader.add_argument("--rounds", type=int, help="how often each page of the queue is asked for")
    wanted = reader.parse_args(arguments)
    if unknown := [name for name in wanted.parts if name not in PARTS]:
        reader.error(f"no part is called {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return wanted


def sizes(text: str) -> tuple[int, ...]:
    """Numbers with commas between."""
    return tuple(int(each) for each in text.split(","))


def broken_in_words(row: Row) -> str:
    """What does not hold."""
    if isinstance(row, Score):
        return f"{row.what} has {dict(row.points)}, not 100 each"
    if isinstance(row, Amount):
        return f"{row.what}: {row.figure:.0f} {row.unit}, not {row.most:g}"
    return f"{row.what} costs {row.ratio:.1f} times {row.beside}, not {row.most:g}"


def show(row: Row) -> None:
    """One line, and below it the reason for what is expected."""
    if isinstance(row, Score):
        print(f"{row.what:24}{', '.join(f'{name} {value}' for name, value in row.points.items())}")
    elif isinstance(row, Amount):
        print(f"{row.what:34}{row.figure:>10.1f}  {row.unit:39}  at most {row.most:g}")
    else:
        median, beside = milliseconds(row.ours), f"{row.beside} {milliseconds(row.reference)}"
        print(f"{row.what:34}{median:>10}  {beside:32}{row.ratio:>7.2f}  at most {row.most:g}")
    print(f"    {row.why}", flush=True)


def milliseconds(seconds: float) -> str:
    """As people read it."""
    return f"{seconds * 1000:.3g} ms"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
