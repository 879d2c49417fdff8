"""`roles`: the SQL that makes PostgreSQL's roles, one for each process.

Small on purpose: what each may do stands in `reports/database_roles.py`.
"""

from __future__ import annotations

import click

from reports.database_roles import format_sql


@click.command("roles")
def roles() -> None:
    """Print the SQL that makes a role of PostgreSQL for each process, with the rights it needs.

    Run it as a superuser, and again after each `init` of a new version.
    """
    click.echo(format_sql(), nl=False)
