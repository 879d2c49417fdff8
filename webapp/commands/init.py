"""`init`: the data folder, the schema and the keys; what must be kept is printed once.

Keys are made by founding alone. An instance that has lost them is refused, never given others.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from typing import Final
from uuid import UUID

import click

from reports import custody, outer_layer, stores
from reports.blobs import Store
from reports.db import upgrade
from reports.errors import AlreadyFounded
from reports.instance import claim_keys
from reports.roster import bootstrap
from reports.roster.bootstrap import Founding
from reports.triage.turns import begun_turns
from reports.vault import Vault
from webapp.commands.setup_link import build_setup_link
from webapp.site import clock
from webapp.site.app_services import get_services
from webapp.site.db import get_session, transaction

AT_ONCE: Final = 200
"""Reports whose turns are found in one transaction."""
CHAINS_AT_ONCE: Final = 500
"""Chains of custody, or reports, changed in one transaction."""


def prepare() -> None:
    """The data folder, and the schema at its newest."""
    config = get_services().config
    os.umask(0o077)
    config.domain.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    upgrade(get_services().engine)


def list_own_stores() -> dict[str, Store]:
    """The store of files and the mail folder, by their places."""
    return stores.list_stores(get_services().config.domain)


def mark_stores(*, before: Collection[UUID] = (), files_are_lost: bool = False) -> None:
    """Say in the stores whose they are. Raises as `stores.mark_stores`."""
    stores.mark_stores(
        get_session(), list_own_stores(), before=before, may_lack_files=files_are_lost
    )


def create_instance() -> tuple[Founding, Vault]:
    """Make this instance's keys, then its desks and first administrator in one transaction.

    Raises `KeysUnfit` where the keys folder belongs to another instance.
    """
    config = get_services().config
    vault = Vault.create(config.domain.data_dir)
    with transaction() as session:
        made = bootstrap.create_instance(session, vault, config.domain.countries, clock.now())
    return made, vault


def mark_keys() -> None:
    """Say in the keys folder and in the database that they belong together; once is enough."""
    try:
        with transaction() as session:
            claim_keys(session, get_services().config.domain.data_dir)
    except OSError as problem:
        raise click.ClickException(f"{problem.filename}: {problem.strerror}") from problem


def settle_turns() -> None:
    """Find whose turn the reports of an earlier version are; once is enough."""
    while True:
        with transaction() as session:
            vault = get_services().vault
            if not begun_turns.settle(session, vault, clock.now(), AT_ONCE):
                return


def forget_times() -> None:
    """Take from custody what an earlier version kept of the time, some chains at a time."""
    vault = Vault.load(get_services().config.domain.data_dir)
    more = True
    while more:
        with transaction() as session:
            more = custody.forget_times(session, vault, CHAINS_AT_ONCE) > 0


def cover_found() -> None:
    """Give outer keys to reports of an earlier version, some at a time."""
    vault = Vault.load(get_services().config.domain.data_dir)
    more = True
    while more:
        with transaction() as session:
            more = outer_layer.cover_found(session, vault, CHAINS_AT_ONCE) > 0


@click.command("init")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--files-are-lost", is_flag=True, help="Mark a store that lacks all files of reports."
)
def init(as_json: bool, files_are_lost: bool) -> None:
    """Make the data folder, keys and schema, and mark the store of files and the mail folder.

    Where there is an instance it brings the schema up to date, marks what is not marked yet, and
    makes no key: one that is missing or another instance's is refused.
    """
    prepare()
    if bootstrap.is_founded(get_session()):
        mark_keys()
        settle_turns()
        mark_stores(files_are_lost=files_are_lost)
        forget_times()
        cover_found()
        click.echo(json.dumps({"founded": False}) if as_json else "Wayside is set up already.")
        return
    stores.require_free(list_own_stores())
    try:
        made, _vault = create_instance()
    except AlreadyFounded as just_now:
        raise click.ClickException(
            "another `init` has set up this instance just now, and printed what is shown once"
        ) from just_now
    # Told before anything else can fail: it is stored nowhere.
    tell(made, as_json=as_json)
    mark_keys()
    mark_stores()


def tell(made: Founding, *, as_json: bool) -> None:
    """Print what is told once."""
    link = build_setup_link(made.invitation)
    if as_json:
        told = {"founded": True, "recovery_key": made.recovery_key, "setup_link": link}
        click.echo(json.dumps(told))
        return
    click.echo(
        "Wayside is set up. These two lines are shown once and stored nowhere:\n\n"
        f"  Recovery key (keep it on paper, offline; it opens every desk):\n"
        f"  {made.recovery_key}\n\n"
        f"  First administrator, set up within 72 hours:\n  {link}\n"
    )
