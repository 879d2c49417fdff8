"""`custody-verify`: does the record of who saw what still hold?

Small on purpose: one command.
"""

from __future__ import annotations

import sys

import click

from reports import custody
from reports.errors import CustodyBroken
from webapp.site.db import get_session, get_vault


@click.command("custody-verify")
def custody_verify() -> None:
    """Walk every chain; exit 1 and name the first broken line if one does not hold."""
    try:
        count = custody.verify(get_session(), get_vault())
    except CustodyBroken as broken:
        click.echo(f"Broken: chain {broken.chain}, line {broken.number}.", err=True)
        sys.exit(1)
    click.echo(f"{count} lines hold.")
