"""A key that a desk has not sent to before waits for a second person, once, whoever signed it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reports import sealed_rows
from reports.db import begin_write
from reports.errors import GateOpen
from reports.model import Delivery, Finding, Proposal, UsedKey
from reports.settings import Settings
from tests.support.cast import PASSWORD, Instance
from tests.support.desk import Browser
from tests.support.office import Office, refer
from tests.support.rows import rows
from tests.webapp.triage.test_four_eyes import value_of
from tests.webapp.triage.test_referral import DJSOC, send

Browsers = Callable[[], Browser]
CHANGED = "is not the one that this desk used last."
COMPARED = {f"gate-key.{DJSOC}": "compared"}


@pytest.fixture
def bela(app_instance: Instance, browser: Browsers) -> Browser:
    """Bela has sent a report to an office that two administrators have signed."""
    Office(DJSOC).sign(app_instance)
    visitor = browser().at_desk("Bela")
    assert send(visitor, open_report(app_instance, visitor), DJSOC).status_code == 303
    assert len(rows(app_instance, Delivery)) == 1
    return visitor


def open_report(instance: Instance, *visitors: Browser) -> str:
    report_id = instance.send(form="sexual").report_id
    for visitor in visitors:
        visitor.open(report_id)
    return f"/desk/reports/{report_id}"


def grouped(instance: Instance, contact_id: str = DJSOC) -> str:
    [row] = [each for each in rows(instance, UsedKey) if each.contact_id == contact_id]
    return " ".join(row.fingerprint[at : at + 4] for at in range(0, 40, 4))


def test_the_same_key_needs_nobody_else(app_instance: Instance, bela: Browser) -> None:
    path = open_report(app_instance, bela)
    assert CHANGED not in bela.post(f"{path}/route", to=[DJSOC]).text
    assert send(bela, path, DJSOC).status_code == 303
    assert len(rows(app_instance, Delivery)) == 2


def test_another_key_waits_for_a_second_person_once(
    app_instance: Instance, browser: Browsers, bela: Browser
) -> None:
    before = grouped(app_instance)
    Office(DJSOC).sign(app_instance)
    app_instance.accept(app_instance.invite("Emil", "supervisor", "BE"), "Emil")
    emil = browser().at_desk("Emil")
    path = open_report(app_instance, bela, emil)
    page = bela.post(f"{path}/route", to=[DJSOC]).text
    assert CHANGED in page
    assert before in page
    assert "A second person of the desk must agree" in page
    assert "Answer this first: Another key." in send(bela, path, DJSOC).text
    assert len(rows(app_instance, Proposal)) == 0
    assert "done=second" in send(bela, path, DJSOC, **COMPARED).headers["Location"]
    [answer_of_hers] = [each for each in rows(app_instance, Finding) if each.kind == "gate"]
    assert sealed_rows.is_signed(app_instance.session, app_instance.vault, answer_of_hers)
    assert len(rows(app_instance, Delivery)) == 1
    page = emil.get(f"{path}/proposal").text
    assert CHANGED in page
    assert "I called them, and every group is the same" in page
    assert before in page
    answer = emil.post(
        f"{path}/proposal/agree", proposal=value_of("proposal", page), password=PASSWORD
    )
    assert answer.status_code == 303
    assert len(rows(app_instance, Delivery)) == 2
    now = grouped(app_instance)
    assert now != before
    assert now in page
    # The next one goes by one person alone.
    path = open_report(app_instance, bela)
    assert CHANGED not in bela.post(f"{path}/route", to=[DJSOC]).text
    assert "done=referred" in send(bela, path, DJSOC).headers["Location"]
    assert len(rows(app_instance, Delivery)) == 3


def test_the_domain_itself_sends_to_no_other_key(app_instance: Instance, bela: Browser) -> None:
    Office(DJSOC).sign(app_instance)
    receipt = app_instance.send(form="sexual")
    with pytest.raises(GateOpen) as refused:
        refer(app_instance, receipt, Settings.from_environ({}), DJSOC)
    assert refused.value.gate == "second"
    app_instance.session.rollback()
    assert len(rows(app_instance, Delivery)) == 1


def test_a_last_key_that_nobody_signed_is_none_to_compare_with(
    app_instance: Instance, bela: Browser
) -> None:
    """Somebody wrote the new key into the database as the last one used."""
    office = Office(DJSOC)
    office.sign(app_instance)
    session = app_instance.session
    begin_write(session)
    [row] = session.query(UsedKey).all()
    row.fingerprint = office.fingerprint
    row.seal = sealed_rows.compute_seal(app_instance.vault, row)
    session.commit()
    path = open_report(app_instance, bela)
    page = bela.post(f"{path}/route", to=[DJSOC]).text
    assert CHANGED in page
    assert "not known: nobody here has signed it" in page


def test_a_desk_that_sent_before_this_was_kept_is_asked_by_its_deliveries(
    app_instance: Instance, bela: Browser
) -> None:
    session = app_instance.session
    begin_write(session)
    session.query(UsedKey).delete()
    session.commit()
    path = open_report(app_instance, bela)
    assert CHANGED not in bela.post(f"{path}/route", to=[DJSOC]).text
    Office(DJSOC).sign(app_instance)
    assert CHANGED in bela.post(f"{path}/route", to=[DJSOC]).text
