"""Sample rosters: a clean one and one with a fault of each kind in the standard layout, one of each other layout. The
demo's four people are in the clean one.

All people are made up; their numbers have right check digits and belong to nobody. `python -m importers.samples.make`
writes the files anew.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from service.domain.decision import Outcome
from service.domain.question import Level

_HERE: Final = Path(__file__).parent

CLEAN: Final = _HERE / "roster-clean.xlsx"
CLEAN_GB18030: Final = _HERE / "roster-clean-gb18030.csv"
FAULTY: Final = _HERE / "roster-faulty.xlsx"

HUZHOU: Final = _HERE / "huzhou-training-site.csv"
JIAXING: Final = _HERE / "jiaxing-platform.xlsx"
LISHUI: Final = _HERE / "lishui-register.xlsx"
XAPI: Final = _HERE / "xapi-statements.jsonl"
PROVIDERS: Final = (HUZHOU, JIAXING, LISHUI, XAPI)
"""One sample of each provider's layout, named for it."""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody whose answer tells a story, and the question that brings it out. ``outcome``: before anything is decided
    in the demo."""

    id_number: str
    name: str
    division_code: str
    declaration_year: int
    level: Level
    story_zh: str
    story_en: str
    outcome: Outcome


DEMO_PEOPLE: Final = (
    DemoPerson(
        "330500199001010011",
        "测试人",
        "331100",
        2023,
        "intermediate",
        "丽水：2023年总学时78，少12学时，不能申报",
        "Lishui: 78 hours in 2023, 12 short: not eligible",
        "not_eligible",
    ),
    DemoPerson(
        "330500198808080024",
        "测试甲",
        "330500",
        2021,
        "intermediate",
        "湖州：已登记、未认定；认定后即可申报",
        "Huzhou: registered but not recognised: recognition would suffice",
        "not_eligible",
    ),
    DemoPerson(
        "330400198707070040",
        "测试乙",
        "330400",
        2025,
        "intermediate",
        "嘉兴：2022年没有学时，累计360学时，按累计办法可以申报",
        "Jiaxing: nothing in 2022, 360 hours in all: eligible by the cumulative route",
        "eligible",
    ),
    DemoPerson(
        "33060419791115004X",
        "测试丙",
        "330604",
        2023,
        "intermediate",
        "上虞：2020年起每年90学时，通知没有规定，须由当地人社局确定",
        "Shangyu: 90 hours a year since 2020, but the notice has no rule: its bureau has to say",
        "undetermined",
    ),
)
