"""``hours-ledger import``: a roster through the same importer as the API's."""

import gc
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from api.cli.columns import paragraph, table
from api.cli.errors import explained
from api.cli.marked_report import require_place, write_report
from api.cli.progress import Progress
from api.cli.session import Refused, language, language_option, opened
from api.cli.words import IMPORT, WATCH
from importers.drop_folder import DropFolder, FolderBusy, Verdict, watched
from importers.intake import import_roster
from importers.layout import layout_ids
from importers.report import ImportReport, refused_file, report_document
from service.context import Context
from service.domain.client import Client
from service.domain.errors import Refusal
from service.operations.clients import list_clients
from service.wording import Language, say

_POLL_SECONDS: Final = 1.0
_RETRY_SECONDS: Final = 10.0


@click.command("import")
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
)
@click.option(
    "--layout",
    type=click.Choice(layout_ids()),
    default="standard",
    show_default=True,
    help="What the roster looks like. 名册格式",
)
@click.option("--provider", required=True, help="Name of the provider whose hours these are. 培训机构")
@click.option("--division", metavar="CODE", help="Division of rows that name none. 区划")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and store nothing. 试导入")
@click.option("--partial", is_flag=True, help="Take the sound rows though others have faults. 只导入正确的行")
@click.option(
    "--correct", is_flag=True, help="Replace entries whose reference has other content now. 更正已登记的内容"
)
@click.option(
    "--watch",
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path),
    help="Take in what is dropped there, move it to done/ or refused/. 监视文件夹",
)
@click.option(
    "--report",
    "marked",
    metavar="FILE.xlsx",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the sheet with wrong cells marked, to correct and send again. 标出错误的表",
)
@language_option
def import_command(
    files: tuple[Path, ...],
    layout: str,
    provider: str,
    division: str | None,
    dry_run: bool,
    partial: bool,
    correct: bool,
    watch: Path | None,
    marked: Path | None,
) -> None:
    """Import roster FILEs, XLSX or CSV of any size (导入名册).

    Each file is all or nothing unless --partial; broken off, it leaves nothing behind, and the same command does it
    again. Importing the same file again creates nothing. Exit status 1 when a row was refused; the report then names
    every fault by line and column.
    """
    if bool(files) == bool(watch):
        raise click.UsageError("name files, or a folder with --watch")
    if watch is not None and dry_run:
        raise click.UsageError("--watch moves files away: it has no --dry-run")
    require_place(marked, files)
    for_bulk()
    with opened() as context:
        take = Take(context, provider_named(context, provider), layout, division, dry_run, partial, correct)
        if watch is not None:
            watch_folder(take, watch)
            return
        status = 0
        for file in files:
            status = max(status, _import_one(take, file, marked, is_one_of_many=len(files) > 1))
    click.get_current_context().exit(status)


@dataclass(frozen=True)
class Take:
    """How files are taken in: the options of the command."""

    context: Context
    client: Client
    layout: str
    division: str | None
    dry_run: bool
    partial: bool
    correct: bool

    def __call__(self, file: Path) -> ImportReport:
        """Takes one file in and shows how far it is. Raises Refusal."""
        progress = Progress(language())
        try:
            return import_roster(
                self.context,
                self.client,
                file,
                file_name=file.name,
                layout=self.layout,
                division_code=self.division,
                dry_run=self.dry_run,
                partial=self.partial,
                correct=self.correct,
                progress=progress,
            )
        finally:
            progress.close()


def for_bulk() -> None:
    """Rows come and go without reference cycles: looking for cycles as often as usual costs a third of the time. And
    the thread that feeds the database would wait ten times as long for the one that decides."""
    gc.freeze()
    gc.set_threshold(200_000, 10, 10)
    sys.setswitchinterval(0.0005)


def _import_one(take: Take, file: Path, marked: Path | None, *, is_one_of_many: bool) -> int:
    """Imports a file, prints its report and answers the exit status. One of many that cannot be read is told and does
    not keep the others out."""
    if is_one_of_many:
        click.echo(f"{file}:")
    try:
        report = take(file)
    except Refusal as refusal:
        if not is_one_of_many or refusal.code == "unavailable":
            raise
        for line in explained(refusal, language())[0]:
            click.echo(f"Error: {line}", err=True)
        return 1
    for line in report_lines(report, take.dry_run, language()):
        click.echo(line)
    if marked is not None:
        write_report(take.context, file, take.layout, take.division, report, marked)
    return 1 if report.refused or report.faults_total else 0


def watch_folder(take: Take, path: Path) -> None:
    """Takes in what is dropped into the folder, for ever. Raises Refused when another process does."""
    folder = DropFolder(path)
    try:
        with watched(folder):
            click.echo(say(WATCH, "watching", language(), {"folder": str(path)}))
            while True:
                for file in folder.complete():
                    _take_dropped(take, folder, file)
                time.sleep(_POLL_SECONDS)
    except FolderBusy as busy:
        raise Refused(say(WATCH, "busy", language(), {"pid": busy.pid, "folder": str(path)})) from None


def _take_dropped(take: Take, folder: DropFolder, file: Path) -> None:
    """One dropped file. While the database is away, or the file cannot be read, it stays where it is."""
    try:
        report = take(file)
    except FileNotFoundError:
        return
    except (Refusal, OSError) as error:
        if not isinstance(error, Refusal) or error.code == "unavailable":
            reason = explained(error, language())[0][0]
            click.echo(say(WATCH, "later", language(), {"name": file.name, "reason": reason}), err=True)
            time.sleep(_RETRY_SECONDS)
            return
        report = refused_file(error)
    verdict: Verdict = "refused" if report.refused or report.faults_total else "done"
    place = folder.file_away(file, verdict, report, language())
    told = {"name": file.name, "place": f"{verdict}/{place.name}", **report_document(report, language())}
    click.echo(say(WATCH, verdict, language(), told))


def provider_named(context: Context, name: str) -> Client:
    """The provider of that name. Raises Refused when there is none, it is revoked or no provider."""
    for listed in list_clients(context):
        if listed.client.name == name:
            if listed.client.role != "provider":
                raise Refused(f"{name} is no provider but has the role {listed.client.role}")
            if listed.revoked_at is not None:
                raise Refused(f"{name} is revoked since {listed.revoked_at:%Y-%m-%d}")
            return listed.client
    raise Refused(f"there is no provider named {name}: `hours-ledger client list` shows who there is")


def report_lines(report: ImportReport, dry_run: bool, language: Language) -> Iterator[str]:
    """The report as people read it."""
    document = report_document(report, language)
    yield say(IMPORT, _verdict(report, dry_run), language, {})
    yield say(IMPORT, "counts", language, document)
    if document["corrected"]:
        yield say(IMPORT, "corrected", language, document)
    if document["reversed"]:
        yield say(IMPORT, "reversed", language, document)
    if document["import_id"] is not None:
        yield say(IMPORT, "import_id", language, document)
    yield ""
    yield say(IMPORT, "notes", language, {})
    for note in document["notes"]:
        yield from paragraph(note["detail"], indent="    ", first="  * ")
    if document["skipped"]:
        yield ""
        yield say(IMPORT, "skipped", language, {})
        yield from _skipped_lines(document["skipped"], language)
    if document["faults"]:
        yield ""
        yield from _fault_table(document, language)


def _verdict(report: ImportReport, dry_run: bool) -> str:
    if dry_run:
        return "dry_run"
    if not report.refused:
        return "done"
    return "partial" if report.created or report.corrected or report.replayed else "refused"


def _skipped_lines(skipped: list[dict[str, Any]], language: Language) -> Iterator[str]:
    for row in skipped:
        place = say(IMPORT, "sheet", language, {}) if row["line"] is None else str(row["line"])
        yield from paragraph(row["detail"], indent=" " * 8, first=f"  {place:>4}  ")


def _fault_table(document: dict[str, Any], language: Language) -> Iterator[str]:
    header = [say(IMPORT, name, language, {}) for name in ("line", "column", "detail")]
    rows = [[str(fault["line"]), fault["column"] or "-", fault["detail"]] for fault in document["faults"]]
    yield from table(header, rows, ("right", "left", "left"))
    more = document["faults_total"] - len(rows)
    if more > 0:
        yield say(IMPORT, "more", language, {"more": more})
