"""Sending: one report and one code, sealed, however often it is sent."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from reports import codes, custody, outer_layer
from reports.db import begin_write, make_session_factory
from reports.errors import DraftIncomplete, RosterBroken, SealBroken
from reports.intake import draft, token
from reports.intake.submit import CompletedForm, Receipt, find_receipt, forget_tokens, submit
from reports.intake.token import Token
from reports.model import Draft, Report, ReportBody
from reports.model.staff import DeskKey
from reports.vault import Vault, make_pair, open_sealed, unpad, unwrap
from tests.support.cast import NOW, Instance

STORY = "They sleep above the kitchen and may not leave."


def form_of(instance: Instance) -> Token:
    return token.read(instance.vault, token.issue(instance.vault, NOW), NOW)


def send(session: Session, vault: Vault, form: Token) -> Receipt:
    code = codes.derive_code(form.secret)
    key = vault.derive_receipt_key(code.locator, code.secret)
    answers = {"country": "BE", "story": STORY}
    begin_write(session)
    receipt = submit(session, vault, form, CompletedForm(answers, key, "nl"), NOW)
    session.commit()
    return receipt


def body_of(session: Session, private: bytes, id: UUID) -> dict[str, object]:
    sealed = session.get_one(ReportBody, id).sealed
    told: dict[str, object] = json.loads(
        unpad(open_sealed(private, sealed, kind="report body", id=id.bytes))
    )
    return told


def test_the_desk_and_the_code_open_the_same_report_and_nobody_else(instance: Instance) -> None:
    receipt = instance.send(story=STORY)
    report = instance.report(receipt)
    by_desk = instance.keyring("Bela").open_case_key(instance.session, report)
    key = instance.vault.derive_receipt_key(receipt.code.locator, receipt.code.secret)
    by_code = unwrap(
        key,
        outer_layer.open_by_code(instance.vault, report),
        kind="case key",
        id=report.id.bytes,
    )
    assert by_desk == by_code
    told = body_of(instance.session, by_desk, report.id)
    assert told["received_at"] == NOW.isoformat()
    answers = told["answers"]
    assert isinstance(answers, dict)
    assert answers["story"] == STORY
    with pytest.raises(SealBroken):
        body_of(instance.session, make_pair().private, report.id)


def test_only_what_the_queue_needs_stands_in_the_clear(instance: Instance) -> None:
    receipt = instance.send(country="BE", form="sexual", age="minor", place="the old mill")
    report = instance.report(receipt)
    assert (report.country, report.form, report.urgency) == ("BE", "sexual", 2)
    assert report.received_day == NOW.date()
    clear = " ".join(str(getattr(report, column.key)) for column in Report.__table__.columns)
    assert "mill" not in clear
    assert receipt.code.secret not in clear


@pytest.mark.parametrize(("country", "desk"), [("BE", "be"), ("LU", "lu"), ("other", "elsewhere")])
def test_a_report_goes_to_the_desk_of_its_country(
    instance: Instance, country: str, desk: str
) -> None:
    report = instance.report(instance.send(country=country))
    by_id = {
        found.id: found.name for found in instance.keyring("Dana").list_desks(instance.session)
    }
    assert by_id[report.desk_id] == desk


def test_a_second_send_returns_the_same_receipt_code(instance: Instance) -> None:
    form = form_of(instance)
    first = send(instance.session, instance.vault, form)
    second = send(instance.session, instance.vault, form)
    assert second.code == first.code
    assert second.report_id == first.report_id
    assert (first.repeated, second.repeated) == (False, True)
    assert instance.session.scalar(select(func.count()).select_from(Report)) == 1


def test_two_sends_at_the_same_moment_make_one_report(instance: Instance, engine: Engine) -> None:
    form = form_of(instance)
    start = threading.Barrier(2)
    found: list[object] = []

    def press() -> None:
        with make_session_factory(engine)() as session:
            start.wait()
            try:
                found.append(send(session, instance.vault, form).code)
            except IntegrityError:
                # PostgreSQL lets both begin; the later one finds the first when it asks again.
                session.rollback()
                receipt = find_receipt(session, form)
                assert receipt is not None
                found.append(receipt.code)

    presses = [threading.Thread(target=press) for _ in range(2)]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join()
    assert found == [codes.derive_code(form.secret)] * 2
    assert instance.session.scalar(select(func.count()).select_from(Report)) == 1


def test_no_later_than_after_two_days_the_hash_of_the_form_is_forgotten(instance: Instance) -> None:
    form = form_of(instance)
    send(instance.session, instance.vault, form)
    for days, kept in ((1, True), (2, False)):
        begin_write(instance.session)
        forget_tokens(instance.session, NOW + timedelta(days=days))
        instance.session.commit()
        assert (find_receipt(instance.session, form) is not None) == kept


def test_sending_erases_the_draft_and_begins_the_custody(instance: Instance) -> None:
    form = form_of(instance)
    begin_write(instance.session)
    draft.save(instance.session, form, {"story": STORY}, NOW)
    instance.session.commit()
    receipt = send(instance.session, instance.vault, form)
    assert instance.session.scalar(select(func.count()).select_from(Draft)) == 0
    lines = custody.list_lines(instance.session, instance.report(receipt))
    assert [(line.act, line.at, line.staff_id) for line in lines] == [("received", None, None)]


def test_a_report_without_a_story_is_not_sent(instance: Instance) -> None:
    form = form_of(instance)
    begin_write(instance.session)
    with pytest.raises(DraftIncomplete) as told:
        submit(instance.session, instance.vault, form, CompletedForm({}, b"k" * 32, "nl"), NOW)
    assert told.value.fields == ("story",)


def test_intake_refuses_a_desk_key_that_somebody_slipped_in(instance: Instance) -> None:
    begin_write(instance.session)
    instance.session.execute(update(DeskKey).values(public=make_pair().public))
    instance.session.commit()
    with pytest.raises(RosterBroken):
        instance.send()
    instance.session.rollback()
    assert instance.session.scalar(select(func.count()).select_from(Report)) == 0


def test_a_draft_opens_with_its_token_alone_and_dies_within_the_hour(instance: Instance) -> None:
    form, other = form_of(instance), form_of(instance)
    begin_write(instance.session)
    draft.save(instance.session, form, {"story": STORY}, NOW)
    instance.session.commit()
    assert draft.load(instance.session, form, NOW + timedelta(minutes=59)) == {"story": STORY}
    assert draft.load(instance.session, form, NOW + timedelta(minutes=60)) is None
    assert draft.load(instance.session, other, NOW) is None
    begin_write(instance.session)
    draft.purge(instance.session, NOW + timedelta(minutes=60))
    instance.session.commit()
    assert instance.session.scalar(select(func.count()).select_from(Draft)) == 0


def test_a_damaged_draft_is_a_lost_draft_and_no_failure(instance: Instance) -> None:
    form = form_of(instance)
    begin_write(instance.session)
    draft.save(instance.session, form, {"story": STORY}, NOW)
    instance.session.execute(update(Draft).values(sealed=b"\0" * 64))
    instance.session.commit()
    instance.session.expire_all()
    assert draft.load(instance.session, form, NOW) is None
