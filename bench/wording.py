"""What the numbers of a run are called where people read them, in English and Chinese."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Language = Literal["en", "zh-CN"]


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    en: str
    zh: str

    def of(self, language: Language) -> str:
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Figure:
    """A number without a bound: its name in the table, its unit, how many decimals say something."""

    what: Words
    unit: Words
    decimals: int = 0

    def shown(self, value: float, language: Language) -> str:
        unit = self.unit.of(language)
        return f"{value:,.{self.decimals}f}{' ' if unit else ''}{unit}"


A_SECOND: Final = Words("/s", "次/秒")
ROWS: Final = Words("rows/s", "行/秒")
PEOPLE: Final = Words("people/s", "人/秒")
ENTRIES: Final = Words("entries/s", "条/秒")
MS: Final = Words("ms", "毫秒")
US: Final = Words("µs", "微秒")
S: Final = Words("s", "秒")
MB: Final = Words("MB", "MB")

FIGURES: Final[Mapping[str, Figure]] = {
    "eligibility_per_s": Figure(Words("eligibility, one question", "资格查询，单人"), A_SECOND),
    "flask_per_s": Figure(Words("bare Flask route", "空的 Flask 路由"), A_SECOND),
    "select_per_s": Figure(Words("bare route with one SELECT", "带一条 SELECT 的空路由"), A_SECOND),
    "batch_people_per_s": Figure(Words("eligibility, batches of 500", "资格查询，每批 500 人"), PEOPLE),
    "evaluate_per_s": Figure(Words("rules tried without a person", "不涉及个人的规则试算"), A_SECOND),
    "half_load_per_s": Figure(
        Words("eligibility at half of the highest load", "最高负载一半时的资格查询"), A_SECOND
    ),
    "half_load_p50_ms": Figure(Words("its median answer time", "其应答时间中位数"), MS, 1),
    "half_load_p95_ms": Figure(Words("95 of 100 within", "95% 不超过"), MS, 1),
    "half_load_p99_ms": Figure(Words("99 of 100 within", "99% 不超过"), MS, 1),
    "entries_per_s": Figure(
        Words("one entry, acknowledged after its commit", "单条登记，提交后应答"), A_SECOND
    ),
    "inserts_per_s": Figure(Words("bare route with one INSERT", "带一条 INSERT 的空路由"), A_SECOND),
    "batch_entries_per_s": Figure(
        Words("entries in batches of 1,000, one sender", "每批 1,000 条登记，单连接"), ENTRIES
    ),
    "batch_entries_most_per_s": Figure(
        Words("the same, four senders", "同上，四个连接"),
        ENTRIES,
    ),
    "copy_entries_per_s": Figure(
        Words("the same rows by COPY, unchecked", "同样的行用 COPY，不作校验"), ROWS
    ),
    "recognitions_per_s": Figure(Words("recognition in batches of 1,000", "每批 1,000 条认定"), ENTRIES),
    "transcripts_per_s": Figure(Words("transcript", "学时证明（JSON）"), A_SECOND),
    "pdfs_per_s": Figure(Words("transcript as PDF", "学时证明（PDF）"), A_SECOND, 1),
    "import_rows_per_s": Figure(
        Words("CSV roster of 100,000 rows (quick: 10,000)", "10 万行 CSV 名册（quick 为 1 万行）"), ROWS
    ),
    "import_million_rows_per_s": Figure(Words("roster of 1,000,000 rows", "100 万行名册"), ROWS),
    "import_peak_mb": Figure(Words("most memory of that import", "该导入的内存峰值"), MB),
    "start_s": Figure(Words("start to the first healthy answer", "启动到首次健康应答"), S, 2),
    "worker_pss_mb": Figure(Words("memory of a worker, its share (PSS)", "单个进程内存（PSS）"), MB),
    "worker_rss_mb": Figure(Words("memory of a worker, resident (RSS)", "单个进程内存（RSS）"), MB),
    "answer_us": Figure(Words("decision, its text and JSON", "决定、文字与 JSON"), US),
    "openfisca_questions_per_s": Figure(Words("OpenFisca, one person", "OpenFisca，单人"), A_SECOND),
    "openfisca_people_per_s": Figure(
        Words("OpenFisca, 500 people in a request", "OpenFisca，一次 500 人"), PEOPLE
    ),
    "zen_decide_us": Figure(Words("GoRules zen, one decision in process", "GoRules zen，进程内一次决定"), US),
    "sqlite_eligibility_per_s": Figure(Words("SQLite: one question", "SQLite：单人查询"), A_SECOND),
    "sqlite_batch_people_per_s": Figure(Words("SQLite: batches of 500", "SQLite：每批 500 人"), PEOPLE),
    "sqlite_entries_per_s": Figure(Words("SQLite: one entry", "SQLite：单条登记"), A_SECOND),
    "sqlite_batch_entries_per_s": Figure(Words("SQLite: batches of 1,000", "SQLite：每批 1,000 条"), ENTRIES),
    "sqlite_import_rows_per_s": Figure(Words("SQLite: roster", "SQLite：名册导入"), ROWS),
}
