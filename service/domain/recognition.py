"""What an authority decides on an entry: all of its hours, fewer, or none."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from service.domain.errors import Fault
from service.domain.hours import hours_text

Outcome = Literal["recognised", "rejected"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("recognised", "rejected")


@dataclass(frozen=True, slots=True)
class RecognitionDraft:
    """A decision on the entry (person_id, seq). ``hours`` in tenths; None: all that is registered. ``after_seq``: the
    entry's last fact as far as who decides knows; None: whatever there is."""

    person_id: int
    seq: int
    outcome: Outcome
    hours: int | None = None
    reason: str | None = None
    after_seq: int | None = None

    def given(self, registered: int) -> int:
        """The tenths this recognises of an entry of ``registered``."""
        if self.outcome == "rejected":
            return 0
        return registered if self.hours is None else self.hours


def recognition_faults(
    outcome: str, hours: int | None, reason: str | None, registered: int | None
) -> Iterator[Fault]:
    """Faults of a decision. ``registered``: the entry's tenths, None when they are not known (yet): then only those
    that show in the decision alone."""
    if hours is not None and outcome == "rejected":
        yield Fault("/hours", "hours_not_applicable")
    elif hours is not None and registered is not None and not 0 < hours <= registered:
        yield Fault("/hours", "more_than_registered", {"most": hours_text(registered)})
    reduces = registered is not None and hours not in (None, registered)
    if reason is None and (outcome == "rejected" or reduces):
        yield Fault("/reason", "reason_required")
