"""What the route would be if a fact were another: the facts that can be tried, read from a form.

Small on purpose: the route and the report's page both ask.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import LazyString

from reports.intake.questions import list_correctable
from reports.triage.findings import corrections
from webapp.wording.report_questions import label_question, list_desk_labels

WhatIfField = tuple[str, LazyString | str, str, list[tuple[str, LazyString | str]]]


def list_routed() -> dict[str, Sequence[str]]:
    """Returns what the route goes by and staff can correct, with the values that can be tried."""
    fields = list_correctable()
    allowed = corrections.list_allowed()
    return {name: values for name, values in allowed.items() if fields[name].meaning}


def read_facts(form: Mapping[str, str]) -> dict[str, str]:
    """Returns the facts of a form; a value that there is not is left out."""
    return {name: form[name] for name, values in list_routed().items() if form.get(name) in values}


def list_fields(answers: Mapping[str, str]) -> list[WhatIfField]:
    """Returns name, label, the value that holds, and every value with its words."""
    return [
        (
            name,
            label_question(name),
            answers.get(name, "unknown"),
            [(value, list_desk_labels(name).get(value, value)) for value in values],
        )
        for name, values in list_routed().items()
    ]
