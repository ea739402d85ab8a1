"""Reads what must agree with the chains but is no part of them: kept answers, texts, access records, people."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, Table, bindparam, func, literal, select

from service.store.certificate_tables import certificate, certificate_member
from service.store.determination_tables import determination, determination_member, policy_text
from service.store.evidence_tables import evidence, evidence_file
from service.store.rights_tables import erasure
from service.store.standing import Member
from service.store.tables import access_record, chain_head, entry_state, identity, person

ANSWERS_AT_ONCE: Final = 200
TEXTS_AT_ONCE: Final = 20


class KeptAnswer(NamedTuple):
    """A determination's answer (JSON text) and the chains that are kept as those it was made from."""

    determination_id: int
    answer: str
    members: list[Member]


_ANSWERS: Final = (
    select(determination.c.determination_id, determination.c.answer)
    .where(determination.c.determination_id > bindparam("after"))
    .order_by(determination.c.determination_id)
    .limit(ANSWERS_AT_ONCE)
)
_member = determination_member.c
_MEMBERS: Final = (
    select(_member.determination_id, _member.person_id, _member.position, _member.head)
    .where(_member.determination_id > bindparam("after"), _member.determination_id <= bindparam("last"))
    .order_by(_member.determination_id, _member.person_id)
)
_TEXTS: Final = (
    select(policy_text)
    .where(policy_text.c.digest > bindparam("after"))
    .order_by(policy_text.c.digest)
    .limit(TEXTS_AT_ONCE)
)
_BEYOND: Final = (
    select(access_record.c.access_id, access_record.c.person_id)
    .select_from(access_record.outerjoin(chain_head, chain_head.c.person_id == access_record.c.person_id))
    .where(
        access_record.c.person_id.is_not(None), access_record.c.position > func.coalesce(chain_head.c.seq, 0)
    )
    .order_by(access_record.c.access_id)
    .limit(1)
)
_EVIDENCE: Final = select(evidence.c.evidence_id, evidence.c.person_id, evidence.c.entry_seq).order_by(
    evidence.c.evidence_id
)
_UNFOUNDED: Final = _EVIDENCE.where(
    ~select(entry_state.c.entry_seq)
    .where(
        entry_state.c.person_id == evidence.c.person_id,
        entry_state.c.entry_seq == evidence.c.entry_seq,
        entry_state.c.self_registered,
    )
    .exists()
).limit(1)
_FORGOTTEN: Final = _EVIDENCE.where(
    ~select(evidence_file.c.evidence_id)
    .where(evidence_file.c.evidence_id == evidence.c.evidence_id)
    .exists(),
    ~select(erasure.c.person_id).where(erasure.c.person_id == evidence.c.person_id).exists(),
).limit(1)


def _first_without(table: Table, other: Table) -> Select[Any]:
    """The first person of whom ``table`` has a row and ``other`` none."""
    return (
        select(table.c.person_id)
        .where(~select(other.c.person_id).where(other.c.person_id == table.c.person_id).exists())
        .order_by(table.c.person_id)
        .limit(1)
    )


_WITHOUT: Final = (
    ("person", _first_without(person, chain_head)),
    ("identity", _first_without(identity, chain_head)),
    ("chain_head", _first_without(chain_head, person)),
)

_LEFT: Final = (
    (
        "determination_member",
        select(_member.person_id, _member.determination_id, literal(None))
        .where(
            ~select(determination.c.determination_id)
            .where(determination.c.determination_id == _member.determination_id)
            .exists()
        )
        .order_by(_member.determination_id, _member.person_id)
        .limit(1),
    ),
    (
        "certificate_member",
        select(certificate_member.c.person_id, literal(None), certificate_member.c.code)
        .where(
            ~select(certificate.c.code).where(certificate.c.code == certificate_member.c.code).exists(),
        )
        .order_by(certificate_member.c.code, certificate_member.c.person_id)
        .limit(1),
    ),
)
"""Chains kept with what was given out, where that is gone."""


def read_answers(connection: Connection) -> Iterator[KeptAnswer]:
    """Every determination, in the order of their ids."""
    after = -1
    while page := connection.execute(_ANSWERS, {"after": after}).all():
        last = page[-1].determination_id
        members: dict[int, list[Member]] = {}
        for determination_id, *member in connection.execute(_MEMBERS, {"after": after, "last": last}):
            members.setdefault(determination_id, []).append(Member(*member))
        for determination_id, answer in page:
            yield KeptAnswer(determination_id, answer, members.get(determination_id, []))
        after = last


def read_texts(connection: Connection) -> Iterator[tuple[str, str]]:
    """Every policy text after its digest, in the order of the digests."""
    after = ""
    while page := connection.execute(_TEXTS, {"after": after}).all():
        yield from ((row.digest, row.text) for row in page)
        after = page[-1].digest


def read_position_beyond(connection: Connection) -> tuple[int, int] | None:
    """(access_id, person_id) of the first access record of a place that the person's chain has not reached."""
    row = connection.execute(_BEYOND).first()
    return None if row is None else (row[0], row[1])


def read_half_people(connection: Connection) -> Iterator[tuple[str, int]]:
    """(table, person_id) of people without a chain, by name or by document, and of chains that are nobody's: the
    first of each kind. Who was erased keeps the row of the person and the chain."""
    for table_name, statement in _WITHOUT:
        row = connection.execute(statement).first()
        if row is not None:
            yield table_name, row[0]


def read_left_members(connection: Connection) -> Iterator[tuple[str, int, int | None, str | None]]:
    """(table, person_id, determination_id, code) of chains kept with a determination or a certificate that is gone: the
    first of each kind. No foreign key holds them together, as they may lie in different places one day."""
    for table_name, statement in _LEFT:
        row = connection.execute(statement).first()
        if row is not None:
            yield table_name, row[0], row[1], row[2]


def read_odd_evidence(connection: Connection) -> Iterator[tuple[str, int, int, int]]:
    """(code, evidence_id, person_id, entry_seq): ``no_entry`` of an entry that nobody registered alone, ``forgotten``
    without a file although the person was not erased; the first of each."""
    for code, statement in (("no_entry", _UNFOUNDED), ("forgotten", _FORGOTTEN)):
        row = connection.execute(statement).first()
        if row is not None:
            yield code, row.evidence_id, row.person_id, row.entry_seq
