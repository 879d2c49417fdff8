"""Whoever takes over the public site reaches no report whose code is not typed there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import ForeignKey, Table, select, text, update
from sqlalchemy.orm import Session

from reports import case_proof, mailbox, withdraw
from reports.codes import ReceiptCode
from reports.database_roles import NONE, PUBLIC, TABLES, format_sql
from reports.database_rows import TABLES as TOLD_APART
from reports.db import begin_write, make_engine, make_session_factory
from reports.intake import submit, token
from reports.intake.spam_check import Circumstances
from reports.intake.submit import CompletedForm, Receipt
from reports.intake.token import Token
from reports.model import Base, Report
from reports.roster import desks
from reports.roster.desks import OpenDeskKey
from reports.triage import report_reader
from reports.vault import Vault
from tests.support.cast import NOW, Instance, founded

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def kept(postgres_url: str, vault: Vault) -> Iterator[Instance]:
    """The instance as its owner sees it, with the roles made."""
    engine = make_engine(postgres_url)
    with make_session_factory(engine)() as session:
        made = founded(session, vault)
        session.execute(text(format_sql()))
        session.commit()
        yield made
    engine.dispose()


@pytest.fixture
def public(kept: Instance, postgres_url: str) -> Iterator[Session]:
    """What whoever takes over the public site has of the database."""
    engine = make_engine(postgres_url.replace("postgres@", f"wayside_{PUBLIC}@"))
    with make_session_factory(engine, begins_turns=True)() as session:
        yield session
    engine.dispose()


def write_message(kept: Instance, receipt: Receipt) -> str:
    """Amina writes one more message; the token of her visit."""
    visit = kept.enter(receipt.code)
    begin_write(kept.session)
    mailbox.write(kept.session, kept.vault, visit, "Still there.", LATER)
    kept.session.commit()
    return visit


def open_privately(kept: Instance, code: ReceiptCode, report: Report) -> bytes:
    visit = kept.enter(code)
    return mailbox.resume(kept.session, visit, LATER).private


def count(session: Session, table: str) -> int:
    """How many rows are seen, asked by a column that every process may read."""
    readable = (*TABLES[table][PUBLIC].select, "*")[0]
    column = (
        readable if readable != "*" else Base.metadata.tables[table].primary_key.columns[0].name
    )
    return int(session.scalar(text(f'SELECT count("{column}") FROM "{table}"')) or 0)


def belongs_to_reports(table: Table) -> bool:
    """Whether its rows go with a report: by its own reference, or by that of another table."""
    if table.name == "report":
        return True
    references: set[ForeignKey] = table.foreign_keys
    return any(belongs_to_reports(each.column.table) for each in references)


def test_every_table_that_belongs_to_reports_tells_rows_apart() -> None:
    told = {
        name
        for name, table in Base.metadata.tables.items()
        if TABLES[name][PUBLIC] is not NONE and belongs_to_reports(table)
    }
    assert told | {"custody_line", "reporter_session"} == set(TOLD_APART)


def test_without_a_secret_no_row_of_any_report_is_seen(kept: Instance, public: Session) -> None:
    write_message(kept, kept.send())
    seen = {table: count(public, table) for table in TOLD_APART}
    own_chain = count(kept.session, "custody_line") - 2  # the report's: received, and written
    assert seen == dict.fromkeys(TOLD_APART, 0) | {"custody_line": own_chain}
    assert count(kept.session, "message") == 2


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM report",
        "DELETE FROM report_body",
        "DELETE FROM message",
        "DELETE FROM custody_line",
        "DELETE FROM reporter_session",
        "DELETE FROM attachment",
        "UPDATE report SET private_by_code = ''",
        "UPDATE report SET private_by_desk = ''",
        "UPDATE report SET proof = NULL",
        "UPDATE reporter_session SET expires_at = now()",
    ],
)
def test_without_a_secret_no_report_is_changed_or_erased(
    kept: Instance, public: Session, statement: str
) -> None:
    write_message(kept, kept.send())
    assert public.execute(text(statement)).rowcount == 0
    public.commit()


def test_the_proof_of_one_report_reaches_no_other(kept: Instance, public: Session) -> None:
    hers, others = kept.send(), kept.send(language="fr")
    private = open_privately(kept, hers.code, kept.report(hers))
    kept.session.commit()
    case_proof.show_proof(public, private)
    assert public.scalars(select(Report.id)).all() == [hers.report_id]
    assert public.execute(text("DELETE FROM custody_line")).rowcount == 1
    public.rollback()
    case_proof.show_locator(public, others.code.locator)
    assert set(public.scalars(select(Report.id))) == {hers.report_id, others.report_id}
    emptied = update(Report).where(Report.id == others.report_id).values(private_by_code=b"")
    assert public.execute(emptied).rowcount == 0


def test_what_was_shown_ends_with_the_session_that_showed_it(
    kept: Instance, public: Session
) -> None:
    receipt = kept.send()
    case_proof.show_locator(public, receipt.code.locator)
    assert count(public, "report") == 1
    public.commit()
    assert count(public, "report") == 1  # the session shows it again
    with Session(public.get_bind()) as another:
        assert count(another, "report") == 0


def test_no_report_and_no_message_is_invented_beside_a_proof(
    kept: Instance, public: Session
) -> None:
    receipt = kept.send()
    case_proof.show_locator(public, receipt.code.locator)
    row = public.scalars(select(Report)).one()
    columns = [column.name for column in Report.__table__.columns]
    values = {name: getattr(row, name) for name in columns}
    values |= {"id": UUID(int=7), "token_hash": None, "proof": bytes(32)}
    with pytest.raises(Exception, match="row-level security"):
        public.execute(Report.__table__.insert().values(values))  # type: ignore[attr-defined]  # a table
    public.rollback()
    said = text(
        "INSERT INTO message (id, report_id, author, sealed, seal, day) "
        "VALUES (:id, :report, 'reporter', '', '', '2026-01-01')"
    )
    with pytest.raises(Exception, match="row-level security"):
        public.execute(said, {"id": UUID(int=8), "report": receipt.report_id})


def test_the_public_role_sends_reads_writes_and_withdraws(
    kept: Instance, public: Session, vault: Vault
) -> None:
    form = issue(vault)
    receipt = send_as(public, vault, form)
    assert submit.find_receipt(public, form) == Receipt(receipt.report_id, receipt.code, True)
    public.commit()
    key = vault.derive_receipt_key(receipt.code.locator, receipt.code.secret)
    begin_write(public)
    visit = mailbox.enter(public, vault, receipt.code, key, NOW)
    mailbox.write(public, vault, visit, "Still there.", NOW)
    public.commit()
    opened = mailbox.resume(public, visit, NOW)
    assert len(mailbox.read_thread(public, vault, opened.report, opened.private)) == 2
    begin_write(public)
    withdraw.withdraw(public, vault, visit, NOW)
    public.commit()
    assert count(kept.session, "report") == 0


def test_a_visit_is_ended_by_its_own_place_alone(
    kept: Instance, public: Session, vault: Vault
) -> None:
    first, second = kept.send(), kept.send(language="fr")
    staying = kept.enter(first.code)
    visit = kept.enter(second.code)
    begin_write(public)
    mailbox.leave(public, visit)
    public.commit()
    assert count(kept.session, "reporter_session") == 1
    assert mailbox.resume(kept.session, staying, NOW).report.id == first.report_id


@pytest.mark.parametrize("who", ["the reporter", "the desk", "a new desk key"])
def test_a_report_from_before_gets_its_proof_from_whoever_opens_it(
    kept: Instance, public: Session, who: str
) -> None:
    receipt = kept.send()
    begin_write(kept.session)
    kept.session.execute(update(Report).values(proof=None))
    kept.session.commit()
    kept.session.expire_all()
    FIRST_OPENED[who](kept, public, receipt)
    kept.session.expire_all()
    private = open_privately(kept, receipt.code, kept.report(receipt))
    assert kept.report(receipt).proof == case_proof.compute_proof_hash(private)


def test_every_member_of_staff_and_the_worker_see_all_rows(
    kept: Instance, postgres_url: str
) -> None:
    write_message(kept, kept.send())
    for role in ("desk", "worker", "backup"):
        engine = make_engine(postgres_url.replace("postgres@", f"wayside_{role}@"))
        with Session(engine) as session:
            assert (count(session, "report"), count(session, "message")) == (1, 2), role
        engine.dispose()


def issue(vault: Vault) -> Token:
    return token.read(vault, token.issue(vault, NOW - timedelta(minutes=1)), NOW)


def send_as(session: Session, vault: Vault, form: Token) -> Receipt:
    """Sends a report with the rights of the session's role."""
    code = submit.codes.derive_code(form.secret)
    key = vault.derive_receipt_key(code.locator, code.secret)
    told = {"country": "BE", "form": "labour", "kind": "witness", "story": "In the kitchen."}
    begin_write(session)
    receipt = submit.submit(
        session, vault, form, CompletedForm(told, key, "nl", Circumstances()), NOW
    )
    session.commit()
    return receipt


def open_at_the_desk(kept: Instance, _public: Session, receipt: Receipt) -> None:
    begin_write(kept.session)
    report_reader.record_opening(kept.act("Bela"), kept.report(receipt))
    kept.session.commit()


def open_with_the_code(kept: Instance, public: Session, receipt: Receipt) -> None:
    key = kept.vault.derive_receipt_key(receipt.code.locator, receipt.code.secret)
    begin_write(public)
    mailbox.enter(public, kept.vault, receipt.code, key, NOW)
    public.commit()


def rotate_the_key(kept: Instance, _public: Session, receipt: Receipt) -> None:
    begin_write(kept.session)
    act, report = kept.act("Dana"), kept.report(receipt)
    old = desks.load_current_key(kept.session, kept.vault, report.desk_id)
    private = act.keyring.open_desk_key(kept.session, old.id)
    desks.rotate(act, OpenDeskKey(old, private))
    kept.session.commit()


FIRST_OPENED: dict[str, Callable[[Instance, Session, Receipt], None]] = {
    "the reporter": open_with_the_code,
    "the desk": open_at_the_desk,
    "a new desk key": rotate_the_key,
}
