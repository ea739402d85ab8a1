"""A cursor that is a place in time: the moment of a fact and which fact it is."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from service.domain.errors import Fault, invalid_request
from service.domain.identifiers import decode_entry_id, encode_entry_id

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(r"([0-9]{1,17})\.(.+)", re.ASCII)

MomentKey = tuple[datetime, int, int]
"""(moment, person_id, seq)."""


def encode_moment(key: MomentKey) -> str:
    """The cursor of a place."""
    moment, person_id, seq = key
    return f"{(moment - _EPOCH) // timedelta(microseconds=1)}.{encode_entry_id(person_id, seq)}"


def decode_moment(cursor: str) -> MomentKey:
    """The place of a cursor. Refusal ``invalid_request``: it is none of ours."""
    match = _CURSOR.fullmatch(cursor)
    fact_id = decode_entry_id(match[2]) if match else None
    if match is None or fact_id is None:
        raise invalid_request([Fault("/cursor", "invalid_cursor")])
    return (_EPOCH + timedelta(microseconds=int(match[1])), *fact_id)
