"""Where two JSON values differ."""

from collections.abc import Iterator
from typing import Any, NamedTuple


class Difference(NamedTuple):
    """``path`` is a JSON pointer into both; what one of them does not have is None there."""

    path: str
    given: Any
    now: Any


def differences(given: Any, now: Any, path: str = "") -> Iterator[Difference]:
    """Every smallest part in which two values differ, in the order of the first."""
    if isinstance(given, dict) and isinstance(now, dict):
        for key in dict.fromkeys((*given, *now)):
            yield from differences(given.get(key), now.get(key), f"{path}/{key}")
    elif isinstance(given, list) and isinstance(now, list):
        for index in range(max(len(given), len(now))):
            one = given[index] if index < len(given) else None
            other = now[index] if index < len(now) else None
            yield from differences(one, other, f"{path}/{index}")
    elif given != now:
        yield Difference(path, given, now)
