"""No column of a sealed row can be changed behind our back: each of them, of every kind of row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from sqlalchemy import inspect, select, update

from reports import sealed_rows
from reports.act import Act
from reports.db import begin_write, make_engine
from reports.delivery import contact_settings
from reports.errors import SealBroken
from reports.model import (
    Base,
    ContactChange,
    ContactSetting,
    DeskKey,
    Finding,
    LegalHold,
    Message,
    Referral,
    ReferralAnswer,
    Report,
    Staff,
)
from reports.model.seals import BoundRow, SealedRow, SignedRow
from reports.triage import found_identifiers
from reports.triage.found_identifiers import FOUND, LookedThrough
from reports.triage.identifiers import Identifier
from reports.triage.referral import used_keys
from reports.vault import Opener, make_pair
from tests.support import stored
from tests.support.cast import NOW, Instance
from tests.support.shown import OF_A_REPORT, OF_THE_INSTANCE, TOO_LARGE, count_shown
from tests.support.stored import StoredInstance

OTHER_CONTACT: Final = "be-surya"
CHAINS: Final = {
    "report.custody_seal": "the head of its custody chain: test_custody.py",
    "organisation.custody_seal": "the head of its custody chain: test_custody.py",
}
"""Seals of another make, which have tests of their own."""


@pytest.fixture
def kept(bare_database_url: str, tmp_path: Path) -> Iterator[StoredInstance]:
    """One row at least of every kind, and other reports, people and referrals to move them to."""
    engine = make_engine(bare_database_url)
    instance = stored.load(engine, tmp_path / "stored")
    session = instance.session
    other = Instance(session, instance.vault, "").send()
    begin_write(session)
    member = instance.dana.staff
    columns = {each.key: getattr(member, each.key) for each in inspect(Staff).columns}
    session.add(Staff(**columns | {"id": uuid4(), "name": "Emil", "folded_name": "emil"}))
    [referral] = session.scalars(select(Referral))
    columns = {each.key: getattr(referral, each.key) for each in inspect(Referral).columns}
    session.add(Referral(**columns | {"id": uuid4(), "report_id": other.report_id}))
    act = Act(session, instance.vault, instance.dana, NOW)
    plate = LookedThrough((Identifier("plate", "1ABC234", "1-ABC-234"),), FOUND)
    found_identifiers.store(act, instance.report, plate)
    setting = contact_settings.require_confirmed(session, instance.vault, "be-payoke")
    used_keys.remember(act, instance.report.desk_id, setting)
    session.commit()
    yield instance
    session.close()
    engine.dispose()


def bound_kinds() -> list[type[Any]]:
    """Every mapped class with a seal."""
    every = [mapper.class_ for mapper in Base.registry.mappers]
    return sorted((each for each in every if issubclass(each, BoundRow)), key=str)


# --- what is declared --------------------------------------------------------------------------


def test_every_seal_is_declared() -> None:
    seals = {
        f"{mapper.local_table.name}.{column.name}"
        for mapper in Base.registry.mappers
        for column in mapper.local_table.columns
        if column.name.endswith("seal")
    }
    declared = {f"{each.__tablename__}.{each.SEAL.column}" for each in bound_kinds()}
    assert seals == declared | CHAINS.keys()


@pytest.mark.parametrize("kind", bound_kinds(), ids=lambda kind: kind.__name__)
def test_a_column_is_bound_or_says_why_not(kind: type[Any]) -> None:
    columns = {column.name for column in inspect(kind).columns}
    seals = {kind.SEAL.column} | ({"signature"} if issubclass(kind, SignedRow) else set())
    assert {*kind.SEAL.bound, *kind.SEAL.free, *seals} == columns
    assert not set(kind.SEAL.bound) & kind.SEAL.free.keys()
    assert all(len(reason.split()) > 2 for reason in kind.SEAL.free.values())
    assert ("sealed" in kind.SEAL.bound) is issubclass(kind, SealedRow)


def test_no_two_kinds_share_a_label() -> None:
    labels = [kind.SEAL.label for kind in bound_kinds()]
    assert len(set(labels)) == len(labels)


# --- the hash ----------------------------------------------------------------------------------


def other_values(value: Any) -> list[Any]:
    """Values of the same type that are not `value`."""
    found: list[Any] = [uuid4(), "x", b"x"]
    if isinstance(value, UUID):
        found = [uuid4()]
    elif isinstance(value, bytes):
        found = [value + b"\0", value[:-1], b""]
    elif isinstance(value, str):
        found = [value + "x", ""]
    elif isinstance(value, date):
        found = [value + timedelta(days=1)]
    elif isinstance(value, int):
        found = [value + 1, TOO_LARGE]
    return [each for each in found if each != value]


def test_each_bound_column_and_each_byte_is_under_the_hash(kept: StoredInstance) -> None:
    for kind in bound_kinds():
        row = kept.session.scalars(select(kind)).first()
        assert row is not None, kind
        kept.session.expunge(row)
        assert sealed_rows.is_genuine(kept.vault, row), kind
        for name in (*kind.SEAL.bound, kind.SEAL.column):
            whole = getattr(row, name)
            for value in other_values(whole):
                setattr(row, name, value)
                assert not sealed_rows.is_genuine(kept.vault, row), (kind, name, value)
            for flipped in flips(whole) if isinstance(whole, bytes) else ():
                setattr(row, name, flipped)
                assert not sealed_rows.is_genuine(kept.vault, row), (kind, name)
            setattr(row, name, whole)
        assert sealed_rows.is_genuine(kept.vault, row), kind


def flips(whole: bytes) -> Iterator[bytes]:
    for at in range(len(whole)):
        yield whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]


def test_a_text_opens_in_its_own_row_alone(kept: StoredInstance) -> None:
    """Also for somebody who can make hashes: the text itself is bound to kind and id."""
    pair = make_pair()
    opener = Opener(pair.private)
    for kind in bound_kinds():
        if not issubclass(kind, SealedRow):
            continue
        row = kept.session.scalars(select(kind)).first()
        assert row is not None
        kept.session.expunge(row)
        sealed_rows.seal_row(kept.vault, pair.public, row, {"text": "é"})
        assert sealed_rows.open_row(kept.session, kept.vault, opener, row) == {"text": "é"}
        for name in ("sealed", kind.KEYED_BY):
            whole = getattr(row, name)
            value = uuid4() if isinstance(whole, UUID) else next(flips(whole[::-1]))[::-1]
            setattr(row, name, value)
            row.seal = sealed_rows.compute_seal(kept.vault, row)
            with pytest.raises(SealBroken):
                sealed_rows.open_row(kept.session, kept.vault, opener, row)
            setattr(row, name, whole)


# --- what the readers show ---------------------------------------------------------------------


def possible_values(kept: StoredInstance, kind: type[Any], name: str, value: Any) -> list[Any]:
    """Other values that the database takes in this column: of a foreign key, another row's id."""
    column = inspect(kind).columns[name]
    for key in column.foreign_keys:
        ids = kept.session.scalars(select(key.column).where(key.column != value)).all()
        return list(ids)
    choices = {
        (Message, "author"): ["desk", "reporter"],
        (Finding, "kind"): ["assessment", "trace", "correction", "lowering", "settled", "gate"],
        (ReferralAnswer, "kind"): ["returned", "outcome"],
        (LegalHold, "state"): ["held", "lifting"],
        (ContactSetting, "channel"): ["hand"],
        (ContactChange, "channel"): ["hand"],
        (ContactSetting, "contact_id"): [OTHER_CONTACT],
        (ContactChange, "contact_id"): [OTHER_CONTACT],
    }
    return [each for each in choices.get((kind, name)) or other_values(value) if each != value]


def test_every_kind_has_a_reader_here() -> None:
    assert {*OF_A_REPORT, *OF_THE_INSTANCE} == set(bound_kinds())


def test_what_was_changed_in_the_database_is_shown_as_damaged(kept: StoredInstance) -> None:
    """And nothing fails: every reader answers, without the row that was changed."""
    session = kept.session
    assert session.scalars(select(DeskKey)).all()
    for kind in bound_kinds():
        begin_write(session)
        whole = count_shown(kept, kind)
        assert whole, kind
        session.rollback()
        for name in kind.SEAL.bound:
            if (kind, name) == (Report, "id"):
                continue  # rows of ten tables hang on it: the database itself refuses
            row = session.scalars(select(kind).order_by(kind.SEAL.column)).first()
            keys = [each == getattr(row, each.key) for each in inspect(kind).primary_key]
            for value in possible_values(kept, kind, name, getattr(row, name)):
                begin_write(session)
                session.execute(update(kind).where(*keys).values({name: value}))
                assert count_shown(kept, kind) < whole, (kind, name, value)
                session.rollback()
