"""Settings as declarations: a frozen dataclass says its fields, one reader reads them all.

    retention_days: int = declare("RETENTION_DAYS", parse_whole_number(1, 3650), 90)

declares the variable `WAYSIDE_RETENTION_DAYS`, what makes a value of its text, and the value where
it is not set. An empty variable counts as not set, and blanks around a value as nothing.

A parser raises `ValueError` with the rest of a sentence that begins with the variable. It repeats a
value only where that cannot hold a password.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from difflib import get_close_matches
from typing import Any, Final, Generic, TypeVar, overload
from urllib.parse import urlsplit

PREFIX: Final = "WAYSIDE_"
OF_TESTS: Final = f"{PREFIX}TEST_"
"""What the tests and their scripts are told; no part of an instance reads it."""
ENV: Final = "ENV"
PRODUCTION: Final = "production"
_KEY: Final = "setting"
_DIGITS: Final = 9
"""More than any number of ours has; Python refuses thousands in words of its own."""

Value = TypeVar("Value")
Word = TypeVar("Word", bound=str)
Parser = Callable[[str], Value]


@dataclass(frozen=True)
class Setting(Generic[Value]):
    """One declaration: the whole name of the variable, its parser, and what production must know.

    `needed` is the rest of a sentence, where production cannot do without the variable.
    """

    variable: str
    parse: Parser[Value]
    needed: str


@overload
def declare(name: str, parse: Parser[Value], *, needed: str = ...) -> Value: ...
@overload
def declare(name: str, parse: Parser[Value], default: Value, *, needed: str = ...) -> Value: ...
@overload
def declare(name: str, parse: Parser[Value], *, find: Callable[[], Value]) -> Value: ...
def declare(
    name: str,
    parse: Parser[Any],
    default: Any = MISSING,
    *,
    find: Callable[[], Any] | None = None,
    needed: str = "",
) -> Any:
    """A field of a dataclass that `WAYSIDE_<name>` sets.

    Without a default, `find` is asked for one each time; without both the class makes one.
    """
    metadata = {_KEY: Setting(PREFIX + name, parse, needed)}
    if find is not None:
        return field(default_factory=find, metadata=metadata)
    return field(default=default, metadata=metadata)


def list_settings(kind: type) -> dict[str, Setting[Any]]:
    """The declarations of a dataclass, by field; a field that no variable sets is left out."""
    return {each.name: each.metadata[_KEY] for each in fields(kind) if _KEY in each.metadata}


def read(kind: type, environ: Mapping[str, str], faults: list[str]) -> dict[str, Any]:
    """The values of the fields of `kind` whose variables are set and right.

    Each that is wrong, or that production lacks, adds one sentence to `faults`.
    """
    values: dict[str, Any] = {}
    for name, each in list_settings(kind).items():
        raw = read_variable(environ, each.variable)
        if not raw:
            if each.needed and is_production(environ):
                faults.append(f"{each.variable}: {each.needed}")
            continue
        try:
            values[name] = each.parse(raw)
        except ValueError as wrong:
            faults.append(f"{each.variable}: {wrong}")
    return values


def find_unknown(environ: Mapping[str, str], kinds: Iterable[type]) -> dict[str, str]:
    """Each variable of ours that no field of `kinds` reads, and the nearest that one does.

    The nearest is empty where none is near.
    """
    known = {each.variable for kind in kinds for each in list_settings(kind).values()}
    own = (name for name in environ if name.startswith(PREFIX) and not name.startswith(OF_TESTS))
    # Compared without the prefix, by which all are alike.
    short = sorted(name.removeprefix(PREFIX) for name in known)
    return {
        name: "".join(PREFIX + near for near in get_close_matches(name[len(PREFIX) :], short, n=1))
        for name in sorted(own)
        if name not in known
    }


def is_production(environ: Mapping[str, str]) -> bool:
    """Whether this instance is in earnest."""
    return read_variable(environ, PREFIX + ENV) == PRODUCTION


def read_variable(environ: Mapping[str, str], variable: str) -> str:
    """What a variable says; empty where it is not set."""
    return environ.get(variable, "").strip()


# --- parsers -----------------------------------------------------------------------------------


def parse_whole_number(least: int, most: int) -> Parser[int]:
    """A number in digits, both limits included."""

    def parse(raw: str) -> int:
        digits = raw.isascii() and raw.isdigit() and len(raw) <= _DIGITS
        if not digits or not least <= int(raw) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}, not {raw!r}")
        return int(raw)

    return parse


def parse_choice(values: Sequence[Word]) -> Parser[Word]:
    """One of a few words, written as they are."""

    def parse(raw: str) -> Word:
        for value in values:
            if value == raw:
                return value
        raise ValueError(f"must be one of {', '.join(values)}, not {raw!r}")

    return parse


def parse_line(most: int, what: str = "one printable line") -> Parser[str]:
    """Text that is shown as it is."""

    def parse(raw: str) -> str:
        if len(raw) > most or not raw.isprintable():
            raise ValueError(f"must be {what} of at most {most} characters")
        return raw

    return parse


def parse_server_url(schemes: Sequence[str], example: str) -> Parser[str]:
    """The address of a server; it may hold a password and is never repeated."""

    def parse(raw: str) -> str:
        try:
            parts = urlsplit(raw)
            usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise ValueError(f"must look like {example}")
        return raw

    return parse


def split_list(raw: str) -> list[str]:
    """What stands between the commas."""
    return [part.strip() for part in raw.split(",") if part.strip()]


def drop_repeats(values: Iterable[Value]) -> tuple[Value, ...]:
    """Each value once, in the order in which it first came."""
    return tuple(dict.fromkeys(values))
