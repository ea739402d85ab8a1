"""What several threads want of the database at the same moment, had from it at once."""

import logging
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from threading import Lock
from typing import Final, Generic, TypeVar

log = logging.getLogger(__name__)

Q = TypeVar("Q")
A = TypeVar("A")

TOGETHER_MAX: Final = 8
"""Questions that one statement answers: each number of them is a statement of its own, prepared on every connection."""


class Together(Generic[Q, A]):
    """Asks for one thread alone while there is one, and for all that have come meanwhile when that has been answered.

    So nobody waits for others to come, and a load that would have kept many connections busy with a statement each
    takes few statements on one. What a question finds was there after it was asked: nothing under way is joined.
    """

    def __init__(self) -> None:
        self._lock: Final = Lock()
        self._waiting: dict[Hashable, deque[_Place[Q, A]]] = {}

    def ask(self, question: Q, group: Hashable, answer: Callable[[list[Q]], Sequence[A | None]]) -> A | None:
        """What ``answer`` says to the question, alone or among others of the same ``group``, with any of whose
        ``answer`` they may be asked: one answer for each, in order. Groups do not wait for each other.

        None, too, for all who were asked together when that raised something. Raises what ``answer`` raises for the
        question alone.
        """
        place: _Place[Q, A] = _Place(question)
        with self._lock:
            waiting = self._waiting.get(group)
            asks = waiting is None
            if waiting is None:
                waiting = self._waiting[group] = deque()
            else:
                waiting.append(place)
        if not asks:
            place.wait()
            if not place.asks:
                return place.answer
        return self._ask_for_all(place, group, waiting, answer)

    def waiting(self) -> int:
        """How many threads wait for others."""
        with self._lock:
            return sum(map(len, self._waiting.values()))

    def _ask_for_all(
        self,
        place: "_Place[Q, A]",
        group: Hashable,
        waiting: "deque[_Place[Q, A]]",
        answer: Callable[[list[Q]], Sequence[A | None]],
    ) -> A | None:
        # Nobody else takes any away: one asks at a time.
        others = [waiting.popleft() for _ in range(min(len(waiting), TOGETHER_MAX - 1))]
        places = [place, *others]
        try:
            found = answer([each.question for each in places])
            for each, its_answer in zip(places, found, strict=True):
                each.answer = its_answer
        except Exception:
            if not others:
                raise
            # Each goes on alone and is told what comes of that; what only befalls several would be known to nobody.
            log.warning("%d asked together, each has to alone", len(places), exc_info=True)
            for each in places:
                each.answer = None
        finally:
            self._let_the_next_ask(group, waiting)
            for each in others:
                each.go_on()
        return place.answer

    def _let_the_next_ask(self, group: Hashable, waiting: "deque[_Place[Q, A]]") -> None:
        with self._lock:
            if not waiting:
                del self._waiting[group]
                return
            following = waiting.popleft()
        following.asks = True
        following.go_on()


class _Place(Generic[Q, A]):
    """A question that is asked or waits; ``asks``: its thread is to ask for all."""

    __slots__ = ("_held", "answer", "asks", "question")

    def __init__(self, question: Q) -> None:
        self.question = question
        self.answer: A | None = None
        self.asks = False
        self._held = Lock()
        self._held.acquire()

    def wait(self) -> None:
        """Until ``go_on``."""
        self._held.acquire()

    def go_on(self) -> None:
        """Lets its thread go on."""
        self._held.release()
