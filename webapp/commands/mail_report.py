"""`mail-report`: what the mail server says later of a mail: it arrived, or it came back.

Small on purpose: one command.
"""

from __future__ import annotations

import sys

import click

from reports.delivery import delivery_states
from reports.delivery.mail_report import read
from webapp.site import clock
from webapp.site.db import get_vault, transaction

LIMIT = 1024 * 1024


@click.command("mail-report")
def mail_report() -> None:
    """Read one report of the mail server from standard input, as an alias of the sender gets it.

    Other mail, and a report on a mail that is not ours or is erased, changes nothing and is no
    failure: a mail server would answer a failure with mail of its own.
    """
    report = read(sys.stdin.buffer.read(LIMIT))
    if report is None:
        click.echo("nothing here that says what became of a mail of ours")
        return
    turn = (
        delivery_states.mark_bounced
        if report.outcome == "bounced"
        else delivery_states.mark_delivered
    )
    with transaction() as session:
        changed = turn(session, get_vault(), report.delivery_id, clock.now())
    click.echo(f"{report.delivery_id}: {report.outcome if changed else 'nothing to change'}")
