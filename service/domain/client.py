"""Who calls: a client with a role, the divisions it works in and, for an authority, its series."""

from dataclasses import dataclass
from typing import Final, Literal

Role = Literal["provider", "authority", "platform", "admin"]
ROLES: Final[tuple[Role, ...]] = ("provider", "authority", "platform", "admin")

OWN_CLIENT_ID: Final = 0
"""The client that stands for every person who acts for themselves: what they register and say is recorded by it. The
database numbers others from 1. It has no key and is stored revoked, so that nobody signs in as it."""

OWN_CLIENT_NAME: Final = "个人登记"


def division_covers(wider: str, code: str) -> bool:
    """Whether a GB/T 2260 code covers another: 330000 covers the province, 331100 covers 331181."""
    if wider.endswith("0000"):
        return code[:2] == wider[:2]
    if wider.endswith("00"):
        return code[:4] == wider[:4]
    return code == wider


@dataclass(frozen=True, slots=True)
class Client:
    """A caller whose key was checked. ``series`` empty: not bound to certain series."""

    client_id: int
    name: str
    role: Role
    divisions: tuple[str, ...]
    series: tuple[str, ...] = ()
    feed_id: str | None = None

    @property
    def is_own(self) -> bool:
        """Whether this is a person who acts for themselves."""
        return self.client_id == OWN_CLIENT_ID

    def covers(self, division_code: str) -> bool:
        return any(division_covers(wider, division_code) for wider in self.divisions)
