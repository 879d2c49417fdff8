"""How somebody becomes staff: founding, inviting, confirming, choosing a password."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from reports import outer_layer
from reports.db import begin_write
from reports.errors import (
    AlreadyFounded,
    InvitationInvalid,
    NameTaken,
    NotAllowed,
    PasswordRefused,
    SealBroken,
    SecondFactorRefused,
    SignInRefused,
)
from reports.model import DeskKey, Organisation, Staff
from reports.roster import bootstrap, desks, invitation, password
from reports.roster.invitation import AccountSetup, Authority, NewMember
from reports.roster.password import ChosenPassword
from reports.secret_text import format_groups, parse_groups
from reports.vault import Vault, make_pair, open_sealed
from tests.support.cast import NOW, PASSWORD, Instance

LATER = NOW + timedelta(minutes=1)


def waiting(instance: Instance, name: str = "Eve", role: str = "triager") -> Staff:
    """Somebody invited from the command line, who has set up."""
    dana = instance.keyring("Dana")
    be = [desk.id for desk in dana.list_desks(instance.session) if desk.country == "BE"]
    begin_write(instance.session)
    link = invitation.invite(
        instance.session, instance.vault, NewMember(name, role, tuple(be)), NOW
    )
    instance.session.commit()
    instance.accept(link, name)
    return instance.session.scalars(select(Staff).where(Staff.name == name)).one()


def test_a_used_link_in_old_mail_is_no_second_factor(instance: Instance, tmp_path: Path) -> None:
    token = b"t" * 32
    elsewhere = Vault.create(tmp_path / "elsewhere")
    own = invitation.derive_totp_secret(instance.vault, token)
    assert own == invitation.derive_totp_secret(instance.vault, token)
    assert own != invitation.derive_totp_secret(elsewhere, token)


def test_founding_twice_is_refused(instance: Instance) -> None:
    begin_write(instance.session)
    with pytest.raises(AlreadyFounded):
        bootstrap.create_instance(instance.session, instance.vault, ("BE",), NOW)


def test_an_instance_in_use_cannot_be_founded_anew(instance: Instance) -> None:
    begin_write(instance.session)
    with pytest.raises(AlreadyFounded):
        bootstrap.undo(instance.session)


def test_the_paper_key_opens_every_desk_and_the_roster(instance: Instance) -> None:
    private = parse_groups(instance.recovery_key)
    receipt = instance.send()
    report = instance.report(receipt)
    key = instance.session.get_one(DeskKey, report.desk_key_id)
    desk_private = desks.recover(instance.session, private, key)
    case = open_sealed(
        desk_private,
        outer_layer.open_by_desk(instance.vault, report),
        kind="case key",
        id=report.id.bytes,
    )
    assert case == instance.keyring("Bela").open_case_key(instance.session, report)
    organisation = instance.session.get_one(Organisation, 1)
    roster = open_sealed(private, organisation.roster_by_recovery, kind="roster key", id=b"")
    assert roster == instance.keyring("Dana").open_roster_key(instance.session)


@pytest.mark.parametrize("at", [0, 7, 40, 68])
def test_a_typing_error_in_the_paper_key_is_found(at: int) -> None:
    text = format_groups(make_pair().private)
    if text[at] == "-":
        at += 1
    wrong = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
    with pytest.raises(SealBroken):
        parse_groups(wrong)


def test_the_paper_key_is_read_however_it_is_typed() -> None:
    private = make_pair().private
    text = format_groups(private)
    assert parse_groups(text.lower().replace("-", " ")) == private
    assert parse_groups(text.replace("O", "0").replace("I", "1").replace("B", "8")) == private


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
            AccountSetup("Eve", ChosenPassword(chosen, b"s" * 16, b"k" * 32), code or "1"),
            NOW,
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
        instance.keyring("Eve").open_case_key(instance.session, report)
    begin_write(instance.session)
    invitation.confirm(instance.act("Dana"), staff)
    instance.session.commit()
    instance.sign_in("Eve", LATER)
    assert instance.keyring("Eve").open_case_key(instance.session, report)


def test_only_an_administrator_hands_on_keys(instance: Instance) -> None:
    with pytest.raises(NotAllowed):
        Authority.from_keyring(instance.session, instance.keyring("Bela"))


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
