"""Logs: one JSON object a line on standard error. No bodies, query strings, keys or identity numbers."""

import logging
import sys
import traceback
from typing import Any

import structlog
from structlog.types import EventDict, Processor


def configure_logging(level: str) -> None:
    """Sends structlog's and the standard library's records, from ``level`` up, through one JSON formatter."""
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    write_json(handler)
    logging.basicConfig(handlers=[handler], level=level, force=True)


def write_json(handler: logging.Handler) -> None:
    """Makes a handler write each record as one JSON object on a line."""
    handler.addFilter(_with_types_of_errors)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_text_of_errors,
    ]


def _with_types_of_errors(record: logging.LogRecord) -> bool:
    """An exception that is to be put into a message leaves its type there, no more."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            type(value).__qualname__ if isinstance(value, BaseException) else value for value in record.args
        )
    return True


def _without_text_of_errors(_logger: object, _method: str, event: EventDict) -> EventDict:
    """An exception leaves its type and where it was raised; its text may quote data."""
    info: Any = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error"] = type(error).__qualname__
        event["where"] = error_places(error)
    return event


def error_places(error: BaseException) -> list[str]:
    """The innermost frames an error passed, ``file:line function``, without any value."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
