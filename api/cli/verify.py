"""``hours-ledger verify``."""

import click


@click.command()
def verify() -> None:
    """Prove the ledger: every hash chain, every total and state. 校验账本"""
    raise NotImplementedError
