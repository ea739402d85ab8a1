"""How far an import is."""

import io

import pytest

from api.cli.progress import Progress, duration


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_on_a_terminal() -> None:
    now, out = 0.0, Terminal()
    progress = Progress("en", out, lambda: now)
    now = 2.0
    progress(50_000, 200_000)
    assert (
        out.getvalue().strip() == "[######------------------]  25%  50,000 rows, 25,000 a second, 0:06 left"
    )
    progress.close()
    assert out.getvalue().endswith("\r")


def test_plain_lines_now_and_then_elsewhere() -> None:
    now, out = 0.0, io.StringIO()
    progress = Progress("zh-CN", out, lambda: now)
    for second in range(1, 31):
        now = float(second)
        progress(second * 1000, 0)
    progress.close()
    assert out.getvalue().splitlines() == [f"{rows},000 行，每秒 1,000 行" for rows in (10, 20, 30)]


@pytest.mark.parametrize(("seconds", "text"), [(7, "0:07"), (754, "12:34"), (3723, "1:02:03")])
def test_time_left(seconds: float, text: str) -> None:
    assert duration(seconds) == text
