"""The questions of a report: their steps, fields, allowed answers and limits.

Values are stable codes, the same that routing and the taxonomy use; words belong to the web face. A
field that may be skipped has a value for "I don't know". Which door asks what, and in which order,
stands in `reports.intake.form_flow`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from reports.intake.taxonomy import TAXONOMY
from reports.routing import facts

STORY_LIMIT = 20_000
PLACE_LIMIT = 300
LINE_LIMIT = 200
LONG_LIMIT = 1_000
MESSAGE_LIMIT = 5_000
"""Characters. A story of this size is about seven pages."""

FORMS, AGES, POLICE = facts.FORMS, facts.AGES, facts.POLICE
COUNTRIES = ("BE", "NL", "LU", "other", "unknown")
REGIONS = ("flanders", "brussels", "wallonia", "unknown")
KINDS = ("self", "witness", "professional", "unknown")
DANGERS = ("yes", "no", "unknown")
YES_NO = ("yes", "no", "unknown")
SAME = "same"
"""The person is where it happens; the answer is wanted in the language of the form."""
PRESENTS = (SAME, *COUNTRIES)
SINCE = ("days", "weeks", "months", "years", "unknown")
PEOPLE = ("one", "few", "many", "crowd", "unknown")
"""1, 2 to 5, 6 to 20, more than 20."""
SIGNS = (*(sign.id for sign in TAXONOMY.signs), "unknown")
SECTORS = (*(sector.id for sector in TAXONOMY.sectors), "unknown")
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class ChoiceField:
    """A field answered with one of `values`. Without `default` it must be answered."""

    name: str
    values: tuple[str, ...]
    default: str | None = None


@dataclass(frozen=True)
class MultiChoiceField:
    """A field answered with any number of `values`, kept as one text with blanks between them."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class LanguageField:
    """A field answered with a language tag, or with `SAME`, its default."""

    name: str


@dataclass(frozen=True)
class TextField:
    """A field answered in the person's own words."""

    name: str
    limit: int
    needed: bool = False


FormField = ChoiceField | MultiChoiceField | LanguageField | TextField

STEPS: Mapping[str, tuple[FormField, ...]] = {
    "kind": (ChoiceField("kind", KINDS, "unknown"),),
    "where": (ChoiceField("country", COUNTRIES, "unknown"), TextField("place", PLACE_LIMIT)),
    "region": (ChoiceField("region", REGIONS, "unknown"),),
    "danger": (ChoiceField("danger", DANGERS, "unknown"),),
    "form": (ChoiceField("form", FORMS, "unknown"),),
    "sector": (ChoiceField("sector", SECTORS, "unknown"),),
    "story": (TextField("story", STORY_LIMIT, needed=True),),
    "people": (
        ChoiceField("people", PEOPLE, "unknown"),
        ChoiceField("age", AGES, "unknown"),
        ChoiceField("alone", YES_NO, "unknown"),
        TextField("languages", LINE_LIMIT),
    ),
    "signs": (MultiChoiceField("signs", SIGNS),),
    "time": (
        ChoiceField("since", SINCE, "unknown"),
        ChoiceField("ongoing", YES_NO, "unknown"),
        TextField("next", LINE_LIMIT),
    ),
    "control": (
        TextField("controller", LONG_LIMIT),
        TextField("names", LONG_LIMIT),
        TextField("vehicles", LONG_LIMIT),
        TextField("plates", LINE_LIMIT),
        TextField("phones", LINE_LIMIT),
        TextField("adverts", LONG_LIMIT),
    ),
    "now": (
        ChoiceField("present", PRESENTS, SAME),
        ChoiceField("reception", YES_NO, "unknown"),
        TextField("online", PLACE_LIMIT),
    ),
    "wishes": (
        ChoiceField("help", YES_NO, "unknown"),
        ChoiceField("police", POLICE, "unknown"),
        ChoiceField("anonymous", YES_NO, "unknown"),
    ),
    "reply": (
        ChoiceField("reply", YES_NO, "unknown"),
        ChoiceField("abroad", YES_NO, "unknown"),
        LanguageField("reply_language"),
    ),
    "files": (),
}
FIELDS: Mapping[str, FormField] = {field.name: field for step in STEPS.values() for field in step}
FIRST = "kind"
REVIEW = "review"


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field: `code` is "unknown_value", "empty", "too_long" or "not_text".

    `value` is what came in, to be shown again; `allowed` or `limit` say what would do.
    """

    field: str
    code: str
    value: str
    allowed: tuple[str, ...] = ()
    limit: int = 0


def read(
    step: str, raw: Mapping[str, str], asked: tuple[FormField, ...] | None = None
) -> tuple[dict[str, str], list[FieldError]]:
    """The answers of one step and what is wrong with them; a missing field takes its default.

    `asked`: the fields of this step that the door asks; all of them without it.
    """
    answers: dict[str, str] = {}
    faults: list[FieldError] = []
    for field in STEPS[step] if asked is None else asked:
        value = raw.get(field.name, "")
        fault = _fault(field, value)
        if fault:
            faults.append(fault)
        else:
            answers[field.name] = _kept(field, value)
    return answers, faults


def list_missing(answers: Mapping[str, str]) -> list[str]:
    """The names of fields that a report cannot do without and that are not answered."""
    return [
        name
        for name, field in FIELDS.items()
        if isinstance(field, TextField) and field.needed and not answers.get(name)
    ]


def complete(answers: Mapping[str, str]) -> dict[str, str]:
    """All fields, the unanswered ones with their default or empty."""
    return {name: answers.get(name) or get_default(field) for name, field in FIELDS.items()}


def get_default(field: FormField) -> str:
    """What an unanswered field stands for."""
    if isinstance(field, ChoiceField):
        return field.default or ""
    return SAME if isinstance(field, LanguageField) else ""


def find_country(answers: Mapping[str, str]) -> str:
    """The country whose desk reads the report: where the person is now, else where it happens.

    Safety comes first where the person is. The sources leave the choice open (B:162-172).
    """
    present = answers.get("present", SAME)
    served = present not in (SAME, "other", "unknown")
    return present if served else answers.get("country", "unknown")


def split_codes(value: str) -> list[str]:
    """The codes in an answer to `Ticks`."""
    return value.split()


def clean(text: str) -> str:
    """`text` with one kind of line end, without control characters and outer blanks."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in unified if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def _kept(field: FormField, value: str) -> str:
    if isinstance(field, TextField):
        return clean(value)
    if not isinstance(field, MultiChoiceField):
        return value or get_default(field)
    codes = dict.fromkeys(split_codes(value))
    # Whoever ticks a sign and "I don't know" knows of that sign.
    if len(codes) > 1:
        codes.pop("unknown", None)
    return " ".join(codes)


def _fault(field: FormField, value: str) -> FieldError | None:
    if isinstance(field, TextField):
        return _words_fault(field, value)
    if isinstance(field, LanguageField):
        right = not value or value == SAME or (len(value) <= 35 and _TAG.fullmatch(value))
        return None if right else FieldError(field.name, "unknown_value", value, allowed=(SAME,))
    if isinstance(field, MultiChoiceField):
        right = all(code in field.values for code in split_codes(value))
    else:
        right = (value or field.default) in field.values
    if right:
        return None
    code = "unknown_value" if value else "empty"
    return FieldError(field.name, code, value, allowed=field.values)


def _words_fault(field: TextField, value: str) -> FieldError | None:
    if "\ufffd" in value:
        return FieldError(field.name, "not_text", value)
    length = len(clean(value))
    if length > field.limit:
        return FieldError(field.name, "too_long", value, limit=field.limit)
    if field.needed and not length:
        return FieldError(field.name, "empty", value)
    return None
