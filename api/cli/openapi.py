"""``hours-ledger openapi``."""

import click


@click.command()
def openapi() -> None:
    """Print the API's description, OpenAPI 3.1 in YAML (接口描述)."""
    from api.openapi.document import openapi_text  # takes a while to load, and no other command needs it

    click.echo(openapi_text(), nl=False)
