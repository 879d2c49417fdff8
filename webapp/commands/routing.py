"""The commands `route` and `countries-check`: the engine and the country files by hand.

Both answer in lines, so that other programs can drive them.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click
from flask import has_app_context

from reports.routing.country import DATA, Countries, list_open, list_outdated, list_stale, load_all
from reports.routing.engine import Route, propose
from reports.routing.facts import MODES, FactError, Facts, Mode
from reports.routing.faults import CountryFaults
from reports.routing.lines import format_fault
from webapp.site.country_edition import Edition, run_checks

Clock = Callable[[], datetime]


def read_system_clock() -> datetime:
    """The moment that facts without `at` are judged at."""
    return datetime.now(UTC)


@click.command("route")
@click.option("--mode", type=click.Choice(MODES), required=True)
def route(mode: str) -> None:
    """Propose contact points: one JSON object of facts a line in, one answer a line out."""
    lines = sys.stdin.buffer
    answered = sys.stdout.buffer
    for answer in answer_lines(load_all(), cast(Mode, mode), lines, read_system_clock):
        answered.write(answer.encode("ascii") + b"\n")
        answered.flush()


@click.command("countries-check")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=DATA,
    help="Check the country files of this folder instead.",
)
def countries_check(folder: Path) -> None:
    """Name every fault of every country file, and every chapter that they cannot fill.

    Exit 1 if there is any. Warn first of facts that are older than a change of the law, which pages
    show as open, then of those that are open in the file, then of stale reviews.
    """
    today = read_system_clock().date()
    try:
        countries = load_all(folder, today=today)
        edition = Edition.build(0, countries, countries.codes)
        if has_app_context() and (faults := run_checks(edition)):
            raise CountryFaults(faults)
    except CountryFaults as error:
        for fault in error.faults:
            click.echo(f"fault: {format_fault(folder, fault)}")
        click.echo(f"{len(error.faults)} faults", err=True)
        sys.exit(1)
    changed, open_facts = list_outdated(countries), list_open(countries)
    old = list_stale(countries, today)
    for kind, warnings in (("changed", changed), ("open", open_facts), ("stale", old)):
        for warning in warnings:
            click.echo(f"{kind}: {format_fault(folder, warning)}")
    click.echo(
        f"no faults; {len(countries)} files, {len(changed)} changes of the law since a review, "
        f"{len(open_facts)} open facts, {len(old)} entries to review again"
    )


def answer_lines(
    countries: Countries, mode: Mode, lines: Iterable[bytes], clock: Clock
) -> Iterator[str]:
    """Exactly one JSON answer for each line, in order; a bad line is answered with its error."""
    for line in lines:
        try:
            facts = Facts.parse(_object(line), space=countries.space, now=clock())
        except FactError as error:
            answer: dict[str, object] = {
                "error": str(error),
                "field": error.field,
                "allowed": list(error.allowed),
            }
        except ValueError as error:
            answer = {"error": str(error)}
        else:
            answer = _worded(propose(countries, facts, mode))
        yield json.dumps(answer, ensure_ascii=True, separators=(",", ":"))


def _object(line: bytes) -> dict[str, object]:
    """The JSON object of one line; ValueError says what else it is."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"this line is not UTF-8 (byte {error.start + 1})") from None
    if not text.strip():
        raise ValueError("this line is empty; a JSON object of facts was expected")
    try:
        value = json.loads(text, object_pairs_hook=_once)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"this line is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise ValueError(f"this line holds no JSON object but {type(value).__name__}")
    return value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose every field stands once: which of two values counts is nobody's guess."""
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name}: this fact is given twice")
        found[name] = value
    return found


def _worded(proposal: Route) -> dict[str, object]:
    return {
        "recipients": [
            {
                "id": recipient.id,
                "rule": recipient.rule,
                "why": recipient.why,
                "source": recipient.source,
            }
            for recipient in proposal.recipients
        ],
        "flags": list(proposal.flags),
    }
