"""The WSGI entry point: the application of the settings in the environment."""

import os
import sys

from reports.errors import SettingsFaults
from webapp import create_app
from webapp.config import Config

# What this process makes, its owner alone reads: the database, locks, mail in a folder.
os.umask(0o077)
try:
    app = create_app(Config.from_environ(os.environ))
except SettingsFaults as faults:
    sys.exit(str(faults))
