"""The words for what a person may ask about their own data: who looked and why, and how disputes stand."""

from typing import Final

from service.wording import Texts

PURPOSES: Final[Texts] = {
    "eligibility": ("查询能否申报", "asked whether you may declare"),
    "determination": ("出具或查看申报判定", "gave or read a determination"),
    "transcript": ("查看学时总表或出具证明", "read your transcript, or issued a certificate"),
    "entries": ("查看学时条目", "read entries of yours"),
    "lookup": ("按证件号码查找", "looked you up by your document"),
    "recognition": ("查看待认定的学时", "read hours that wait for recognition"),
    "dispute": ("查看异议", "read a dispute of yours"),
    "export": ("导出全部信息", "exported everything about you"),
    "evidence": ("查看佐证材料", "opened your evidence"),
    "access_records": ("查看查阅记录", "read who looked at you"),
}

DISPUTE_STATUSES: Final[Texts] = {
    "open": ("等待答复", "awaits an answer"),
    "answered": ("已答复，等待办结", "answered, not closed yet"),
    "closed": ("已办结", "closed"),
}

DISPUTE_OUTCOMES: Final[Texts] = {
    "upheld": ("异议成立", "the dispute was upheld"),
    "rejected": ("异议不成立", "the dispute was rejected"),
}
