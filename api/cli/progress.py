"""How far an import is: a bar on a terminal, a plain line now and then elsewhere. On standard error."""

import sys
import time
from collections.abc import Callable
from typing import Final, TextIO

from api.cli.words import PROGRESS
from service.wording import Language, say

_BAR_WIDTH: Final = 24
_PLAIN_SECONDS: Final = 10.0


class Progress:
    """Told by the importer which line was reached and about how many there are (0: nobody knows)."""

    def __init__(
        self,
        language: Language,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._language = language
        self._stream = stream or sys.stderr
        self._clock = clock
        self._is_terminal = self._stream.isatty()
        self._began = self._told = clock()
        self._shown = 0

    def __call__(self, line: int, expected: int) -> None:
        now = self._clock()
        if self._is_terminal:
            text = f"\r{_bar(line, expected)}{self._text(line, expected, now)}"
            self._stream.write(text.ljust(self._shown))
            self._shown = len(text)
        elif now - self._told >= _PLAIN_SECONDS:
            self._told = now
            self._stream.write(f"{self._text(line, expected, now)}\n")
        self._stream.flush()

    def close(self) -> None:
        """Clears the bar."""
        if self._shown:
            self._stream.write("\r" + " " * (self._shown * 2) + "\r")
            self._stream.flush()

    def _text(self, line: int, expected: int, now: float) -> str:
        rate = line / max(now - self._began, 0.001)
        text = say(PROGRESS, "rows", self._language, {"rows": f"{line:,}", "rate": f"{rate:,.0f}"})
        if expected > line:
            left = duration((expected - line) / rate)
            text += say(PROGRESS, "left", self._language, {"left": left})
        return text


def duration(seconds: float) -> str:
    """``0:07``, ``12:34``, ``1:02:03``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _bar(line: int, expected: int) -> str:
    if expected <= 0:
        return ""
    share = min(1.0, line / expected)
    filled = int(share * _BAR_WIDTH)
    return f"[{'#' * filled}{'-' * (_BAR_WIDTH - filled)}] {share:4.0%}  "
