"""``hours-ledger serve``."""

import socket

import click

from api.cli.session import Refused, opened
from importers.layout import load_layouts
from service.settings import Settings


@click.command()
def serve() -> None:
    """Serve the API with gunicorn on HOST:PORT (启动服务).

    Checked first: settings, policy files, roster layouts, identity keys, the database and its schema.
    """
    load_layouts()
    with opened() as context:
        settings = context.settings
    become_server(settings)


def become_server(settings: Settings) -> None:
    """Replaces this process by gunicorn; a signal to it is a signal to the server."""
    from api import server  # gunicorn is for this command alone

    require_free(settings)
    server.serve(settings)


def require_free(settings: Settings) -> None:
    """Raises Refused when nobody can listen on HOST:PORT."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.socket(family) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((settings.host, settings.port))
    except OSError as error:
        wrong = f"{settings.host}:{settings.port} can't be listened on ({error.strerror}): set HOST or PORT"
        raise Refused(wrong) from None
