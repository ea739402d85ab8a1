"""A request's body: whole, or 400. The server's own stream ends quietly where the connection does."""

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
        self._length = request.content_length
        self._taken = 0
        self._failed = False

    def read(self, size: int = -1) -> bytes:
        """As a binary file's. Raises ClientDisconnected (400) where the body breaks off or cannot be read."""
        if self._failed:
            raise ClientDisconnected
        try:
            piece: bytes = self._source.read(size)
        except _UNREADABLE:
            self._failed = True
            raise ClientDisconnected from None
        self._taken += len(piece)
        ended = size < 0 or (size > 0 and not piece)
        if ended and self._taken < (self._length or 0):
            self._failed = True
            raise ClientDisconnected
        return piece
