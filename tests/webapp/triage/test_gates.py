"""The gates on the pages: what stands in the way is said, answered there, and kept on record."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from reports import custody
from reports.model import Delivery, Finding, Proposal, Report
from tests.support.cast import PASSWORD, Instance
from tests.support.desk import Browser, opened
from tests.support.gates import fill_gates
from tests.support.office import DJSOC, PAG_ASA, Office
from tests.support.rows import rows
from tests.support.untouched import untouched

Browsers = Callable[[], Browser]
ALONE = (
    "You are alone at this desk: ask an administrator to add a second person, "
    "or hand the report over to another desk."
)


@pytest.fixture
def pag_asa(app_instance: Instance) -> Office:
    made = Office(PAG_ASA)
    made.confirm(app_instance)
    return made


@pytest.fixture
def two(app_instance: Instance, browser: Browsers) -> tuple[Browser, Browser]:
    """Bela and Emil of the same desk."""
    app_instance.accept(app_instance.invite("Emil", "supervisor", "BE"), "Emil")
    return browser().at_desk("Bela"), browser().at_desk("Emil")


def look(person: Browser, path: str, to: str) -> str:
    return person.post(f"{path}/route", to=to).text


def send(person: Browser, path: str, to: str, **typed: str) -> tuple[int, str]:
    """Look at what would leave, answer every gate, and press the button."""
    page = look(person, path, to)
    form = untouched(page, "/refer") | fill_gates(page) | {"password": PASSWORD} | typed
    answer = person.post(f"{path}/refer", **form)
    return answer.status_code, answer.headers.get("Location", "") + answer.text


def acts(instance: Instance) -> list[str]:
    instance.session.expire_all()
    report = instance.session.scalars(select(Report)).one()
    found = [line.act for line in custody.list_lines(instance.session, report)]
    instance.session.rollback()
    return found


@pytest.mark.parametrize(
    ("to", "own", "less"),
    [
        (PAG_ASA, {"kind": "self"}, {"kind": "witness"}),
        (DJSOC, {"police": "refused"}, {"police": "accepted"}),
        ("nl-police", {"abroad": "no"}, {"abroad": "yes"}),
    ],
)
def test_who_lowers_a_protection_sends_nothing_alone(
    app_instance: Instance,
    two: tuple[Browser, Browser],
    to: str,
    own: dict[str, str],
    less: dict[str, str],
) -> None:
    Office(to).confirm(app_instance)
    bela, emil = two
    path = opened(bela, **own)
    done = bela.post(f"{path}/correct", reason="They told me so.", **less)
    assert "done=lowering" in done.headers["Location"]
    code, told = send(bela, path, to)
    assert (code, "done=second" in told) == (303, True)
    assert rows(app_instance, Delivery) == []
    emil.open(UUID(path.rsplit("/", 1)[1]))
    [row] = [each for each in rows(app_instance, Finding) if each.kind == "lowering"]
    at = f"{path}/lowering/{row.id}"
    assert "wants to change what protects the person" in bela.get(path).text
    assert bela.post(at, step="agree", password=PASSWORD).status_code == 422, "their own"
    emil.get(path)
    assert emil.post(at, step="agree", password="not this one").status_code == 422
    assert emil.post(at, step="agree", password=PASSWORD).status_code == 303
    assert "Emil agreed." in bela.get(path).text
    assert emil.post(at, step="agree", password=PASSWORD).status_code == 422, "it is settled"


@pytest.mark.parametrize(
    ("field", "own", "less"), [("age", "minor", "adult"), ("help", "no", "yes")]
)
def test_what_the_reporter_said_holds_until_another_agrees(
    app_instance: Instance, two: tuple[Browser, Browser], field: str, own: str, less: str
) -> None:
    bela, emil = two
    path = opened(bela, **{field: own})
    refused = bela.post(f"{path}/correct", reason=" ", **{field: less})
    assert refused.status_code == 422
    assert "Write why: a second person must agree" in refused.text
    assert f'<option value="{less}" selected>' in refused.text, "what was chosen is not lost"
    assert bela.post(f"{path}/correct", reason="Seen.", **{field: less}).status_code == 303
    assert f'name="was-{field}" value="{own}"' in bela.get(path).text
    [row] = rows(app_instance, Finding)
    emil.open(UUID(path.rsplit("/", 1)[1]))
    emil.post(f"{path}/lowering/{row.id}", step="agree", password=PASSWORD)
    assert f'name="was-{field}" value="{less}"' in bela.get(path).text


def test_a_lowering_is_taken_back_or_declined(
    app_instance: Instance, two: tuple[Browser, Browser]
) -> None:
    bela, emil = two
    path = opened(bela, kind="self")
    emil.open(UUID(path.rsplit("/", 1)[1]))
    for who, line in ((bela, "lowering_undone"), (emil, "lowering_declined")):
        bela.get(path)
        bela.post(f"{path}/correct", reason="Seen.", kind="witness")
        newest = {each.id for each in rows(app_instance, Finding) if each.kind == "lowering"} - {
            each.id for each in rows(app_instance, Finding) if each.kind == "settled"
        }
        page = who.get(path).text
        at = [id for id in newest if f"/lowering/{id}" in page]
        assert len(at) == 1
        assert who.post(f"{path}/lowering/{at[0]}", step="end").status_code == 303
        assert acts(app_instance)[-1] == line


def test_a_desk_of_one_reads_what_to_do(
    app_instance: Instance, browser: Browsers, pag_asa: Office
) -> None:
    bela = browser().at_desk("Bela")
    path = opened(bela, kind="self")
    bela.post(f"{path}/correct", reason="Seen.", kind="witness")
    assert ALONE not in bela.get(path).text, "Dana is of this desk too"
    link = app_instance.keyring("Dana")
    app_instance.session.get_one(type(link.staff), link.staff.id).state = "disabled"
    app_instance.session.commit()
    assert ALONE in bela.get(path).text
    assert ALONE in look(bela, path, PAG_ASA)


def test_danger_is_answered_on_the_page_and_nothing_typed_is_lost(
    app_instance: Instance, browser: Browsers, pag_asa: Office
) -> None:
    bela = browser().at_desk("Bela")
    path = opened(bela, danger="yes")
    page = look(bela, path, PAG_ASA)
    assert "Was the emergency number called?" in page
    noted = untouched(page, "/refer") | {"note": "Be quick & quiet."}
    page = bela.post(f"{path}/route", **noted).text
    form = untouched(page, "/refer") | {"password": PASSWORD}
    for typed, said in (
        ({}, "Answer this first: Danger."),
        ({"gate-danger": "not_needed"}, "Write a few words to your answer: Danger."),
    ):
        answer = bela.post(f"{path}/refer", **form | typed)
        assert answer.status_code == 422
        assert said in answer.text
        assert "Be quick &amp; quiet." in answer.text
    assert 'value="not_needed" id="gate-danger-not_needed" checked' in answer.text
    typed = {"gate-danger": "not_needed", "why-danger": "She is with us <b>now</b>."}
    wrong = bela.post(f"{path}/refer", **form | typed | {"password": "not this one"})
    assert "She is with us &lt;b&gt;now&lt;/b&gt;." in wrong.text
    again = bela.post(f"{path}/route", **untouched(wrong.text, "/refer")).text
    assert "She is with us" in again, "looking again loses nothing either"
    assert rows(app_instance, Delivery) == []
    assert bela.post(f"{path}/refer", **form | typed).status_code == 303
    assert len(rows(app_instance, Delivery)) == 1
    assert acts(app_instance)[-3:] == ["gate_answered", "moved", "referred"]
    assert "Answered before it left" in bela.get(path).text


def test_a_language_that_nobody_here_knows_asks_who_has_read_it(
    app_instance: Instance, browser: Browsers, pag_asa: Office
) -> None:
    bela = browser().at_desk("Bela")
    report_id = app_instance.send(language="ar").report_id
    bela.open(report_id)
    page = look(bela, f"/desk/reports/{report_id}", PAG_ASA)
    assert "Who has read it?" in page
    assert "In order: Danger," in page
    code, told = send(bela, f"/desk/reports/{report_id}", PAG_ASA)
    assert (code, "done=referred" in told) == (303, True)


def test_the_second_person_sees_the_answers_and_answers_what_came_since(
    app_instance: Instance, two: tuple[Browser, Browser], pag_asa: Office
) -> None:
    bela, emil = two
    path = opened(bela, kind="self", danger="yes")
    emil.open(UUID(path.rsplit("/", 1)[1]))
    code, told = send(bela, path, PAG_ASA, **{"why-danger": "Spoke to Inspector Maes."})
    assert (code, "done=second" in told) == (303, True)
    page = emil.get(f"{path}/proposal").text
    assert "Inspector Maes" in page
    assert "The emergency number was called" in page
    form = untouched(page, "/proposal/agree") | fill_gates(page) | {"password": PASSWORD}
    assert emil.post(f"{path}/proposal/agree", **form).status_code == 303
    assert len(rows(app_instance, Delivery)) == 1


def test_a_gate_that_opened_since_is_asked_of_the_second_person(
    app_instance: Instance, two: tuple[Browser, Browser], pag_asa: Office
) -> None:
    bela, emil = two
    path = opened(bela, kind="self")
    emil.open(UUID(path.rsplit("/", 1)[1]))
    assert send(bela, path, PAG_ASA)[0] == 303
    old = untouched(emil.get(f"{path}/proposal").text, "/proposal/agree")
    bela.get(path)
    assert bela.post(f"{path}/correct", reason="On the phone.", urgency="3").status_code == 303
    answer = emil.post(f"{path}/proposal/agree", **old | {"password": PASSWORD})
    assert answer.status_code == 422
    assert "Answer this first: Danger." in answer.text
    assert (len(rows(app_instance, Proposal)), rows(app_instance, Delivery)) == (1, [])
    form = untouched(answer.text, "/proposal/agree") | fill_gates(answer.text)
    sent = emil.post(f"{path}/proposal/agree", **form | {"password": PASSWORD})
    assert sent.status_code == 303
    assert len(rows(app_instance, Delivery)) == 1


def test_two_requests_at_once_neither_send_alone_nor_twice(
    app: Flask, app_instance: Instance, two: tuple[Browser, Browser], pag_asa: Office
) -> None:
    """Bela corrects in one window and sends in another, at the same moment."""
    bela, _ = two
    path = opened(bela, kind="self")
    page = look(bela, path, PAG_ASA)
    form = untouched(page, "/refer") | {"password": PASSWORD}
    start, codes = threading.Barrier(2), list[int]()
    other = Browser(app, app_instance, bela.clock)
    other.client.set_cookie("__Host-s", bela.cookie or "", domain="site.test", secure=True)
    other.token = bela.token

    def press(person: Browser, where: str, **fields: object) -> None:
        start.wait()
        codes.append(person.post(where, **fields).status_code)

    both = [
        threading.Thread(
            target=press,
            args=(other, f"{path}/correct"),
            kwargs={"kind": "witness", "reason": "Seen."},
        ),
        threading.Thread(target=press, args=(bela, f"{path}/refer"), kwargs=form),
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert set(codes) <= {303, 422, 409}
    assert rows(app_instance, Delivery) == []
