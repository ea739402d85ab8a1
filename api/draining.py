"""A refused request's body, read to its end before the answer goes out.

Many clients send everything before they read anything: an answer that closes the connection half-way reaches them
as a broken pipe instead of a problem.
"""

import time
from typing import Final

from flask import Request
from werkzeug.exceptions import ClientDisconnected

DRAINED_MAX: Final = 64 * 1024 * 1024
"""More than this nobody sends by mistake."""

_SECONDS_MAX: Final = 10.0
_PIECE: Final = 256 * 1024


def drain(request: Request) -> None:
    """Reads and forgets what is left of a body, up to DRAINED_MAX bytes and a few seconds."""
    if not request.content_length and not request.environ.get("wsgi.input_terminated"):
        return
    # The server's own stream: it ends where the body does, and Flask's limits do not end it sooner.
    stream = request.environ["wsgi.input"]
    until = time.monotonic() + _SECONDS_MAX
    left = DRAINED_MAX
    try:
        while left > 0 and time.monotonic() < until and (piece := stream.read(min(left, _PIECE))):
            left -= len(piece)
    except ClientDisconnected:
        return
