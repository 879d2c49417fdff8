"""What the route would be if a fact were another: the facts that can be tried, read from a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flask_babel import LazyString

from reports.intake import questions
from webapp.desk import fact_labels

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
WhatIfField = tuple[str, LazyString | str, str, list[tuple[str, LazyString | str]]]


def read_facts(form: Mapping[str, str]) -> dict[str, str]:
    """The facts of a form; a value that there is not is left out."""
    return {name: form[name] for name, values in FIELDS.items() if form.get(name) in values}


def list_fields(answers: Mapping[str, str]) -> list[WhatIfField]:
    """Name, label, the value that holds, and every value with its words."""
    return [
        (
            name,
            fact_labels.FIELD.get(name, name),
            answers.get(name, "unknown"),
            [(value, fact_labels.VALUE.get(name, {}).get(value, value)) for value in values],
        )
        for name, values in FIELDS.items()
    ]
