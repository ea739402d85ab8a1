"""What several threads want of the database at the same moment, had from it at once."""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Final, Generic, TypeVar

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
        self._waiting: deque[_Place[Q, A]] = deque()
        self._is_asking = False

    def ask(self, question: Q, group: object, answer: Callable[[list[Q]], Sequence[A | None]]) -> A | None:
        """What ``answer`` says to the question, alone or among others of the same ``group``, with any of whose
        ``answer`` they may be asked: one answer for each, in order.

        Raises what ``answer`` raises, for one of those who asked together; the others get None.
        """
        place = _Place[Q, A](question, group)
        with self._lock:
            waits = self._is_asking
            if waits:
                self._waiting.append(place)
            self._is_asking = True
        if waits:
            place.wait()
            if not place.asks:
                return place.answer
        return self._ask_for_all(place, answer)

    def _ask_for_all(
        self, place: "_Place[Q, A]", answer: Callable[[list[Q]], Sequence[A | None]]
    ) -> A | None:
        with self._lock:
            others = [each for each in self._waiting if each.group == place.group][: TOGETHER_MAX - 1]
            for each in others:
                self._waiting.remove(each)
        try:
            found = answer([place.question, *(each.question for each in others)])
            place.answer, *answers = found
            for each, its_answer in zip(others, answers, strict=True):
                each.answer = its_answer
        finally:
            self._let_the_next_ask()
            for each in others:
                each.go_on()
        return place.answer

    def _let_the_next_ask(self) -> None:
        with self._lock:
            self._is_asking = bool(self._waiting)
            if self._waiting:
                following = self._waiting.popleft()
                following.asks = True
                following.go_on()


class _Place(Generic[Q, A]):
    """A question that is asked or waits; ``asks``: its thread is to ask for all."""

    __slots__ = ("_held", "answer", "asks", "group", "question")

    def __init__(self, question: Q, group: object) -> None:
        self.question, self.group = question, group
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
