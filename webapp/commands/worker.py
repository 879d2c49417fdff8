"""`worker`: deliver what is due and erase what has expired, until told to stop."""

from __future__ import annotations

import click
from flask import current_app

from reports.errors import NotFounded
from reports.worker import run
from webapp.config import Config


@click.command("worker")
def worker() -> None:
    """Deliver and erase, until Ctrl-C or SIGTERM. Any number of workers may run."""
    config: Config = current_app.extensions["config"]
    try:
        run(config.domain)
    except NotFounded as missing:
        raise click.ClickException(str(missing)) from missing
