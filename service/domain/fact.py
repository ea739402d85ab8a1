"""A fact: one row of the append-only ledger, linked to the one before it by a hash."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any, Final, Literal, NamedTuple

FactKind = Literal[
    "registration", "recognition", "reversal", "attestation", "integrity_record", "withdrawal", "link"
]

CHAIN_FORMAT: Final = 1
"""Written into the hashed bytes, so that a later format can live beside this one."""

GENESIS: Final = bytes(32)
"""The hash before a person's first fact."""


class Fact(NamedTuple):
    """One ledger row without its hashes. Amounts in tenths. (A tuple: a roster makes a million of them, and a frozen
    dataclass of as many fields takes three times as long to make.)

    ``seq`` counts a person's facts from 1 without gaps; ``entry_seq`` is the seq of the fact this one is about: the
    registration that is recognised or reversed, the attestation or integrity record that is withdrawn, else its
    own. The four deltas are what the fact adds to the person's totals of that year, subject and division under each
    standing; a reversal's are negative, those of kinds that concern no hours are 0 and have no subject.

    An attestation says in ``outcome`` whether its year was ``met`` or ``not_met`` and in ``reason`` its basis, as an
    integrity record of the day ``entered_on`` does; a link names the person found to be the same (``other_person_id``)
    and stands in both chains.
    """

    person_id: int
    seq: int
    kind: FactKind
    entry_seq: int
    credit_year: int | None
    subject: str | None
    division_code: str | None
    registered: int
    self_registered: int
    recognised: int
    rejected: int
    recorded_at: datetime
    recorded_by: int
    hours: int | None = None
    provider_id: int | None = None
    external_ref: str | None = None
    series: str | None = None
    course_code: str | None = None
    course_title: str | None = None
    completed_on: date | None = None
    certificate_no: str | None = None
    outcome: str | None = None
    reason: str | None = None
    note: str | None = None
    entered_on: date | None = None
    other_person_id: int | None = None

    @property
    def group(self) -> tuple[int, str, str]:
        """Year, subject and division of the totals it moves. Raises ValueError for a kind that concerns no hours."""
        year, subject, division_code = self.credit_year, self.subject, self.division_code
        if year is None or subject is None or division_code is None:
            raise ValueError(f"{self.kind} {self.seq} concerns no hours")
        return year, subject, division_code


def fact_digest(fact: Fact, previous: bytes) -> bytes:
    """SHA-256 of a fact chained to the hash of the person's fact before it (GENESIS for the first).

    The hashed bytes are UTF-8 JSON: one object of the fields that are not null, ``v`` (the format) and
    ``previous`` (hex), keys sorted, no spaces, only quotes, backslashes and control characters escaped; days as
    YYYY-MM-DD, the instant as RFC 3339 UTC with microseconds. A column added later is null in the old rows and
    so leaves their hashes as they are.
    """
    # Written out, not left to json.dumps, which takes three times as long; a test holds one against the other.
    if fact.kind == "registration" and _is_plain(fact):
        return hashlib.sha256(_registration_json(fact, previous).encode()).digest()
    parts = [key + _JSON[type(value)](value) for key, value in _before(fact) if value is not None]
    parts.append(f'"previous":"{previous.hex()}"')
    parts += [key + _JSON[type(value)](value) for key, value in _after(fact) if value is not None]
    return hashlib.sha256(f'{{{",".join(parts)},"v":{CHAIN_FORMAT}}}'.encode()).digest()


def _is_plain(registration: Fact) -> bool:
    """Whether it has all that every registration has, and nothing that only other kinds have."""
    return registration[_OTHERS] == _NOTHING_ELSE and None not in _always_there(registration)


def _registration_json(fact: Fact, previous: bytes) -> str:
    """What ``fact_digest`` hashes of a registration: nearly all facts are, and a roster has a million of them."""
    text: Callable[[Any], str] = encode_basestring
    (
        person_id,
        seq,
        _,
        entry_seq,
        year,
        subject,
        division_code,
        registered,
        self_registered,
        recognised,
        rejected,
        recorded_at,
        recorded_by,
        hours,
        provider_id,
        external_ref,
        series,
        code,
        title,
        day,
        certificate,
        *_,
    ) = fact
    first = "" if certificate is None else f'"certificate_no":{text(certificate)},'
    if day is not None:
        first += f'"completed_on":"{day.isoformat()}",'
    if code is not None:
        first += f'"course_code":{text(code)},'
    if title is not None:
        first += f'"course_title":{text(title)},'
    last = "" if series is None else f',"series":{text(series)}'
    return (
        f'{{{first}"credit_year":{year},"division_code":{text(division_code)},'
        f'"entry_seq":{entry_seq},"external_ref":{text(external_ref)},"hours":{hours},'
        f'"kind":"registration","person_id":{person_id},"previous":"{previous.hex()}",'
        f'"provider_id":{provider_id},"recognised":{recognised},'
        f'"recorded_at":"{instant_text(recorded_at)}","recorded_by":{recorded_by},'
        f'"registered":{registered},"rejected":{rejected},"self_registered":{self_registered},'
        f'"seq":{seq}{last},"subject":{text(subject)},"v":{CHAIN_FORMAT}}}'
    )


def joint_head(members: Iterable[tuple[int, int, bytes]]) -> bytes:
    """The head of several chains read as one, from (person_id, seq, hash of that fact) of each: of one chain its own.

    SHA-256 of UTF-8 JSON without spaces, ``[[person_id,seq,"hex"],…]`` in the order of person ids.
    """
    ordered = sorted(members)
    if len(ordered) == 1:
        return ordered[0][2]
    listed = ",".join(f'[{person_id},{seq},"{head.hex()}"]' for person_id, seq, head in ordered)
    return hashlib.sha256(f"[{listed}]".encode()).digest()


@lru_cache(maxsize=64)
def instant_text(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds: always the same text for the same instant."""
    # Not strftime, which does not pad years before 1000 everywhere: instants are compared as text on SQLite.
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def _reader(names: Iterable[str]) -> Callable[[Fact], Iterable[tuple[str, Any]]]:
    """Reads these fields of a fact, each with its key as JSON writes it."""
    ordered = sorted(names)
    keys, values = [f'"{name}":' for name in ordered], attrgetter(*ordered)
    return lambda fact: zip(keys, values(fact), strict=True)


_before: Final = _reader(name for name in Fact._fields if name < "previous")
_after: Final = _reader(name for name in Fact._fields if "previous" < name < "v")
_OTHERS: Final = slice(Fact._fields.index("outcome"), len(Fact._fields))
_NOTHING_ELSE: Final = (None,) * (_OTHERS.stop - _OTHERS.start)
_always_there: Final = attrgetter(
    "hours", "provider_id", "external_ref", "credit_year", "subject", "division_code"
)
_JSON: Final[Mapping[type, Callable[[Any], str]]] = {
    int: str,
    str: encode_basestring,
    datetime: lambda moment: f'"{instant_text(moment)}"',
    date: lambda day: f'"{day.isoformat()}"',
}
