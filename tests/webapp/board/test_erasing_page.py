"""What holds erasing back is read on the first page, and ended by the right person's password."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from reports import clock_record
from reports.db import begin_write
from reports.model import ClockRecord
from tests.support.cast import NOW, PASSWORD, Instance
from tests.support.desk import Browser

Browsers = Callable[[], Browser]
LINE = "The clock is days ahead of the last time it was read."
PAGES = ("/desk/", "/desk/board", "/desk/staff")


def note(instance: Instance, **columns: object) -> None:
    """As a worker would have written it."""
    begin_write(instance.session)
    record = clock_record.take(instance.session, NOW)
    for name, value in columns.items():
        setattr(record, name, value)
    instance.session.commit()


def read(instance: Instance) -> ClockRecord:
    found = instance.session.get_one(ClockRecord, 1, populate_existing=True)
    instance.session.expunge(found)
    instance.session.rollback()
    return found


def ahead(instance: Instance) -> None:
    note(instance, doubt="ahead", seen_at=NOW - timedelta(days=365), waited=3600)


def test_an_administrator_reads_one_line_on_the_first_page(
    app_instance: Instance, browser: Browsers
) -> None:
    dana, bela = browser().at_desk("Dana"), browser().at_desk("Bela")
    assert all(LINE not in dana.get(path).text for path in PAGES)
    assert "Nothing is held back." in dana.get("/desk/erasing").text
    ahead(app_instance)
    assert all(LINE in dana.get(path).text for path in PAGES)
    assert LINE not in bela.get("/desk/").text
    assert bela.get("/desk/erasing").status_code == 403
    page = dana.get("/desk/erasing").text
    assert "It goes on by itself in about 23 hours." in page
    assert "Compare it with your own clock." in page


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        ({"doubt": "behind"}, "The clock is days behind"),
        ({"parted": True}, "The clock has jumped."),
        ({"kept": True}, "An administrator holds erasing back."),
    ],
)
def test_each_cause_has_its_line(
    app_instance: Instance, browser: Browsers, columns: dict[str, object], line: str
) -> None:
    note(app_instance, **columns)
    dana = browser().at_desk("Dana")
    assert line in dana.get("/desk/").text
    assert line in dana.get("/desk/erasing").text


@pytest.mark.parametrize(
    ("step", "said"), [("release", "the clock is right"), ("keep", "until somebody releases it")]
)
def test_the_clocks_acts_ask_for_the_password(
    app_instance: Instance, browser: Browsers, step: str, said: str
) -> None:
    ahead(app_instance)
    dana, path = browser().at_desk("Dana"), f"/desk/erasing/{step}"
    assert dana.get(path).status_code == 200
    wrong = dana.post(path, password="no")
    assert (wrong.status_code, read(app_instance).doubt) == (422, "ahead")
    assert "This is not your password" in wrong.text
    answer = dana.post(path, password=PASSWORD)
    assert said in dana.get(answer.headers["Location"]).text
    assert read(app_instance).kept is (step == "keep")
    assert (read(app_instance).doubt is None) is (step == "release")


def test_beyond_the_limit_of_a_day_one_line_and_one_act(
    app_instance: Instance, browser: Browsers
) -> None:
    receipt = app_instance.send()
    begin_write(app_instance.session)
    report = app_instance.report(receipt)
    report.status, report.retention_day = "closed", (NOW - timedelta(days=2)).date()
    app_instance.session.commit()
    note(app_instance, erased_day=NOW.date(), erased=200)
    dana = browser().at_desk("Dana")
    assert "limit for erasing is reached" in dana.get("/desk/board").text
    assert "1 report waits. It is erased today, for good." in dana.get("/desk/erasing/lift").text
    answer = dana.post("/desk/erasing/lift", password=PASSWORD)
    assert "today there is no limit" in dana.get(answer.headers["Location"]).text
    assert read(app_instance).lifted_day == NOW.date()
    assert "limit for erasing" not in dana.get("/desk/board").text
