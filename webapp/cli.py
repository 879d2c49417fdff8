"""The command line: `flask --app wsgi NAME`. Every command of the product is listed here."""

from __future__ import annotations

from copy import copy

from flask import Flask
from flask.cli import with_appcontext

from webapp.commands.backup import backup, restore
from webapp.commands.contact_set import contact_set
from webapp.commands.custody import custody_verify
from webapp.commands.demo import demo
from webapp.commands.export import export
from webapp.commands.init import init
from webapp.commands.languages import languages
from webapp.commands.mail_report import mail_report
from webapp.commands.print_papers import print_papers
from webapp.commands.recover import recover
from webapp.commands.routing import countries_check, route
from webapp.commands.staff import staff_add
from webapp.commands.worker import worker

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
    backup,
    restore,
    languages,
    route,
    countries_check,
    print_papers,
)


def init_app(app: Flask) -> None:
    """Make every command run inside the application's context."""
    for command in COMMANDS:
        # A copy: the module's own command stays as it was for the next application.
        own = copy(command)
        if own.callback is not None:
            own.callback = with_appcontext(own.callback)
        app.cli.add_command(own)
