"""A person's totals as they are kept: one text beside the head of the chain, so that a question reads one row.

The text is JSON without spaces, ``[[year,"subject","division",registered,self_registered,recognised,rejected],…]`` in
tenths of an hour and in the order of its keys. A group that comes to nothing is left out: what was reversed away is as
if it had never been. The same facts thus make the same text.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson

from service.domain.amounts import Amounts
from service.domain.derivation import TotalKey
from service.domain.tally import TotalRow

NO_TOTALS: Final = "[]"


def totals_text(totals: Mapping[TotalKey, Amounts]) -> str:
    """The text of these totals."""
    return moved(NO_TOTALS, ((*key, *amounts) for key, amounts in totals.items()))


def totals_rows(text: str) -> list[TotalRow]:
    """The rows of a text, in its order."""
    return list(map(tuple, orjson.loads(text)))


def moved(text: str, moves: Iterable[TotalRow]) -> str:
    """The text after facts whose deltas are ``moves``."""
    return orjson.dumps(_summed(orjson.loads(text), moves)).decode()


def summed(rows: Iterable[TotalRow]) -> list[TotalRow]:
    """One row for each year, subject and division, in their order; without those that come to nothing."""
    return list(map(tuple, _summed([], rows)))


def _summed(sums: list[list[Any]], rows: Iterable[TotalRow]) -> list[list[Any]]:
    """``sums``, each of another group and in their order, and ``rows``, of any. Most often a person has a score of
    groups and one of them moves: the others are not touched."""
    by_group = {(total[0], total[1], total[2]): total for total in sums}
    for row in rows:
        total = by_group.get(row[:3])
        if total is None:
            by_group[row[:3]] = total = list(row)
            sums.append(total)
        else:
            total[3] += row[3]
            total[4] += row[4]
            total[5] += row[5]
            total[6] += row[6]
    return sorted(total for total in sums if total[3] or total[4] or total[5] or total[6])
