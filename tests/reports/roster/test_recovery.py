"""When keys are lost: one member starts anew, or the key on paper makes a new administrator."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from reports import custody
from reports.act import Act
from reports.db import begin_write
from reports.errors import (
    InvitationInvalid,
    NameTaken,
    NotAllowed,
    SealBroken,
    SessionEnded,
    SignInRefused,
)
from reports.model import CustodyLine, Organisation, Staff
from reports.roster import invitation, membership, recovery, sign_in, staff_lifecycle
from reports.roster.keyring import Keyring
from reports.secret_text import format_groups
from reports.triage import notes, report_reader
from reports.vault import make_pair
from tests.support.cast import NOW, Instance

LATER = NOW + timedelta(minutes=1)
AFTER = LATER + timedelta(minutes=1)


def last_act(instance: Instance) -> CustodyLine:
    organisation = instance.session.get_one(Organisation, 1)
    return custody.list_lines(instance.session, organisation)[-1]


def recovered(instance: Instance, typed: str, name: str = "Eva") -> str:
    begin_write(instance.session)
    link = recovery.recover(instance.session, instance.vault, typed, name, LATER)
    instance.session.commit()
    return link


def reset(instance: Instance, name: str, by: str = "Dana") -> str:
    session, keyring = instance.session, instance.keyring(by)
    begin_write(session)
    link = staff_lifecycle.reset(
        Act(session, instance.vault, keyring, LATER), instance.keyring(name).staff
    )
    session.commit()
    return link


def test_the_paper_key_makes_an_administrator_who_reads_all_that_was_there(
    instance: Instance,
) -> None:
    session, report = instance.session, instance.report(instance.send())
    begin_write(session)
    notes.add(instance.act("Bela"), report, "Called back.")
    membership.renew(instance.act("Dana"), report.desk_id)
    session.commit()
    instance.accept(recovered(instance, instance.recovery_key.lower()), "Eva", LATER)
    instance.sign_in("Eva", AFTER)
    eva = instance.keyring("Eva")
    assert eva.staff.role == "administrator"
    assert len(eva.list_desks(session)) == 4
    opened = report_reader.read(session, instance.vault, report, eva)
    assert opened.answers is not None
    assert opened.answers["story"] == "They sleep in the kitchen."
    assert [note.text for note in opened.notes] == ["Called back."]
    assert eva.open_roster_key(session) == instance.keyring("Dana").open_roster_key(session)
    held = session.scalars(select(CustodyLine.act).where(CustodyLine.chain == custody.INSTANCE))
    assert "recovery_key_used" in set(held)
    custody.verify(session, instance.vault)


def test_who_came_by_the_paper_key_can_invite_and_shut_out(instance: Instance) -> None:
    instance.accept(recovered(instance, instance.recovery_key), "Eva", LATER)
    session, report = instance.session, instance.report(instance.send())
    eva = instance.keyring("Eva")
    begin_write(session)
    staff_lifecycle.disable(
        Act(session, instance.vault, eva, AFTER), instance.keyring("Dana").staff
    )
    membership.renew(Act(session, instance.vault, eva, AFTER), report.desk_id)
    session.commit()
    session.refresh(report)
    assert instance.keyring("Eva").open_case_key(session, report)


@pytest.mark.parametrize(
    "typed",
    ["", "AAAA-BBBB", "é" * 40, format_groups(make_pair().private)],
    ids=["nothing", "short", "accents", "of another"],
)
def test_a_wrong_paper_key_changes_nothing(instance: Instance, typed: str) -> None:
    before = last_act(instance).number
    with pytest.raises(SealBroken):
        recovered(instance, typed)
    instance.session.rollback()
    assert last_act(instance).number == before
    assert instance.session.scalar(select(func.count()).select_from(Staff)) == 3


def test_a_name_that_is_taken_changes_nothing(instance: Instance) -> None:
    before = last_act(instance).number
    with pytest.raises(NameTaken):
        recovered(instance, instance.recovery_key, "dana")
    instance.session.rollback()
    assert last_act(instance).number == before


def test_who_lost_password_and_code_starts_anew_as_the_same_person(instance: Instance) -> None:
    report, old = instance.report(instance.send()), instance.keyring("Bela")
    cookie, public, id = instance.sign_in("Bela", NOW), old.staff.public, old.staff.id
    code = instance.members["Bela"].recovery_code
    link = reset(instance, "Bela")
    assert (last_act(instance).act, last_act(instance).detail) == (
        "staff_reset",
        f'{{"staff": "{id}"}}',
    )
    with pytest.raises(SessionEnded):
        sign_in.resume(instance.session, instance.vault, cookie, LATER)
    with pytest.raises(SignInRefused):
        instance.sign_in("Bela", LATER)
    instance.session.rollback()
    with pytest.raises(SignInRefused):
        staff_lifecycle.recover(old.staff, code)
    with pytest.raises(SealBroken):
        Keyring(old.staff, old.private).open_case_key(instance.session, report)
    again = instance.accept(link, "Bela", LATER)
    instance.sign_in("Bela", AFTER)
    bela = instance.keyring("Bela")
    assert again.id == id
    assert bela.staff.public != public
    assert bela.open_case_key(instance.session, report)
    assert [desk.name for desk in bela.list_desks(instance.session)] == ["be"]
    custody.verify(instance.session, instance.vault)


def test_an_administrator_who_starts_anew_administers_again(instance: Instance) -> None:
    instance.accept(instance.invite("Eva", "administrator", "BE"), "Eva")
    instance.accept(reset(instance, "Eva"), "Eva", LATER)
    assert instance.keyring("Eva").open_roster_key(instance.session)


def test_a_link_that_ran_out_is_replaced_by_a_new_one(instance: Instance) -> None:
    instance.invite("Eva", "triager", "BE")
    old = instance.session.scalars(select(Staff).where(Staff.name == "Eva")).one()
    dana = instance.keyring("Dana")
    begin_write(instance.session)
    late = NOW + timedelta(days=9)
    link = staff_lifecycle.reset(Act(instance.session, instance.vault, dana, late), old)
    instance.session.commit()
    assert invitation.find(instance.session, link, late)[0].id == old.id


def test_who_is_disabled_gets_no_new_link(instance: Instance) -> None:
    bela, dana = instance.keyring("Bela"), instance.keyring("Dana")
    begin_write(instance.session)
    staff_lifecycle.disable(Act(instance.session, instance.vault, dana, NOW), bela.staff)
    with pytest.raises(InvitationInvalid):
        staff_lifecycle.reset(Act(instance.session, instance.vault, dana, NOW), bela.staff)


def test_a_triager_gives_nobody_a_new_link(instance: Instance) -> None:
    with pytest.raises(NotAllowed):
        reset(instance, "Chidi", by="Bela")
