"""A staff member's life: founded, invited, confirmed, signed in, recovered, gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from reports import custody
from reports.db import begin_write
from reports.errors import (
    AlreadyFounded,
    InvitationInvalid,
    NameTaken,
    NotAllowed,
    PasswordRefused,
    RosterBroken,
    SealBroken,
    SecondFactorRefused,
    SessionEnded,
    SignInRefused,
)
from reports.model import DeskGrant, DeskKey, Organisation, Report, RosterGrant, Staff, StaffSession
from reports.roster import desks, found, invitation, life, password, sign_in
from reports.roster.invitation import Authority
from reports.roster.keyring import Keyring
from reports.roster.words import from_groups, to_groups
from reports.vault import make_pair, open_sealed, seal
from tests.support.cast import NOW, PASSWORD, Instance

LATER = NOW + timedelta(minutes=1)


def member(instance: Instance, name: str) -> Staff:
    return instance.keyring(name).staff


def waiting(instance: Instance, name: str = "Eve", role: str = "triager") -> Staff:
    """Somebody invited from the command line, who has set up."""
    dana = instance.keyring("Dana")
    be = [desk.id for desk in dana.desks(instance.session) if desk.country == "BE"]
    begin_write(instance.session)
    link = invitation.invite(instance.session, instance.vault, name, role, be, NOW, authority=None)
    instance.session.commit()
    instance.accept(link, name)
    return instance.session.scalars(select(Staff).where(Staff.name == name)).one()


# --- founding ----------------------------------------------------------------------------------


def test_founding_twice_is_refused(instance: Instance) -> None:
    begin_write(instance.session)
    with pytest.raises(AlreadyFounded):
        found.found(instance.session, instance.vault, ("BE",), NOW)


def test_an_instance_in_use_cannot_be_founded_anew(instance: Instance) -> None:
    begin_write(instance.session)
    with pytest.raises(AlreadyFounded):
        found.undo(instance.session)


def test_the_paper_key_opens_every_desk_and_the_roster(instance: Instance) -> None:
    private = from_groups(instance.recovery_key)
    receipt = instance.send()
    report = instance.report(receipt)
    key = instance.session.get_one(DeskKey, report.desk_key_id)
    desk_private = desks.recover(instance.session, private, key)
    case = open_sealed(desk_private, report.private_by_desk, kind="case key", id=report.id.bytes)
    assert case == instance.keyring("Bela").case_private(instance.session, report)
    organisation = instance.session.get_one(Organisation, 1)
    roster = open_sealed(private, organisation.roster_by_recovery, kind="roster key", id=b"")
    assert roster == instance.keyring("Dana").roster_private(instance.session)


@pytest.mark.parametrize("at", [0, 7, 40, 68])
def test_a_typing_error_in_the_paper_key_is_found(at: int) -> None:
    text = to_groups(make_pair().private)
    if text[at] == "-":
        at += 1
    wrong = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
    with pytest.raises(SealBroken):
        from_groups(wrong)


def test_the_paper_key_is_read_however_it_is_typed() -> None:
    private = make_pair().private
    text = to_groups(private)
    assert from_groups(text.lower().replace("-", " ")) == private
    assert from_groups(text.replace("O", "0").replace("I", "1").replace("B", "8")) == private


# --- inviting ----------------------------------------------------------------------------------


def test_an_invitation_opens_nothing_twice(instance: Instance) -> None:
    link = instance.invite("Eve", "triager", "BE")
    instance.accept(link, "Eve")
    with pytest.raises(InvitationInvalid):
        invitation.find(instance.session, link, NOW)


def test_an_invitation_ends_after_three_days(instance: Instance) -> None:
    link = instance.invite("Eve", "triager", "BE")
    invitation.find(instance.session, link, NOW + timedelta(hours=71))
    with pytest.raises(InvitationInvalid):
        invitation.find(instance.session, link, NOW + timedelta(hours=72))


@pytest.mark.parametrize("text", ["", "x", "é", "A" * 43])
def test_what_is_no_invitation_is_refused_by_name(instance: Instance, text: str) -> None:
    with pytest.raises(InvitationInvalid):
        invitation.find(instance.session, text, NOW)


def test_the_link_is_not_in_the_database(instance: Instance) -> None:
    link = instance.invite("Eve", "triager", "BE")
    staff, raw = invitation.find(instance.session, link, NOW)
    assert staff.invitation_hash != raw
    assert raw not in (staff.private_by_invitation or b"")


def test_names_that_differ_in_case_alone_are_taken(instance: Instance) -> None:
    with pytest.raises(NameTaken):
        instance.invite("  bELA ", "triager", "BE")


@pytest.mark.parametrize(
    ("chosen", "code", "failure"),
    [
        ("short", None, PasswordRefused),
        (PASSWORD, "000000", SecondFactorRefused),
        (PASSWORD, "", SecondFactorRefused),
    ],
)
def test_a_refused_set_up_changes_nothing(
    instance: Instance, chosen: str, code: str | None, failure: type[Exception]
) -> None:
    link = instance.invite("Eve", "triager", "BE")
    begin_write(instance.session)
    with pytest.raises(failure):
        invitation.accept(
            instance.session,
            instance.vault,
            link,
            name="Eve",
            chosen=chosen,
            salt=b"s" * 16,
            key=b"k" * 32,
            one_time_code=code or "1",
            now=NOW,
        )
    instance.session.rollback()
    assert invitation.find(instance.session, link, NOW)[0].state == "invited"


def test_who_was_added_from_the_command_line_waits_for_an_administrator(
    instance: Instance,
) -> None:
    staff = waiting(instance)
    with pytest.raises(SignInRefused):
        instance.sign_in("Eve", LATER)
    instance.session.rollback()
    report = instance.report(instance.send())
    with pytest.raises(NotAllowed):
        instance.keyring("Eve").case_private(instance.session, report)
    dana = instance.keyring("Dana")
    begin_write(instance.session)
    invitation.confirm(
        instance.session, instance.vault, staff, Authority.of(instance.session, dana)
    )
    instance.session.commit()
    instance.sign_in("Eve", LATER)
    assert instance.keyring("Eve").case_private(instance.session, report)


def test_only_an_administrator_hands_on_keys(instance: Instance) -> None:
    with pytest.raises(NotAllowed):
        Authority.of(instance.session, instance.keyring("Bela"))


# --- passwords ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ("fourteen chars", "short"),
        ("é" * 129, "long"),
        ("passwordpassword", "common"),
        ("aaaaaaaaaaaaaaaa", "common"),
        ("qwertyuiopasdfgh", "common"),
        ("waysidewayside1", "common"),
    ],
)
def test_a_refused_password_says_why(chosen: str, reason: str) -> None:
    with pytest.raises(PasswordRefused) as told:
        password.check(chosen, name="Bela")
    assert told.value.reason == reason


@pytest.mark.parametrize("chosen", [PASSWORD, "ﷺ" + "lantern-orbit-quiet-fig", "x7 % " * 20])
def test_any_long_uncommon_password_will_do(chosen: str) -> None:
    password.check(chosen, name="Bela")


# --- signing in --------------------------------------------------------------------------------


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
    key = sign_in.password_key(instance.session, instance.vault, name, typed)
    good = instance.members["Bela"].one_time_code(LATER)
    begin_write(instance.session)
    with pytest.raises(SignInRefused, match=r"^refused$"):
        sign_in.sign_in(instance.session, instance.vault, name, key, code or good, LATER)


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


# --- recovery, a new password, leaving ---------------------------------------------------------


def test_the_printed_recovery_code_opens_the_key(instance: Instance) -> None:
    bela = member(instance, "Bela")
    code = instance.members["Bela"].recovery_code
    assert life.recover(bela, code.lower()) == instance.keyring("Bela").private
    with pytest.raises(SealBroken):
        life.recover(bela, instance.members["Chidi"].recovery_code)


def test_a_new_password_ends_every_session_and_the_old_password(instance: Instance) -> None:
    cookie = instance.sign_in("Bela", LATER)
    bela, private = member(instance, "Bela"), instance.keyring("Bela").private
    fresh = "nine tired lanterns under ice"
    key = instance.vault.password_key(fresh, b"n" * 16)
    begin_write(instance.session)
    life.change_password(instance.session, bela, private, fresh, b"n" * 16, key)
    instance.session.commit()
    with pytest.raises(SessionEnded):
        sign_in.resume(instance.session, instance.vault, cookie, LATER)
    with pytest.raises(SignInRefused):
        instance.sign_in("Bela", LATER + timedelta(minutes=1))
    instance.session.rollback()
    instance.members["Bela"].password = fresh
    instance.sign_in("Bela", LATER + timedelta(minutes=2))


def test_who_is_disabled_holds_nothing(instance: Instance) -> None:
    report = instance.report(instance.send())
    held = instance.keyring("Bela")
    cookie = instance.sign_in("Bela", LATER)
    begin_write(instance.session)
    life.disable(instance.session, instance.vault, held.staff, LATER, by=member(instance, "Dana"))
    instance.session.commit()
    with pytest.raises(SessionEnded):
        sign_in.resume(instance.session, instance.vault, cookie, LATER)
    with pytest.raises(NotAllowed):
        Keyring(held.staff, held.private).case_private(instance.session, report)
    for table in (DeskGrant, RosterGrant):
        rows = select(func.count()).select_from(table).where(table.staff_id == held.staff.id)
        assert instance.session.scalar(rows) == 0
    custody.verify(instance.session, instance.vault)


def test_a_new_epoch_shuts_out_a_kept_copy_of_the_old_key(instance: Instance) -> None:
    before, dana = instance.send(), instance.keyring("Dana")
    old = instance.session.get_one(DeskKey, instance.report(before).desk_key_id)
    kept_copy = dana.desk_private(instance.session, old.id)
    begin_write(instance.session)
    new = desks.rotate(
        instance.session,
        instance.vault,
        dana.roster_private(instance.session),
        old,
        kept_copy,
        LATER,
    )
    instance.session.commit()
    assert (old.current, new.current, new.epoch) == (False, True, 2)
    after = instance.send()
    for receipt in (before, after):
        report = instance.report(receipt)
        assert report.desk_key_id == new.id
        assert instance.keyring("Bela").case_private(instance.session, report)
        with pytest.raises(SealBroken):
            open_sealed(kept_copy, report.private_by_desk, kind="case key", id=report.id.bytes)
    assert open_sealed(
        kept_copy, seal(old.public, b"note", kind="note", id=b"1"), kind="note", id=b"1"
    )


def test_chidi_sees_nothing_of_the_desk_in_belgium(instance: Instance) -> None:
    report = instance.report(instance.send(country="BE"))
    chidi = instance.keyring("Chidi")
    assert report.desk_id not in chidi.desk_ids(instance.session)
    with pytest.raises(NotAllowed):
        chidi.case_private(instance.session, report)
    grant = instance.session.scalars(
        select(DeskGrant).where(DeskGrant.desk_key_id == report.desk_key_id)
    ).first()
    assert grant is not None
    with pytest.raises(SealBroken):
        open_sealed(chidi.private, grant.sealed, kind="desk key", id=report.desk_key_id.bytes)
    assert instance.session.scalar(select(func.count()).select_from(Report)) == 1
