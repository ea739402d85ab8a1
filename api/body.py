"""A request's body: whole, or 400. The server's own stream ends quietly where the connection does."""

from typing import Any, Final

from gunicorn.http.errors import ParseException  # type: ignore[import-untyped]
from werkzeug.exceptions import ClientDisconnected

_UNREADABLE: Final = (OSError, ParseException)
"""What reading raises when the client sends nothing for too long or has gone, and when its chunks are none."""

_DIGITS_MAX: Final = 18
"""Of a length: so many are more than anybody sends, whatever follows, and Python reads no number of thousands."""


class Body:
    """Takes the place of ``wsgi.input``. Once reading has failed the server is not asked again: it would wait again."""

    def __init__(self, sent: dict[str, Any]) -> None:
        """``sent``: WSGI's ``environ``. ``length`` is what it declares, in bytes, None where it does not."""
        told = sent.get("CONTENT_LENGTH", "")
        has_length = told.isascii() and told.isdigit() and "HTTP_TRANSFER_ENCODING" not in sent
        digits = told.lstrip("0")
        self.length: Final = int(digits[:_DIGITS_MAX] or "0") if has_length else None
        self._source = sent["wsgi.input"]
        self._taken = 0
        self._failed = False
        self._kept: bytes | None = None

    def whole(self, *, kept: bool) -> bytes:
        """All of a body that has a ``length``; ``kept``, it can be had once more. Raises as ``read``."""
        if self._kept is not None:
            return self._kept
        length, pieces = self.length or 0, []
        while self._taken < length:
            pieces.append(self.read(length - self._taken))
        data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        if kept:
            self._kept = data
        return data

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
        if ended and self._taken < (self.length or 0):
            self._failed = True
            raise ClientDisconnected
        return piece
