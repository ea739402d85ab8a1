"""``hours-ledger verify``."""

import sys
from typing import Any

import click

from api.cli.session import language, language_option, opened
from api.cli.words import VERIFY
from service.context import Context
from service.domain.identifiers import encode_person_id
from service.operations.verify_ledger import BadRow, rebuild_totals, verify_ledger
from service.wording import Language, say


@click.command()
@click.option(
    "--rebuild",
    is_flag=True,
    help="When every chain is sound, first make totals and states anew from the facts. 重建合计",
)
@language_option
def verify(rebuild: bool) -> None:
    """Prove the ledger: every hash chain, total and state, and every answer given (校验账本).

    Reads one snapshot and changes nothing, while the service goes on. Exit status 1 when a row is not as it must
    be; the first one is named.
    """
    with opened() as context:
        bad = _verified(context)
        if rebuild and (bad is None or bad.table != "ledger"):
            count = rebuild_totals(context)
            click.echo(say(VERIFY, "rebuilt", language(), {"count": count}))
            bad = _verified(context)
    click.echo(bad_row_line(bad, language()) if bad else say(VERIFY, "sound", language(), {}))
    click.get_current_context().exit(1 if bad else 0)


def _verified(context: Context) -> BadRow | None:
    """The first bad row, with a progress bar on standard error where somebody is looking."""
    label = say(VERIFY, "label", language(), {})
    bar: Any = click.progressbar(length=1, label=label, file=sys.stderr)
    with bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        return verify_ledger(context, progress)


def bad_row_line(bad: BadRow, language: Language) -> str:
    """Which row, and what is wrong with it."""
    ids = [encode_person_id(each) for each in (bad.person_id, bad.determination_id) if each is not None]
    place = " ".join([bad.table, *ids, *([] if bad.key is None else [bad.key])])
    place += "" if bad.seq is None else f"-{bad.seq}"
    return f"{place}: {say(VERIFY, bad.code, language, {})}"
