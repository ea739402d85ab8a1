"""A request's body as the server hands it over: read, or 400."""

from typing import Final

from flask import Request
from gunicorn.http.errors import ParseException  # type: ignore[import-untyped]
from werkzeug.exceptions import ClientDisconnected

_UNREADABLE: Final = (OSError, ParseException)
"""What reading raises when the client sends nothing for too long or has gone, and when its chunks are none."""


class Body:
    """Takes the place of ``wsgi.input``. Once reading has failed the server is not asked again: it would wait again."""

    def __init__(self, request: Request) -> None:
        self._source = request.environ["wsgi.input"]
        self._failed = False

    def read(self, size: int = -1) -> bytes:
        """As a binary file's. Raises ClientDisconnected (400) where the body cannot be read."""
        if self._failed:
            raise ClientDisconnected
        try:
            piece: bytes = self._source.read(size)
        except _UNREADABLE:
            self._failed = True
            raise ClientDisconnected from None
        return piece
