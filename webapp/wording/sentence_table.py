"""A table of what can go wrong, in words, and the one look-up in it. Each face has one table.

A sentence may name what the failure knows, or what its page does: `%(limit)s` is the attribute
`limit` of the failure unless the page gives another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from flask_babel import LazyString

Sentence: TypeAlias = LazyString | Callable[[Any], LazyString | str]
"""The words, or what makes them from the failure."""
Sentences: TypeAlias = Mapping[type[BaseException], Sentence]


@dataclass(frozen=True)
class SentenceTable:
    """`everywhere` holds on all pages of a face; `at` holds what single places say otherwise."""

    everywhere: Sentences
    at: Mapping[str, Sentences]

    def find(self, kind: type[BaseException], place: str = "") -> Sentence | None:
        """Returns the sentence for the nearest kind of failure; of the same kind, the place's.

        Raises KeyError for a place that is not in the table.
        """
        tables = (self.at[place], self.everywhere) if place else (self.everywhere,)
        found = (table[each] for each in kind.__mro__ for table in tables if each in table)
        return next(found, None)

    def describe(
        self, problem: BaseException, place: str = "", known: Mapping[str, object] | None = None
    ) -> str:
        """Returns what went wrong, in the language of the request; `known` fills in its blanks.

        Raises `problem` itself where nobody wrote a sentence for it.
        """
        words = self.find(type(problem), place)
        if words is None:
            raise problem
        text = str(words if isinstance(words, LazyString) else words(problem))
        return text % {**vars(problem), **(known or {})} if "%(" in text else text
