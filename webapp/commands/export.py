"""`export`: the information pages as files for a plain web server.

Small on purpose: one command.
"""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app

from webapp.export.write import write


@click.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write the information pages into DIR, with gzip and Brotli beside them.

    The bytes are those that the web server sends. docs/deploy/nginx.conf serves them. Run it again
    after every update and after a change of settings.
    """
    try:
        pages = write(current_app, folder)
    except OSError as problem:
        raise click.ClickException(f"{folder}: {problem.strerror}") from problem
    click.echo(f"{folder}: {pages} pages.")
