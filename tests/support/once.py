"""What all applications of this process have in common is worked out once.

The code that builds each address, the country files while they are as they were, and the text of
each SQL statement: they are the same for every application and only ever read, and to work them
out anew takes longer than most tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from reports.routing.country import Countries, load_all
from webapp.site import country_edition
from webapp.site.country_edition import FileStamp, stamp_files

STATEMENTS = 4000
_compile = Rule._compile_builder
_builders: dict[object, Callable[..., tuple[str, str]]] = {}
_countries: dict[tuple[Path, FileStamp], Countries] = {}
_engines: dict[str, Engine] = {}


def _builder(self: Rule, append_unknown: bool = True) -> Any:
    """What werkzeug makes of a rule; it asks the rule itself for its converters when it is used."""
    key = (self.rule, tuple(self._trace), repr(self.defaults), append_unknown)
    if key not in _builders:
        _builders[key] = _compile(self, append_unknown)
    return _builders[key]


def _read(folder: Path, *, names: frozenset[str]) -> Countries:
    key = (folder, stamp_files(folder, names))
    if key not in _countries:
        _countries[key] = load_all(folder, names=names)
    return _countries[key]


@contextmanager
def worked_out_once() -> Iterator[None]:
    """For as long as an application is being made; a test that replaced something keeps that."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(Rule, "_compile_builder", _builder))
        if country_edition.load_all is load_all:
            stack.enter_context(patch.object(country_edition, "load_all", _read))
        yield


def known(engine: Engine) -> Engine:
    """`engine`, which knows every statement that an earlier one of its kind has put into SQL."""
    kind = engine.dialect.name
    if kind not in _engines:
        engine._compiled_cache = LRUCache(STATEMENTS)
        # At its first connection the dialect asks the database what it can do.
        engine.connect().close()
        _engines[kind] = engine
    first = _engines[kind]
    engine.dialect = engine.pool._dialect = first.dialect
    engine._compiled_cache = first._compiled_cache
    return engine
