"""``hours-ledger layout``: the providers' roster formats, listed and checked; an empty roster to fill in."""

from collections.abc import Collection
from pathlib import Path

import click

from api.cli.columns import paragraph
from api.cli.session import Refused, language, language_option
from importers.layout import Layout, LayoutFileError, layout_ids, load_layout, load_layouts, read_layout
from importers.layout_file import PACKAGED, layout_path
from importers.sheet import FileRefused
from importers.template import template_workbook
from service.policy_book import load_policy_book
from service.wording import say
from service.wording.roster import ROSTER


@click.group()
def layout() -> None:
    """What rosters look like, one file a provider (名册格式)."""


@layout.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
def check(files: tuple[Path, ...]) -> None:
    """Check layout FILES, or all there are (校验名册格式).

    Every fault is one line: file, key, what is wrong. Exit status 1 when there is any.
    """
    wrong: list[str] = []
    paths = files or tuple(layout_path(layout_id, PACKAGED) for layout_id in layout_ids())
    known = load_policy_book().divisions.keys()
    for path in paths:
        try:
            found = _unknown_divisions(path.name, read_layout(path), known)
        except LayoutFileError as error:
            found = str(error).splitlines()
        wrong += found
        if not found:
            click.echo(f"{path.name}: sound")
    for line in wrong:
        click.echo(line, err=True)
    if wrong:
        click.echo(f"{len(wrong)} faults in {len(paths)} files", err=True)
        click.get_current_context().exit(1)


def _unknown_divisions(file: str, checked: Layout, known: Collection[str]) -> list[str]:
    """What a layout does not show by itself: codes of places that the service does not know."""
    places = {"constants.division_code": checked.constants.get("division_code")}
    if column := checked.columns.get("division_code"):
        places |= {f"columns.division_code.values.{code}": code for code in column.values.values()}
    return [f"{file}: {key}: unknown_division" for key, code in places.items() if code and code not in known]


@layout.command("list")
def list_command() -> None:
    """List the layouts, where each comes from, and what of it is our guess (格式一览)."""
    for found in load_layouts().values():
        click.echo(f"{found.id}  {found.name}")
        if found.about:
            for text in found.about.guessed:
                for line in paragraph(text, indent="      ", first="    ? "):
                    click.echo(line)


@layout.command()
@click.argument("layout_id", metavar="LAYOUT", type=click.Choice(layout_ids()))
@click.argument("target", metavar="FILE.xlsx", type=click.Path(path_type=Path, dir_okay=False))
@language_option
def template(layout_id: str, target: Path) -> None:
    """Write an empty roster of LAYOUT to fill in (名册模板)."""
    try:
        body = template_workbook(load_layout(layout_id), language())
    except FileRefused as refused:
        raise Refused(say(ROSTER, refused.code, language(), refused.params)) from None
    target.write_bytes(body)
    click.echo(str(target))
