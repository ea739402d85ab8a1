"""What codes are called on the pages: outcomes, grounds of a rule, years, facts of an entry."""

from typing import Final

from service.wording import Texts
from service.wording.decision import LEVELS, PURPOSES
from service.wording.transcript import STATUSES, SUBJECTS

OUTCOMES: Final[Texts] = {
    "eligible": ("可以申报", "You may declare"),
    "not_eligible": ("还不能申报", "Not yet"),
    "undetermined": (
        "通知没有定，需由{settled_by}确定",
        "The notice does not settle this: {settled_by} decides",
    ),
    "referred": ("由{settled_by}另行规定", "Other rules apply: those of {settled_by}"),
}

BASES: Final[Texts] = {
    "quoted": ("通知原文", "the notice's own words"),
    "derived": ("由通知原文推算", "derived from the notice's words"),
    "by_reference": ("引自其他文件", "from another document"),
    "reading": ("我们的理解", "our reading"),
}

YEAR_STATUSES: Final[Texts] = {
    "met": ("达标", "met"),
    "not_met": ("未达标", "not met"),
    "deemed": ("视同合格", "deemed to qualify"),
    "not_assessed": ("不评定", "not assessed"),
}

REVIEWERS: Final[Texts] = {
    "city": ("市级评审委员会", "a committee of the city"),
    "provincial": ("省级评审委员会", "a provincial committee"),
}

STANDINGS: Final[Texts] = {
    "recognised": ("已认定", "recognised"),
    "registered": ("机构已登记、未认定", "registered by a provider, not recognised"),
    "self_registered": ("自行登记、未认定", "registered by oneself, not recognised"),
    "rejected": ("不予认定", "rejected"),
}

FACT_KINDS: Final[Texts] = {
    "registration": ("登记", "Registered"),
    "recognition": ("认定", "Decided on"),
    "reversal": ("冲销", "Reversed"),
}

REVERSAL_REASONS: Final[Texts] = {
    "duplicate": ("重复登记", "registered twice"),
    "wrong_person": ("登记错了人", "somebody else's hours"),
    "wrong_hours": ("学时有误", "wrong hours"),
    "falsified": ("弄虚作假", "falsified"),
    "other": ("其他", "other"),
}

CODES: Final[dict[str, Texts]] = {
    "outcome": OUTCOMES,
    "basis": BASES,
    "year_status": YEAR_STATUSES,
    "reviewer": REVIEWERS,
    "standing": STANDINGS,
    "fact": FACT_KINDS,
    "reversal_reason": REVERSAL_REASONS,
    "level": LEVELS,
    "purpose": PURPOSES,
    "subject": SUBJECTS,
    "status": STATUSES,
}
"""What is named → the words of its codes."""
