"""One process of the server: gunicorn's threaded worker, kept from what would make everybody wait for one client."""

import secrets
import socket
import struct
import time
from functools import partial
from selectors import EVENT_READ
from typing import Any, ClassVar, Final

import orjson
from gunicorn.http import errors  # type: ignore[import-untyped]
from gunicorn.util import write_nonblock  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from service.domain.errors import Refusal

IDLE_SECONDS: Final = 15
"""After which a client that has begun a request and sends nothing more of it is given up: each holds a thread, and one
that went away without a word would hold it for ever."""

LEAVING_SECONDS: Final = 2
"""After which a connection whose last answer was sent is closed though the client has not closed it."""

_LAST_BYTES_MAX: Final = 64 * 1024
"""What a client may still send then."""

_YIELD_SECONDS: Final = 0.0001
_YIELDS_MAX: Final = 10

_REFUSED: Final = errors.ParseException
"""What gunicorn raises for a request that breaks the rules of HTTP."""


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's threaded worker, whose own errors are problems too and quote nothing of the request, and which waits
    for nobody longer than ``idle_seconds``."""

    idle_seconds: ClassVar[int] = IDLE_SECONDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._leaving: Final[dict[Any, int]] = {}

    def accept(self, listener: Any) -> None:
        """Takes a new connection, the later the more there are already: another process that has fewer comes first.

        All wait at one socket, and who wakes first would take a whole burst of them; a platform that keeps its
        connections open would then be answered by one process for as long as it asks, half as fast.
        """
        time.sleep(min(self.nr_conns, _YIELDS_MAX) * _YIELD_SECONDS)
        super().accept(listener)

    def enqueue_req(self, conn: Any) -> None:
        """Takes a connection on whose request a thread is to wait: none waits before anything of it has come, as a
        browser opens connections that it may never use."""
        if not conn.initialized and not conn.data_ready:
            conn.set_timeout()
            self.pending_conns.append(conn)
            self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))
            return
        # The kernel's own limit: gunicorn sets the socket's to none whenever it begins to read.
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("@ll", self.idle_seconds, 0))
        super().enqueue_req(conn)

    def finish_request(self, conn: Any, fs: Any) -> None:
        """What is to become of a connection whose request is done.

        One that is to be closed must be heard out, lest the client lose the end of its answer. gunicorn does nothing
        else meanwhile, for two seconds where the client does not close: a few such, and nobody is answered.
        """
        if fs.cancelled() or fs.exception() is not None or fs.result():
            super().finish_request(conn, fs)
            return
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self.poller.register(conn.sock, EVENT_READ, partial(self._hear_out, conn))
        except (OSError, ValueError):
            self._close(conn)
            return
        conn.timeout = time.monotonic() + LEAVING_SECONDS
        self._leaving[conn] = _LAST_BYTES_MAX

    def _hear_out(self, conn: Any, _sock: Any) -> None:
        try:
            last = conn.sock.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            last = b""
        self._leaving[conn] -= len(last)
        if not last or self._leaving[conn] <= 0:
            self._let_go(conn)

    def murder_pending(self) -> None:
        """gunicorn's look at connections that have had their time, once a second at least; also at those that leave."""
        super().murder_pending()
        while self._leaving and (first := next(iter(self._leaving))).timeout <= time.monotonic():
            self._let_go(first)

    def _let_go(self, conn: Any) -> None:
        del self._leaving[conn]
        self.poller.unregister(conn.sock)
        self._close(conn)

    def _close(self, conn: Any) -> None:
        self.nr_conns -= 1
        conn.close()

    def handle_error(self, req: object, client: Any, addr: object, exc: BaseException) -> None:  # noqa: ARG002
        """Answers a request that gunicorn could not read."""
        from api.problems import PROBLEM_MEDIA_TYPE, problem_document

        refused = isinstance(exc, _REFUSED)
        refusal = Refusal("bad_request" if refused else "internal_error")
        request_id = secrets.token_hex(16)
        body = orjson.dumps(problem_document(refusal, "zh-CN", request_id))
        status = "400 Bad Request" if refused else "500 Internal Server Error"
        head = (
            f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: {PROBLEM_MEDIA_TYPE}\r\n"
            f"X-Request-Id: {request_id}\r\nX-Content-Type-Options: nosniff\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self.log.warning("unreadable request %s: %s", request_id, type(exc).__name__)
        try:
            write_nonblock(client, head.encode() + body)
        except OSError:
            self.log.debug("the client has gone")
