"""How much waits for an authority: by age, and by everything its queue is chosen by."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from service.context import Context
from service.domain.client import Client
from service.operations.read_recognition_queue import (
    AGES,
    Age,
    QueueChoice,
    age_borders,
    chosen_rows,
    queue_places,
)
from service.store.queue_counts import COUNTED_MAX, PendingGroup, count_pending
from service.store.recognition import NO_SERIES

__all__ = ["COUNTED_MAX", "QueueCounts", "count_recognition_queue"]


class Provider(NamedTuple):
    """Who registered entries that wait."""

    provider_id: int
    name: str


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many entries wait. ``total``: under everything that was chosen. Each of the others: by that one thing,
    under everything else that was chosen, so that it says how many another choice of it would bring; most first, years
    from late to early, ages from short to long. Series are in the form in which they are compared, NO_SERIES: those
    that name none. ``cut``: some division has more than COUNTED_MAX, of which only the oldest are counted.
    """

    total: int
    by_age: dict[Age, int]
    by_series: dict[str, int]
    by_provider: dict[Provider, int]
    by_year: dict[int, int]
    by_division: dict[str, int]
    by_self_registered: dict[bool, int]
    cut: bool


_FACTS: Final[dict[str, Callable[[PendingGroup], Any]]] = {
    "age": lambda group: AGES[group.age],
    "series": lambda group: group.series_key or NO_SERIES,
    "provider": lambda group: Provider(group.provider_id, group.provider_name),
    "year": lambda group: group.credit_year,
    "division": lambda group: group.division_code,
    "self_registered": lambda group: bool(group.self_registered),
}


def count_recognition_queue(context: Context, client: Client, choice: QueueChoice) -> QueueCounts:
    """What waits for the client, counted; one statement. Shows nobody's hours, so it leaves no access record.

    Refusal ``forbidden_division``: none of the chosen division is the client's.
    """
    chosen_places = {place.division_code for place in queue_places(context, client, choice.division_code)}
    places = queue_places(context, client, None)
    rows = chosen_rows(context, QueueChoice(person_id=choice.person_id))
    with context.database.reading() as connection:
        groups = count_pending(connection, places, rows, age_borders(context))
    wanted: dict[str, Callable[[PendingGroup], bool]] = {
        "age": lambda group: choice.age in (None, AGES[group.age]),
        "series": lambda group: choice.series_key in (None, group.series_key or NO_SERIES),
        "provider": lambda group: choice.provider_id in (None, group.provider_id),
        "year": lambda group: choice.credit_year in (None, group.credit_year),
        "division": lambda group: group.division_code in chosen_places,
        "self_registered": lambda group: choice.self_registered in (None, bool(group.self_registered)),
    }

    def by(fact: str) -> Counter[Any]:
        """The counts of everything that is chosen otherwise."""
        counted: Counter[Any] = Counter()
        for group in groups:
            if all(holds(group) for name, holds in wanted.items() if name != fact):
                counted[_FACTS[fact](group)] += group.number
        return counted

    ages, in_places = by("age"), Counter[str]()
    for group in groups:
        in_places[group.division_code] += group.number
    return QueueCounts(
        total=sum(number for age, number in ages.items() if choice.age in (None, age)),
        by_age={age: ages[age] for age in AGES},
        by_series=dict(by("series").most_common()),
        by_provider=dict(by("provider").most_common()),
        by_year=dict(sorted(by("year").items(), reverse=True)),
        by_division=dict(by("division").most_common()),
        by_self_registered=dict(by("self_registered")),
        cut=max(in_places.values(), default=0) >= COUNTED_MAX,
    )
