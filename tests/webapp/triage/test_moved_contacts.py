"""A country file that changes while somebody works: nothing goes to the wrong place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from reports.db import begin_write
from reports.delivery import reminder
from reports.model import Delivery, Proposal, Referral
from reports.routing.country import DATA
from reports.settings import Settings
from reports.triage import deadlines
from tests.support.cast import PASSWORD, Instance
from tests.support.desk import Browser, opened
from tests.support.office import DJSOC, Office
from tests.support.rows import rows
from tests.support.untouched import untouched
from tests.support.web import put_services
from webapp.site.country_edition import EditionCache

Browsers = Callable[[], Browser]
CHANGED = "Something has changed since you looked"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Country files that a test may change."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def reload(app: Flask, files: Path, old: str, new: str) -> None:
    """Somebody changes the Belgian file, and the running site takes it."""
    file = files / "be.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    put_services(app, countries=EditionCache(files, ("BE", "NL", "LU")))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"DJSOC - ', '"New DJSOC - ', CHANGED),
        (f'"{DJSOC}"', '"be-djsoc-new"', "Choose at least one contact point."),
    ],
    ids=["moved", "gone"],
)
def test_a_country_file_that_changed_since_the_look_sends_nothing(
    app: Flask,
    app_instance: Instance,
    browser: Browsers,
    office: Office,
    files: Path,
    old: str,
    new: str,
    said: str,
) -> None:
    bela = browser().at_desk("Bela")
    path = opened(bela)
    form = untouched(bela.post(f"{path}/route", to=DJSOC).text, "/refer")
    reload(app, files, old, new)
    answer = bela.post(f"{path}/refer", **form | {"password": PASSWORD})
    assert answer.status_code == 422
    assert said in answer.text
    assert rows(app_instance, Delivery) == rows(app_instance, Referral) == []


def test_a_contact_point_that_is_gone_stops_the_proposal_which_can_be_ended(
    app: Flask, app_instance: Instance, browser: Browsers, office: Office, files: Path
) -> None:
    bela, dana = browser().at_desk("Bela"), browser().at_desk("Dana")
    path = opened(bela, kind="self", police="accepted")
    form = untouched(bela.post(f"{path}/route", to=DJSOC).text, "/refer")
    assert bela.post(f"{path}/refer", **form | {"password": PASSWORD}).status_code == 303
    dana.open(UUID(path.rpartition("/")[2]))
    form = untouched(dana.get(f"{path}/proposal").text, "/proposal/agree")
    reload(app, files, f'"{DJSOC}"', '"be-djsoc-new"')
    page = dana.get(f"{path}/proposal").text
    assert "This proposal can no longer be agreed to. End it, and propose anew." in page
    late = dana.post(f"{path}/proposal/agree", **form | {"password": PASSWORD})
    assert late.status_code == 422
    assert rows(app_instance, Delivery) == []
    assert dana.post(f"{path}/proposal/end", **untouched(page, "/end")).status_code == 303
    assert rows(app_instance, Proposal) == []


def test_a_contact_point_that_is_gone_after_the_referral_is_reminded_all_the_same(
    app: Flask, app_instance: Instance, browser: Browsers, office: Office, files: Path
) -> None:
    bela = browser().at_desk("Bela")
    path = opened(bela)
    form = untouched(bela.post(f"{path}/route", to=DJSOC).text, "/refer")
    bela.post(f"{path}/refer", **form | {"password": PASSWORD})
    session, vault = app_instance.session, app_instance.vault
    begin_write(session)
    session.scalars(select(Delivery)).one().state = "sent"
    session.commit()
    reload(app, files, f'"{DJSOC}"', '"be-djsoc-new"')
    begin_write(session)
    moment = session.scalars(select(Referral)).one().answer_due
    [late] = deadlines.chase(session, vault, Settings.from_environ({}), moment)
    assert reminder.enqueue(session, vault, Settings.from_environ({}), late, moment)
    session.commit()
    [mail] = [each for each in rows(app_instance, Delivery) if each.reminder]
    told = office.read(mail.packet or b"").get_content()
    assert (
        f"the reference {next(d.id for d in rows(app_instance, Delivery) if not d.reminder)}"
        in (told)
    )
    page = bela.get(path)
    assert page.status_code == 200
    assert (
        "The country file no longer has this contact point. What was sent stays sent." in page.text
    )
    assert browser().at_desk("Dana").get("/desk/board").status_code == 200
