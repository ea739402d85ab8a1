"""``hours-ledger migrate``."""

import click

from api.cli.session import database_place, read_settings
from service.store.schema import migrate


@click.command("migrate")
def migrate_command() -> None:
    """Bring the database to this version's schema (建库或升级).

    Makes the database file with SQLite. Several may run at once: one works, the others wait.
    """
    settings = read_settings()
    migrate(settings.database_url)
    click.echo(f"{database_place(settings)}: schema at this version")
