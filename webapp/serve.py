"""The processes of one web server on loopback, until SIGTERM or Ctrl-C: public site or desk.

Put a proxy that speaks TLS in front of them for any use beyond this machine, and say so with
`WAYSIDE_PROXY_HOPS`.
"""

import logging
import os
import sys
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Final

from flask import Flask

from reports import kernel
from reports.errors import KeysUnfit, SchemaUnfit, SettingsFaults, StoreUnfit
from reports.routing.faults import CountryFaults
from reports.scrub.confinement_trial import describe_weakness
from webapp import create_app
from webapp.config import Config
from webapp.server import processes
from webapp.server.bridge import Bridge, Terms
from webapp.server.processes import PortTaken, run_apart
from webapp.site.app_services import Services, get_services
from webapp.site.country_edition import get_edition, run_checks
from webapp.site.db import compare_at_start
from webapp.site.disk_guard import log_little_room
from webapp.site.failure_log import WordlessFormatter
from webapp.site.file_store import compare_store_at_start
from webapp.site.last_resort import prepare
from webapp.site.padded_response import compute_minute
from webapp.site.waiting_room import SEATS

THREADS: Final = SEATS + 2
"""Of each process: enough to keep a core busy while some wait for a slow key function, and two for
pages that need no database while as many as may wait for that
(docs/security-parameters.md#SP-4.12)."""
MOST_BY_DEFAULT: Final = 4
"""Processes that are started on a machine with as many cores or more, unless told otherwise: each
holds its own connections to the database."""
FAULTS: Final = (
    SettingsFaults,
    CountryFaults,
    SchemaUnfit,
    KeysUnfit,
    StoreUnfit,
)


def main() -> int:
    """Serve until told to stop; the exit code: 2 for a fault that was named, 1 for a taken port."""
    # What this process makes, its owner alone reads: the database, and what lies beside it.
    os.umask(0o077)
    # And nobody looks into its memory, where reports come in and keys of staff are.
    kernel.guard_memory()
    handler = logging.StreamHandler()
    handler.setFormatter(WordlessFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    try:
        config = Config.from_environ(os.environ)
        config.require_face()
        app = create_app(config)
        with app.app_context():
            if broken := run_checks(get_edition()):
                raise CountryFaults(broken)
    except FAULTS as faults:
        print(faults, file=sys.stderr)
        return 2
    return run_apart(partial(compare, app)) or serve(app, config)


def compare(app: Flask) -> int:
    """Compare database, keys and store with what this instance needs, and say what this machine
    lacks; the exit code."""
    try:
        compare_at_start(app)
        compare_store_at_start(app)
        log_little_room(app)
        if weakness := describe_weakness():
            print(weakness, file=sys.stderr)
    except FAULTS as faults:
        print(faults, file=sys.stderr)
        return 2
    return 0


def serve(app: Flask, config: Config) -> int:
    """Serve `app` on 127.0.0.1; 0 after a stop that was asked for, 1 if the port is taken."""
    try:
        listening = processes.open_socket(config.own_port)
    except PortTaken as fault:
        setting = "WAYSIDE_DESK_PORT" if config.face == "desk" else "WAYSIDE_PORT"
        print(f"{fault}; set {setting}.", file=sys.stderr)
        return 1
    terms = Terms(
        folder=config.domain.data_dir,
        pages=prepare(app),
        threads=THREADS,
        proxied=config.proxy_hops > 0,
        read_state=partial(read_state, get_services(app)),
    )
    processes.run(
        Bridge(app, terms),
        listening,
        port=config.own_port,
        home="/desk/" if config.face == "desk" else "",
        processes=config.processes or count_cores(),
        begin=partial(get_services(app).engine.dispose, close=False),
    )
    return 0


def read_state(services: Services) -> tuple[int, datetime] | None:
    """Returns the edition of the country files and the minute; None when it is time to look at the
    files, which the application does."""
    if not services.countries.is_fresh(monotonic()):
        return None
    return services.countries.present.number, compute_minute(services.clock())


def count_cores() -> int:
    """Returns how many processes are started unless told otherwise: one for each core, few."""
    return min(MOST_BY_DEFAULT, len(os.sched_getaffinity(0)))


if __name__ == "__main__":
    sys.exit(main())
