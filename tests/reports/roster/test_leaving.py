"""Who leaves holds nothing, and who is of another desk never did."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from reports import custody, outer_layer
from reports.act import Act
from reports.db import begin_write
from reports.errors import (
    NotAllowed,
    SealBroken,
    SessionEnded,
)
from reports.model import DeskGrant, DeskKey, Report, RosterGrant, Staff
from reports.roster import desks, sign_in, staff_lifecycle
from reports.roster.desks import OpenDeskKey
from reports.roster.keyring import Keyring
from reports.vault import open_sealed, seal
from tests.support.cast import NOW, Instance

LATER = NOW + timedelta(minutes=1)


def member(instance: Instance, name: str) -> Staff:
    return instance.keyring(name).staff


def test_who_is_disabled_holds_nothing(instance: Instance) -> None:
    report = instance.report(instance.send())
    held = instance.keyring("Bela")
    cookie = instance.sign_in("Bela", LATER)
    begin_write(instance.session)
    staff_lifecycle.disable(instance.act("Dana", LATER), held.staff)
    instance.session.commit()
    with pytest.raises(SessionEnded):
        sign_in.resume(instance.session, instance.vault, cookie, LATER)
    with pytest.raises(NotAllowed):
        Keyring(held.staff, held.private).open_case_key(instance.session, report)
    for table in (DeskGrant, RosterGrant):
        rows = select(func.count()).select_from(table).where(table.staff_id == held.staff.id)
        assert instance.session.scalar(rows) == 0
    custody.verify(instance.session, instance.vault)


def test_a_new_epoch_shuts_out_a_kept_copy_of_the_old_key(instance: Instance) -> None:
    before, dana = instance.send(), instance.keyring("Dana")
    old = instance.session.get_one(DeskKey, instance.report(before).desk_key_id)
    kept_copy = dana.open_desk_key(instance.session, old.id)
    begin_write(instance.session)
    new = desks.rotate(
        Act(instance.session, instance.vault, dana, LATER), OpenDeskKey(old, kept_copy)
    )
    instance.session.commit()
    assert (old.current, new.current, new.epoch) == (False, True, 2)
    after = instance.send()
    for receipt in (before, after):
        report = instance.report(receipt)
        assert report.desk_key_id == new.id
        assert instance.keyring("Bela").open_case_key(instance.session, report)
        sealed = outer_layer.open_by_desk(instance.vault, report)
        with pytest.raises(SealBroken):
            open_sealed(kept_copy, sealed, kind="case key", id=report.id.bytes)
    assert open_sealed(
        kept_copy, seal(old.public, b"note", kind="note", id=b"1"), kind="note", id=b"1"
    )


def test_chidi_sees_nothing_of_the_desk_in_belgium(instance: Instance) -> None:
    report = instance.report(instance.send(country="BE"))
    chidi = instance.keyring("Chidi")
    assert report.desk_id not in chidi.list_desk_ids(instance.session)
    with pytest.raises(NotAllowed):
        chidi.open_case_key(instance.session, report)
    grant = instance.session.scalars(
        select(DeskGrant).where(DeskGrant.desk_key_id == report.desk_key_id)
    ).first()
    assert grant is not None
    with pytest.raises(SealBroken):
        open_sealed(chidi.private, grant.sealed, kind="desk key", id=report.desk_key_id.bytes)
    assert instance.session.scalar(select(func.count()).select_from(Report)) == 1
