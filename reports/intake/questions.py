"""The questions of a report: their steps, fields, allowed answers and limits.

Values are stable codes, the same that routing uses; words belong to the web face. A field that may
be skipped has a value for "I don't know".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

STORY_LIMIT = 20_000
PLACE_LIMIT = 300
MESSAGE_LIMIT = 5_000
"""Characters. A story of this size is about seven pages."""

COUNTRIES = ("BE", "NL", "LU", "other", "unknown")
REGIONS = ("flanders", "brussels", "wallonia", "unknown")
FORMS = (
    "sexual",
    "labour",
    "begging",
    "forced_crime",
    "organs",
    "child_sale",
    "forced_marriage",
    "illegal_adoption",
    "surrogacy",
    "unknown",
)
KINDS = ("self", "witness", "professional", "unknown")
AGES = ("adult", "minor", "doubtful", "unknown")
DANGERS = ("yes", "no", "unknown")


@dataclass(frozen=True)
class Choice:
    """A field answered with one of `values`. Without `default` it must be answered."""

    name: str
    values: tuple[str, ...]
    default: str | None = None


@dataclass(frozen=True)
class Words:
    """A field answered in the person's own words."""

    name: str
    limit: int
    needed: bool = False


Field = Choice | Words

STEPS: Mapping[str, tuple[Field, ...]] = {
    "where": (
        Choice("country", COUNTRIES, "unknown"),
        Choice("region", REGIONS, "unknown"),
        Words("place", PLACE_LIMIT),
    ),
    "form": (Choice("form", FORMS, "unknown"),),
    "who": (Choice("kind", KINDS, "unknown"), Choice("age", AGES, "unknown")),
    "danger": (Choice("danger", DANGERS, "unknown"),),
    "story": (Words("story", STORY_LIMIT, needed=True),),
}
FIRST = "where"
REVIEW = "review"


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field: `code` is "unknown_value", "empty", "too_long" or "not_text".

    `value` is what came in, to be shown again; `allowed` or `limit` say what would do.
    """

    field: str
    code: str
    value: str
    allowed: tuple[str, ...] = ()
    limit: int = 0


def read(step: str, raw: Mapping[str, str]) -> tuple[dict[str, str], list[Fault]]:
    """The answers of one step and what is wrong with them; a missing field takes its default."""
    answers: dict[str, str] = {}
    faults: list[Fault] = []
    for field in STEPS[step]:
        value = raw.get(field.name, "")
        fault = _fault(field, value)
        if fault:
            faults.append(fault)
        elif isinstance(field, Choice):
            answers[field.name] = value or field.default or ""
        else:
            answers[field.name] = clean(value)
    return answers, faults


def missing(answers: Mapping[str, str]) -> list[str]:
    """The names of fields that a report cannot do without and that are not answered."""
    fields = [field for step in STEPS.values() for field in step]
    return [
        field.name
        for field in fields
        if not answers.get(field.name) and (isinstance(field, Words) and field.needed)
    ]


def complete(answers: Mapping[str, str]) -> dict[str, str]:
    """All fields, the unanswered ones with their default or empty."""
    whole: dict[str, str] = {}
    for step in STEPS.values():
        for field in step:
            default = field.default or "" if isinstance(field, Choice) else ""
            whole[field.name] = answers.get(field.name) or default
    return whole


def clean(text: str) -> str:
    """`text` with one kind of line end, without control characters and outer blanks."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in unified if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def _fault(field: Field, value: str) -> Fault | None:
    if isinstance(field, Choice):
        if (value or field.default) in field.values:
            return None
        code = "unknown_value" if value else "empty"
        return Fault(field.name, code, value, allowed=field.values)
    if "\ufffd" in value:
        return Fault(field.name, "not_text", value)
    length = len(clean(value))
    if length > field.limit:
        return Fault(field.name, "too_long", value, limit=field.limit)
    if field.needed and not length:
        return Fault(field.name, "empty", value)
    return None
