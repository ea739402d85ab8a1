"""What goes wrong as people read it: one clear line, never a traceback for what was to be expected."""

import logging
from collections.abc import Iterator, Mapping
from typing import Final

import click
from pydantic import ValidationError

from importers.layout import LayoutFileError, UnknownLayout
from importers.report import fault_detail
from service.domain.errors import Fault, Refusal
from service.policy_file import PolicyFileError
from service.vault import VaultError
from service.wording import Language, Texts, say
from service.wording.faults import FAULTS
from service.wording.problems import DETAILS

_COMMAND_LINE: Final[Texts] = {
    "unavailable": ("数据库无法使用", "the database can't be used"),
    "not_found": ("没有找到", "not found"),
}
"""Where the words for callers of the API do not suit someone at a terminal."""

EXPECTED: Final = (
    Refusal,
    PolicyFileError,
    LayoutFileError,
    UnknownLayout,
    VaultError,
    ValidationError,
    OSError,
)


def explained(error: BaseException, language: Language) -> tuple[list[str], int]:
    """(lines, exit status) for one of EXPECTED."""
    if isinstance(error, Refusal):
        return _refusal_lines(error, language), 1
    if isinstance(error, ValidationError):
        return [f"{'.'.join(map(str, it['loc'])).upper()}: {it['msg']}" for it in error.errors()], 2
    if isinstance(error, UnknownLayout):
        return [
            f"--layout: {say(FAULTS, 'unknown_layout', language, {'choices': ', '.join(error.known)})}"
        ], 2
    return str(error).splitlines() or [type(error).__name__], 2 if isinstance(error, VaultError) else 1


def _refusal_lines(refusal: Refusal, language: Language) -> list[str]:
    texts = _COMMAND_LINE if refusal.code in _COMMAND_LINE else DETAILS
    line = say(texts, refusal.code, language, refusal.params) if refusal.code in texts else refusal.code
    if reason := _reason(refusal.__cause__):
        line = f"{line}: {reason}"
    return [line, *fault_lines(refusal.faults, language)]


def fault_lines(
    faults: tuple[Fault, ...], language: Language, names: Mapping[str, str] | None = None
) -> Iterator[str]:
    """One line a fault. ``names``: what the person calls the place a pointer leads to."""
    for fault in faults:
        place = (names or {}).get(fault.pointer, fault.pointer.strip("/").replace("/", "."))
        if fault.code in FAULTS:  # the importer's own words for some of these tell of cells, not of options
            detail = say(FAULTS, fault.code, language, fault.params)
        else:
            detail = fault_detail(fault.code, fault.params, language)
        yield f"{place}: {detail}" if place else detail


def _reason(cause: BaseException | None) -> str:
    """What the database's driver says, which names no value of any statement."""
    driver = getattr(cause, "orig", None) or cause
    lines = str(driver).strip().splitlines() if driver is not None else []
    return lines[0] if lines else ""


class _WarningsForPeople(logging.Handler):
    """Warnings of the service, one line each. A record of an exception is left out: it comes as an error."""

    def emit(self, record: logging.LogRecord) -> None:
        if not record.exc_info:
            click.echo(f"{record.levelname.lower()}: {record.getMessage()}", err=True)


def show_warnings() -> None:
    """Sends warnings of this process to standard error, one line each."""
    logging.basicConfig(handlers=[_WarningsForPeople()], level=logging.WARNING, force=True)
