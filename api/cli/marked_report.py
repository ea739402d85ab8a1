"""``hours-ledger import --report``: the sheet that was read, its wrong cells marked."""

from pathlib import Path

import click

from api.cli.session import Refused, language
from api.cli.words import IMPORT
from importers.layout import load_layout
from importers.marked import write_marked
from importers.report import ImportReport
from importers.sheet import FileRefused
from service.context import Context
from service.wording import say
from service.wording.roster import ROSTER


def require_place(target: Path | None, files: tuple[Path, ...]) -> None:
    """Raises UsageError unless the report is of one file, is an XLSX, and does not take the roster's place."""
    if target is None:
        return
    if len(files) != 1:
        raise click.UsageError("--report is the sheet of one file")
    if target.suffix.lower() != ".xlsx":
        raise click.UsageError("--report writes an .xlsx file")
    if target.exists() and target.samefile(files[0]):
        raise click.UsageError("--report would overwrite the roster itself")


def write_report(
    context: Context, file: Path, layout: str, division: str | None, report: ImportReport, target: Path
) -> None:
    """Writes the marked sheet where there is something to correct, and says where it is."""
    if not report.faults:
        click.echo(say(IMPORT, "nothing_to_mark", language(), {}))
        return
    try:
        write_marked(context, file, load_layout(layout), division, report, language(), target)
    except FileRefused as refused:
        raise Refused(say(ROSTER, refused.code, language(), refused.params)) from None
    click.echo(say(IMPORT, "marked", language(), {"place": str(target)}))
