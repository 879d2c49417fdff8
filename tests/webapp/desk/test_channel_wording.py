"""Every channel has words of its own at the desk, in each of its languages."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import force_locale

from reports.delivery.channels.registry import CHANNELS, get_channel
from tests.support import channel_kits
from tests.support.cast import Instance
from tests.support.made_up_channel import PIGEON
from webapp.desk import channel_wording
from webapp.desk.channel_wording import WORDINGS
from webapp.i18n import get_known_languages
from webapp.staff_auth import LANGUAGES

EVERY = (*CHANNELS, PIGEON)


@pytest.fixture(params=EVERY)
def code(
    request: pytest.FixtureRequest, app_instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The code of each channel, a made-up one too."""
    found: str = request.param
    channel_kits.prepare(found, app_instance, monkeypatch)
    return found


def test_the_desk_has_words_for_the_channels_of_the_registry_and_no_others() -> None:
    assert list(WORDINGS) == list(CHANNELS)


def test_each_state_and_reason_of_a_channel_has_its_words(code: str) -> None:
    channel, wording = get_channel(code), WORDINGS[code]
    assert wording.states.keys() == channel.rests_in
    assert wording.reasons.keys() == channel.reasons


def test_all_its_words_are_said_in_every_language_of_the_desk(code: str, app: Flask) -> None:
    english = say_all(app, code, "en")
    assert all(english)
    for tag in LANGUAGES:
        if tag != "en":
            assert not english & say_all(app, code, get_known_languages()[tag].locale), tag


def say_all(app: Flask, code: str, locale: str) -> set[str]:
    """All words of a channel in one language."""
    with app.test_request_context(), force_locale(locale):
        return {str(each) for each in WORDINGS[code].list_words()}


def test_a_failure_is_told_in_the_words_of_its_channel(code: str, app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        for reason in get_channel(code).reasons:
            told = channel_wording.describe_problem(code, reason)
            assert str(told) == str(WORDINGS[code].reasons[reason])
        for common in ("gave_up", "changed"):
            assert str(channel_wording.describe_problem(code, common)) != common


def test_a_code_that_an_earlier_version_left_stands_as_it_is(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert channel_wording.describe_problem("openpgp", "older") == "older"
        told = str(channel_wording.describe_problem("openpgp", "smtp_550"))
        assert told == "The mail server answered with code 550."
