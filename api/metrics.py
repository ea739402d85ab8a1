"""What Prometheus reads: requests by method, route template and status, and how long they took.

Under gunicorn every process writes its values to files of PROMETHEUS_MULTIPROC_DIR and any process can tell the sum.
"""

import os
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The meters of one application."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "hours_ledger_requests_total",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "hours_ledger_request_seconds",
            "Time to answer a request, in seconds.",
            ("method", "route"),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._standby = Counter(
            "hours_ledger_standby_questions_total",
            "Questions put to the standby: answered, passed_on to the primary (not there yet, or nobody), failed.",
            ("outcome",),
            registry=self._registry,
        )

        # The library looks a meter up by making its labels anew each time.
        self._meters: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request. ``route`` is the template, so that the number of series stays bounded."""
        meters = self._meters.get((method, route, status))
        if meters is None:
            meters = self._requests.labels(method, route, str(status)), self._seconds.labels(method, route)
            self._meters[method, route, status] = meters
        counter, histogram = meters
        counter.inc()
        histogram.observe(seconds)

    def count_standby(self, outcome: str) -> None:
        """Count one request that asked the standby, by what came of it."""
        self._standby.labels(outcome).inc()

    def text(self) -> bytes:
        """Everything counted so far, by all processes of the server, in Prometheus' text format."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
