"""A streaming standby of the database: read-only connections to it, and what is done while it gives no answer."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final, Literal, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFree

__all__ = ["Outcome", "Replica"]

log = logging.getLogger(__name__)

T = TypeVar("T")

Outcome = Literal["answered", "passed_on", "failed"]

REST_SECONDS: Final = 5.0
"""How long a standby that gave no answer is left alone before one request tries it again."""

_PATIENCE: Final = {
    # A request waits for this before it turns to the primary: seconds, and for the user time-out milliseconds.
    "connect_timeout": 2,
    "tcp_user_timeout": 3000,
    "keepalives_idle": 3,
    "keepalives_interval": 1,
    "keepalives_count": 2,
}
_OPTIONS: Final = (
    "-c default_transaction_read_only=on -c statement_timeout=3s -c jit=off"
    " -c plan_cache_mode=force_generic_plan"
)


class Replica:
    """Connections to one standby. Making it opens none.

    ``tell`` hears what came of each question; the application counts it.
    """

    def __init__(self, url: str, pool_size: int) -> None:
        self.engine: Final[Engine] = create_engine(
            url,
            isolation_level="AUTOCOMMIT",
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=_PATIENCE["connect_timeout"],
            hide_parameters=True,
            connect_args={**_PATIENCE, "options": _OPTIONS},
        )
        self.tell: Callable[[Outcome], None] = _ignore
        self._failing = False
        self._resting_until = 0.0
        self._lock = threading.Lock()

    @property
    def is_resting(self) -> bool:
        """Whether it gave no answer a moment ago and is not to be asked yet."""
        return time.monotonic() < self._resting_until

    def read(self, work: Callable[[Connection], T]) -> T | None:
        """What ``work``, one statement, returns; None: the standby gives no answer, or gave none a moment ago."""
        if not self._may_try():
            return None
        try:
            found = self._attempt(work)
        # Down, a conflict with recovery, too slow, a schema that has not come yet, all its connections in use: the
        # primary runs the same statement, and a mistake of ours fails there.
        except (DBAPIError, psycopg.Error, NoneFree) as error:
            self._rest(error)
            self.tell("failed")
            return None
        self._be_well()
        return found

    def answers(self) -> bool:
        """Whether it can be read from just now: for whoever watches the service."""
        return self.read(lambda connection: connection.exec_driver_sql("SELECT 1").scalar()) is not None

    def close(self) -> None:
        """Closes every idle connection."""
        self.engine.dispose()

    def _attempt(self, work: Callable[[Connection], T]) -> T:
        with self.engine.connect() as connection:
            try:
                return work(connection)
            except psycopg.Error:  # past SQLAlchemy, which would want to roll back on what is gone
                connection.invalidate()
                raise

    def _may_try(self) -> bool:
        """Not while it rests; after that one request tries, and the others let it be until that one knows."""
        if not self._failing:
            return True
        with self._lock:
            if self.is_resting:
                return False
            self._resting_until = time.monotonic() + REST_SECONDS
            return True

    def _rest(self, error: Exception) -> None:
        with self._lock:
            is_news = not self._failing
            self._failing = True
            self._resting_until = time.monotonic() + REST_SECONDS
        # The other idle connections are as dead as this one, should the server have gone.
        self.engine.dispose()
        if is_news:
            cause = (str(error).splitlines() or [""])[0]
            log.warning("the standby gives no answer, questions are read from the primary: %s", cause)

    def _be_well(self) -> None:
        if self._failing:
            with self._lock:
                self._failing, self._resting_until = False, 0.0
            log.warning("the standby answers again")


def _ignore(_outcome: Outcome) -> None:
    pass
