"""``hours-ledger evidence``: the files that people added to hours they registered alone."""

import click

from api.cli.session import language, language_option, opened
from api.cli.words import EVIDENCE
from service.operations.sweep_evidence import find_left_over, sweep_evidence
from service.wording import say


@click.group()
def evidence() -> None:
    """Files of evidence (佐证材料). That each is there and unchanged, ``verify`` proves."""


@evidence.command()
@click.option("--dry-run", is_flag=True, help="Only name them. 只列出，不删除")
@language_option
def sweep(dry_run: bool) -> None:
    """Remove files that no row knows (清理多余的文件).

    They are left when an upload or an erasure is broken off between the file and the database. Files of the last hour
    stay: their row may be on its way.
    """
    with opened() as context:
        if dry_run:
            names = list(find_left_over(context))
            for name in names:
                click.echo(context.evidence_files.directory / name[:2] / name)
            code, count = "left_over", len(names)
        else:
            code, count = "removed", sweep_evidence(context)
    click.echo(say(EVIDENCE, code if count else "nothing", language(), {"count": count}))
