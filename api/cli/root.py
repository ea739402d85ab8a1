"""The root command: gathers the groups, and turns what was to be expected into one line and an exit status."""

import sys
from collections.abc import Sequence

import click

from api.cli.access import access
from api.cli.certificate import certificate
from api.cli.client import client
from api.cli.demo import demo
from api.cli.eligibility import eligibility
from api.cli.errors import EXPECTED, explained, show_warnings
from api.cli.evidence import evidence
from api.cli.layout import layout
from api.cli.migrate import migrate_command
from api.cli.openapi import openapi
from api.cli.policy import policy
from api.cli.replay import replay
from api.cli.roster import import_command
from api.cli.serve import serve
from api.cli.session import Session
from api.cli.settings import settings
from api.cli.verify import verify

NAME = "hours-ledger"


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name=NAME, prog_name=NAME)
def root() -> None:
    """Continuing-education hours, and each city's rules applied to them. 继续教育学时账本

    Settings come from environment variables (DATABASE_URL, IDENTITY_KEYS, …); the README has them all.
    Exit status: 0 done, 1 refused, 2 wrong usage or setting.
    """


for command in (
    serve,
    migrate_command,
    demo,
    client,
    certificate,
    import_command,
    eligibility,
    policy,
    layout,
    verify,
    replay,
    access,
    evidence,
    openapi,
    settings,
):
    root.add_command(command)


def main() -> None:
    """The entry point of ``hours-ledger``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Chinese is no reason to fail
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit status."""
    session = Session()
    show_warnings()
    try:
        status = root.main(list(arguments), prog_name=NAME, standalone_mode=False, obj=session)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        click.echo("stopped", err=True)
        return 1
    except EXPECTED as error:
        lines, status = explained(error, session.language)
        for line in lines:
            click.echo(f"Error: {line}", err=True)
    return status if isinstance(status, int) else 0
