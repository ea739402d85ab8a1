"""``hours-ledger access``: who looked at whom."""

import csv
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import click
import orjson

from api.cli.session import opened
from api.schemas.access_answer import access_json
from service.context import Context
from service.domain.access import KEPT_DAYS
from service.domain.identifiers import decode_person_id
from service.operations.record_access import RECORDS_MAX, list_access_records, purge_access_records

_COLUMNS: Final = (
    "access_id",
    "at",
    "client_id",
    "person_id",
    "purpose",
    "request_id",
    "as_of",
    "position",
)


def _instant(_context: click.Context, _option: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise click.BadParameter("an instant with its offset is wanted: 2026-11-21T00:00:00+08:00")
    return moment


def _person(_context: click.Context, _option: click.Parameter, value: str | None) -> int | None:
    person_id = None if value is None else decode_person_id(value)
    if value is not None and person_id is None:
        raise click.BadParameter("a person id as the service gives it out is wanted")
    return person_id


@click.group()
def access() -> None:
    """Who looked at whom, when and why (访问记录)."""


@access.command()
@click.option("--from", "since", callback=_instant, metavar="INSTANT", help="From this instant on. 起")
@click.option("--to", "until", callback=_instant, metavar="INSTANT", help="Before this instant. 止")
@click.option("--person-id", callback=_person, metavar="ID", help="Only of this person. 人员编号")
@click.option(
    "--format",
    "form",
    type=click.Choice(("jsonl", "csv")),
    default="jsonl",
    show_default=True,
    help="One JSON object a line, or CSV with a header. 格式",
)
def export(since: datetime | None, until: datetime | None, person_id: int | None, form: str) -> None:
    """Write access records to stdout, oldest first (导出).

    No names and no identity numbers are among them.
    """
    with opened() as context:
        records = _records(context, since, until, person_id)
        if form == "jsonl":
            for record in records:
                click.echo(orjson.dumps(record).decode())
            return
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows(
            ["" if record[name] is None else record[name] for name in _COLUMNS] for record in records
        )


def _records(
    context: Context, since: datetime | None, until: datetime | None, person_id: int | None
) -> Iterator[dict[str, Any]]:
    cursor: str | None = None
    while True:
        page = list_access_records(
            context, since=since, until=until, person_id=person_id, cursor=cursor, limit=RECORDS_MAX
        )
        yield from map(access_json, page.records)
        cursor = page.next_cursor
        if cursor is None:
            return


@access.command()
@click.option(
    "--days",
    type=click.IntRange(min=KEPT_DAYS),
    default=KEPT_DAYS,
    show_default=True,
    help="Keep those of the last so many days. 保留天数",
)
def purge(days: int) -> None:
    """Delete access records that are old enough (清理).

    The database itself refuses younger ones. A record that holds an answer in place which the clock alone would not
    give again (a late commit, a clock set back) stays.
    """
    with opened() as context:
        count = purge_access_records(context, days)
    click.echo(f"{count} access records older than {days} days deleted")
