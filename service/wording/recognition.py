"""The words of recognition: what waits how long, what happened to an entry, what is held against what."""

from typing import Final

from service.wording import Texts

AGES: Final[Texts] = {
    "week": ("7天以内", "up to 7 days"),
    "month": ("8至30天", "8 to 30 days"),
    "older": ("超过30天", "over 30 days"),
}

FACTS: Final[Texts] = {
    "registration": ("登记", "Registered"),
    "recognised": ("认定", "Recognised"),
    "rejected": ("不予认定", "Rejected"),
    "reversal": ("冲销", "Reversed"),
}
"""What happened: a fact's kind, of a recognition its outcome."""

MEASURES: Final[Texts] = {
    "total": ("总学时", "Total"),
    "specialty": ("专业科目", "Specialty"),
    "public": ("公需科目", "Public"),
    "general_public": ("其中一般公需", "of which general public"),
}
