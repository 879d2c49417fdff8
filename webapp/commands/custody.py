"""`custody-verify`: does the record of who saw what hold, and did staff say what stands there?"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from reports import custody, signing_start
from reports.errors import CustodyBroken, RosterBroken
from reports.roster import signing_keys
from webapp.site.db import get_session, get_vault


@click.command("custody-verify")
def custody_verify() -> None:
    """Walk every chain and every signature; exit 1 and name what does not hold."""
    count, faults = 0, list(_find_unsigned())
    try:
        count = custody.verify(get_session(), get_vault())
    except CustodyBroken as broken:
        faults.append(f"Broken: chain {broken.chain}, line {broken.number}.")
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        sys.exit(1)
    click.echo(f"{count} lines hold.")


def _find_unsigned() -> Iterator[str]:
    """Sentences on each row in the name of staff that they did not sign, and on the mark."""
    session, vault = get_session(), get_vault()
    try:
        for fault in signing_start.find_faults(session, vault):
            yield f"Not signed: {fault.table} {fault.key}."
    except RosterBroken as problem:
        yield f"Not signed: {problem}."
    if not signing_keys.is_on_record(session, vault):
        if vault.key_folder.has_signing_mark():
            yield "Missing: the day since when staff sign what they say."
        else:
            click.echo("Nothing is signed yet: that begins when an administrator signs in.")
    elif not vault.key_folder.has_signing_mark():
        yield "Missing: the file keys/signing. Run init, as who may write the keys folder."
