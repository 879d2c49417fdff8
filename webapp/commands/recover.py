"""`recover`: when no administrator is left, the recovery key on paper makes a new one."""

from __future__ import annotations

import sys

import click
from sqlalchemy.exc import NoResultFound

from reports.errors import NameTaken, NotFounded, RosterBroken, SealBroken
from reports.roster import invitation, recovery
from webapp.commands.setup_link import build_setup_link
from webapp.site import clock
from webapp.site.db import get_vault, transaction

WRONG = (
    "This recovery key does not open this instance: it was mistyped, or belongs to another one. "
    "Nothing was changed."
)


@click.command("recover")
@click.argument("name")
def recover(name: str) -> None:
    """Print a one-time set-up link for NAME, a new administrator of every desk.

    Asks for the organisation's recovery key, which `init` printed once, and does not show it; or
    reads it from standard input.
    """
    wanted = " ".join(name.split())
    if not wanted or len(wanted) > invitation.NAME_LIMIT or not wanted.isprintable():
        raise click.BadParameter(f"1 to {invitation.NAME_LIMIT} characters", param_hint="NAME")
    typed = _recovery_key()
    try:
        with transaction() as session:
            token = recovery.recover(session, get_vault(), typed, wanted, clock.now())
    except SealBroken as wrong:
        raise click.ClickException(WRONG) from wrong
    except NameTaken as taken:
        raise click.BadParameter(
            f"somebody is called {wanted!r}; choose another name", param_hint="NAME"
        ) from taken
    except RosterBroken as broken:
        raise click.ClickException(f"{broken}. Nothing was changed.") from broken
    except (NotFounded, NoResultFound) as missing:
        raise click.ClickException("there is nothing to recover: run init first") from missing
    click.echo(
        f"{wanted} can set up once, within 72 hours, as an administrator of every desk:\n\n"
        f"  {build_setup_link(token)}\n\n"
        "Then renew the desks' keys at the desk, and disable who is no longer there.\n"
        "The recovery key stays as it is: put the paper back in its safe place."
    )


def _recovery_key() -> str:
    """What was typed, unseen, or the first line of standard input."""
    if sys.stdin.isatty():
        typed: str = click.prompt("Recovery key", hide_input=True)
        return typed
    return sys.stdin.readline()
