"""A question that is declared and given its words goes the whole way, from a door to the packet."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from reports.model import Delivery, Report
from reports.routing.country import load_all
from reports.routing.facts import Facts
from reports.triage import report_reader
from reports.triage.report_reader import OpenReport
from reports.triage.routing_facts import build_facts
from tests.support.cast import NOW, PASSWORD, Instance
from tests.support.desk import Browser
from tests.support.forms import STORY, Form, text
from tests.support.made_up import SHELTER, add_question
from tests.support.office import DJSOC, Office, document_in, text_in

pytestmark = pytest.mark.usefixtures("app_instance")
NAME = f"f{SHELTER.number}"
MOST_PAGES = 25


@pytest.fixture(autouse=True)
def made_up_question(monkeypatch: pytest.MonkeyPatch) -> None:
    add_question(monkeypatch)


def walk(client: FlaskClient, door: str, **answers: str) -> tuple[Form, list[str]]:
    """Through this door to the review, page by page; every page on the way.

    Answers are given on the page that asks them.
    """
    form = Form(client)
    form.page = client.post("/en/5", data={"f5": door})
    pages = [text(form.page)]
    while "Is this right?" not in pages[-1]:
        assert len(pages) < MOST_PAGES, "the way has no end"
        given = {n: value for n, value in answers.items() if f'name="{n}"' in pages[-1]}
        pages.append(text(form.press(**given)))
    return form, pages


def opened(instance: Instance) -> OpenReport:
    """The one report, as Bela reads it."""
    instance.session.expire_all()
    report = instance.session.scalars(select(Report)).one()
    return report_reader.read(instance.session, instance.vault, report, instance.keyring("Bela"))


def facts(instance: Instance) -> Facts:
    """What routing hears of the one report, as staff hold it to be."""
    return build_facts(opened(instance).judged or {}, load_all().space, NOW)


@pytest.mark.parametrize("door", ["witness", "self", "professional"])
def test_the_doors_that_it_names_are_asked_and_no_other(client: FlaskClient, door: str) -> None:
    _, pages = walk(client, door, f8=STORY)
    asked = [page for page in pages if f'name="{NAME}"' in page]
    assert len(asked) == (door in SHELTER.doors)
    for page in asked:
        assert "Where does the person sleep?" in page
        assert "Your best guess is enough." in page
        assert re.findall(rf'name="{NAME}" value="(\w+)"', page) == list(SHELTER.values)


def test_who_skips_it_sends_that_they_do_not_know(
    client: FlaskClient, app_instance: Instance
) -> None:
    form, pages = walk(client, "witness", f1="BE", f8=STORY)
    assert "Where does the person sleep?" not in pages[-1].partition("What you left out")[0]
    form.press("send")
    assert (opened(app_instance).answers or {})["shelter"] == "unknown"


def test_an_answer_that_it_does_not_have_is_refused(client: FlaskClient) -> None:
    form = Form(client)
    form.page = client.post("/en/5", data={"f5": "professional"})
    for _ in range(10):
        if f'name="{NAME}"' in text(form.page):
            break
        form.press()
    assert "Please choose one of these answers" in text(form.press(**{NAME: "castle"}))


def test_it_goes_from_the_form_to_the_packet(
    client: FlaskClient, app_instance: Instance, browser: Callable[[], Browser]
) -> None:
    told = {"f1": "BE", "f2": "flanders", "f4": "sexual", "f8": STORY, NAME: "work"}
    form, pages = walk(client, "witness", **told)
    review = pages[-1]
    assert "Where does the person sleep?" in review
    assert "At work" in review
    kept = text(form.press("8"))
    assert re.search(rf'name="{NAME}" value="work"[^>]* checked', kept), "the draft lost it"
    form.press(**{NAME: "work"})
    assert "Your code" in text(form.press("send"))
    assert (opened(app_instance).answers or {})["shelter"] == "work"
    assert not facts(app_instance).asylum_reception

    office = Office(DJSOC)
    office.confirm(app_instance)
    bela = browser().at_desk("Bela")
    report_id = app_instance.session.scalars(select(Report.id)).one()
    app_instance.session.rollback()
    path = f"/desk/reports/{report_id}"
    assert "<dt>Sleeps</dt><dd>Where they work</dd>" in bela.open(report_id).text
    assert 'name="shelter"' in bela.post(f"{path}/what-if").text
    assert bela.post(f"{path}/correct", shelter="castle", reason="").status_code == 422
    assert bela.post(f"{path}/correct", shelter="centre", reason="She said so").status_code == 303
    corrected = bela.get(path).text.partition("Corrected by the desk")[2].partition("</dl>")[0]
    assert "<strong>Reception centre</strong> <s>Where they work</s>" in corrected
    assert facts(app_instance).asylum_reception
    app_instance.session.rollback()

    shown = bela.post(f"{path}/route", to=DJSOC).text
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', shown)
    assert seen
    sent = bela.post(f"{path}/refer", to=DJSOC, seen=seen.group(1), password=PASSWORD)
    assert sent.status_code == 303
    app_instance.session.expire_all()
    delivery = app_instance.session.scalars(select(Delivery)).one()
    inner = office.read(delivery.packet or b"")
    [line] = [line for line in text_in(inner).splitlines() if line.startswith("Where they sleep:")]
    assert line.startswith("Where they sleep: in a centre (")
    assert line.endswith(": where they work)")
    document = document_in(inner)
    assert document["answers"]["shelter"] == "centre"
    assert document["reported"]["shelter"] == "work"
