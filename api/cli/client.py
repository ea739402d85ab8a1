"""``hours-ledger client``: who may call, and their keys."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import click
from marshmallow import ValidationError

from api.cli.columns import table
from api.cli.session import Refused, opened
from service.domain.client import ROLES, Client, Role
from service.domain.errors import Refusal
from service.fields import tidy_text
from service.operations.clients import create_client, issue_key, list_clients, revoke_client
from service.policy_book import PolicyBook

_NAME_MAX = 100


@click.group()
def client() -> None:
    """Callers of the API and their keys (接口调用方与密钥).

    A key is shown once and stored as a hash. To rotate: issue a further key with --others-days, and hand it over while
    the old one still works.
    """


def _name(_context: click.Context, _option: click.Parameter, value: str) -> str:
    try:
        name = tidy_text(value)
    except ValidationError:
        raise click.BadParameter("control characters aren't allowed") from None
    if not 0 < len(name) <= _NAME_MAX:
        raise click.BadParameter(f"1 to {_NAME_MAX} characters are wanted")
    return name


name_option = click.option("--name", required=True, callback=_name, help="The client's name. 名称")


@client.command()
@click.option("--role", type=click.Choice(ROLES), required=True, help="What it may do. 角色")
@name_option
@click.option(
    "--division",
    "divisions",
    multiple=True,
    metavar="CODE",
    help="A division it works in, with those below it; may be repeated. None: the whole province. 区划",
)
@click.option("--series", multiple=True, help="A series an authority is bound to; may be repeated. 系列")
@click.option("--feed-id", help="The trusted feed this provider is, as named in a policy file. 可信来源")
def create(
    role: Role, name: str, divisions: tuple[str, ...], series: tuple[str, ...], feed_id: str | None
) -> None:
    """Create a client and print its key, once (新建).

    The key stands alone on the last line of stdout; everything else goes to stderr.
    """
    if feed_id is not None and role != "provider":
        raise click.BadParameter("only a provider is a feed", param_hint="--feed-id")
    with opened() as context:
        _refuse_unknown(divisions, context.policy_book.divisions)
        if feed_id is not None and feed_id not in _feeds(context.policy_book):
            click.echo(
                f"warning: no policy file names the feed {feed_id}: its hours wait as others do", err=True
            )
        try:
            made, key = create_client(context, role, name, divisions, series, feed_id)
        except Refusal as refusal:
            if refusal.code == "client_exists":
                raise Refused(f"there is a client named {name} already") from None
            raise
    click.echo(f"{made.name}: {made.role}, {', '.join(made.divisions)}. Its key is shown only now:", err=True)
    click.echo(key)


def _feeds(book: PolicyBook) -> set[str]:
    """Trusted feeds of all policies."""
    return {
        feed.feed_id for policy in book.policies if policy.recognition for feed in policy.recognition.feeds
    }


def _refuse_unknown(divisions: tuple[str, ...], known: Collection[str]) -> None:
    for code in divisions:
        if code not in known:
            raise click.BadParameter(f"{code} is no division code the service knows", param_hint="--division")


@client.command("issue-key")
@name_option
@click.option(
    "--days", type=click.IntRange(1, 3650), help="Days until the key expires; none: never. 有效天数"
)
@click.option(
    "--others-days",
    type=click.IntRange(0, 3650),
    help="Days until the keys that there are end; 0: at once; none: they stay. 旧密钥有效天数",
)
def issue_key_command(name: str, days: int | None, others_days: int | None) -> None:
    """Issue a further key of a client (增发密钥).

    The key stands alone on the last line of stdout.
    """
    expires_at, others_end_at = _in_days(days), _in_days(others_days)
    with opened() as context:
        try:
            key = issue_key(context, name, expires_at, others_end_at=others_end_at)
        except Refusal as refusal:
            raise _no_such_client(refusal, name) from None
    click.echo(f"{name}: a further key, shown only now:", err=True)
    click.echo(key)


def _in_days(days: int | None) -> datetime | None:
    return None if days is None else datetime.now(UTC) + timedelta(days=days)


@client.command("list")
def list_command() -> None:
    """List the clients, oldest first (列表)."""
    with opened() as context:
        rows = [
            (_row(listed.client, listed.created_at, listed.revoked_at)) for listed in list_clients(context)
        ]
    header = ("role", "created", "revoked", "name", "divisions", "series, feed")
    for line in table(header, rows, ("left",) * 6):
        click.echo(line)


def _row(listed: Client, created_at: datetime, revoked_at: datetime | None) -> tuple[str, ...]:
    feed = [f"feed {listed.feed_id}"] if listed.feed_id else []
    return (
        listed.role,
        f"{created_at:%Y-%m-%d}",
        f"{revoked_at:%Y-%m-%d}" if revoked_at else "-",
        listed.name,
        ",".join(listed.divisions),
        ", ".join([*listed.series, *feed]) or "-",
    )


@client.command()
@name_option
def revoke(name: str) -> None:
    """End a client and all its keys at once (撤销).

    What it wrote stays in the ledger.
    """
    with opened() as context:
        try:
            revoke_client(context, name)
        except Refusal as refusal:
            raise _no_such_client(refusal, name) from None
    click.echo(f"{name}: revoked")


def _no_such_client(refusal: Refusal, name: str) -> Exception:
    if refusal.code != "not_found":
        return refusal
    return Refused(f"there is no client named {name} whose keys are in force")
