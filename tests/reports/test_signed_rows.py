"""What only staff may say carries their signature: no keyed hash, and no other one's, makes up for
it.

Whoever writes here has the database, the pepper and every public key, and rewrites the keyed hash
after each change, as every process of the instance can.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import inspect, select, update
from sqlalchemy.orm import make_transient

from reports import sealed_rows, signing_start
from reports.act import Act
from reports.db import begin_write, make_engine
from reports.delivery import contact_settings
from reports.model import ContactChange, Delivery, Message, Organisation, SigningKey, Staff
from reports.model.seals import SignedRow
from reports.roster import signature, signing_keys
from reports.roster.keyring import Keyring
from reports.triage.referral import used_keys
from reports.vault import make_pair, seal
from tests.reports.test_sealed_rows import other_values
from tests.support import stored
from tests.support.cast import NOW, Instance
from tests.support.shown import count_shown
from tests.support.stored import StoredInstance

KINDS = signing_start.list_signed_kinds()
UNSIGNED = b"\1" + bytes(16 + 64)


@pytest.fixture
def kept(bare_database_url: str, tmp_path: Path) -> Iterator[StoredInstance]:
    """An instance of the first release, with one row at least of every kind."""
    engine = make_engine(bare_database_url)
    instance = stored.load(engine, tmp_path / "stored")
    begin_write(instance.session)
    setting = contact_settings.require_confirmed(instance.session, instance.vault, "be-payoke")
    act = Act(instance.session, instance.vault, instance.dana, NOW)
    used_keys.remember(act, instance.report.desk_id, setting)
    instance.session.commit()
    yield instance
    instance.session.close()
    engine.dispose()


@pytest.fixture
def begun(kept: StoredInstance) -> StoredInstance:
    """The same, after Dana has signed in."""
    begin(kept)
    return kept


def begin(kept: StoredInstance, most: int = 1_000) -> None:
    begin_write(kept.session)
    signing_start.settle(kept.session, kept.vault, kept.dana, NOW, most)
    kept.session.commit()


def find_word(kept: StoredInstance, kind: type[Any]) -> Any:
    """A row of this kind that is the word of staff."""
    rows = kept.session.scalars(select(kind).order_by(kind.SEAL.column)).all()
    return next(row for row in rows if sealed_rows.needs_signature(row))


def forge(kept: StoredInstance, row: SignedRow) -> bool:
    """Whether anybody is fooled by a row, once its keyed hash was made to fit."""
    try:
        setattr(row, row.SEAL.column, sealed_rows.compute_seal(kept.vault, row))
    except sealed_rows.SealBroken:
        return False
    return sealed_rows.is_whole(kept.session, kept.vault, row)


def act(kept: StoredInstance) -> Act:
    return Act(kept.session, kept.vault, kept.dana, NOW)


def hold(kept: StoredInstance, row: Any) -> Any:
    """The row, apart from the database."""
    kept.session.expunge(row)
    make_transient(row)
    return row


# --- the signature -----------------------------------------------------------------------------


def test_every_word_of_staff_is_a_signed_kind() -> None:
    assert {kind.__tablename__ for kind in KINDS} == {
        "contact_change", "contact_setting", "delivery", "finding", "legal_hold", "message",
        "note", "proposal", "referral_answer", "used_key",
    }  # fmt: skip
    assert len({kind.SIGNED.label for kind in KINDS}) == len(KINDS)
    for kind in KINDS:
        assert bool(kind.SIGNED.apart[0]) is bool(kind.SIGNED.why), kind


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_bound_column_can_be_changed_under_a_signature(
    begun: StoredInstance, kind: type[Any]
) -> None:
    row = hold(begun, find_word_or_answer(begun, kind))
    for how in (signing_keys.BEFORE, signing_keys.SAID):
        if how == signing_keys.SAID:
            row.signature = None
            sealed_rows.seal_and_sign(act(begun), row)
        assert forge(begun, row), (kind, how)
        for name in (*kind.SEAL.bound, "signature"):
            whole = getattr(row, name)
            for value in other_values(whole):
                setattr(row, name, value)
                assert not forge(begun, row), (kind, how, name, value)
            setattr(row, name, whole)
        assert forge(begun, row), (kind, how)


def find_word_or_answer(kept: StoredInstance, kind: type[Any]) -> Any:
    """As `find_word`; the one answer of the first release came by a code, and becomes Dana's."""
    rows = kept.session.scalars(select(kind).order_by(*inspect(kind).primary_key)).all()
    words = [row for row in rows if sealed_rows.needs_signature(row)]
    if words:
        return words[0]
    [row] = rows
    row.staff_id = kept.dana.staff.id
    row.seal = sealed_rows.compute_seal(kept.vault, row)
    statement = sealed_rows.make_statement(row)
    row.signature = signing_keys.sign_as_found(kept.dana.open_roster_key(kept.session), statement)
    kept.session.flush()
    return row


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_word_without_signature_is_nobodys(begun: StoredInstance, kind: type[Any]) -> None:
    row = hold(begun, find_word_or_answer(begun, kind))
    for dropped in (None, b"", UNSIGNED, row.signature[:-1], row.signature + b"\0"):
        row.signature = dropped
        assert not forge(begun, row), (kind, dropped)


def test_a_signature_of_one_kind_serves_no_other(begun: StoredInstance) -> None:
    signed = {}
    for kind in KINDS:
        row = find_word_or_answer(begun, kind)
        sealed_rows.seal_and_sign(act(begun), row)
        signed[kind] = row.signature
    for kind in KINDS:
        row = hold(begun, find_word_or_answer(begun, kind))
        for other in KINDS:
            row.signature = signed[other]
            assert forge(begun, row) is (other is kind), (kind, other)


def test_how_a_row_was_signed_is_signed_too(begun: StoredInstance) -> None:
    row = hold(begun, find_word(begun, Message))
    sealed_rows.sign_row(act(begun), row)
    for how in (0, signing_keys.CARRIED, signing_keys.BEFORE, 4):
        row.signature = bytes([how]) + row.signature[1:]
        assert not forge(begun, row), how


def test_only_who_is_named_signs(instance: Instance) -> None:
    """A colleague, a liaison and a person of their own making: none says it for Bela."""
    session, vault, bela = instance.session, instance.vault, instance.act("Bela")
    token = instance.invite("Lou", "liaison", None, contact_id="be-payoke")
    instance.accept(token, "Lou")
    row = Message(id=uuid4(), report_id=uuid4(), author="desk", sealed=b"x", day=NOW.date())
    sealed_rows.seal_and_sign(bela, row)
    assert sealed_rows.is_whole(session, vault, row)
    lou = instance.keyring("Lou")
    row.signature = signing_keys.sign(session, vault, lou, sealed_rows.make_statement(row))
    assert row.signature is not None
    assert not sealed_rows.is_whole(session, vault, row)
    change = ContactChange(
        contact_id="be-payoke", channel="hand", email="", certificate=b"", smime=b"",
        fingerprint="", day=NOW.date(), staff_id=instance.members["Dana"].id,
    )  # fmt: skip
    change.seal = sealed_rows.compute_seal(vault, change)
    for who, fits in (("Dana", True), ("Bela", False), ("Chidi", False)):
        change.signature = signing_keys.sign(
            session, vault, instance.keyring(who), sealed_rows.make_statement(change)
        )
        assert sealed_rows.is_whole(session, vault, change) is fits, who


def test_a_key_of_ones_own_certifies_nobody(instance: Instance) -> None:
    """The row of a signing key, made by whoever can write the database."""
    session, vault = instance.session, instance.vault
    public, private = signature.make_signing_key()
    bela = instance.members["Bela"].id
    begin_write(session)
    old = session.scalars(select(SigningKey).where(SigningKey.staff_id == bela)).one()
    row = Message(id=uuid4(), report_id=uuid4(), author="desk", sealed=b"x", day=NOW.date())
    row.seal = sealed_rows.compute_seal(vault, row)
    for values in (
        {"public": public},
        {"public": public, "signature": signature.sign(private, b"x")},
        {"role": "administrator"},
        {"staff_id": instance.members["Chidi"].id},
    ):
        session.execute(update(SigningKey).where(SigningKey.id == old.id).values(**values))
        session.expire_all()
        head = bytes([signing_keys.SAID]) + old.id.bytes
        said = b"wayside said 1\0" + head + sealed_rows.make_statement(row)
        row.signature = head + signature.sign(private, said)
        assert not sealed_rows.is_whole(session, vault, row), values
        session.rollback()
        begin_write(session)


def test_nobody_is_made_to_sign_with_a_key_that_others_know(instance: Instance) -> None:
    session, bela = instance.session, instance.act("Bela")
    _, private = signature.make_signing_key()
    [key] = session.scalars(select(SigningKey).where(SigningKey.staff_id == bela.staff_id))
    key.sealed = seal(
        bela.keyring.staff.public or b"", private, kind="signing key", id=key.id.bytes
    )
    row = Message(id=uuid4(), report_id=uuid4(), author="desk", sealed=b"x", day=NOW.date())
    with pytest.raises(sealed_rows.RosterBroken):
        sealed_rows.sign_row(bela, row)


# --- how it begins -----------------------------------------------------------------------------


def test_before_it_begins_all_is_taken_as_it_always_was(kept: StoredInstance) -> None:
    assert not signing_keys.has_begun(kept.session, kept.vault)
    assert list(signing_start.find_faults(kept.session, kept.vault)) == []
    row = find_word(kept, Message)
    sealed_rows.sign_row(act(kept), row)
    assert row.signature is None


def test_it_begins_when_an_administrator_signs_in(kept: StoredInstance) -> None:
    shown = {kind: count_shown(kept, kind) for kind in KINDS}
    begin(kept)
    assert signing_keys.is_on_record(kept.session, kept.vault)
    begin(kept)
    assert signing_keys.has_begun(kept.session, kept.vault)
    assert kept.vault.key_folder.has_signing_mark()
    assert list(signing_start.find_faults(kept.session, kept.vault)) == []
    assert {kind: count_shown(kept, kind) for kind in KINDS} == shown
    row = find_word(kept, Message)
    sealed_rows.sign_row(act(kept), row)
    assert row.signature[0] == signing_keys.SAID


def test_what_came_by_a_forger_before_is_not_signed_as_found(kept: StoredInstance) -> None:
    kept.session.execute(update(Message).where(Message.author == "desk").values(seal=b"\0" * 32))
    kept.session.commit()
    begin(kept)
    assert {fault.table for fault in signing_start.find_faults(kept.session, kept.vault)} == {
        "message"
    }


def test_a_large_instance_takes_several_sign_ins(kept: StoredInstance) -> None:
    for _ in range(100):
        if signing_keys.is_on_record(kept.session, kept.vault):
            break
        assert list(signing_start.find_faults(kept.session, kept.vault)) == []
        begin(kept, most=3)
    assert signing_keys.is_on_record(kept.session, kept.vault)
    assert list(signing_start.find_faults(kept.session, kept.vault)) == []


def test_nobody_can_go_back_before_the_beginning(begun: StoredInstance) -> None:
    """The mark in the keys folder holds where the row is gone; and the row where it is not."""
    begin(begun)
    begun.session.execute(update(Organisation).values(signing_day=None, signing_signature=None))
    begun.session.execute(update(Message).values(signature=None))
    begun.session.commit()
    begun.session.expire_all()
    assert signing_keys.has_begun(begun.session, begun.vault)
    begin(begun)
    assert not signing_keys.is_on_record(begun.session, begun.vault)
    faults = [fault.table for fault in signing_start.find_faults(begun.session, begun.vault)]
    assert set(faults) == {"message"}


def test_another_day_is_no_beginning(begun: StoredInstance) -> None:
    row = begun.session.get_one(Organisation, 1)
    row.signing_signature = bytes(64)
    assert not signing_keys.is_on_record(begun.session, begun.vault)


def test_who_is_no_administrator_begins_nothing(kept: StoredInstance) -> None:
    nobody = Keyring(Staff(id=UUID(int=7), role="triager"), make_pair().private)
    signing_start.settle(kept.session, kept.vault, nobody, NOW)
    assert not signing_keys.is_on_record(kept.session, kept.vault)


def test_a_new_instance_takes_nothing_unsigned(instance: Instance) -> None:
    assert instance.vault.key_folder.has_signing_mark()
    assert signing_keys.is_on_record(instance.session, instance.vault)


def test_what_has_left_needs_no_signature_any_more(begun: StoredInstance) -> None:
    begun.session.execute(update(Delivery).values(packet=None, state="sent", signature=None))
    begun.session.commit()
    assert list(signing_start.find_faults(begun.session, begun.vault)) == []


# --- people come and go ------------------------------------------------------------------------


def test_what_somebody_said_stays_theirs_when_they_have_left(instance: Instance) -> None:
    from_bela = instance.act("Bela")
    row = Message(id=uuid4(), report_id=uuid4(), author="desk", sealed=b"x", day=NOW.date())
    sealed_rows.seal_and_sign(from_bela, row)
    begin_write(instance.session)
    signing_keys.drop_private_halves(instance.session, from_bela.staff_id)
    instance.session.commit()
    assert sealed_rows.is_whole(instance.session, instance.vault, row)
    with pytest.raises(sealed_rows.RosterBroken):
        sealed_rows.sign_row(from_bela, row)


def test_every_column_of_a_signing_key_is_listed() -> None:
    names = {column.name for column in inspect(SigningKey).columns}
    assert names == {"id", "staff_id", "role", "public", "signature", "sealed"}
