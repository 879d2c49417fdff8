"""Who can write the database, and has neither a key nor the keys folder, gains nothing by it."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, insert, select, update

from reports import mailbox
from reports.db import begin_write
from reports.errors import MailboxClosed, RosterBroken, SealBroken, SessionEnded
from reports.mailbox import NewMessage
from reports.model import (
    Desk,
    DeskGrant,
    DeskKey,
    Membership,
    Message,
    Note,
    Organisation,
    Report,
    ReporterSession,
    Staff,
    StaffSession,
)
from reports.roster import membership, sign_in, staff_lifecycle
from reports.triage import notes
from reports.vault import make_pair, pad, seal
from tests.support.cast import NOW, Instance

LATER = NOW + timedelta(minutes=1)


def rewrite(instance: Instance, statement: object) -> None:
    """Do it behind the application's back."""
    begin_write(instance.session)
    instance.session.execute(statement)  # type: ignore[call-overload]  # any statement
    instance.session.commit()
    instance.session.expire_all()


def test_a_session_given_to_an_administrator_is_over(instance: Instance) -> None:
    cookie = instance.sign_in("Chidi", LATER)
    dana = instance.members["Dana"].id
    rewrite(instance, update(StaffSession).values(staff_id=dana))
    with pytest.raises(SessionEnded):
        sign_in.resume(instance.session, instance.vault, cookie, LATER)


def test_a_visit_moved_to_another_report_is_over(instance: Instance) -> None:
    visit = instance.enter(instance.send().code)
    mine = instance.session.scalars(select(ReporterSession.id_hash)).one()
    instance.enter(instance.send(story="Somebody else's.").code)
    theirs = select(ReporterSession.sealed).where(ReporterSession.id_hash != mine)
    sealed = instance.session.scalars(theirs).one()
    rewrite(instance, update(ReporterSession).values(sealed=sealed))
    with pytest.raises(MailboxClosed):
        mailbox.resume(instance.session, visit, NOW)


def renew(instance: Instance, country: str = "BE") -> DeskKey:
    """Dana gives the desk a new key."""
    begin_write(instance.session)
    desk = instance.session.scalars(select(Desk).where(Desk.country == country)).one()
    key = membership.renew(instance.act("Dana", LATER), desk.id)
    instance.session.commit()
    return key


def holders(instance: Instance, key: DeskKey) -> set[object]:
    query = select(DeskGrant.staff_id).where(DeskGrant.desk_key_id == key.id)
    return set(instance.session.scalars(query))


def test_a_recovery_key_of_their_own_never_gets_a_desks_next_key(instance: Instance) -> None:
    rewrite(instance, update(Organisation).values(recovery_public=make_pair().public))
    with pytest.raises(RosterBroken):
        renew(instance)


def test_a_member_slipped_into_a_desk_is_not_given_its_next_key(instance: Instance) -> None:
    first = renew(instance)
    dana, bela, chidi = (instance.members[name].id for name in ("Dana", "Bela", "Chidi"))
    assert holders(instance, first) == {dana, bela}
    [old] = instance.session.scalars(select(Membership.signature).filter_by(staff_id=chidi))
    values = {"desk_id": first.desk_id, "staff_id": chidi}
    for signed in (None, b"", old):
        rewrite(instance, delete(Membership).filter_by(**values))
        rewrite(instance, insert(Membership).values(**values, signature=signed))
        assert holders(instance, renew(instance)) == {dana, bela}


def test_who_left_a_desk_is_not_brought_back_with_the_old_row(instance: Instance) -> None:
    bela = instance.members["Bela"].id
    [row] = instance.session.scalars(select(Membership).filter_by(staff_id=bela))
    values = {"desk_id": row.desk_id, "staff_id": bela, "signature": row.signature}
    begin_write(instance.session)
    member = instance.session.get_one(Staff, bela)
    membership.leave(instance.act("Dana", LATER), row.desk_id, member)
    instance.session.commit()
    rewrite(instance, insert(Membership).values(**values))
    assert bela not in holders(instance, renew(instance))


def test_a_new_link_brings_no_desk_that_was_slipped_in(instance: Instance) -> None:
    be = instance.session.scalars(select(Desk).where(Desk.country == "BE")).one()
    chidi = instance.members["Chidi"].id
    rewrite(instance, insert(Membership).values(desk_id=be.id, staff_id=chidi))
    begin_write(instance.session)
    staff_lifecycle.reset(instance.act("Dana", LATER), instance.session.get_one(Staff, chidi))
    instance.session.commit()
    query = select(DeskKey.desk_id).join(DeskGrant, DeskGrant.desk_key_id == DeskKey.id)
    held = set(instance.session.scalars(query.where(DeskGrant.staff_id == chidi)))
    assert len(held) == 1
    assert be.id not in held


@pytest.mark.parametrize("change", [{"country": None}, {"name": "anywhere"}])
def test_a_country_cannot_be_given_to_another_desk(
    instance: Instance, change: dict[str, object]
) -> None:
    rewrite(instance, update(Desk).where(Desk.country == "BE").values(**change))
    with pytest.raises(RosterBroken):
        instance.send(country="BE")


@pytest.mark.parametrize("author", ["reporter", "desk"])
def test_nothing_more_is_sealed_to_a_report_whose_key_was_changed(
    instance: Instance, author: str
) -> None:
    report = instance.report(instance.send())
    rewrite(instance, update(Report).values(public=make_pair().public))
    begin_write(instance.session)
    with pytest.raises(RosterBroken):
        mailbox.add_message(
            instance.session,
            instance.vault,
            report,
            NewMessage.from_text(author, "Meet me there.", b"1"),
            NOW,
        )


def test_nobody_else_writes_to_a_reporter_in_the_name_of_the_desk(instance: Instance) -> None:
    receipt = instance.send()
    report, message_id = instance.report(receipt), uuid4()
    told = json.dumps({"at": NOW.isoformat(), "text": "Go to the station."}).encode()
    values = {
        "id": message_id,
        "report_id": report.id,
        "author": "desk",
        "sealed": seal(report.public, pad(told), kind="message desk", id=message_id.bytes),
        "seal": b"\0" * 32,
        "day": NOW.date(),
    }
    rewrite(instance, insert(Message).values(**values))
    visit = mailbox.resume(instance.session, instance.enter(receipt.code), NOW)
    with pytest.raises(SealBroken):
        mailbox.read_thread(instance.session, instance.vault, visit.report, visit.private)


def test_nobody_else_leaves_a_note_in_the_name_of_a_colleague(instance: Instance) -> None:
    report, bela = instance.report(instance.send()), instance.keyring("Bela")
    begin_write(instance.session)
    notes.add(instance.act("Bela"), report, "Mine.")
    instance.session.commit()
    rewrite(instance, update(Note).values(staff_id=instance.members["Dana"].id))
    [note] = notes.read(instance.session, instance.vault, bela, report)
    assert note.text is None
