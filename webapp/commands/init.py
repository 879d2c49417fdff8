"""`init`: the data folder, the schema and the keys; what must be kept is printed once."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from uuid import UUID

import click

from reports import stores
from reports.blobs import Store
from reports.db import upgrade
from reports.roster import bootstrap
from reports.roster.bootstrap import Founding
from reports.vault import Vault
from webapp.commands.setup_link import build_setup_link
from webapp.site import clock
from webapp.site.app_services import get_services
from webapp.site.db import get_session, transaction


def prepare() -> Vault:
    """The data folder, the schema at its newest and the keys outside the database."""
    config = get_services().config
    os.umask(0o077)
    config.domain.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    upgrade(get_services().engine)
    return Vault.create(config.domain.data_dir)


def list_own_stores() -> dict[str, Store]:
    """The store of files and the mail folder, by their places."""
    return stores.list_stores(get_services().config.domain)


def mark_stores(*, before: Collection[UUID] = (), files_are_lost: bool = False) -> None:
    """Say in the stores whose they are. Raises as `stores.mark_stores`."""
    stores.mark_stores(
        get_session(), list_own_stores(), before=before, may_lack_files=files_are_lost
    )


def create_instance(vault: Vault) -> Founding:
    """Make this instance's keys, desks and first administrator, in one transaction."""
    config = get_services().config
    with transaction() as session:
        return bootstrap.create_instance(session, vault, config.domain.countries, clock.now())


@click.command("init")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--files-are-lost", is_flag=True, help="Mark a store that lacks all files of reports."
)
def init(as_json: bool, files_are_lost: bool) -> None:
    """Make the data folder, keys and schema, and mark the store of files and the mail folder.

    A second run brings the schema up to date, and marks what is not marked yet.
    """
    vault = prepare()
    if bootstrap.is_founded(get_session()):
        mark_stores(files_are_lost=files_are_lost)
        click.echo(json.dumps({"founded": False}) if as_json else "Wayside is set up already.")
        return
    stores.require_free(list_own_stores())
    made = create_instance(vault)
    link = build_setup_link(made.invitation)
    if as_json:
        told = {"founded": True, "recovery_key": made.recovery_key, "setup_link": link}
        click.echo(json.dumps(told))
        mark_stores()
        return
    click.echo(
        "Wayside is set up. These two lines are shown once and stored nowhere:\n\n"
        f"  Recovery key (keep it on paper, offline; it opens every desk):\n"
        f"  {made.recovery_key}\n\n"
        f"  First administrator, set up within 72 hours:\n  {link}\n"
    )
    mark_stores()
