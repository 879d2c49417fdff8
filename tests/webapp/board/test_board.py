"""The board: ages, workload, and only for who watches over the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from reports.settings import Settings
from reports.triage.queue import board
from tests.support.cast import NOW, Instance
from tests.support.desk import Browser
from tests.support.web import Clock

Browsers = Callable[[], Browser]


def test_ages_and_workload_are_counted_for_ones_own_desks(instance: Instance) -> None:
    instance.send(NOW, danger="yes")
    instance.send(NOW - timedelta(days=6))
    instance.send(NOW - timedelta(days=40), country="NL")
    bela = instance.keyring("Bela")
    settings = Settings.from_environ({})
    desks = bela.list_desk_ids(instance.session)
    told = board.build(instance.session, desks, settings, NOW)
    counts = {row.urgency: row.counts for row in told.ages}
    assert counts == {3: (1, 0, 0, 0, 0, 0), 2: (0,) * 6, 1: (0, 0, 1, 0, 0, 0), 0: (0,) * 6}
    assert {row.urgency: row.overdue for row in told.ages} == {3: 1, 2: 0, 1: 1, 0: 0}
    assert (told.nobody, told.loads, told.failed) == (2, (), ())


def test_the_board_shows_who_has_what(
    app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    first = app_instance.send(danger="yes").report_id
    bela = browser().at_desk("Bela")
    bela.open(first)
    bela.post(f"/desk/reports/{first}/take")
    app_instance.send()
    clock.forward(days=2)
    dana = browser().at_desk("Dana")
    page = dana.get("/desk/board").text
    assert "Bela" in page
    assert "Nobody" in page
    assert 'href="/desk/?overdue=1&amp;doubt=no&amp;urgency=3"' in page
    assert "Every contact point that should have answered has." in page


def test_the_board_is_not_for_triagers(browser: Browsers) -> None:
    bela = browser().at_desk("Bela")
    assert "/desk/board" not in bela.get("/desk/").text
    assert bela.get("/desk/board").status_code == 403
