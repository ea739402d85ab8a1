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

REVERSALS: Final[Texts] = {
    "duplicate": ("重复登记", "duplicate"),
    "wrong_person": ("登记错人", "wrong person"),
    "wrong_hours": ("学时有误", "wrong hours"),
    "falsified": ("弄虚作假", "falsified"),
    "other": ("其他", "other"),
}

MEASURES: Final[Texts] = {
    "total": ("总学时", "Total"),
    "specialty": ("专业科目", "Specialty"),
    "public": ("公需科目", "Public"),
    "general_public": ("其中一般公需", "of which general public"),
}

DISPUTES: Final[Texts] = {
    "open": ("待答复", "open"),
    "answered": ("已答复，待办结", "answered, to be closed"),
    "closed": ("已办结", "closed"),
}

DISPUTE_OUTCOMES: Final[Texts] = {
    "upheld": ("异议成立", "upheld"),
    "rejected": ("异议不成立", "rejected"),
}
