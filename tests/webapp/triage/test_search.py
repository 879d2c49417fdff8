"""Searching without script, batch by batch; the words stand in no address."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.support.cast import Instance
from tests.support.desk import Browser
from webapp.triage import search

Browsers = Callable[[], Browser]
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


def test_a_search_goes_on_by_a_button_until_all_are_searched(
    app_instance: Instance, browser: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "WITHOUT_SCRIPT", 2)
    wanted = {app_instance.send(story=f"A heron, {at}").report_id.hex[:8] for at in range(3)}
    app_instance.send(story="No bird")
    bela = browser().at_desk("Bela")
    bela.get("/desk/search")
    page = bela.post("/desk/search", q="HERON").text
    assert "2 of 4 searched." in page
    more = page.partition('id="more"')[2].partition("</form>")[0]
    fields: dict[str, list[str]] = {}
    for name, value in _HIDDEN.findall(more):
        fields.setdefault(name, []).append(value)
    page = bela.post("/desk/search", **fields).text
    assert "4 of 4 searched." in page
    assert "That is all." in page
    assert "3 reports found" in page
    assert {id for id in wanted if f">{id}</a>" in page} == wanted


def test_another_desk_s_reports_are_not_shown_even_when_their_ids_are_sent(
    app_instance: Instance, browser: Browsers
) -> None:
    foreign = app_instance.send(country="NL", story="A heron").report_id
    bela = browser().at_desk("Bela")
    bela.get("/desk/search")
    page = bela.post("/desk/search", q="heron", hit=f"{foreign.hex}.story").text
    assert foreign.hex[:8] not in page.partition('id="results"')[2]


@pytest.mark.parametrize("typed", ["", "x", "%", "\x00"])
def test_too_short_a_query_is_said(browser: Browsers, typed: str) -> None:
    bela = browser().at_desk("Bela")
    bela.get("/desk/search")
    answer = bela.post("/desk/search", q=typed)
    assert answer.status_code == 422
    assert "Write at least 2 letters." in answer.text


@pytest.mark.parametrize(
    "fields",
    [
        {"after": "x", "searched": "-1", "hit": ["x", "..", "\u0661"], "since": "99"},
        {"after": "9999-12-31." + "f" * 32, "searched": "9" * 40, "status": "x", "country": "XX"},
    ],
)
def test_a_forged_form_searches_and_breaks_nothing(
    app_instance: Instance, browser: Browsers, fields: dict[str, object]
) -> None:
    app_instance.send(story="A heron")
    bela = browser().at_desk("Bela")
    bela.get("/desk/search")
    assert "1 report found" in bela.post("/desk/search", q="heron", **fields).text
