"""The desk's words for time and languages, in each language that the desk speaks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask, g

from tests.support.cast import NOW
from webapp.desk import labels, template_filters
from webapp.staff_auth import list_desk_languages


@pytest.mark.parametrize(
    ("since", "words"),
    [
        (NOW, "0 minutes"),
        (NOW - timedelta(minutes=1), "1 minute"),
        (NOW - timedelta(minutes=59), "59 minutes"),
        (NOW - timedelta(hours=1), "1 hour"),
        (NOW - timedelta(hours=47, minutes=59), "47 hours"),
        (NOW - timedelta(hours=48), "2 days"),
        (NOW - timedelta(days=26), "26 days"),
        (NOW.date(), "0 days"),
        (date(2027, 3, 1), "9 days"),
        (NOW + timedelta(hours=1), "0 minutes"),
    ],
)
def test_waiting_is_told_in_the_unit_that_helps(app: Flask, since: date, words: str) -> None:
    with app.test_request_context("/desk/"):
        assert labels.format_waiting_time(since, NOW) == words


def test_a_moment_is_shown_on_the_clock_of_brussels(app: Flask) -> None:
    with app.test_request_context("/desk/"):
        assert (
            labels.format_moment(datetime(2027, 3, 10, 23, 30, tzinfo=UTC)) == "11 Mar 2027, 00:30"
        )
        assert (
            labels.format_moment(datetime(2027, 7, 10, 10, 0, tzinfo=UTC)) == "10 Jul 2027, 12:00"
        )


def test_no_language_of_the_desk_shows_a_code_for_a_time(app: Flask) -> None:
    today = NOW.date()
    for language in list_desk_languages():
        with app.test_request_context("/desk/"):
            g.language = language
            for days in (0, 1, 20, 100, 400, 900):
                told = [
                    labels.format_waiting_time(NOW - timedelta(days=days), NOW),
                    template_filters.format_age(today - timedelta(days=days), today),
                ]
                assert not [words for words in told if "duration" in words or "%" in words]


@pytest.mark.parametrize(
    ("tag", "name"), [("nl", "Nederlands"), ("en", "English"), ("pt-BR", "português (Brasil)")]
)
def test_a_language_has_its_own_name(tag: str, name: str) -> None:
    assert template_filters.format_language(tag) == name


@pytest.mark.parametrize("tag", ["", "x", "klingon-forever", "é"])
def test_a_language_that_nobody_knows_keeps_its_code(tag: str) -> None:
    assert template_filters.format_language(tag) == tag
