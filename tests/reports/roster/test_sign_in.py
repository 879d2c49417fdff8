"""Signing in: refused alike, used once, ended in time; and what a recovery code opens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from reports.db import begin_write
from reports.errors import (
    RosterBroken,
    SealBroken,
    SessionEnded,
    SignInRefused,
)
from reports.model import Staff, StaffSession
from reports.roster import sign_in, staff_lifecycle
from reports.roster.factor import OfferedFactor
from reports.roster.password import ChosenPassword
from reports.roster.sign_in import SignInAttempt
from reports.vault import make_pair
from tests.support.cast import NOW, PASSWORD, Instance

LATER = NOW + timedelta(minutes=1)


def member(instance: Instance, name: str) -> Staff:
    return instance.keyring(name).staff


def test_signing_in_opens_the_keyring_and_only_the_cookie_does(instance: Instance) -> None:
    cookie = instance.sign_in("Bela", LATER)
    keyring = sign_in.resume(instance.session, instance.vault, cookie, LATER)
    assert keyring.private == instance.keyring("Bela").private
    row = instance.session.scalars(select(StaffSession)).one()
    assert keyring.private not in row.private_by_cookie
    assert cookie.encode() not in row.id_hash


@pytest.mark.parametrize(
    ("name", "typed", "code"),
    [("Nobody", PASSWORD, None), ("Bela", "wrong", None), ("Bela", PASSWORD, "000000")],
)
def test_a_refused_sign_in_never_says_why(
    instance: Instance, name: str, typed: str, code: str | None
) -> None:
    key = sign_in.derive_password_key(instance.session, instance.vault, name, typed)
    good = instance.members["Bela"].one_time_code(LATER)
    begin_write(instance.session)
    with pytest.raises(SignInRefused, match=r"^refused$"):
        sign_in.sign_in(
            instance.session,
            instance.vault,
            SignInAttempt(name, key, OfferedFactor(code or good)),
            LATER,
        )


def test_a_one_time_code_works_once(instance: Instance) -> None:
    instance.sign_in("Bela", LATER)
    with pytest.raises(SignInRefused):
        instance.sign_in("Bela", LATER)


@pytest.mark.parametrize(("minutes", "ends"), [(14.9, False), (15.1, True)])
def test_an_idle_session_ends(instance: Instance, minutes: float, ends: bool) -> None:
    cookie = instance.sign_in("Bela", LATER)
    now = LATER + timedelta(minutes=minutes)
    if ends:
        with pytest.raises(SessionEnded):
            sign_in.resume(instance.session, instance.vault, cookie, now)
    else:
        sign_in.resume(instance.session, instance.vault, cookie, now)


def test_a_busy_session_ends_after_eight_hours(instance: Instance) -> None:
    cookie = instance.sign_in("Bela", LATER)
    for minutes in range(10, 481, 10):
        now = LATER + timedelta(minutes=minutes)
        sign_in.resume(instance.session, instance.vault, cookie, now)
        begin_write(instance.session)
        sign_in.touch(instance.session, cookie, now)
        instance.session.commit()
    with pytest.raises(SessionEnded):
        sign_in.resume(
            instance.session, instance.vault, cookie, LATER + timedelta(hours=8, seconds=1)
        )


def test_signing_out_ends_one_session_and_purging_ends_the_old(instance: Instance) -> None:
    cookie = instance.sign_in("Bela", LATER)
    other = instance.sign_in("Chidi", LATER)
    begin_write(instance.session)
    sign_in.sign_out(instance.session, cookie)
    instance.session.commit()
    with pytest.raises(SessionEnded):
        sign_in.resume(instance.session, instance.vault, cookie, LATER)
    sign_in.resume(instance.session, instance.vault, other, LATER)
    begin_write(instance.session)
    sign_in.purge(instance.session, LATER + timedelta(minutes=16))
    instance.session.commit()
    assert instance.session.scalar(select(func.count()).select_from(StaffSession)) == 0


@pytest.mark.parametrize("change", [{"role": "administrator"}, {"public": make_pair().public}])
def test_whoever_writes_the_database_cannot_make_themselves_staff(
    instance: Instance, change: dict[str, object]
) -> None:
    cookie = instance.sign_in("Bela", LATER)
    begin_write(instance.session)
    instance.session.execute(update(Staff).where(Staff.name == "Bela").values(**change))
    instance.session.commit()
    instance.session.expire_all()
    with pytest.raises(RosterBroken):
        sign_in.resume(instance.session, instance.vault, cookie, LATER)


def test_the_printed_recovery_code_opens_the_key(instance: Instance) -> None:
    bela = member(instance, "Bela")
    code = instance.members["Bela"].recovery_code
    assert staff_lifecycle.recover(bela, code.lower()) == instance.keyring("Bela").private
    with pytest.raises(SealBroken):
        staff_lifecycle.recover(bela, instance.members["Chidi"].recovery_code)


def test_a_new_password_ends_every_session_and_the_old_password(instance: Instance) -> None:
    cookie = instance.sign_in("Bela", LATER)
    bela, private = member(instance, "Bela"), instance.keyring("Bela").private
    fresh = "nine tired lanterns under ice"
    key = instance.vault.derive_password_key(fresh, b"n" * 16)
    begin_write(instance.session)
    staff_lifecycle.change_password(
        instance.session, bela, private, ChosenPassword(fresh, b"n" * 16, key)
    )
    instance.session.commit()
    with pytest.raises(SessionEnded):
        sign_in.resume(instance.session, instance.vault, cookie, LATER)
    with pytest.raises(SignInRefused):
        instance.sign_in("Bela", LATER + timedelta(minutes=1))
    instance.session.rollback()
    instance.members["Bela"].password = fresh
    instance.sign_in("Bela", LATER + timedelta(minutes=2))
