"""A process with the keys and the database role of its own work alone does all of its work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, ExceptionContext, event, select
from sqlalchemy import text as text_clause
from sqlalchemy.orm import Session

from reports.database_roles import format_sql
from reports.db import begin_write, make_engine, make_session_factory
from reports.errors import KeyNotHeld
from reports.instance import claim_keys
from reports.intake.urgency import NOW
from reports.model import Attachment, Delivery, Message, Note, Report, StoredTurn
from reports.patience import WORKER
from reports.settings import Settings
from reports.stores import list_stores, mark_stores
from reports.tombstones import FILES
from reports.triage.turns import begun_turns
from reports.triage.turns.turn_keeper import BEGUN_BELOW
from reports.vault import DESK_KEYS, PUBLIC_KEYS, ROSTER, WORKER_KEYS, Vault
from reports.vault.key_folder import KEPT_BESIDE, MARKER
from reports.worker import Worker
from tests.support import office
from tests.support.cast import CHEAP, PASSWORD, Instance, founded
from tests.support.desk import Browser
from tests.support.files import jpeg
from tests.support.forms import Form, carried, code_on, multipart, opened, text
from tests.support.office import Office
from tests.support.web import AtSite, Clock, put_services
from tests.webapp.mailbox.test_tapping import taps, the_desk_asks
from tests.webapp.triage.test_referral import seen_in
from webapp.site.app_services import get_services

DJSOC = "be-djsoc"


@dataclass
class Split:
    """An instance with its keys by purpose; `instance` has all of them, in memory alone."""

    instance: Instance
    data_dir: Path
    settings: Settings

    def url(self, role: str) -> str:
        """The address of the database for a process: on PostgreSQL under the role of its own."""
        return self.settings.database_url.replace("postgres@", f"wayside_{role}@")

    def hold(self, purposes: tuple[str, ...]) -> Vault:
        """What a process has: these files and no other are in the folder from now on."""
        for path in (self.data_dir / "keys").iterdir():
            if path.name not in (*purposes, ROSTER, MARKER, *KEPT_BESIDE):
                path.unlink()
        vault = Vault.load_purposes(self.data_dir, purposes)
        vault._password_cost = vault._receipt_cost = CHEAP
        return vault


@pytest.fixture
def split(make_app: Callable[..., Flask], database_url: str, tmp_path: Path) -> Iterator[Split]:
    services = get_services(make_app(WAYSIDE_DATABASE_URL=database_url))
    with make_session_factory(services.engine)() as session:
        made = founded(session, services.vault)
        begin_write(session)
        claim_keys(session, tmp_path / "var")
        mark_stores(session, {FILES: services.store})
        session.commit()
        if "postgresql" in database_url:
            session.execute(text_clause(format_sql()))
            session.commit()
        yield Split(made, tmp_path / "var", services.config.domain)


def note_refusals(engine: Engine) -> list[str]:
    """What the database refuses from here on."""
    refused: list[str] = []

    def note(context: ExceptionContext) -> None:
        refused.append(f"{context.original_exception} {context.statement}")

    event.listen(engine, "handle_error", note)
    return refused


def start_public(split: Split, make_app: Callable[..., Flask]) -> tuple[Flask, list[str]]:
    """A public process, and what the database refuses it."""
    site = make_app(WAYSIDE_FACE="public", WAYSIDE_DATABASE_URL=split.url("public"))
    held = split.hold(PUBLIC_KEYS)
    put_services(site, load_vault=lambda: held)
    site.test_client_class = AtSite
    return site, note_refusals(get_services(site).engine)


def count(session: Session, table: type) -> int:
    found = len(session.scalars(select(table)).all())
    session.rollback()
    return found


def test_a_report_goes_all_the_way_through_a_public_process(
    split: Split, make_app: Callable[..., Flask]
) -> None:
    site, refused = start_public(split, make_app)
    client = site.test_client()
    assert client.get("/ready").status_code == 204
    form = Form(client)
    form.to_step(7)
    kind, data = multipart({**carried(form.page), "b": "add"}, {"a.jpg": jpeg()})
    form.page = client.post("/en/57", data=data, content_type=kind)
    for _ in range(2):
        form.press("next", path="/en/5")
    code = code_on(form.press("send"))
    session = split.instance.session
    assert (count(session, Report), count(session, Attachment)) == (1, 1)
    visit = Form(client, "/en/6")
    visit.press("open", c=code)
    assert "Your mailbox" in text(visit.page)
    assert "Still there." in text(visit.press("send", m="Still there."))
    assert count(session, Message) == 2  # the first greets her
    begun = select(StoredTurn.reason, StoredTurn.place)
    assert sorted(session.execute(begun).all())[0].place < BEGUN_BELOW
    assert {row.reason for row in session.execute(begun)} == {"new", "reporter_wrote"}
    session.rollback()
    visit.press("erase")
    erased = text(visit.press("erased"))
    assert refused == []
    assert "Your report is erased" in erased
    assert count(session, Report) == 0
    assert client.post("/en/6", data={"c": "1" * 24}).status_code == 200


def test_a_yes_to_danger_raises_the_urgency_in_a_public_process(
    split: Split, make_app: Callable[..., Flask], clock: Clock
) -> None:
    receipt = split.instance.send()
    the_desk_asks(split.instance, receipt, "danger")
    site, refused = start_public(split, make_app)
    form = opened(site.test_client(), receipt)
    form.press("", a=taps(form.page.text, "yes")[0])
    session = split.instance.session
    assert refused == []
    begin_write(session)
    begun_turns.settle(session, split.instance.vault, clock.now, 100)
    session.commit()
    session.expire_all()
    assert session.get_one(Report, receipt.report_id).urgency == NOW


def test_a_desk_process_signs_in_reads_writes_and_refers(
    split: Split, make_app: Callable[..., Flask], clock: Clock
) -> None:
    receipt = split.instance.send(form="sexual", region="flanders")
    Office(DJSOC).confirm(split.instance)
    desk = make_app(WAYSIDE_FACE="desk", WAYSIDE_DATABASE_URL=split.url("desk"))
    held = split.hold(DESK_KEYS)
    put_services(desk, load_vault=lambda: held)
    refused = note_refusals(get_services(desk).engine)
    bela = Browser(desk, split.instance, clock).at_desk("Bela")
    assert "They sleep in the kitchen." in bela.open(receipt.report_id).text
    path = f"/desk/reports/{receipt.report_id}"
    assert bela.post(f"{path}/note", text="Call first.").status_code == 303
    assert bela.post(f"{path}/reply", text="We read it.").status_code == 303
    seen = seen_in(bela.post(f"{path}/route", to=DJSOC).text)
    assert bela.post(f"{path}/refer", to=DJSOC, seen=seen, password=PASSWORD).status_code == 303
    session = split.instance.session
    assert [count(session, table) for table in (Note, Message, Delivery)] == [1, 2, 1]
    assert refused == []
    with pytest.raises(KeyNotHeld):
        held.derive_receipt_key("1234567", "0" * 16)


def test_a_worker_process_delivers_reminds_and_purges(split: Split, clock: Clock) -> None:
    Office(DJSOC).confirm(split.instance)
    receipt = split.instance.send(form="sexual", region="flanders")
    [made] = office.refer(split.instance, receipt, split.settings, DJSOC, now=clock.now)
    session = split.instance.session
    session.rollback()
    mark_stores(session, list_stores(split.settings))
    session.commit()
    # As the public site leaves it.
    report = session.scalars(select(Report)).one()
    turn = StoredTurn(report_id=report.id, about=report.id, desk_id=report.desk_id)
    turn.reason, turn.urgency, turn.since = "reporter_wrote", 3, report.received_day
    turn.rank, turn.sleeps, turn.place = 0, False, 0
    session.rollback()
    with make_session_factory(session.get_bind(), begins_turns=True)() as public:
        public.add(turn)
        public.commit()
    engine = make_engine(split.url("worker"), WORKER)
    refused = note_refusals(engine)
    worker = Worker(split.settings, split.hold(WORKER_KEYS), engine)
    worker.deliver()
    worker.purge()
    worker.chase()
    worker.notify()
    worker.close()
    engine.dispose()
    assert refused == []
    session.expire_all()
    assert session.get_one(Delivery, made).state == "folder"
    assert not session.scalars(select(StoredTurn).where(StoredTurn.place < BEGUN_BELOW)).all()
