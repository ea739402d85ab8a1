"""Requests by hand: one, to see its answer; or a fixed number of heavy ones, timed to the last."""

import time
import urllib.request
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson

from bench.wrk import Load


def posted(url: str, body: bytes, headers: Mapping[str, str] | None = None) -> Any:
    """The JSON answered to a POST on this machine. OSError for a refusal."""
    return orjson.loads(_answer(url, body, headers))


def worked_off(
    url: str, bodies: Sequence[bytes], clients: int, headers: Mapping[str, str] | None = None
) -> Load:
    """How fast all of them are answered, so many at a time.

    For requests that take about a second: of a load of fixed time, whatever is under way at its end would be lost.
    """

    def seconds_of(body: bytes) -> float:
        began = time.perf_counter()
        _answer(url, body, headers)
        return time.perf_counter() - began

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        took = sorted(pool.map(seconds_of, bodies))
    elapsed = time.perf_counter() - began
    p50, p95, p99 = (1000 * took[len(took) * percent // 100] for percent in (50, 95, 99))
    return Load(len(bodies) / elapsed, p50, p95, p99, len(bodies))


def _answer(url: str, body: bytes, headers: Mapping[str, str] | None) -> bytes:
    sent = {"Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(url, body, sent)  # noqa: S310  # a loopback address, made by bench.servers
    with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
        told: bytes = answer.read()
        return told
