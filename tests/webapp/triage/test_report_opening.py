"""What a stranger wrote is looked through in a child process, outside any transaction, or not at
all; a report opens in any case, and its page says what was not done."""

from __future__ import annotations

import inspect
import logging
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from reports import mailbox
from reports.db import begin_write
from reports.errors import Busy, MatchFailed
from reports.intake.submit import Receipt
from reports.model import Report
from reports.scrub.text_matcher import TextMatcher
from reports.triage import found_identifiers, identifiers, match_task
from reports.triage.identifiers import Identifier
from reports.triage.match_task import MatchTask, match_here
from tests.support.cast import NOW, Instance
from tests.support.desk import Browser
from tests.support.web import put_services
from webapp.site.db import get_session

Browsers = Callable[[], Browser]
PLATE = "1-ABC-234"
NOT_YET = "was not yet looked through"
LATE = "It took too long to look through"


class Recorder:
    """A matcher that counts its tasks, and fails as it is told."""

    def __init__(self) -> None:
        self.tasks: list[MatchTask] = []
        self.problem: Exception | None = None

    def __call__(self, task: MatchTask) -> tuple[Identifier, ...]:
        self.tasks.append(task)
        if self.problem is not None:
            raise self.problem
        return match_here(task)


@pytest.fixture
def matcher(app: Flask) -> Recorder:
    made = Recorder()
    put_services(app, matcher=made)
    return made


def shares_plate(page: str, other: UUID) -> bool:
    """Whether the page suggests the other report because of the plate."""
    return f"/desk/reports/{other}" in page and f"<bdi>{PLATE}</bdi>" in page


def write(instance: Instance, receipt: Receipt, text: str) -> None:
    """Amina writes in her mailbox, a minute later."""
    now = NOW + timedelta(minutes=1)
    visit = instance.enter(receipt.code, now)
    begin_write(instance.session)
    mailbox.write(instance.session, instance.vault, visit, text, now)
    instance.session.commit()


def test_from_the_form_to_the_suggestion_through_a_child_process(
    app: Flask, app_instance: Instance, browser: Browsers, tmp_path: Path
) -> None:
    first = app_instance.send(plates=PLATE).report_id
    second = app_instance.send(story=f"The van, {PLATE}, comes at night.").report_id
    bela = browser().at_desk("Bela")
    bela.open(first)
    child = partial(found_identifiers.match_in_child, TextMatcher(tmp_path, 60))
    put_services(app, matcher=child)
    page = bela.open(second).text
    assert shares_plate(page, first)
    assert NOT_YET not in page


def test_no_transaction_is_open_while_texts_are_looked_through(
    app: Flask, app_instance: Instance, browser: Browsers, tmp_path: Path
) -> None:
    asked: list[bool] = []

    def matcher(task: MatchTask) -> tuple[Identifier, ...]:
        asked.append(get_session().in_transaction())
        other = sqlite3.connect(tmp_path / "wayside.db", timeout=0, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")  # nobody reads or writes here now
        other.execute("ROLLBACK")
        other.close()
        return match_here(task)

    put_services(app, matcher=matcher)
    receipts = [app_instance.send(plates=PLATE) for _ in range(2)]
    bela = browser().at_desk("Bela")
    assert bela.post("/desk/next").status_code == 303
    for receipt in receipts:
        bela.open(receipt.report_id)
    write(app_instance, receipts[0], "And 0470 12 34 56.")
    bela.post(f"/desk/reports/{receipts[0].report_id}/look-through")
    assert asked == [False] * 3


def test_no_pattern_meets_what_the_reporter_wrote_in_the_process_that_shows_pages(
    app_instance: Instance, browser: Browsers, matcher: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every function that has patterns refuses to see a word of the reporter."""
    words = ("kitchen", "dark van", "Mirko", "Neuve")

    def guard(function: Callable[..., object]) -> Callable[..., object]:
        def guarded(*given: object, **named: object) -> object:
            assert not any(word in repr((given, named)) for word in words), function
            return function(*given, **named)

        return guarded

    monkeypatch.setattr(matcher, "problem", MatchFailed("late"))
    for module in (identifiers, match_task):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__:
                monkeypatch.setattr(module, name, guard(function))
    receipt = app_instance.send(
        story="In the kitchen.", vehicles="A dark van", names="Mirko", place="Rue Neuve 12"
    )
    here = f"/desk/reports/{receipt.report_id}"
    bela = browser().at_desk("Bela")
    assert "In the kitchen." in bela.open(receipt.report_id).text
    assert bela.post(f"{here}/traces", plate=PLATE).status_code == 303
    assert bela.post(f"{here}/note", text="Seen.").status_code == 303
    assert bela.post(f"{here}/correct", **{"c-age": "minor"}).status_code in (303, 422)
    assert bela.get(here).status_code == 200
    assert len(matcher.tasks) == 1


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (MatchFailed("late"), LATE),
        (MatchFailed("broken"), NOT_YET),
        (Busy("every slot is taken"), NOT_YET),
    ],
)
def test_what_was_not_looked_through_is_said_and_can_be_tried_again(
    app_instance: Instance,
    browser: Browsers,
    matcher: Recorder,
    problem: Exception,
    sentence: str,
) -> None:
    first = app_instance.send(plates=PLATE).report_id
    second = app_instance.send(plates=PLATE).report_id
    bela = browser().at_desk("Bela")
    bela.open(first)
    matcher.problem = problem
    page = bela.open(second).text
    assert "They sleep in the kitchen." in page
    assert sentence in page
    assert not shares_plate(page, first)
    assert sentence in bela.get(f"/desk/reports/{second}").text
    matcher.problem = None
    answer = bela.post(f"/desk/reports/{second}/look-through")
    assert answer.status_code == 303
    page = bela.get(answer.headers["Location"]).text
    assert sentence not in page
    assert shares_plate(page, first)


def test_looking_at_the_page_never_looks_through_anything(
    app_instance: Instance, browser: Browsers, matcher: Recorder
) -> None:
    receipt = app_instance.send(plates=PLATE)
    bela = browser().at_desk("Bela")
    bela.open(receipt.report_id)
    write(app_instance, receipt, "And 0470 12 34 56.")
    for _ in range(2):
        assert NOT_YET in bela.get(f"/desk/reports/{receipt.report_id}").text
    assert len(matcher.tasks) == 1
    assert NOT_YET not in bela.open(receipt.report_id).text
    assert [task.messages for task in matcher.tasks] == [(), ("And 0470 12 34 56.",)]


def test_what_took_too_long_delays_no_second_opening(
    app_instance: Instance, browser: Browsers, matcher: Recorder
) -> None:
    report_id = app_instance.send().report_id
    matcher.problem = MatchFailed("late")
    browser().at_desk("Bela").open(report_id)
    assert LATE in browser().at_desk("Dana").open(report_id).text
    assert len(matcher.tasks) == 1


def test_a_child_that_failed_is_a_line_in_the_log_and_a_full_room_is_none(
    app_instance: Instance,
    browser: Browsers,
    matcher: Recorder,
    caplog: pytest.LogCaptureFixture,
) -> None:
    bela = browser().at_desk("Bela")
    with caplog.at_level(logging.ERROR, "wayside.web"):
        matcher.problem = Busy("every slot is taken")
        bela.open(app_instance.send().report_id)
        assert caplog.messages == []
        matcher.problem = MatchFailed("broken")
        bela.open(app_instance.send().report_id)
    [line] = caplog.messages
    assert line.startswith("event=trouble kind=MatchFailed")


def test_a_report_whose_key_was_changed_opens_and_keeps_nothing(
    app_instance: Instance, browser: Browsers, matcher: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    report_id, other = (app_instance.send(plates=PLATE).report_id for _ in range(2))
    session = app_instance.session
    stranger = session.get_one(Report, other).public
    session.execute(update(Report).where(Report.id == report_id).values(public=stranger))
    session.commit()
    page = browser().at_desk("Bela").open(report_id).text
    assert NOT_YET in page
    assert any("event=alarm" in line for line in caplog.messages)
