"""What the route would be if a fact were another: the facts that can be tried, read from a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flask_babel import LazyString

from reports.intake import questions
from webapp.desk import judged

FIELDS: Final[Mapping[str, Sequence[str]]] = {
    "country": questions.COUNTRIES,
    "present": questions.PRESENTS,
    "region": questions.REGIONS,
    "form": questions.FORMS,
    "age": questions.AGES,
    "kind": questions.KINDS,
    "police": questions.POLICE,
    "danger": questions.DANGERS,
}
"""What the route goes by, in the order of the page."""
Field = tuple[str, LazyString | str, str, list[tuple[str, LazyString | str]]]


def tried(form: Mapping[str, str]) -> dict[str, str]:
    """The facts of a form; a value that there is not is left out."""
    return {name: form[name] for name, values in FIELDS.items() if form.get(name) in values}


def fields(answers: Mapping[str, str]) -> list[Field]:
    """Name, label, the value that holds, and every value with its words."""
    return [
        (
            name,
            judged.FIELD.get(name, name),
            answers.get(name, "unknown"),
            [(value, judged.VALUE.get(name, {}).get(value, value)) for value in values],
        )
        for name, values in FIELDS.items()
    ]
