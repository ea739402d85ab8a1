"""What a command starts from: the settings, a context on a database that is ready, the language of its words."""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import click

from service.context import Context, open_context
from service.domain.access import Asker, Purpose
from service.settings import Settings, load_settings
from service.store.schema import is_at_head
from service.wording import LANGUAGES, Language

_URL_FORM = re.compile(r"sqlite:///(?!:memory:)[^?].*|postgresql\+psycopg://.+")
_SQLITE: Final = "sqlite:///"
_POSTGRESQL: Final = "postgresql+psycopg://"
_SQLITE_MAGIC: Final = b"SQLite format 3\0"

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass
class Session:
    """One run of the command. ``language``: of what it says to people, errors too."""

    language: Language = "zh-CN"


class Refused(click.ClickException):
    """The command will not do it; its message is what the person reads. Exit status 1."""

    exit_code = 1


class WrongSetting(click.ClickException):
    """An environment variable is wrong. Exit status 2, as for a wrong option."""

    exit_code = 2


def language_option(command: Command) -> Command:
    """``--language``, kept in the session; the command asks ``language()``."""

    def keep(context: click.Context, _option: click.Parameter, value: Language) -> None:
        context.ensure_object(Session).language = value

    return click.option(
        "--language",
        type=click.Choice(LANGUAGES),
        default="zh-CN",
        show_default=True,
        expose_value=False,
        is_eager=True,
        callback=keep,
        help="Language of what is printed. 输出语言",
    )(command)


def language() -> Language:
    """The language of the command that runs."""
    return click.get_current_context().ensure_object(Session).language


def read_settings() -> Settings:
    """The settings.

    Raises pydantic's ValidationError, WrongSetting for database URLs of another form, Refused for a file that is
    no database.
    """
    settings = load_settings()
    if not _is_database_url(settings.database_url):
        raise WrongSetting(
            "DATABASE_URL: sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/NAME is wanted"
        )
    if settings.database_url_read is not None:
        _require_standby(settings.database_url_read, settings.database_url)
    file = sqlite_file(settings)
    if file is not None and file.exists() and not _is_sqlite(file):
        raise Refused(f"{file} is no SQLite database")
    return settings


def _is_sqlite(file: Path) -> bool:
    """An empty file is a database in which nothing was written yet."""
    if not file.is_file():
        return False
    with file.open("rb") as opened_file:
        return opened_file.read(len(_SQLITE_MAGIC)) in (b"", _SQLITE_MAGIC)


def _is_database_url(url: str) -> bool:
    try:
        port = urlsplit(url).port  # raises where it is no number
    except ValueError:
        return False
    return bool(_URL_FORM.fullmatch(url)) and port != 0


def _require_standby(url: str, database_url: str) -> None:
    if not url.startswith(_POSTGRESQL) or not _is_database_url(url):
        raise WrongSetting("DATABASE_URL_READ: postgresql+psycopg://USER:PASSWORD@HOST/NAME is wanted")
    if not database_url.startswith(_POSTGRESQL):
        raise WrongSetting("DATABASE_URL_READ: only with a DATABASE_URL of PostgreSQL, whose standby it is")


def sqlite_file(settings: Settings) -> Path | None:
    """The database's file, None for a server."""
    url = settings.database_url
    return Path(url.removeprefix(_SQLITE).partition("?")[0]) if url.startswith(_SQLITE) else None


def database_place(settings: Settings) -> str:
    """Where the database is, without user and password."""
    file = sqlite_file(settings)
    if file is not None:
        return str(file)
    parts = urlsplit(settings.database_url)
    return f"postgresql://{parts.netloc.rpartition('@')[2]}{parts.path}"


@contextmanager
def opened() -> Iterator[Context]:
    """A context on a database at this version's schema. Raises Refused when it is not."""
    settings = read_settings()
    file = sqlite_file(settings)
    if file is not None and not file.exists():
        raise Refused(f"there is no database at {file}: run `hours-ledger migrate` first")
    context = open_context(settings)
    try:
        require_schema(context)
        yield context
    finally:
        context.database.close()


def command_asker(purpose: Purpose) -> Asker:
    """Who asks in access records when a command does: no client, and an id of this run."""
    return Asker(None, f"cli-{secrets.token_hex(8)}", purpose)


def require_schema(context: Context) -> None:
    """Raises Refused unless the database has this version's schema, and Refusal ``unavailable`` when it is gone."""
    with context.database.reading():
        at_head = is_at_head(context.database.reading_engine)
    if not at_head:
        place = database_place(context.settings)
        raise Refused(f"the schema of {place} is not this version's: run `hours-ledger migrate` first")
