"""What an entry holds under each standing: the one place that turns an entry's state into amounts."""

from typing import NamedTuple

from service.domain.entry import EntryStatus


class Amounts(NamedTuple):
    """Tenths of an hour by standing, as in a fact's deltas and in the totals."""

    registered: int = 0
    self_registered: int = 0
    recognised: int = 0
    rejected: int = 0

    def plus(self, other: "Amounts") -> "Amounts":
        return Amounts(
            self.registered + other.registered,
            self.self_registered + other.self_registered,
            self.recognised + other.recognised,
            self.rejected + other.rejected,
        )

    def minus(self, other: "Amounts") -> "Amounts":
        return Amounts(
            self.registered - other.registered,
            self.self_registered - other.self_registered,
            self.recognised - other.recognised,
            self.rejected - other.rejected,
        )


def entry_amounts(status: EntryStatus, hours: int, recognised: int, self_registered: bool) -> Amounts:
    """The amounts of an entry of ``hours`` of which ``recognised`` were recognised; a reversed one has none.

    What an authority did not recognise of an entry it decided on is rejected.
    """
    if status == "reversed":
        return Amounts()
    if status == "registered":
        return Amounts(self_registered=hours) if self_registered else Amounts(registered=hours)
    return Amounts(recognised=recognised, rejected=hours - recognised)
