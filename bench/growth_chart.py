"""docs/growth.svg: how much longer a question, an entry and a roster take as the ledger grows."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

_WIDTH, _HEIGHT = 640, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 170, 20, 44
_MOST: Final = 1.5
_BOUND: Final = 1.25
_LINES: Final = (
    ("eligibility_p50_growth", "question 提问", "#1f5fa8", ""),
    ("entry_growth", "entry 登记", "#8a4b08", "7 4"),
    ("import_growth", "roster 名册", "#2f6b2f", "2 4"),
)


def chart(sizes: Sequence[Mapping[str, Any]]) -> str:
    """An SVG of the medians by size, each over that of the first size, which was measured in turn with it."""
    first, last = sizes[0]["entries"], sizes[-1]["entries"]

    def x(entries: int) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * math.log(entries / first) / math.log(last / first)

    def y(ratio: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * min(ratio, _MOST) / _MOST

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" font-size="13"'
        ' font-family="sans-serif">',
        "<title>Time by size of the ledger, the smallest being 1 · 耗时随账本规模的变化，以最小账本为 1</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
    ]
    for ratio in (0, 0.5, 1, _BOUND, _MOST):
        line = ' stroke-dasharray="3 3"' if ratio == _BOUND else ""
        parts.append(
            f'<path d="M{_LEFT} {y(ratio):.1f}H{_WIDTH - _RIGHT}" stroke="#bbb"{line}/>'
            f'<text x="{_LEFT - 8}" y="{y(ratio) + 4:.1f}" text-anchor="end" fill="#333">{ratio:g}</text>'
        )
    for size in sizes:
        parts.append(
            f'<text x="{x(size["entries"]):.1f}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="middle" fill="#333">'
            f"{size['entries'] / 1e6:g}</text>"
        )
    parts.append(f'<text x="{_LEFT}" y="{_HEIGHT - 6}" fill="#333">million entries · 百万条</text>')
    ends = _apart([y(sizes[-1][name]) for name, *_ in _LINES])
    for (name, label, colour, dashes), end in zip(_LINES, ends, strict=True):
        points = " ".join(f"{x(each['entries']):.1f},{y(each.get(name, 1)):.1f}" for each in sizes)
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>'
            f'<text x="{_WIDTH - _RIGHT + 10}" y="{end + 4:.1f}" fill="{colour}">'
            f"{label} {sizes[-1][name]:.2f}</text>"
        )
    return "\n".join([*parts, "</svg>", ""])


def _apart(places: Sequence[float], least: float = 17) -> list[float]:
    """The places, moved down where two would lie on each other."""
    moved = list(places)
    below = -math.inf
    for place in sorted(range(len(moved)), key=lambda each: places[each]):
        moved[place] = below = max(moved[place], below + least)
    return moved
