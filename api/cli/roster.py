"""``hours-ledger import``: a roster through the same importer as the API's."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from api.cli.columns import paragraph, table
from api.cli.session import Refused, language, language_option, opened
from api.cli.words import IMPORT
from importers.intake import import_roster
from importers.layout import layout_ids
from importers.report import ImportReport, report_document
from service.context import Context
from service.domain.client import Client
from service.operations.clients import list_clients
from service.wording import Language, say


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
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
@language_option
def import_command(
    file: Path, layout: str, provider: str, division: str | None, dry_run: bool, partial: bool
) -> None:
    """Import a roster FILE, XLSX or CSV (导入名册).

    All or nothing unless --partial. Importing the same file again creates nothing. Exit status 1 when a row was
    refused; the report then names every fault by line and column.
    """
    with opened() as context:
        client = provider_named(context, provider)
        report = import_roster(
            context,
            client,
            file,
            file_name=file.name,
            layout=layout,
            division_code=division,
            dry_run=dry_run,
            partial=partial,
        )
    for line in report_lines(report, dry_run, language()):
        click.echo(line)
    click.get_current_context().exit(1 if report.refused or report.faults_total else 0)


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
    if document["import_id"] is not None:
        yield say(IMPORT, "import_id", language, document)
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
    return "partial" if report.created or report.replayed else "refused"


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
