"""The WSGI entry point: the application of the settings in the environment."""

import os
import sys

from click import get_current_context

from reports.errors import KeysUnfit, SchemaUnfit, SettingsFaults, StoreUnfit
from reports.routing.faults import CountryFaults
from webapp import create_app
from webapp.config import Config
from webapp.site import last_resort
from webapp.site.db import compare_at_start
from webapp.site.file_store import compare_store_at_start

# What this process makes, its owner alone reads: the database, locks, mail in a folder.
os.umask(0o077)
try:
    config = Config.from_environ(os.environ)
    app = create_app(config)
    # The command line comes this way too: there each command knows what it needs of the database.
    if get_current_context(silent=True) is None:
        config.require_face()
        compare_at_start(app)
        compare_store_at_start(app)
        last_resort.prepare(app)
except (
    SettingsFaults,
    CountryFaults,
    SchemaUnfit,
    KeysUnfit,
    StoreUnfit,
) as faults:
    sys.exit(str(faults))
