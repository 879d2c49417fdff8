"""An instance with files in a store, the mails beside it, and the worker that erases from both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from reports import blobs, clock_record, retention
from reports.attachments import ingest, objects, report_files, uploads
from reports.attachments.uploads import AnnouncedFile, Upload, UploadOwner
from reports.blobs import Store
from reports.blobs.folder import Folder
from reports.db import begin_write
from reports.model import Lease, Report, Tombstone
from reports.scrub.scrubber import Scrubber
from reports.stores import list_stores, mark_stores
from reports.worker import Worker
from tests.support.working import Workplace

WORDS = b"They keep a list of debts. " * 5_000
FORM = UploadOwner.from_secret(bytes(32))


def now() -> datetime:
    return datetime.now(UTC)


class Place:
    """An instance with a store of one kind, its worker, and its reports with files."""

    def __init__(self, work: Workplace, settings: Mapping[str, str], scrubber: Scrubber) -> None:
        self.work, self.session, self.settings = work, work.instance.session, settings
        self.store: Store = blobs.choose(work.settings(**settings))
        self.mail = Folder(work.settings().mail_folder)
        self._scrubber = scrubber
        mark_stores(self.session, list_stores(work.settings(**settings)))
        # The cast lives in a year to come: erasing would wait for a clock that is far behind.
        begin_write(self.session)
        record = clock_record.take(self.session, now())
        record.seen_at = record.checked_at = now()
        self.session.commit()

    def worker(self) -> Worker:
        return self.work.worker(**self.settings)

    def file(self, holder: UploadOwner = FORM, at: datetime | None = None) -> Upload:
        """A whole file of a form, with its part and what a killed process left."""
        at = at or now()
        begin_write(self.session)
        begun = uploads.start(self.session, holder, AnnouncedFile("a.txt", len(WORDS)), at)
        self.session.commit()
        part = uploads.put_part(self.store, begun, 0, WORDS[:70_000])
        self.store.put(objects.make_object_name(begun.id), [b"of a process that was killed"])
        begin_write(self.session)
        begun = uploads.advance(self.session, holder, begun, part, at)
        stored = ingest.store_file(self.store, self._scrubber, begun, lambda: iter([WORDS]))
        whole = uploads.complete(self.session, holder, begun, stored, at)
        self.session.commit()
        return whole

    def report(self) -> tuple[UUID, str]:
        """A report with one file; its id, and the name of the file's object."""
        instance, holder = self.work.instance, UploadOwner.from_secret(uuid4().bytes * 2)
        report = self.session.get_one(Report, instance.send().report_id)
        whole = self.file(holder)
        begin_write(self.session)
        report_files.attach(self.session, instance.vault, report, holder, now())
        self.session.commit()
        assert whole.blob
        return report.id, whole.blob

    def erase(self, *report_ids: UUID) -> None:
        begin_write(self.session)
        for report_id in report_ids:
            retention.erase(self.session, report_id)
        self.session.commit()

    def take_lease_away(self) -> None:
        """As if the worker that had it were gone for long."""
        self.session.execute(update(Lease).values(until=now()))
        self.session.commit()

    def left(self) -> int:
        """How many tombstones are written. The session is left without a transaction."""
        self.session.rollback()
        count = self.session.scalar(select(func.count()).select_from(Tombstone)) or 0
        self.session.rollback()
        return count


def close(session: Session, report_id: UUID, days: int) -> None:
    """As if it had been closed long ago; `days` are left until it is erased."""
    day = (now() + timedelta(days=days)).date()
    over = update(Report).where(Report.id == report_id)
    session.execute(over.values(status="closed", retention_day=day))
    session.commit()
