"""A new administrator takes two, or a time in which all administrators read of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from reports.db import begin_write
from reports.errors import SecondAdministratorNeeded, SignInRefused
from reports.model import CustodyLine, DeskGrant, RosterGrant, Staff
from reports.roster import invitation, membership, staff_lifecycle
from reports.roster.invitation import RAISING_WAIT
from tests.support.cast import NOW, Instance, Member

LATER = NOW + RAISING_WAIT


def ask_for(instance: Instance, name: str = "Fay") -> Staff:
    """Dana asks for another administrator, who sets up the account."""
    return set_up(instance, instance.invite(name, "administrator", "BE"), name)


def set_up(instance: Instance, link: str, name: str) -> Staff:
    member: Member = instance.accept(link, name, confirmed=False)
    return instance.session.get_one(Staff, member.id)


def confirm(instance: Instance, who: str, staff: Staff, *, after: timedelta = timedelta(0)) -> None:
    begin_write(instance.session)
    instance.session.refresh(staff)
    invitation.confirm(instance.act(who, NOW + after), staff)
    instance.session.commit()


def grants_of(instance: Instance, staff: Staff) -> int:
    kinds = (RosterGrant, DeskGrant)
    return sum(
        len(instance.session.scalars(select(kind).filter_by(staff_id=staff.id)).all())
        for kind in kinds
    )


def test_the_link_of_a_new_administrator_gives_no_key(instance: Instance) -> None:
    fay = ask_for(instance)
    assert (fay.state, fay.signature) == ("waiting", None)
    assert grants_of(instance, fay) == 0
    with pytest.raises(SignInRefused):
        instance.sign_in("Fay")


def test_who_asked_cannot_confirm_alone_before_the_time(instance: Instance) -> None:
    fay = ask_for(instance)
    for after in (timedelta(0), RAISING_WAIT - timedelta(seconds=1)):
        with pytest.raises(SecondAdministratorNeeded):
            confirm(instance, "Dana", fay, after=after)
    assert grants_of(instance, fay) == 0
    confirm(instance, "Dana", fay, after=RAISING_WAIT)
    assert grants_of(instance, fay) == 2
    assert (fay.state, fay.raised_by_id, fay.raised_at) == ("active", None, None)


def test_a_second_administrator_confirms_at_once(instance: Instance) -> None:
    instance.accept(instance.invite("Eva", "administrator", "BE"), "Eva")
    fay = ask_for(instance)
    assert [each.name for each in invitation.list_raised(instance.session)] == ["Fay"]
    confirm(instance, "Eva", fay)
    assert invitation.list_raised(instance.session) == []
    assert instance.keyring("Fay").staff.id == fay.id


def test_whoever_stops_it_ends_it(instance: Instance) -> None:
    fay = ask_for(instance)
    begin_write(instance.session)
    staff_lifecycle.disable(instance.act("Dana"), fay)
    instance.session.commit()
    assert invitation.list_raised(instance.session) == []
    acts = instance.session.scalars(select(CustodyLine.act))
    assert {"staff_invited", "staff_set_up", "staff_disabled"} <= set(acts)


def test_a_new_link_for_an_administrator_takes_two_as_well(instance: Instance) -> None:
    instance.accept(instance.invite("Eva", "administrator", "BE"), "Eva")
    eva = instance.session.get_one(Staff, instance.members["Eva"].id)
    begin_write(instance.session)
    link = staff_lifecycle.reset(instance.act("Dana"), eva)
    instance.session.commit()
    set_up(instance, link, "Eva")
    with pytest.raises(SecondAdministratorNeeded):
        confirm(instance, "Dana", eva)
    begin_write(instance.session)
    [desk_id] = [
        desk.id
        for desk in instance.keyring("Dana").list_desks(instance.session)
        if desk.country == "BE"
    ]
    membership.renew(instance.act("Dana"), desk_id)
    instance.session.commit()
    confirm(instance, "Dana", eva, after=RAISING_WAIT)
    assert instance.keyring("Eva").list_desks(instance.session)


def test_who_becomes_no_administrator_waits_for_nobody(instance: Instance) -> None:
    link = instance.invite("Gil", "triager", "BE")
    assert set_up(instance, link, "Gil").state == "active"
