"""An outcome as a badge: a tone and one or two words."""

from dataclasses import dataclass
from typing import Final

from api.pages.page import Visit
from service.domain.decision import Outcome

_BADGES: Final[dict[Outcome, tuple[str, str, str]]] = {
    "eligible": ("good", "可以申报", "May declare"),
    "not_eligible": ("bad", "还不能申报", "Not yet"),
    "undetermined": ("wait", "通知没有定", "Not settled"),
    "referred": ("wait", "另有规定", "Referred"),
}


@dataclass(frozen=True, slots=True)
class Badge:
    """``tone`` is a class of the style sheet: good, bad, wait."""

    tone: str
    words: str


def badge(outcome: Outcome, visit: Visit) -> Badge:
    """An outcome for the visitor."""
    tone, chinese, english = _BADGES[outcome]
    return Badge(tone, visit.words(chinese, english))
