"""No pattern of ours goes back over a long text again and again, whoever wrote it.

Every compiled pattern of every module is found by importing the modules, those in classes and
tables among them. What a pattern is used for is not known here, so each is tried in every way.
"""

from __future__ import annotations

import ast
import importlib
import math
import pkgutil
import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

import reports
import webapp
from reports.intake.questions import STORY_LIMIT
from reports.territory import get_territory
from reports.triage.identifiers import (
    KINDS,
    LONGEST,
    Formats,
    extract_numbers,
    parse_identifier,
)
from reports.triage.referral import compose
from reports.triage.search.query import QUERY_LIMIT, SearchQuery, match_parts
from tests.support import house
from tests.support.attacks import ATTACKS, attack

ROOT: Final = Path(__file__).resolve().parents[1]
CODE: Final = house.read(ROOT, ("reports", "webapp"), (".py",))
BUDGET: Final = 0.5
"""Seconds of processor time for one pattern, one text and one way. A linear pattern takes some
hundredths; one that goes back over `STORY_LIMIT` characters takes seconds to minutes."""
WAYS: Final[Mapping[str, Callable[[re.Pattern[Any], Any], object]]] = {
    "search": lambda pattern, text: pattern.search(text),
    "match": lambda pattern, text: pattern.match(text),
    "fullmatch": lambda pattern, text: pattern.fullmatch(text),
    "finditer": lambda pattern, text: list(pattern.finditer(text)),
}
ONLY_WHOLE: Final = {
    ("reports.routing.lines", "NAMED_TABLE"): "a key of a country file, as a whole",
    ("reports.scrub.office", "_CHANGES"): "the name of an element, as a whole",
    ("reports.scrub.office", "_QUIETLY_GONE"): "the name of a part of a document, as a whole",
    ("reports.scrub.office", "_RELS"): "the name of a part of a document, as a whole",
}
"""Patterns that are used in one way alone, and are quick in that one."""
MADE_OF_TYPED: Final = "reports/triage/referral/compose.py"
"""Makes a pattern of what staff want to have taken out: it has a test of its own here."""


def find_patterns(held: object, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    """The patterns in a value: itself, or what a class, a table or a list holds."""
    if isinstance(held, re.Pattern):
        yield held
    elif depth < 4:
        inner: Iterator[object] = iter(())
        if isinstance(held, type):
            inner = iter(vars(held).values())
        elif isinstance(held, dict):
            inner = iter(held.values())
        elif isinstance(held, tuple | list | set | frozenset):
            inner = iter(held)
        for each in inner:
            yield from find_patterns(each, depth + 1)


def walk_modules() -> Iterator[tuple[str, str, re.Pattern[Any]]]:
    for package in (reports, webapp):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in found.name:
                module = importlib.import_module(found.name)
                for name, held in vars(module).items():
                    for pattern in find_patterns(held):
                        yield found.name, name, pattern


PATTERNS: Final = {pattern: (module, name) for module, name, pattern in walk_modules()}


def spend(act: Callable[[], object]) -> float:
    """Seconds of processor time; the least of three where the first is above the budget.

    What else this process does in the same moment, such as to collect its garbage, counts as well.
    """
    least = math.inf
    for _ in range(3):
        began = time.process_time()
        act()
        least = min(least, time.process_time() - began)
        if least < BUDGET:
            break
    return least


def test_there_are_patterns_and_those_that_meet_strangers_are_among_them() -> None:
    places = set(PATTERNS.values())
    assert len(places) > 30
    for name in ("_ADVERT", "_STREET", "_PLATE", "_NAMES", "_NUMBERED"):
        assert ("reports.triage.identifiers", name) in places
    assert ("webapp.site.form_body", "_NO_TEXT") in places
    assert ONLY_WHOLE.keys() <= places


@pytest.mark.parametrize(
    "pattern", PATTERNS, ids=lambda pattern: ".".join(PATTERNS[pattern]).removeprefix("reports.")
)
def test_no_pattern_costs_more_than_its_budget(pattern: re.Pattern[Any]) -> None:
    ways = ("fullmatch",) if PATTERNS[pattern] in ONLY_WHOLE else WAYS
    for made in ATTACKS:
        text: str | bytes = attack(made, STORY_LIMIT)
        if isinstance(pattern.pattern, bytes):
            text = str(text).encode()
        for way in ways:
            assert spend(lambda w=way, t=text: WAYS[w](pattern, t)) < BUDGET, (made, way)


def test_a_careless_pattern_would_be_noticed() -> None:
    careless = re.compile(r"rue\s[\w .-]{3,40}?[, ]+(?:nr)?\s*\d")
    text = attack("rue abc{* }x.", 600)
    assert spend(lambda: careless.search(text)) > spend(lambda: careless.search(text[:60])) * 20


def test_no_pattern_hides_in_a_function_where_nobody_walks_it() -> None:
    """`re.search("...", text)` in a function would be compiled there, and be in no module."""
    hidden = [
        f"{source.path}:{inner.lineno}"
        for source in CODE
        if "import re\n" in source.text and str(source.path) != MADE_OF_TYPED
        for node in source.nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call)
        and isinstance(inner.func, ast.Attribute)
        and isinstance(inner.func.value, ast.Name)
        and inner.func.value.id == "re"
        and inner.func.attr != "escape"
    ]
    assert hidden == []


@pytest.mark.parametrize("passage", ["a a a a", "rue abc x", "0470 12 34 56", ". . . ."])
def test_words_to_take_out_are_found_in_time_in_any_text(passage: str) -> None:
    for made in ATTACKS:
        text = attack(made, STORY_LIMIT)
        assert spend(lambda t=text: list(compose._split(t, (passage, "x y z")))) < BUDGET, made


@pytest.mark.parametrize("made", ATTACKS)
def test_what_staff_type_costs_little_at_its_limit(made: str) -> None:
    """The patterns of phonenumbers are not ours to change: the length bounds them here."""
    formats = Formats(get_territory().phone_regions, get_territory().plates)
    query, value = attack(made, QUERY_LIMIT), attack(made, LONGEST)[:LONGEST]
    assert spend(lambda: extract_numbers(query, formats)) < BUDGET
    for kind in KINDS:
        assert spend(lambda k=kind: parse_identifier(k, value, formats)) < BUDGET
        assert parse_identifier(kind, "a" * (LONGEST + 1), formats) is None


def test_a_search_for_a_number_costs_little_over_a_long_story() -> None:
    ways = SearchQuery("0470 12 34 56 kitchen").ways
    for made in ATTACKS:
        text = attack(made, STORY_LIMIT)
        assert spend(lambda t=text: match_parts(ways, [("story", t)])) < BUDGET, made
