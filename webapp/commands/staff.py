"""`staff-add`: invite somebody from the command line."""

from __future__ import annotations

import click

from reports.errors import NameTaken
from reports.model.staff import ROLES
from reports.roster import desks, invitation
from reports.roster.invitation import NewMember
from webapp.commands.setup_link import build_setup_link
from webapp.site import clock
from webapp.site.country_edition import get_countries
from webapp.site.db import get_vault, transaction


@click.command("staff-add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--desk", "desk_names", multiple=True, help="be, nl, lu, elsewhere")
@click.option("--contact", "contact_id", metavar="ID", help="The contact point of a liaison.")
def staff_add(name: str, role: str, desk_names: tuple[str, ...], contact_id: str | None) -> None:
    """Print a one-time set-up link for NAME.

    The server holds no key of a desk, so the new member waits, after setting up, until an
    administrator confirms them at the desk.
    """
    if (role == "liaison") != (contact_id is not None) or bool(desk_names) == bool(contact_id):
        raise click.UsageError("a liaison needs --contact, everybody else --desk, and nobody both")
    if contact_id is not None and contact_id not in get_countries().contacts:
        raise click.BadParameter("no country file has this contact point", param_hint="--contact")
    if not name.strip() or len(name) > invitation.NAME_LIMIT:
        raise click.BadParameter(f"1 to {invitation.NAME_LIMIT} characters", param_hint="NAME")
    with transaction() as session:
        try:
            chosen = desks.find_by_names(session, desk_names)
        except KeyError as unknown:
            raise click.BadParameter(f"no desk {unknown}", param_hint="--desk") from unknown
        try:
            ids = tuple(desk.id for desk in chosen)
            member = NewMember(name, role, ids, contact_id)
            token = invitation.invite(session, get_vault(), member, clock.now())
        except NameTaken as taken:
            raise click.BadParameter(f"{name!r} is taken", param_hint="NAME") from taken
    click.echo(f"{build_setup_link(token)}\nAfter setting up, an administrator confirms {name}.")
