"""Counts at the desk and for everybody: closing adds to them, publishing shows them once."""

from __future__ import annotations

import csv
import io
import re
from base64 import b64decode
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from reports.statistics import collection
from reports.statistics.definitions import DIMENSIONS
from reports.statistics.suppress import K
from tests.support.cast import NOW, PASSWORD, Instance
from tests.support.desk import Browser
from tests.support.web import Clock
from webapp.site.assets import FOLDER
from webapp.wording import statistic_labels as words

Browsers = Callable[[], Browser]
YEAR = NOW.year
CHART = re.compile(r'src="data:image/svg\+xml;base64,([^"]+)"')


@pytest.fixture
def dana(app_instance: Instance, browser: Browsers) -> Browser:
    return browser().at_desk("Dana")


def close(by: Browser, instance: Instance, **said: str) -> None:
    """A report is opened and closed."""
    report_id = instance.send().report_id
    by.open(report_id)
    answer = by.post(f"/desk/reports/{report_id}/close", reason="Nothing to do.", **said)
    assert answer.status_code == 303, answer.text


def in_the_next_year(clock: Clock, browser: Browsers) -> Browser:
    clock.forward(days=366)
    return browser().at_desk("Dana")


def test_what_staff_say_when_they_close_stands_in_the_counts(
    dana: Browser, app_instance: Instance
) -> None:
    for _ in range(K):
        close(dana, app_instance, sex="female", origin="eu", ending="no_wish")
    page = dana.get(f"/desk/statistics/{YEAR}").text
    assert f"{K} reports of your desks were closed in this year." in page
    assert "Woman or girl" in page
    assert page.count(f'<td class="count">{K}</td>') >= 7


def test_one_report_is_hidden_in_every_table(dana: Browser, app_instance: Instance) -> None:
    close(dana, app_instance)
    page = dana.get(f"/desk/statistics/{YEAR}").text
    assert '<td class="count">1</td>' not in page


def test_a_value_that_there_is_not_closes_nothing_and_keeps_the_reason(
    dana: Browser, app_instance: Instance
) -> None:
    report_id = app_instance.send().report_id
    dana.open(report_id)
    answer = dana.post(f"/desk/reports/{report_id}/close", reason="It is over.", sex="violet")
    assert answer.status_code == 422
    assert "There is no such value. The report is not closed." in answer.text
    assert "It is over." in answer.text
    assert "0 reports of your desks" in dana.get(f"/desk/statistics/{YEAR}").text


def test_the_charts_stand_in_the_page_without_script_or_foreign_addresses(
    dana: Browser, app_instance: Instance
) -> None:
    for _ in range(K):
        close(dana, app_instance)
    page = dana.get(f"/desk/statistics/{YEAR}")
    charts = [b64decode(chart).decode() for chart in CHART.findall(page.text)]
    assert len(charts) == len(DIMENSIONS)
    for chart in charts:
        assert chart.startswith("<svg")
        assert "<script" not in chart
        assert 'href="http' not in chart
        assert ">5</text>" in chart
        assert ">0.5</text>" not in chart, "there is no half report"
    assert "img-src 'self' data:;" in page.headers["Content-Security-Policy"]


def test_a_table_whose_numbers_are_all_hidden_has_no_chart(
    dana: Browser, app_instance: Instance
) -> None:
    close(dana, app_instance)
    page = dana.get(f"/desk/statistics/{YEAR}").text
    assert page.count("<table") == len(DIMENSIONS)
    assert not CHART.findall(page)


def test_a_page_with_its_charts_opens_each_sealed_count_once(
    dana: Browser, app_instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(K):
        close(dana, app_instance)
    opened: list[object] = []

    def noting(*row: object) -> object:
        opened.append(row)
        return genuine(*row)

    genuine = collection._open
    monkeypatch.setattr(collection, "_open", noting)
    dana.get(f"/desk/statistics/{YEAR}")
    assert len(opened) == K


def test_a_year_is_published_with_the_password_and_once_it_is_over(
    dana: Browser, app_instance: Instance, clock: Clock, browser: Browsers, client: FlaskClient
) -> None:
    for _ in range(K):
        close(dana, app_instance)
    early = dana.post(f"/desk/statistics/{YEAR}/publish", password=PASSWORD)
    assert "This year is not over." in early.text
    later = in_the_next_year(clock, browser)
    later.get(f"/desk/statistics/{YEAR}")
    wrong = later.post(f"/desk/statistics/{YEAR}/publish", password="something else here")
    assert "This is not your password. Nothing was published." in wrong.text
    assert "No year is published yet." in client.get("/en/20").text
    done = later.post(f"/desk/statistics/{YEAR}/publish", password=PASSWORD)
    assert done.status_code == 303
    again = later.post(f"/desk/statistics/{YEAR}/publish", password=PASSWORD)
    assert "published already" in again.text
    page = client.get("/en/20").text
    assert f"<h2>{YEAR}</h2>" in page
    assert f'<td class="count">{K}</td>' in page


def test_everybody_can_take_the_numbers_along(
    dana: Browser, app_instance: Instance, clock: Clock, browser: Browsers, client: FlaskClient
) -> None:
    for _ in range(K):
        close(dana, app_instance)
    later = in_the_next_year(clock, browser)
    later.get(f"/desk/statistics/{YEAR}")
    later.post(f"/desk/statistics/{YEAR}/publish", password=PASSWORD)
    lines = client.get("/nl/20c")
    rows = list(csv.DictReader(io.StringIO(lines.text)))
    page = client.get("/en/20").text
    heads = re.findall(r"<h3>([^<]+)</h3>", page)
    assert heads == [*(str(words.DIMENSION[name]) for name in DIMENSIONS), "How long it took"]
    assert re.findall(r'<th scope="row">([^<]+)</th>', page)[-1] == "Together", "the sum comes last"
    counted = {(row["dimension"], row["value"], row["country"]): row["reports"] for row in rows}
    assert counted["kind", "witness", "BE"] == str(K)
    told = client.get("/nl/20j").json
    assert told
    assert told["years"][0]["tables"]["kind"]["witness"]["BE"] == K
    for answer in (lines, client.get("/nl/20j")):
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="data.')


def test_nothing_else_on_a_public_page_is_shaped_like_a_count() -> None:
    sheets = [sheet.read_text("utf-8") for sheet in (FOLDER / "css").glob("*.css")]
    rules = [line for sheet in sheets for line in sheet.splitlines() if ".count " in line]
    assert len(rules) == 2
    assert all(".tally .count {" in rule for rule in rules)


def test_who_does_triage_sees_no_counts(browser: Browsers, app_instance: Instance) -> None:
    bela = browser().at_desk("Bela")
    assert bela.get(f"/desk/statistics/{YEAR}").status_code == 403
    assert "/desk/statistics" not in bela.get("/desk/").text
