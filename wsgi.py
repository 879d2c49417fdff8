"""The WSGI entry point: the application of the settings in the environment."""

import os
import sys

from reports.errors import SettingsFaults
from reports.routing.faults import CountryFaults
from webapp import create_app
from webapp.catalogues import CatalogueFaults
from webapp.config import Config

# What this process makes, its owner alone reads: the database, locks, mail in a folder.
os.umask(0o077)
try:
    app = create_app(Config.from_environ(os.environ))
except (SettingsFaults, CountryFaults, CatalogueFaults) as faults:
    sys.exit(str(faults))
