"""The words of an entry's history and of its disputes."""

from typing import Final

from service.wording import Texts

REVERSAL_REASONS: Final[Texts] = {
    "duplicate": ("重复登记", "registered twice"),
    "wrong_person": ("登错了人", "wrong person"),
    "wrong_hours": ("学时有误", "wrong hours"),
    "falsified": ("材料虚假", "falsified"),
    "other": ("其他", "another reason"),
}

DISPUTE_STATUSES: Final[Texts] = {
    "open": ("待答复", "to be answered"),
    "answered": ("已答复", "answered"),
    "closed": ("已办结", "closed"),
}

DISPUTE_OUTCOMES: Final[Texts] = {
    "upheld": ("异议成立", "the person was right"),
    "rejected": ("异议不成立", "the entry stays as it is"),
}
