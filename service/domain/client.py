"""Who calls: a client with a role, the divisions it works in and, for an authority, its series."""

from dataclasses import dataclass
from typing import Final, Literal

Role = Literal["provider", "authority", "platform", "admin"]
ROLES: Final[tuple[Role, ...]] = ("provider", "authority", "platform", "admin")


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

    def covers(self, division_code: str) -> bool:
        return any(division_covers(wider, division_code) for wider in self.divisions)
