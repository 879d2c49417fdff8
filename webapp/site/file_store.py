"""The store of files as requests use it: compared with the instance of the database first.

Small on purpose: `webapp.site.db` stands below it, and knows no store.
"""

from __future__ import annotations

from flask import Flask
from sqlalchemy.exc import OperationalError

from reports.blobs import Store
from reports.blobs.folder import Folder
from reports.errors import StoreFailed, StoreUnfit
from reports.stores import require_stores
from reports.tombstones import FILES
from webapp.site import failure_log
from webapp.site.app_services import get_services
from webapp.site.db import require_schema


def get_store() -> Store:
    """The store of files. Raises `StoreFailed` where it does not answer or is another's."""
    try:
        require_store()
    except StoreUnfit as problem:
        raise StoreFailed("the store of files is not this instance's") from problem
    return get_services().store


def require_store() -> None:
    """Return when the store of files is this instance's.

    A bucket is asked once in this process. A folder is looked at each time, which costs little: its
    disk can go away while the server runs, and what is written below its place is lost when it
    comes back. Raises `StoreUnfit`, and `StoreFailed` when it does not answer.
    """
    services = get_services()
    if not services.store_compared.is_set():
        require_schema()
        with services.sessions() as session:
            require_stores(session, {FILES: services.store})
        if not isinstance(services.store, Folder):
            services.store_compared.set()


def compare_store_at_start(app: Flask) -> None:
    """Whoever serves `app` asks this first. Raises `StoreUnfit`.

    One that does not answer keeps nobody from anything but files: it is compared before it is used.
    """
    with app.app_context():
        try:
            require_store()
        except (OperationalError, StoreFailed) as silence:
            failure_log.log_failure(silence)
