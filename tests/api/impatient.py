"""The server's worker, in more of a hurry: for tests of clients that stop in the middle."""

from typing import ClassVar

from api.worker import Worker


class ImpatientWorker(Worker):
    idle_seconds: ClassVar[int] = 1
