"""Settings: everything wrong is told at once, and production refuses what is meant for trying."""

from __future__ import annotations

from dataclasses import fields
from datetime import time
from pathlib import Path

import pytest
from sqlalchemy import select

from reports.environment import list_settings
from reports.errors import SettingsFaults
from reports.model import Desk
from reports.settings import EVERY_DESK, Settings, list_desks
from tests.support.cast import Instance

WRONG = {
    "WAYSIDE_ENV": "prod",
    "WAYSIDE_DATABASE_URL": "mysql://here",
    "WAYSIDE_SMTP_URL": "http://mail",
    "WAYSIDE_MAIL_FROM": "nobody",
    "WAYSIDE_COUNTRIES": "BE,FR",
    "WAYSIDE_RETENTION_DAYS": "soon",
    "WAYSIDE_FILES_DAYS": "-1",
    "WAYSIDE_BLOB_URL": "ftp://bucket",
}


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(SettingsFaults) as told:
        Settings.from_environ(WRONG)
    assert len(told.value.faults) == len(WRONG)
    for name in WRONG:
        assert any(fault.startswith(f"{name}:") for fault in told.value.faults)


def test_an_empty_environment_is_enough_for_trying(tmp_path: Path) -> None:
    settings = Settings.from_environ({"WAYSIDE_DATA_DIR": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path}/wayside.db"
    assert settings.smtp_url is None
    assert not settings.production
    assert settings.countries == ("BE", "NL", "LU")
    assert settings.retention_days == 90


def test_an_empty_variable_counts_as_not_set() -> None:
    empty = {each.variable: "" for each in list_settings(Settings).values()}
    assert Settings.from_environ(empty) == Settings.from_environ({})


def test_every_field_is_declared() -> None:
    assert {field.name for field in fields(Settings)} == list_settings(Settings).keys()


@pytest.mark.parametrize("hours", ["4,24,72", "4,24,72,2161", "4,24,72,soon", "0,24,72,168", ","])
def test_hours_to_answer_are_four_numbers(hours: str) -> None:
    wished = Settings.from_environ({"WAYSIDE_ANSWER_HOURS": "4, 4,24,72"})
    assert wished.answer_hours == (4, 4, 24, 72)
    with pytest.raises(SettingsFaults, match="WAYSIDE_ANSWER_HOURS"):
        Settings.from_environ({"WAYSIDE_ANSWER_HOURS": hours})


@pytest.mark.parametrize("times", ["25:00", "noon", "08:00;17:30", ","])
def test_times_of_notices_are_times_of_the_day(times: str) -> None:
    wished = Settings.from_environ({"WAYSIDE_NOTICE_TIMES": "17:30, 08:00,08:00"})
    assert wished.notice_times == (time(8), time(17, 30))
    with pytest.raises(SettingsFaults, match="WAYSIDE_NOTICE_TIMES"):
        Settings.from_environ({"WAYSIDE_NOTICE_TIMES": times})


def test_a_second_person_is_asked_for_at_desks_that_there_are() -> None:
    wished = {"WAYSIDE_COUNTRIES": "BE,LU", "WAYSIDE_FOUR_EYES": "LU, be,elsewhere,be"}
    assert Settings.from_environ(wished).four_eyes == ("lu", "be", "elsewhere")
    assert Settings.from_environ({"WAYSIDE_FOUR_EYES": "all"}).four_eyes == (EVERY_DESK,)


@pytest.mark.parametrize("desks", ["belgium", "be,nl", "be;lu", "everybody"])
def test_a_desk_that_there_is_not_is_a_fault(desks: str) -> None:
    with pytest.raises(SettingsFaults, match=r"WAYSIDE_FOUR_EYES: .* be, lu, elsewhere, all$"):
        Settings.from_environ({"WAYSIDE_COUNTRIES": "BE,LU", "WAYSIDE_FOUR_EYES": desks})


def test_the_desks_that_settings_know_are_those_that_founding_makes(instance: Instance) -> None:
    made = {desk.name: desk.country for desk in instance.session.scalars(select(Desk))}
    assert made == list_desks(Settings.from_environ({}).countries)


def test_files_go_with_their_report_or_before_it() -> None:
    assert Settings.from_environ({}).files_earlier == 0
    wished = {"WAYSIDE_FILES_DAYS": "30", "WAYSIDE_RETENTION_DAYS": "90"}
    assert Settings.from_environ(wished).files_earlier == 60
    with pytest.raises(SettingsFaults, match="WAYSIDE_FILES_DAYS"):
        Settings.from_environ(wished | {"WAYSIDE_RETENTION_DAYS": "29"})


def test_production_needs_an_address_that_mail_comes_from() -> None:
    with pytest.raises(SettingsFaults, match="WAYSIDE_MAIL_FROM"):
        Settings.from_environ({"WAYSIDE_ENV": "production"})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_common_name_of_postgresql_gets_the_one_driver(scheme: str) -> None:
    settings = Settings.from_environ({"WAYSIDE_DATABASE_URL": f"{scheme}://db/wayside"})
    assert settings.database_url == "postgresql+psycopg://db/wayside"


@pytest.mark.parametrize("url", ["smtp://", "smtp://host:port", "mail.example", "smtp://[::1"])
def test_a_mail_server_that_cannot_be_one_is_named(url: str) -> None:
    with pytest.raises(SettingsFaults, match="WAYSIDE_SMTP_URL"):
        Settings.from_environ({"WAYSIDE_SMTP_URL": url})


@pytest.mark.parametrize("address", ["a@b\nBcc: c@d", "A <a@b>", "@b", "a@", "a b@c"])
def test_an_address_that_is_not_plain_is_named(address: str) -> None:
    with pytest.raises(SettingsFaults, match="WAYSIDE_MAIL_FROM"):
        Settings.from_environ({"WAYSIDE_MAIL_FROM": address})


@pytest.mark.parametrize(
    ("given", "variable"),
    [
        ({"UNSENT_ROOM": "1025"}, "WAYSIDE_UNSENT_ROOM"),
        ({"UNSENT_ROOM": "0"}, "WAYSIDE_UNSENT_ROOM"),
        ({"UNSENT_ROOM": "10", "UNSENT_FORM": "11"}, "WAYSIDE_UNSENT_FORM"),
        ({"UNSENT_FORM": "401"}, "WAYSIDE_UNSENT_FORM"),
    ],
)
def test_the_budget_of_the_unsent_is_used_up_before_the_disk(
    given: dict[str, str], variable: str
) -> None:
    with pytest.raises(SettingsFaults) as told:
        Settings.from_environ({f"WAYSIDE_{name}": value for name, value in given.items()})
    assert [fault.partition(":")[0] for fault in told.value.faults] == [variable]


@pytest.mark.parametrize(
    ("given", "all_together", "one_form"),
    [
        ({}, 400, 100),
        ({"ROOM_FOR_FILES": "800"}, 200, 100),
        ({"ROOM_FOR_FILES": "100"}, 25, 25),
        ({"ROOM_FOR_FILES": "0"}, 400, 100),
        ({"UNSENT_ROOM": "50"}, 50, 50),
    ],
)
def test_the_budget_of_the_unsent_follows_the_room_for_files(
    given: dict[str, str], all_together: int, one_form: int
) -> None:
    made = Settings.from_environ({f"WAYSIDE_{name}": value for name, value in given.items()})
    assert (made.unsent_megabytes, made.form_megabytes) == (all_together, one_form)
