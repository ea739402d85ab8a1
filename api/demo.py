"""Who the demo shows: one client of each role. (The people are with the sample rosters.)"""

from dataclasses import dataclass
from typing import Final

from service.domain.client import Role


@dataclass(frozen=True, slots=True)
class DemoClient:
    """A client the demo makes, one for each role."""

    role: Role
    name: str
    divisions: tuple[str, ...]


DEMO_CLIENTS: Final = (
    DemoClient("provider", "演示培训机构", ("330000",)),
    DemoClient("platform", "演示申报平台", ("330000",)),
    DemoClient("authority", "演示湖州主管部门", ("330500",)),
    DemoClient("admin", "演示管理员", ("330000",)),
)
