"""`backup` and `restore`: a consistent copy of the instance, and the way back."""

from __future__ import annotations

from pathlib import Path

import click

from reports import backup as backups
from reports.errors import (
    AlreadyFounded,
    BackupDamaged,
    BackupOfAnotherVersion,
    KeysOfAnother,
    NotFounded,
    StoreFailed,
)
from reports.roster import bootstrap
from webapp.commands.init import prepare
from webapp.site import clock
from webapp.site.app_services import get_services
from webapp.site.db import get_session, get_vault, open_restoration
from webapp.site.file_store import require_store

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("backup")
@click.argument("file", type=FILE)
def backup(file: Path) -> None:
    """Write the whole instance into FILE, while it runs.

    Keep FILE as safely as the data folder, and no longer than 30 days: what was erased since is
    still in it, sealed.
    """
    try:
        kept_outside = get_vault()
        if not bootstrap.is_founded(get_session()):
            raise NotFounded("there is nothing to back up: run init first")
        require_store()
        rows = backups.take(
            get_services().engine, kept_outside, get_services().store, file.resolve(), clock.now()
        )
    except NotFounded as missing:
        raise click.ClickException(str(missing)) from missing
    except StoreFailed as problem:
        raise click.ClickException("the store for files cannot be read; no backup was made") from (
            problem
        )
    except OSError as problem:
        raise click.ClickException(f"{file}: {problem.strerror}; no backup was made") from problem
    click.echo(f"{file}: {rows} rows.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Put the backup FILE into an instance that nobody uses yet, with its keys.

    Reports that were erased after it was made are erased again, where the store of files is there
    that knows of them.

    One of an earlier version is brought to the schema of this one. Stop the web server and the
    worker first. Everybody signs in anew.
    """
    prepare()
    services = get_services()
    try:
        with open_restoration() as session:
            made = backups.restore(
                session, services.config.domain.data_dir, services.store, file, clock.now()
            )
    except AlreadyFounded as used:
        raise click.ClickException(
            "this instance is in use: nothing was changed. Restore into an empty data folder "
            "and an empty database."
        ) from used
    except KeysOfAnother as taken:
        raise click.ClickException(
            f"{taken.file} holds the keys of another instance than {file}: nothing was changed. "
            "Restore into an empty data folder."
        ) from taken
    except StoreFailed as problem:
        raise click.ClickException(
            "the store for files cannot be written; nothing was restored"
        ) from problem
    except OSError as problem:
        raise click.ClickException(
            f"{problem.filename or file}: {problem.strerror}; nothing was restored"
        ) from problem
    except BackupDamaged as damaged:
        raise click.ClickException(f"{file} is damaged ({damaged}): nothing was changed.") from (
            damaged
        )
    except BackupOfAnotherVersion as other:
        raise click.ClickException(
            f"{file} was made by a newer version, with the schema {other}: restore it with that "
            "version. Nothing was changed."
        ) from other
    click.echo(f"{made.rows} rows are back.")
    if made.erased:
        click.echo(f"{made.erased} reports were erased after the backup: they are erased again.")
