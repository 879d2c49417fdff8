"""The WSGI entry point: the application of the settings in the environment."""

import os

from webapp import create_app
from webapp.config import Config

app = create_app(Config.from_environ(os.environ))
