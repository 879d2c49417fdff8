"""Declared settings: one reader for all, every fault at once, and no word of a library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from reports.environment import (
    Parser,
    declare,
    list_settings,
    parse_choice,
    parse_line,
    parse_server_url,
    parse_whole_number,
    read,
)

CANARY = "hunter2-canary"


@dataclass(frozen=True, kw_only=True)
class Kiosk:
    """Settings as a test needs them."""

    beside: str = "no variable sets this"
    hours: int = declare("HOURS", parse_whole_number(1, 24), 8)
    owner: str = declare("OWNER", parse_line(10), "nobody", needed="needed in production")
    colour: str | None = declare("COLOUR", parse_choice(("red", "blue")), None)


def read_kiosk(environ: Mapping[str, str]) -> tuple[Kiosk, list[str]]:
    faults: list[str] = []
    return Kiosk(**read(Kiosk, environ, faults)), faults


def test_what_is_not_set_is_as_declared() -> None:
    assert read_kiosk({}) == (Kiosk(hours=8, owner="nobody", colour=None), [])


@pytest.mark.parametrize("nothing", ["", " ", "\n"])
def test_an_empty_variable_counts_as_not_set(nothing: str) -> None:
    assert read_kiosk({"WAYSIDE_HOURS": nothing, "WAYSIDE_COLOUR": nothing}) == (Kiosk(), [])


def test_blanks_around_a_value_do_not_count() -> None:
    kiosk, faults = read_kiosk({"WAYSIDE_HOURS": " 12\n", "WAYSIDE_COLOUR": " red "})
    assert (kiosk.hours, kiosk.colour, faults) == (12, "red", [])


def test_every_fault_is_one_sentence_that_names_its_variable() -> None:
    kiosk, faults = read_kiosk({"WAYSIDE_HOURS": "25", "WAYSIDE_COLOUR": "green"})
    assert kiosk == Kiosk()
    assert faults == [
        "WAYSIDE_HOURS: must be a whole number from 1 to 24, not '25'",
        "WAYSIDE_COLOUR: must be one of red, blue, not 'green'",
    ]


def test_what_production_needs_is_a_fault_there_alone() -> None:
    assert read_kiosk({"WAYSIDE_ENV": "production"})[1] == ["WAYSIDE_OWNER: needed in production"]
    assert read_kiosk({"WAYSIDE_ENV": "production", "WAYSIDE_OWNER": "Dana"})[1] == []


def test_a_field_that_is_not_declared_is_set_by_no_variable() -> None:
    assert list(list_settings(Kiosk)) == ["hours", "owner", "colour"]
    assert read_kiosk({"WAYSIDE_BESIDE": "x"}) == (Kiosk(), [])


@pytest.mark.parametrize("raw", ["", "-1", "0", "25", "1.0", "+3", "²", "٣", "1_0", "9" * 5000])
def test_a_number_is_digits_within_its_limits(raw: str) -> None:
    with pytest.raises(ValueError, match="a whole number from 1 to 24"):
        parse_whole_number(1, 24)(raw)


@pytest.mark.parametrize("raw", ["two\nlines", "x" * 11, "\x1b[2J"])
def test_a_line_is_short_and_printable(raw: str) -> None:
    with pytest.raises(ValueError, match="one printable line of at most 10"):
        parse_line(10)(raw)


@pytest.mark.parametrize(
    "raw",
    ["smtp://", "http://mail", "mail", "smtp://a:b", "smtp://a:0", "smtp://[::1", "smtp://:1"],
)
def test_a_server_has_one_of_the_schemes_a_name_and_a_port_that_can_be(raw: str) -> None:
    with pytest.raises(ValueError, match=r"^must look like smtp://host:25$"):
        parse_server_url(("smtp",), "smtp://host:25")(raw)


@pytest.mark.parametrize("raw", [f"smtp://u:{CANARY}@a:x", f"http://u:{CANARY}@a", f"{CANARY}@["])
def test_a_password_in_an_address_is_never_repeated(raw: str) -> None:
    parse: Parser[str] = parse_server_url(("smtp",), "smtp://host:25")
    with pytest.raises(ValueError) as refusal:
        parse(raw)
    assert CANARY not in str(refusal.value)
