"""Maps failures to sentences for people. Each face has one table.

A sentence can use attributes of the failure or values from the page: `%(limit)s` is the failure's
attribute `limit` unless the page gives another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from flask_babel import LazyString

Sentence: TypeAlias = LazyString | Callable[[Any], LazyString | str]
"""The text, or a function that makes it from the failure."""
Sentences: TypeAlias = Mapping[type[BaseException], Sentence]


@dataclass(frozen=True)
class SentenceTable:
    """`everywhere` holds for all pages of a face; `at` holds different sentences for single
    places."""

    everywhere: Sentences
    at: Mapping[str, Sentences]

    def find(self, kind: type[BaseException], place: str = "") -> Sentence | None:
        """Returns the sentence for the most specific class of the failure; the place takes
        precedence.

        Raises `KeyError` for a place that is not in the table.
        """
        tables = (self.at[place], self.everywhere) if place else (self.everywhere,)
        found = (table[each] for each in kind.__mro__ for table in tables if each in table)
        return next(found, None)

    def describe(
        self, problem: BaseException, place: str = "", known: Mapping[str, object] | None = None
    ) -> str:
        """Returns what went wrong, in the language of the request; `known` adds values for
        placeholders.

        Raises `problem` itself if there is no sentence for it.
        """
        words = self.find(type(problem), place)
        if words is None:
            raise problem
        text = str(words if isinstance(words, LazyString) else words(problem))
        return text % {**vars(problem), **(known or {})} if "%(" in text else text
