"""Whatever order workers claim, settle, die and come late in: no delivery is ever lost."""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from reports import custody
from reports.db import begin_write, make_engine, make_session_factory
from reports.delivery import outbox
from reports.delivery.outbox import ClaimedDelivery
from reports.errors import LeaseLost
from reports.model import Delivery, Report
from reports.settings import Settings
from tests.support.cast import NOW, cheap_vault, founded
from tests.support.office import PAG_ASA, PAYOKE, Office, refer

LEASE = timedelta(minutes=5)
WORKERS = [uuid4() for _ in range(3)]
OFFICES = (Office(PAYOKE), Office(PAG_ASA))


class Outbox(RuleBasedStateMachine):
    """Two deliveries and three workers over a database file; time only moves on."""

    template: Path
    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="wayside-outbox-"))
        shutil.copytree(self.template, self.folder, dirs_exist_ok=True)
        self.engine = make_engine(f"sqlite:///{self.folder / 'wayside.db'}")
        self.session = make_session_factory(self.engine)()
        self.vault = cheap_vault(self.folder)
        self.now = NOW
        self.known = set(self.session.scalars(select(Delivery.id)))
        self.arrived: set[UUID] = set()
        self.given_up: set[UUID] = set()

    def teardown(self) -> None:
        self.session.close()
        self.engine.dispose()
        shutil.rmtree(self.folder)

    @rule(seconds=st.integers(1, 20_000))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(target=claims, owner=st.sampled_from(WORKERS), limit=st.integers(1, 3))
    def a_worker_claims(self, owner: UUID, limit: int) -> object:
        begin_write(self.session)
        found = outbox.claim(self.session, self.now, owner, lease=LEASE, limit=limit)
        self.session.commit()
        assert not {claim.id for claim in found} & (self.arrived | self.given_up)
        return multiple(*found)

    @rule(claim=consumes(claims), how=st.sampled_from(["sent", "retry", "fail"]))
    def a_worker_settles(self, claim: ClaimedDelivery, how: str) -> None:
        begin_write(self.session)
        try:
            if how == "sent":
                outbox.settle(self.session, self.vault, claim, self.now, "sent")
                self.arrived.add(claim.id)
            elif how == "retry":
                outbox.retry(self.session, claim, self.now, "smtp_451")
            else:
                outbox.fail(self.session, self.vault, claim, self.now, "smtp_550")
                self.given_up.add(claim.id)
        except LeaseLost:
            self.session.rollback()
        else:
            self.session.commit()

    @rule(claim=consumes(claims))
    def a_worker_dies(self, claim: ClaimedDelivery) -> None:
        """It never settles; its lease will run out."""

    @rule(claim=claims)
    def a_worker_dies_before_it_commits(self, claim: ClaimedDelivery) -> None:
        begin_write(self.session)
        try:
            outbox.settle(self.session, self.vault, claim, self.now, "sent")
        except LeaseLost:
            pass
        finally:
            self.session.rollback()

    @invariant()
    def nothing_is_lost(self) -> None:
        self.session.expire_all()
        rows = {row.id: row for row in self.session.scalars(select(Delivery))}
        assert rows.keys() == self.known
        for row in rows.values():
            assert (row.state == "sent") == (row.id in self.arrived)
            assert (row.state == "failed") == (row.id in self.given_up)
            assert (row.packet is None) == (row.state == "sent")
            assert (row.owner is not None) == (row.state == "claimed")
            assert (row.lease_until is not None) == (row.state == "claimed")
        self.session.rollback()

    @invariant()
    def custody_holds(self) -> None:
        assert custody.verify(self.session, self.vault)
        acts = [
            line.act
            for report in self.session.scalars(select(Report))
            for line in custody.list_lines(self.session, report)
        ]
        assert acts.count("sent") == len(self.arrived)
        assert acts.count("failed") == len(self.given_up)
        self.session.rollback()

    @invariant()
    def what_is_open_can_be_claimed_later(self) -> None:
        begin_write(self.session)
        later = self.now + timedelta(days=1)
        found = outbox.claim(self.session, later, uuid4(), lease=LEASE)
        self.session.rollback()
        assert {claim.id for claim in found} == self.known - self.arrived - self.given_up


def test_no_order_of_events_loses_a_delivery(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "wayside.db")
    engine = make_engine(f"sqlite:///{tmp_path / 'wayside.db'}")
    with make_session_factory(engine)() as session:
        instance = founded(session, cheap_vault(tmp_path))
        for office in OFFICES:
            office.confirm(instance)
        refer(instance, instance.send(), Settings.from_environ({}), PAYOKE, PAG_ASA)
    engine.dispose()

    class Machine(Outbox):
        template = tmp_path

    run_state_machine_as_test(  # type: ignore[no-untyped-call]  # Hypothesis leaves it so
        Machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
