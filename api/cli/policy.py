"""``hours-ledger policy``: the cities' files, checked and listed."""

from collections.abc import Iterator
from pathlib import Path

import click

from api.cli.columns import table
from service.annexes import load_annexes
from service.policy_book import PACKAGED_POLICIES, Division, PolicyBook, load_policy_book, read_divisions
from service.policy_examples import failing_examples
from service.policy_file import PolicyFile, PolicyFileError, read_baseline, read_policy_file


@click.group()
def policy() -> None:
    """The cities' policy files (各地政策文件)."""


@policy.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
def check(files: tuple[Path, ...]) -> None:
    """Check policy FILES, or all there are, and run their examples (校验政策文件).

    Every fault is one line: file, key or line, what is wrong. Exit status 1 when there is any.
    """
    checked, wrong = 0, []
    for path in files or _packaged_files():
        checked += 1
        found = list(_problems(path))
        wrong += found
        if not found:
            click.echo(f"{path.name}: sound")
    if not files and not wrong:
        wrong += _book_problems()
    for line in wrong:
        click.echo(line, err=True)
    if wrong:
        click.echo(f"{len(wrong)} faults in {checked} files", err=True)
        click.get_current_context().exit(1)


def _packaged_files() -> list[Path]:
    paths = sorted(PACKAGED_POLICIES.rglob("*.toml"), key=lambda path: path.name)
    return [path for path in paths if path.name != "baseline.toml" and not path.name.startswith("_")]


def _problems(path: Path) -> Iterator[str]:
    try:
        file = read_policy_file(path)
        book = _book_around(file)
    except PolicyFileError as error:
        yield from str(error).splitlines()
        return
    for example, difference in failing_examples(book, file):
        yield f"{path.name}: example “{example}”: {difference}"


def _book_around(file: PolicyFile) -> PolicyBook:
    """The book with this file alone: its examples must not lean on any other."""
    divisions = read_divisions(PACKAGED_POLICIES / "divisions.csv")
    place = Division(file.policy.division_code, file.policy.name)
    divisions.setdefault(place.code, place)
    return PolicyBook((file,), divisions, read_baseline(PACKAGED_POLICIES / "baseline.toml"))


def _book_problems() -> list[str]:
    """What only shows when all files stand together, and in the annexes' tables."""
    try:
        load_policy_book()
        load_annexes()
    except PolicyFileError as error:
        return str(error).splitlines()
    return []


@policy.command("list")
def list_command() -> None:
    """List the policies the service applies (政策一览)."""
    rows = [
        (
            file.policy.id,
            file.policy.division_code,
            str(len(file.examples)),
            file.policy.digest[7:19],
            f"{file.policy.name} {file.policy.document}" + (" (no rule)" if file.policy.no_rule else ""),
        )
        for file in load_policy_book().files
    ]
    header = ("id", "division", "examples", "digest", "document")
    for line in table(header, rows, ("left", "left", "right", "left", "left")):
        click.echo(line)
