"""The command line: `flask --app wsgi NAME`. Every command of the product is listed here."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from copy import copy
from functools import wraps
from typing import Any

import click
from flask import Flask
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from reports.errors import (
    NotFounded,
    SchemaMissing,
    SchemaOlder,
    StoreFailed,
    StoreUnfit,
)
from webapp.commands.backup import backup, restore
from webapp.commands.contact_set import contact_set
from webapp.commands.custody import custody_verify
from webapp.commands.demo import demo
from webapp.commands.export import export
from webapp.commands.files_check import files_check
from webapp.commands.init import init
from webapp.commands.languages import languages
from webapp.commands.mail_report import mail_report
from webapp.commands.print_papers import print_papers
from webapp.commands.recover import recover
from webapp.commands.roles import roles
from webapp.commands.routing import countries_check, route
from webapp.commands.staff import staff_add
from webapp.commands.worker import worker
from webapp.site.db import require_keys, require_schema

SILENT = "The database does not answer (WAYSIDE_DATABASE_URL)."
BROKEN_OFF = (
    "The database did not answer, was locked by another process, or could not be written because "
    "its disk is full (WAYSIDE_DATABASE_URL). What was under way was not done."
)
STORE_SILENT = "The store of files or the mail folder does not answer (WAYSIDE_BLOB_URL)."
COMMANDS = (
    init,
    staff_add,
    recover,
    contact_set,
    demo,
    export,
    worker,
    mail_report,
    custody_verify,
    files_check,
    backup,
    restore,
    languages,
    route,
    countries_check,
    print_papers,
    roles,
)

AS_IT_IS = frozenset(
    {staff_add, recover, contact_set, mail_report, custody_verify, files_check, backup}
)
"""Those that open the database as they find it, with its keys. The worker compares for itself."""
MOVING = frozenset({init, restore, demo})
"""Those that bring an older schema to ours first."""
Act = Callable[..., None]


def init_app(app: Flask) -> None:
    """Make every command run inside the application's context, over a database that it can use."""
    for command in COMMANDS:
        # A copy: the module's own command stays as it was for the next application.
        own = copy(command)
        if own.callback is not None:
            own.callback = with_appcontext(_guarded(command, own.callback))
        app.cli.add_command(own)


def _guarded(command: click.Command, act: Act) -> Act:
    """`act`, which ends with a sentence where database, keys or a store are not to be used."""

    @wraps(act)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            _compare(command)
            act(*arguments, **options)
        except (NotFounded, StoreUnfit) as refusal:
            raise click.ClickException(str(refusal)) from refusal
        except OperationalError as failure:
            raise click.ClickException(BROKEN_OFF) from failure
        except StoreFailed as silence:
            raise click.ClickException(STORE_SILENT) from silence

    return run


def _compare(command: click.Command) -> None:
    lesser = (SchemaMissing, SchemaOlder) if command in MOVING else ()
    try:
        with suppress(*lesser):
            if command in AS_IT_IS | MOVING:
                require_schema()
            if command in AS_IT_IS:
                require_keys()
    except OperationalError as silence:
        raise click.ClickException(SILENT) from silence
