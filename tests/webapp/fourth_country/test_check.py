"""`countries-check` names the file and the key at fault, and no other."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.support.fourth_country import add_country, write_chapters


def check(app: Flask, files: Path) -> tuple[int, list[str]]:
    done = app.test_cli_runner().invoke(args=["countries-check", "--folder", str(files)])
    return done.exit_code, [line for line in done.output.splitlines() if line.startswith("fault")]


def test_the_check_finds_no_fault_in_a_sound_fourth_file(
    files: Path, make_app: Callable[..., Flask]
) -> None:
    app = make_app()
    add_country(files)
    assert check(app, files) == (0, [])


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('zone = "Europe/Helsinki"', 'zone = "Europe/Freedonia"', "zone"),
        ('clock = "Freedonian time"', "", "clock"),
        ('phone_region = "FI"', 'phone_region = "QF"', "phone_region"),
        ('plates = ["0A0A0A0"]', 'plates = ["[0-9]+"]', "plates"),
        ('packet_language = "de"', 'packet_language = "German"', "packet_language"),
        ('region_question = "Which part of Freedonia?"', "", "region_question"),
        ('calendar = "FI"', 'calendar = "QF"', "holidays.calendar"),
        ("closed = [2027-03-10]", 'closed = ["Tuesday"]', "holidays.closed"),
        ("open = [2027-12-06]", "open = [2027-03-10]", "holidays.open"),
        ('id = "freedonia_north"', 'id = "flanders"', "flanders"),
        ('words = "North Freedonia"', "", "regions[freedonia_north].words"),
        ('id = "minor_police_duty"', 'id = "own_flag"', "flags[own_flag].id"),
        ("order = 4", 'order = "4"', "order"),
        ('id = "qf-999"', 'id = "nl-112"', "nl-112"),
        ('source = "https://freedonia.example/help"', 'source = "G:12"', "source"),
    ],
)
def test_the_check_blames_the_fourth_file_and_its_key_alone(
    files: Path, make_app: Callable[..., Flask], old: str, new: str, key: str
) -> None:
    app = make_app()
    add_country(files, old, new)
    code, faults = check(app, files)
    assert code == 1
    assert faults
    assert all(re.match(r"fault: qf\.toml(:\d+)?: ", fault) for fault in faults), faults
    assert any(key in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("chapter", "html", "key"),
    [
        ("rights", '{{ fact("no_such_fact") }}', "facts.no_such_fact"),
        ("rights", '{{ fact.count("minors_police_duty", "days") }}', "facts.minors_police_duty"),
        ("rights", '{{ fact.find_contact("qf-police").name }}', "contacts[qf-police]"),
        ("side", '{% macro law(fact) %}{{ fact("no_such_fact") }}{% endmacro %}', "no_such_fact"),
        ("side", "{% macro law(fact) %}{% endmacro %}", "side"),
    ],
)
def test_the_check_blames_the_country_whose_chapter_cannot_be_written(
    files: Path, make_app: Callable[..., Flask], chapter: str, html: str, key: str
) -> None:
    app = make_app()
    add_country(files)
    write_chapters(app, {chapter: html})
    code, faults = check(app, files)
    assert code == 1
    assert all(re.match(r"fault: qf\.toml(:\d+)?: ", fault) for fault in faults), faults
    assert any(key in fault for fault in faults), faults
