"""Four eyes, on both databases: one proposes, another agrees or declines; nobody does both."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from reports import custody
from reports.db import begin_write
from reports.errors import (
    PacketChanged,
    ProposalGone,
    SealBroken,
    SecondPersonNeeded,
    StatusRefused,
)
from reports.intake.submit import Receipt
from reports.model import LegalHold, Proposal, Referral
from reports.settings import Settings
from reports.triage import legal_hold, report_reader
from reports.triage.referral import compose, dispatch, four_eyes
from reports.triage.referral.compose import Selection
from reports.triage.referral.dispatch import ChosenRecipient, PackedReferral, PacketSender
from tests.support.cast import Instance
from tests.support.office import PAYOKE, RULE, WHY, Office

SETTINGS = Settings.from_environ({})
SENDER = PacketSender(SETTINGS.mail_from)
SELECTION = Selection(frozenset({"story"}), frozenset(), passages=("kitchen",), note="Careful.")


@pytest.fixture
def sent(instance: Instance) -> Receipt:
    """A report that Bela has opened, and an office that can be written to."""
    Office().confirm(instance)
    receipt = instance.send(kind="self")
    begin_write(instance.session)
    report = instance.report(receipt)
    report_reader.record_opening(instance.act("Bela"), report)
    instance.session.commit()
    return receipt


def propose(instance: Instance, sent: Receipt, by: str = "Bela") -> UUID:
    session, report = instance.session, instance.report(sent)
    begin_write(session)
    four_eyes.propose(instance.act(by), report, [PAYOKE], SELECTION, "f")
    session.commit()
    return session.scalars(select(Proposal)).one().id


def packed(instance: Instance, sent: Receipt) -> list[PackedReferral]:
    session, report = instance.session, instance.report(sent)
    opened = report_reader.read(session, instance.vault, report, instance.keyring("Bela"))
    content = compose.compose(opened, SELECTION).content
    chosen = [ChosenRecipient(PAYOKE, RULE, WHY)]
    return dispatch.pack(instance.act("Bela"), report, content, chosen, SENDER)


def test_the_second_person_agrees_and_both_are_on_record(instance: Instance, sent: Receipt) -> None:
    session, vault, report = instance.session, instance.vault, instance.report(sent)
    bela, dana = instance.keyring("Bela"), instance.keyring("Dana")
    waiting = propose(instance, sent)
    held = four_eyes.read(session, vault, dana, report)
    assert held is not None
    assert (held.to, held.selection, held.fingerprint) == ((PAYOKE,), SELECTION, "f")
    made = packed(instance, sent)
    begin_write(session)
    by = four_eyes.agree(instance.act("Dana"), report, waiting)
    dispatch.refer(instance.act("Dana"), report, made, SETTINGS, proposed_by=by)
    session.commit()
    row = session.scalars(select(Referral)).one()
    assert (row.staff_id, row.second_id) == (bela.staff.id, dana.staff.id)
    acts = [line.act for line in custody.list_lines(session, report)]
    assert acts[-5:] == ["proposed", "agreed", "moved", "moved", "referred"]
    assert custody.verify(session, vault)


def test_nobody_agrees_alone_and_nothing_is_agreed_to_twice(
    instance: Instance, sent: Receipt
) -> None:
    session, report = instance.session, instance.report(sent)
    waiting = propose(instance, sent)
    with pytest.raises(SecondPersonNeeded):
        four_eyes.agree(instance.act("Bela"), report, waiting)
    with pytest.raises(ProposalGone):
        four_eyes.agree(instance.act("Dana"), report, uuid4())
    session.rollback()
    with pytest.raises(ProposalGone):
        propose(instance, sent, "Dana")
    session.rollback()
    again = propose(instance, sent)
    assert again != waiting, "one's own proposal takes the place of the earlier one"
    four_eyes.end(instance.act("Dana"), report, again)
    session.commit()
    with pytest.raises(ProposalGone):
        four_eyes.agree(instance.act("Dana"), report, again)
    session.rollback()
    assert session.scalars(select(Referral)).all() == []


def test_a_key_that_was_changed_between_packing_and_agreeing_undoes_both(
    instance: Instance, sent: Receipt
) -> None:
    session, report = instance.session, instance.report(sent)
    waiting = propose(instance, sent)
    made = packed(instance, sent)
    Office().confirm(instance)
    begin_write(session)
    by = four_eyes.agree(instance.act("Dana"), report, waiting)
    with pytest.raises(PacketChanged):
        dispatch.refer(instance.act("Dana"), report, made, SETTINGS, proposed_by=by)
    session.rollback()
    assert session.scalars(select(Proposal.id)).one() == waiting
    assert session.scalars(select(Referral)).all() == []


def test_a_flipped_bit_in_a_proposal_is_noticed(instance: Instance, sent: Receipt) -> None:
    propose(instance, sent)
    row = instance.session.scalars(select(Proposal)).one()
    row.sealed = row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])
    instance.session.commit()
    dana, report = instance.keyring("Dana"), instance.report(sent)
    with pytest.raises(SealBroken):
        four_eyes.read(instance.session, instance.vault, dana, report)


def test_a_hold_takes_two_and_is_agreed_to_as_it_was_seen(
    instance: Instance, sent: Receipt
) -> None:
    session, report = instance.session, instance.report(sent)
    begin_write(session)
    legal_hold.propose(instance.act("Bela"), report, "A court asks.")
    with pytest.raises(SecondPersonNeeded):
        legal_hold.take_step(instance.act("Bela"), report, "agree")
    legal_hold.take_step(instance.act("Dana"), report, "agree", "proposed")
    legal_hold.take_step(instance.act("Bela"), report, "lift", "held")
    for step in ("agree", "refuse"):
        with pytest.raises(StatusRefused):
            legal_hold.take_step(instance.act("Dana"), report, step, "proposed")
    legal_hold.take_step(instance.act("Dana"), report, "agree", "lifting")
    session.commit()
    assert session.scalars(select(LegalHold)).all() == []
    acts = [line.act for line in custody.list_lines(session, report)]
    assert acts[-4:] == ["hold_proposed", "held", "hold_lifting", "hold_lifted"]
