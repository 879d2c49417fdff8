"""The signs of a report in a form that lay open: what a colleague answered since is not lost."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from tests.support.cast import Instance
from tests.support.desk import Browser
from tests.support.untouched import buttons, untouched
from tests.support.web import Clock
from tests.webapp.triage.test_untouched import acts, press

Browsers = Callable[[], Browser]


@pytest.fixture
def report_id(app_instance: Instance) -> UUID:
    return app_instance.send(form="sexual", region="flanders").report_id


def test_an_assessment_changes_what_was_touched_alone(
    app_instance: Instance, browser: Browsers, clock: Clock, report_id: UUID
) -> None:
    bela, path = browser().at_desk("Bela"), f"/desk/reports/{report_id}/assessment"
    bela.open(report_id)
    first = bela.get(path).text
    assert press(bela, first, path) == 303
    assert "assessed" not in acts(app_instance, report_id), "untouched assesses nothing"
    assert press(bela, first, path, debt="seen", injured="likely", text="Compare\r\nwages.") == 303
    old = bela.get(path).text
    clock.forward(seconds=1)
    assert press(bela, old, path, debt="unlikely", injured="", text="Wages are paid.") == 303
    before = acts(app_instance, report_id)
    assert press(bela, old, path) == 303
    assert acts(app_instance, report_id) == before, "an old form, untouched"
    clock.forward(seconds=1)
    assert press(bela, old, path, controlled="seen") == 303
    kept = untouched(bela.get(path).text, path)
    assert (kept["debt"], kept["injured"], kept["controlled"]) == (["unlikely"], [""], ["seen"])
    assert kept["text"] == ["Wages are paid."]


def test_a_remark_that_came_too_late_stands_beside_the_newer_one(
    browser: Browsers, clock: Clock, report_id: UUID
) -> None:
    bela, path = browser().at_desk("Bela"), f"/desk/reports/{report_id}/assessment"
    bela.open(report_id)
    old = bela.get(path).text
    assert press(bela, old, path, text="Wages are paid.") == 303
    form = untouched(old, path) | {"debt": "seen", "text": "Wages are kept."}
    refused = bela.post(path, **form)
    assert refused.status_code == 422
    assert "Somebody has changed this report meanwhile." in refused.text
    assert "Wages are paid." in refused.text
    again = untouched(refused.text, path)
    assert (again["debt"], again["text"]) == (["seen"], ["Wages are kept."])
    clock.forward(seconds=1)
    assert press(bela, refused.text, path) == 303
    kept = untouched(bela.get(path).text, path)
    assert (kept["debt"], kept["text"]) == (["seen"], ["Wages are kept."])


def test_what_was_answered_on_a_colleagues_report_stands_there_again(
    app_instance: Instance, browser: Browsers, report_id: UUID
) -> None:
    bela, dana = browser().at_desk("Bela"), browser().at_desk("Dana")
    path = f"/desk/reports/{report_id}"
    bela.open(report_id)
    page = dana.open(report_id).text
    form = untouched(page, "/correct#facts") | {"danger": "yes", "reason": "She called."}
    late = dana.post(f"{path}/correct", **form)
    assert late.status_code == 409
    again = untouched(late.text, "/correct#facts")
    assert (again["danger"], again["reason"]) == (["yes"], ["She called."])
    form = untouched(page, "/traces#facts") | {"name": "Mirko Petrovic"}
    late = dana.post(f"{path}/traces", **form)
    assert late.status_code == 409
    assert untouched(late.text, "/traces#facts")["name"] == ["Mirko Petrovic"]
    signs = f"{path}/assessment"
    form = untouched(dana.get(signs).text, signs) | {"debt": "seen"}
    late = dana.post(signs, **form)
    assert late.status_code == 409
    assert "Bela works on this report now. Nothing was done." in late.text
    assert untouched(late.text, signs)["debt"] == ["seen"]
    assert "assessed" not in acts(app_instance, report_id)
    assert ("take", "1") in buttons(late.text, signs)
    assert press(dana, late.text, signs, take="1") == 303
    assert acts(app_instance, report_id)[-2:] == ["assigned", "assessed"]
