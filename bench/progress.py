"""How far a run has come: a bar, the time since the start, an estimate of the rest."""

import shutil
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

_WIDTH: Final = 24
_LATE: Final = 0.95
"""How full a part's share may get before the part has ended."""
_BELIEVED: Final = 0.1
"""How much of a run's expected time weighs against what the first parts took."""


@dataclass
class Progress:
    """``expected``: seconds that each part took where they were noted, by name, in the order of the run."""

    expected: Mapping[str, float]
    clock: Callable[[], float] = time.monotonic
    _began: float = field(init=False)
    _part: str | None = None
    _part_began: float = 0.0
    _ended: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._began = self.clock()

    def begin(self, part: str) -> None:
        self._part, self._part_began = part, self.clock()

    def end(self) -> None:
        """The part that runs has ended."""
        if self._part is not None:
            self._ended[self._part] = self.clock() - self._part_began
            self._part = None

    def share(self) -> float:
        """How much of the run is done, 0 to 1: whole parts by their expected time, the one that runs by the clock."""
        done = sum(self.expected.get(part, 0) for part in self._ended)
        if self._part is not None:
            this = self.expected.get(self._part, 0)
            done += min((self.clock() - self._part_began) / self._pace(), _LATE * this)
        return done / max(sum(self.expected.values()), 1e-9)

    def seconds_to_go(self) -> float:
        return (1 - self.share()) * sum(self.expected.values()) * self._pace()

    def _pace(self) -> float:
        """Seconds that an expected second takes on this machine: by the parts that have ended, and by the one that runs
        as soon as that makes it more; 1 to begin with."""
        believed = max(_BELIEVED * sum(self.expected.values()), 1e-9)
        expected = believed + sum(self.expected.get(part, 0) for part in self._ended)
        took = believed + sum(self._ended.values())
        if self._part is None:
            return took / expected
        running = took + self.clock() - self._part_began
        return max(took / expected, running / (expected + self.expected.get(self._part, 0)))

    def line(self, text: str) -> str:
        full = round(_WIDTH * self.share())
        bar = "█" * full + "░" * (_WIDTH - full)
        part = f"{self._part}: " if self._part else ""
        times = f"{minutes(self.clock() - self._began)}, {minutes(self.seconds_to_go())} to go"
        return f"{bar} {self.share():4.0%} {times} · {part}{text}"

    def say(self, text: str) -> None:
        """Shows the bar with a word on what is being done: in place on a terminal, else a line each."""
        line = self.line(text)
        if sys.stderr.isatty():
            shown = line[: shutil.get_terminal_size().columns - 1]
            print(f"\r\x1b[K{shown}", end="", file=sys.stderr, flush=True)  # noqa: T201
        else:
            print(line, file=sys.stderr, flush=True)  # noqa: T201

    def leave(self) -> None:
        """The bar is not drawn any more."""
        if sys.stderr.isatty():
            print(file=sys.stderr)  # noqa: T201


def minutes(seconds: float) -> str:
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02}"
