"""The web settings: defaults for trying, every fault at once, nothing left open in production."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from reports.errors import SettingsFaults
from webapp.config import DEFAULT_LANGUAGES, TRIAL_EXIT, Config

PRODUCTION = {
    "WAYSIDE_ENV": "production",
    "WAYSIDE_EXIT_URL": "https://weather.test/",
    "WAYSIDE_MAIL_FROM": "desk@wayside.test",
    "WAYSIDE_SMTP_URL": "smtp://mail.test:25",
}


def test_nothing_set_is_enough_to_try_it() -> None:
    config = Config.from_environ({})
    assert config.exit_urls == (TRIAL_EXIT,)
    assert config.languages == DEFAULT_LANGUAGES
    assert (config.face, config.port, config.desk_port, config.proxy_hops) == (None, 8000, 8001, 0)


@pytest.mark.parametrize(
    ("told", "face", "port"),
    [("public", "public", 8000), ("desk", "desk", 8001), ("staff", "desk", 8001)],
)
def test_each_face_has_a_port_of_its_own(told: str, face: str, port: int) -> None:
    config = Config.from_environ({"WAYSIDE_FACE": told})
    assert (config.require_face(), config.own_port) == (face, port)


@pytest.mark.parametrize(
    ("settings", "origin"),
    [
        ({}, "http://127.0.0.1:8001"),
        ({"WAYSIDE_FACE": "desk", "WAYSIDE_DESK_PORT": "9001"}, "http://127.0.0.1:9001"),
        ({"WAYSIDE_FACE": "both"}, "http://127.0.0.1:8000"),
        ({"WAYSIDE_STAFF_HOST": "desk.test"}, "https://desk.test"),
    ],
)
def test_links_to_the_desk_lead_where_it_answers(settings: dict[str, str], origin: str) -> None:
    assert Config.from_environ(settings).desk_origin == origin


def test_a_web_server_must_be_told_its_face() -> None:
    with pytest.raises(SettingsFaults, match="WAYSIDE_FACE: say what this web server serves"):
        Config.from_environ({}).require_face()


def test_settings_cannot_change_while_running() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config.from_environ({}).title = "other"  # type: ignore[misc]  # that is the point


def test_all_faults_of_both_sides_are_named_at_once() -> None:
    with pytest.raises(SettingsFaults) as raised:
        Config.from_environ(
            {
                "WAYSIDE_RETENTION_DAYS": "soon",
                "WAYSIDE_EXIT_URL": "http://plain.test",
                "WAYSIDE_FACE": "front",
                "WAYSIDE_PORT": "70000",
                "WAYSIDE_LANGUAGES": "en,Klingon!",
                "WAYSIDE_ONION_HOST": "site.test",
                "WAYSIDE_STAFF_HOST": "https://staff.test/",
                "WAYSIDE_PROXY_HOPS": "-1",
                "WAYSIDE_TITLE": "x" * 31,
                "WAYSIDE_LIMITS_URL": "memcached://here",
            }
        )
    named = [fault.split(":")[0] for fault in raised.value.faults]
    assert sorted(named) == sorted(
        f"WAYSIDE_{name}"
        for name in (
            *("RETENTION_DAYS", "EXIT_URL", "FACE", "PORT", "LANGUAGES", "ONION_HOST"),
            *("STAFF_HOST", "PROXY_HOPS", "TITLE", "LIMITS_URL"),
        )
    )


def test_production_names_every_unknown_setting_and_the_nearest_known_one() -> None:
    mistyped = {"WAYSIDE_RETENTON_DAYS": "30", "WAYSIDE_LANGUAGE": "en", "WAYSIDE_XYZZY": ""}
    with pytest.raises(SettingsFaults) as raised:
        Config.from_environ({**PRODUCTION, **mistyped, "WAYSIDE_PORT": "70000"})
    assert [fault for fault in raised.value.faults if "WAYSIDE_PORT" not in fault] == [
        "WAYSIDE_LANGUAGE: there is no such setting; the nearest is WAYSIDE_LANGUAGES",
        "WAYSIDE_RETENTON_DAYS: there is no such setting; the nearest is WAYSIDE_RETENTION_DAYS",
        "WAYSIDE_XYZZY: there is no such setting",
    ]
    assert any("WAYSIDE_PORT" in fault for fault in raised.value.faults)


def test_outside_production_an_unknown_setting_is_a_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    Config.from_environ({"WAYSIDE_EXIT_URI": "https://secret.test/", "WAYSIDE_XYZZY": "1"})
    assert [record.getMessage() for record in caplog.records] == [
        "event=setting_unknown name=WAYSIDE_EXIT_URI nearest=WAYSIDE_EXIT_URL",
        "event=setting_unknown name=WAYSIDE_XYZZY nearest=-",
    ]
    assert {record.levelname for record in caplog.records} == {"WARNING"}


def test_the_variables_of_the_tests_are_known(caplog: pytest.LogCaptureFixture) -> None:
    of_tests = {"WAYSIDE_TEST_LONG": "1", "WAYSIDE_TEST_BROWSER": "/usr/bin/chromium"}
    Config.from_environ({**PRODUCTION, **of_tests})
    Config.from_environ(of_tests)
    assert caplog.records == []


def test_production_asks_for_an_exit_of_its_own() -> None:
    assert Config.from_environ(PRODUCTION).exit_urls == ("https://weather.test/",)
    with pytest.raises(SettingsFaults, match="WAYSIDE_EXIT_URL"):
        Config.from_environ(
            {name: value for name, value in PRODUCTION.items() if name != "WAYSIDE_EXIT_URL"}
        )


@pytest.mark.parametrize(
    "address",
    [
        "https://user:pass@weather.test/",
        "javascript:alert(1)",
        "//weather.test",
        "https://weather.test/'+alert(1)+'",
        "https://weather.test/</script>",
        'https://weather.test/"',
        "https://weather.test/\\",
        "https://",
        "https://[",
        "https://weather.test:0/",
        "https://weather.test/$host",
        ",",
    ],
)
def test_an_exit_that_could_break_out_of_the_script_is_refused(address: str) -> None:
    with pytest.raises(SettingsFaults):
        Config.from_environ({"WAYSIDE_EXIT_URL": address})


def test_several_exits_take_turns_by_the_day_and_all_faults_are_named() -> None:
    config = Config.from_environ({"WAYSIDE_EXIT_URL": "https://a.test/, https://b.test/"})
    assert config.exit_urls == ("https://a.test/", "https://b.test/")
    assert config.choose_exit_url(date(2026, 11, 22)) == "https://a.test/"
    assert config.choose_exit_url(date(2026, 11, 23)) == "https://b.test/"
    with pytest.raises(SettingsFaults) as raised:
        Config.from_environ({"WAYSIDE_EXIT_URL": "http://a.test/,https://b.test/,https://c'/"})
    assert "'http://a.test/'" in str(raised.value)
    assert '"https://c\'/"' in str(raised.value)
    assert "b.test" not in str(raised.value)


def test_languages_keep_their_order_and_come_once() -> None:
    config = Config.from_environ({"WAYSIDE_LANGUAGES": "ar, en,ar ,pt-BR"})
    assert config.languages == ("ar", "en", "pt-BR")
