"""Validates and normalises the answers of one page of the form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from reports.intake.question import (
    SAME,
    ChoiceField,
    FormField,
    LanguageField,
    MultiChoiceField,
    TextField,
)
from reports.intake.questions import WRITTEN_LIMIT, clean, split_codes
from reports.intake.written_size import cut_to_fit, measure_written

_TAG: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LONGEST_TAG: Final = 35


@dataclass(frozen=True)
class FieldError:
    """Why one field was refused. `code` is "unknown_value", "empty", "too_long" or "not_text".

    `value` is the raw input, to be shown again. `allowed` (codes) or `limit` (characters) say what
    would be accepted.
    """

    field: str
    code: str
    value: str
    allowed: tuple[str, ...] = ()
    limit: int = 0


def read_answers(
    fields: Iterable[FormField], raw: Mapping[str, str]
) -> tuple[dict[str, str], list[FieldError]]:
    """Returns the valid answers to `fields`, normalised, and an error for each invalid one.

    A field that is missing from `raw` gets its default. An invalid field has no entry among the
    answers.
    """
    answers: dict[str, str] = {}
    faults: list[FieldError] = []
    for field in fields:
        value = raw.get(field.name, "")
        fault = _find_fault(field, value)
        if fault:
            faults.append(fault)
        else:
            answers[field.name] = _normalise(field, value)
    return answers, faults


def _normalise(field: FormField, value: str) -> str:
    if isinstance(field, TextField):
        return clean(value)
    if not isinstance(field, MultiChoiceField):
        return value or field.default
    codes = dict.fromkeys(split_codes(value))
    # A ticked sign overrides "I don't know".
    if len(codes) > 1:
        codes.pop("unknown", None)
    return " ".join(codes)


def _find_fault(field: FormField, value: str) -> FieldError | None:
    if isinstance(field, TextField):
        return _find_text_fault(field, value)
    if isinstance(field, LanguageField):
        right = value in ("", SAME) or (len(value) <= _LONGEST_TAG and _TAG.fullmatch(value))
        return None if right else FieldError(field.name, "unknown_value", value, allowed=(SAME,))
    allowed = field.values if isinstance(field, ChoiceField | MultiChoiceField) else ()
    if isinstance(field, MultiChoiceField):
        right = all(code in allowed for code in split_codes(value))
    else:
        right = (value or field.default) in allowed
    if right:
        return None
    return FieldError(field.name, "unknown_value" if value else "empty", value, allowed=allowed)


def _find_text_fault(field: TextField, value: str) -> FieldError | None:
    if "\ufffd" in value:
        return FieldError(field.name, "not_text", value)
    text = clean(value)
    length = len(text)
    if length > field.limit or measure_written(value.replace("\r\n", "\n")) > WRITTEN_LIMIT:
        limit = min(field.limit, len(cut_to_fit(text, WRITTEN_LIMIT)))
        return FieldError(field.name, "too_long", value, limit=limit)
    if field.needed and not length:
        return FieldError(field.name, "empty", value)
    return None
