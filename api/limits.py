"""How often somebody may knock: for sign-in and for certificate codes, which could else be guessed at."""

import ipaddress
import time
from dataclasses import dataclass, field
from typing import Final

from limits import RateLimitItemPerMinute, strategies
from limits.storage import MemoryStorage

from service.domain.errors import Refusal

VERIFICATIONS_PER_MINUTE: Final = 60
"""Of certificates, by one address: a desk that checks many is let through, a machine that tries codes is not."""


_SUBSCRIBER_BITS: Final = 64


@dataclass
class Knocking:
    """Counts in this process's memory, so the server as a whole lets through up to this times its processes."""

    per_minute: int
    _limiter: strategies.MovingWindowRateLimiter = field(
        default_factory=lambda: strategies.MovingWindowRateLimiter(MemoryStorage())
    )

    def allow(self, what: str, address: str) -> None:
        """Counts one more from this address; Refusal ``too_many_requests`` (with ``seconds``) when it is too many."""
        item, caller = RateLimitItemPerMinute(self.per_minute), _caller(address)
        if self._limiter.hit(item, what, caller):
            return
        reset_at = self._limiter.get_window_stats(item, what, caller).reset_time
        raise Refusal("too_many_requests", params={"seconds": max(1, round(reset_at - time.time()))})


def _caller(address: str) -> str:
    """Who counts as one: an IPv4 address, or the IPv6 network of 64 bits that one subscriber has all addresses of."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _SUBSCRIBER_BITS), strict=False))
