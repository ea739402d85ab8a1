"""What several threads ask while one is being answered is asked together, and everyone gets their own answer."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from time import monotonic, sleep

import pytest

from service.store.together import TOGETHER_MAX, Together

SECONDS_MAX = 30


class Asked:
    """Threads that ask; what is asked of the database waits to be let through."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.together = Together[int, str]()
        self.groups: list[list[int]] = []
        self._pool = pool
        self._gates: dict[int, Event] = {}

    def ask(self, question: int, group: str = "a", answer: Callable[[int], str | None] = str) -> Future:
        """Asks in a thread of its own, and comes back once that waits for the database or for others."""
        self._gates[question] = Event()
        before = self._under_way()
        future = self._pool.submit(
            self.together.ask, question, group, lambda group: self._answer(group, answer)
        )
        self._until(lambda: self._under_way() > before)
        return future

    def let_through(self, question: int) -> None:
        """What begins with this question is answered; comes back once the next is under way, if there is one."""
        asked, waiting = len(self.groups), self.together.waiting()
        self._gates[question].set()
        self._until(lambda: not waiting or len(self.groups) > asked)

    def _answer(self, group: list[int], answer: Callable[[int], str | None]) -> list[str | None]:
        self.groups.append(group)
        assert self._gates[group[0]].wait(SECONDS_MAX)
        return [answer(each) for each in group]

    def _under_way(self) -> int:
        return len(self.groups) + self.together.waiting()

    def _until(self, is_so: Callable[[], bool]) -> None:
        give_up = monotonic() + SECONDS_MAX
        while not is_so():
            assert monotonic() < give_up, (self.groups, self.together.waiting())
            sleep(0.001)


@pytest.fixture
def asked() -> Iterator[Asked]:
    with ThreadPoolExecutor(2 * TOGETHER_MAX) as pool:
        yield Asked(pool)


def results(*futures: Future) -> list[object]:
    return [future.result(SECONDS_MAX) for future in futures]


def test_one_alone_is_asked_at_once(asked: Asked) -> None:
    for question in (1, 2):
        future = asked.ask(question)
        asked.let_through(question)
        assert results(future) == [str(question)]
    assert asked.groups == [[1], [2]]


def test_who_comes_meanwhile_is_asked_together_and_after(asked: Asked) -> None:
    futures = [asked.ask(question) for question in (1, 2, 3, 4)]
    asked.let_through(1)
    late = asked.ask(5)
    asked.let_through(2)
    asked.let_through(5)
    assert results(*futures, late) == ["1", "2", "3", "4", "5"]
    assert asked.groups == [[1], [2, 3, 4], [5]]


def test_groups_do_not_wait_for_each_other(asked: Asked) -> None:
    futures = [asked.ask(question, "a" if question % 2 else "b") for question in range(1, 7)]
    assert asked.groups == [[1], [2]]
    for first in (2, 1):
        asked.let_through(first)
    for first in (4, 3):
        asked._gates[first].set()
    assert results(*futures) == ["1", "2", "3", "4", "5", "6"]
    assert asked.groups == [[1], [2], [4, 6], [3, 5]]
    assert asked.together._waiting == {}


def test_no_more_than_so_many_at_once(asked: Asked) -> None:
    futures = [asked.ask(question) for question in range(TOGETHER_MAX + 2)]
    for first in (0, 1, TOGETHER_MAX + 1):
        asked.let_through(first)
    assert results(*futures) == [str(question) for question in range(TOGETHER_MAX + 2)]
    assert [len(group) for group in asked.groups] == [1, TOGETHER_MAX, 1]


def test_what_fails_alone_is_told(asked: Asked) -> None:
    def failing(_question: int) -> str:
        raise LookupError

    first = asked.ask(1, answer=failing)
    following = asked.ask(2)
    asked.let_through(1)
    asked.let_through(2)
    with pytest.raises(LookupError):
        first.result(SECONDS_MAX)
    assert results(following) == ["2"]


def test_what_fails_together_is_told_to_nobody_and_holds_up_nobody(asked: Asked) -> None:
    def failing(_question: int) -> str:
        raise LookupError

    futures = [asked.ask(1), asked.ask(2, answer=failing), asked.ask(3)]
    asked.let_through(1)
    following = asked.ask(4)
    asked.let_through(2)
    asked.let_through(4)
    assert results(*futures, following) == ["1", None, None, "4"]
    assert asked.groups == [[1], [2, 3], [4]]


def test_an_answer_too_few_is_as_none_and_holds_up_nobody(asked: Asked) -> None:
    first, second, third = asked.ask(1), asked.ask(2), asked.ask(3)
    asked._answer = lambda *_: ["x"]  # type: ignore[method-assign]
    asked._gates[1].set()
    assert results(first, second, third) == ["1", None, None]
    assert asked.together.ask(4, "a", lambda _: ["y"]) == "y"
