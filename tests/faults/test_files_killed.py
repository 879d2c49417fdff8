"""kill -9 of the web server while reports with files are sent: none that was acknowledged lacks its
file, and what was left half done goes."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reports import codes, outer_layer
from reports.attachments import report_files, uploads
from reports.blobs.folder import Folder
from reports.db import make_engine, make_session_factory
from reports.model import Attachment, Report
from reports.vault import Vault, unwrap
from tests.support.reporters import Reporters, Sent
from tests.support.served import Served
from tests.support.site import START
from tests.support.stores import emptied
from tests.support.web import Clock

SEED = 20_270_310


def test_what_was_acknowledged_has_its_file_after_kill_9(
    serve: Callable[..., Served], rounds: int
) -> None:
    site, chance = serve().start(), random.Random(SEED)
    people = Reporters(site, with_files=True)
    try:
        for _ in range(rounds):
            goal, until = len(people.sent) + 2, time.monotonic() + START
            while len(people.sent) < goal and time.monotonic() < until:
                time.sleep(0.02)
            time.sleep(chance.uniform(0, 0.4))
            site.kill()
            site.start()
        people.stop()
    finally:
        people.abandon()
    assert people.sent
    assert people.faults == []
    engine = make_engine(f"sqlite:///{site.data_dir / 'wayside.db'}")
    with make_session_factory(engine)() as session:
        for sent in people.sent:
            assert sent.story.encode() in contents(session, site, sent)
        nothing_is_left_over(session, Folder(site.data_dir / "blobs"))
        session.rollback()
    engine.dispose()


def contents(session: Session, site: Served, sent: Sent) -> list[bytes]:
    """What the files of a report hold, opened with its receipt code."""
    vault, code = Vault.load(site.data_dir), codes.parse(sent.code)
    report = session.scalars(select(Report).where(Report.locator == code.locator)).one()
    key = vault.derive_receipt_key(code.locator, code.secret)
    private = unwrap(
        key, outer_layer.open_by_code(vault, report), kind="case key", id=report.id.bytes
    )
    store = Folder(site.data_dir / "blobs")
    found = report_files.list_for_referral(session, vault, store, report, private)
    return [b"".join(file.read()) for file in found]


def nothing_is_left_over(session: Session, store: Folder) -> None:
    """When the hour of unsent forms is over, what reports need is left and nothing else."""
    session.execute(
        update(Attachment).where(Attachment.place.is_not(None)).values(expires_at=Clock().now)
    )
    uploads.purge(session, Clock().now)
    assert emptied(session, store) == set(session.scalars(select(Attachment.blob)))
