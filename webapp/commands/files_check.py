"""`files-check`: is every file there that a row needs, and what lies there that no row knows?"""

from __future__ import annotations

import sys
from contextlib import suppress

import click

from reports import stores
from reports.blobs import Store
from reports.errors import StoreUnmarked
from reports.inventory import Inventory
from reports.roster import bootstrap
from webapp.site import clock
from webapp.site.app_services import get_services
from webapp.site.db import get_session


@click.command("files-check")
@click.option("--erase", is_flag=True, help="Erase what no row knows and is older than 24 hours.")
@click.option("--all-the-same", is_flag=True, help="Erase it also where it is more than a tenth.")
def files_check(erase: bool, all_the_same: bool) -> None:
    """Tell what is known, unknown and missing; exit 1 where a row lacks its file.

    Changes nothing without --erase. Of what no row knows only objects with a name that Wayside
    gives are ever erased; anything else is somebody's.
    """
    if not bootstrap.is_founded(get_session()):
        raise click.ClickException("there is nothing to check: run init first")
    places = stores.list_stores(get_services().config.domain)
    found = {place: stores.CHECKS[place](get_session(), store) for place, store in places.items()}
    for place, what in found.items():
        _tell(stores.SAID[place], what)
    if erase:
        with suppress(StoreUnmarked):
            stores.require_stores(get_session(), places)
        _erase(places, found, all_the_same=all_the_same)
    if any(what.missing for what in found.values()):
        sys.exit(1)


def _tell(place: str, what: Inventory) -> None:
    click.echo(
        f"{place}: {what.known} known, {len(what.unknown)} unknown, {len(what.missing)} missing."
    )
    if what.unknown:
        age = clock.now() - min(what.unknown.values())
        old = len(what.list_old(clock.now()))
        click.echo(
            f"  Of the unknown, {old} are ours and older than 24 hours; "
            f"{len(what.unknown) - len(what.ours)} have no name of ours and always stay. "
            f"The oldest has been there for {age.total_seconds() // 3600:.0f} hours."
        )
    for id in sorted(what.missing):
        click.echo(f"  missing: {id}")


def _erase(places: dict[str, Store], found: dict[str, Inventory], *, all_the_same: bool) -> None:
    """Erases what is old and unknown, in every place or in none."""
    old = {place: what.list_old(clock.now()) for place, what in found.items()}
    for place, names in old.items():
        if found[place].is_too_much(names) and not all_the_same:
            raise click.ClickException(
                f"{len(names)} unknown objects are more than a tenth of the {stores.SAID[place]}: "
                "nothing was erased. Rather than that they are left over, this database may not be "
                "the one that they belong to, or be of an earlier day. If you know that they must "
                "go, say --all-the-same."
            )
    for place, names in old.items():
        places[place].delete(names)
        click.echo(f"{stores.SAID[place]}: {len(names)} erased.")
