"""Trying other facts on a route: the facts that can be tried, and reading them from a form.

Small on purpose: shared by the route and the report's page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import LazyString

from reports.intake.questions import list_correctable
from reports.triage.findings import corrections
from webapp.wording.report_questions import label_question, list_desk_labels

WhatIfField = tuple[str, LazyString | str, str, list[tuple[str, LazyString | str]]]
"""Name, label, current value, and each possible value with its label."""


def list_routed() -> dict[str, Sequence[str]]:
    """Returns the correctable facts that routing uses, each with its possible values."""
    fields = list_correctable()
    allowed = corrections.list_allowed()
    return {name: values for name, values in allowed.items() if fields[name].meaning}


def read_facts(form: Mapping[str, str]) -> dict[str, str]:
    """Returns the facts in a form, leaving out invalid values."""
    return {name: form[name] for name, values in list_routed().items() if form.get(name) in values}


def list_fields(answers: Mapping[str, str]) -> list[WhatIfField]:
    """Returns name, label, current value and all values with labels, for each fact."""
    return [
        (
            name,
            label_question(name),
            answers.get(name, "unknown"),
            [(value, list_desk_labels(name).get(value, value)) for value in values],
        )
        for name, values in list_routed().items()
    ]
