"""The routing facts: what is known about one situation, and their strict parsing from outside.

The countries and regions come from the country files (`FactSpace`); the other values are those of
the report form.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self

from reports.errors import WaysideError

Mode = Literal["help", "refer"]
MODES: tuple[Mode, ...] = ("help", "refer")

ELSEWHERE = ("other", "unknown")
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
AGES = ("adult", "minor", "doubtful", "unknown")
POLICE = ("accepted", "refused", "unknown")
KINDS = ("witness", "self", "professional")
SWITCHES = ("unaccompanied", "danger", "asylum_reception", "anonymous")
BOOLEANS = ("true", "false")
ISO_8601 = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d([.,]\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)?", re.ASCII
)
MOMENT = "a moment with its offset, such as 2027-03-10T11:00:00+01:00"


class FactError(WaysideError):
    """An invalid fact: the field, the value given, and the values allowed."""

    def __init__(self, field: str, value: object, allowed: Iterable[str], problem: str) -> None:
        self.field = field
        self.value = value
        self.allowed = tuple(allowed)
        self.problem = problem
        choices = ", ".join(self.allowed)
        super().__init__(f"{field}: {problem}: {_shown(value)}; allowed: {choices}")


@dataclass(frozen=True, slots=True)
class FactSpace:
    """All values that each choice fact can take; places always include `unknown`."""

    choices: Mapping[str, tuple[str, ...]]

    @classmethod
    def from_places(cls, countries: Iterable[str], regions: Iterable[str]) -> Self:
        """Returns the space for these country codes and regions, in this order."""
        places = (*countries, *ELSEWHERE)
        return cls(
            {
                "present_country": places,
                "exploitation_country": places,
                "region": (*regions, "unknown"),
                "form": FORMS,
                "age": AGES,
                "police": POLICE,
                "kind": KINDS,
            }
        )

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of all facts, in the order in which an error lists them."""
        return (*self.choices, *SWITCHES, "at")


@dataclass(frozen=True, slots=True)
class Facts:
    """One situation. Missing facts default to unknown, false, or a witness; `at` has an offset."""

    at: datetime
    present_country: str = "unknown"
    exploitation_country: str = "unknown"
    region: str = "unknown"
    form: str = "unknown"
    age: str = "unknown"
    police: str = "unknown"
    kind: str = "witness"
    unaccompanied: bool = False
    danger: bool = False
    asylum_reception: bool = False
    anonymous: bool = False

    @classmethod
    def parse(cls, values: Mapping[str, object], *, space: FactSpace, now: datetime) -> Self:
        """Parses facts in JSON form: names to strings, booleans, a moment.

        A missing `at` becomes `now`. Raises `FactError` for an unknown field, wrong type or unknown
        value.
        """
        read: dict[str, Any] = {"at": now}
        for field, value in values.items():
            if field in space.choices:
                read[field] = _choice(field, value, space.choices[field])
            elif field in SWITCHES:
                if not isinstance(value, bool):
                    raise FactError(field, value, BOOLEANS, "this must be true or false")
                read[field] = value
            elif field == "at":
                read[field] = _moment(value)
            else:
                raise FactError(field[:80], value, space.fields, "there is no such fact")
        return cls(**read)


def _choice(field: str, value: object, allowed: tuple[str, ...]) -> str:
    if not isinstance(value, str):
        raise FactError(field, value, allowed, "this must be one of the words allowed")
    if value not in allowed:
        raise FactError(field, value, allowed, "this value is not known")
    return value


def _moment(value: object) -> datetime:
    """Parses an ISO 8601 moment with date, time and offset, within the years that any zone can
    show."""
    if not isinstance(value, str):
        raise FactError("at", value, (MOMENT,), "this must be a text")
    problem = "this is no ISO 8601 moment"
    if not ISO_8601.fullmatch(value):
        raise FactError("at", value, (MOMENT,), problem)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise FactError("at", value, (MOMENT,), problem) from None
    if moment.tzinfo is None:
        raise FactError("at", value, (MOMENT,), "the offset is missing")
    if not 2 <= moment.year <= 9998:
        raise FactError("at", value, (MOMENT,), "this year cannot be used")
    return moment


def _shown(value: object) -> str:
    """Returns the value as short text, so that an error never repeats a whole request body."""
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= 80 else f"{text[:77]}..."
