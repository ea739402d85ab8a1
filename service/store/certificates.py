"""Certificates: what was attested on paper, found again by its code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from service.domain.fact import Fact
from service.store.append import append_rows
from service.store.certificate_tables import certificate, certificate_claim, certificate_member
from service.store.standing import Member
from service.store.tables import ledger


@dataclass(frozen=True, slots=True)
class CertificateRecord:
    """A certificate as stored: ``credit_year`` None is all years; ``question`` and ``outcome`` are JSON texts, None
    where no outcome is stated; ``listing`` is the digest of the entries as listed."""

    code: str
    person_id: int
    client_id: int | None
    issued_at: datetime
    issued_on: date
    credit_year: int | None
    listing: bytes
    kid: str
    question: str | None
    outcome: str | None
    policy_digest: str | None


@dataclass(frozen=True, slots=True)
class StoredCertificate:
    """A certificate with the chains it was made from, by person id, and its sealed claim, None once erased."""

    record: CertificateRecord
    members: list[Member]
    claim_sealed: bytes | None


_FIELDS: Final = tuple(column.name for column in certificate.columns)
_INSERT: Final = insert(certificate)
_INSERT_CLAIM: Final = insert(certificate_claim)
_JOINED: Final = (
    select(
        certificate,
        certificate_claim.c.claim_sealed,
        certificate_member.c.person_id.label("member_id"),
        certificate_member.c.position,
        certificate_member.c.head,
    )
    .join(certificate_member, certificate_member.c.code == certificate.c.code)
    .outerjoin(certificate_claim, certificate_claim.c.code == certificate.c.code)
    .order_by(certificate_member.c.person_id)
)
_ONE: Final = _JOINED.where(certificate.c.code == bindparam("wanted"))
_STORED_OF_PEOPLE: Final = (
    _JOINED.where(certificate.c.person_id.in_(bindparam("person_ids", expanding=True)))
    .order_by(None)
    .order_by(certificate.c.issued_at, certificate.c.code, certificate_member.c.person_id)
)
_OF_PEOPLE: Final = (
    select(certificate)
    .where(certificate.c.person_id.in_(bindparam("person_ids", expanding=True)))
    .order_by(certificate.c.issued_at, certificate.c.code)
)
_FACTS: Final = (
    select(*(column for column in ledger.columns if column.name not in ("prev_hash", "hash")), ledger.c.hash)
    .where(ledger.c.person_id.in_(bindparam("person_ids", expanding=True)))
    .order_by(ledger.c.person_id, ledger.c.seq)
)


def insert_certificate(
    connection: Connection, record: CertificateRecord, members: Sequence[Member], claim_sealed: bytes
) -> None:
    """Stores it. Somebody else's same one is a unique conflict: the operation runs again and finds it."""
    connection.execute(_INSERT, {name: getattr(record, name) for name in _FIELDS})
    append_rows(
        connection,
        certificate_member,
        ("person_id", "code", "position", "head"),
        [(member.person_id, record.code, member.position, member.head) for member in members],
    )
    connection.execute(_INSERT_CLAIM, {"code": record.code, "claim_sealed": claim_sealed})


def select_certificate(connection: Connection, code: str) -> StoredCertificate | None:
    """One statement; None when there is none of that code."""
    rows = connection.execute(_ONE, {"wanted": code}).all()
    return _stored(rows) if rows else None


def select_stored_certificates(connection: Connection, person_ids: Sequence[int]) -> list[StoredCertificate]:
    """What was issued about these people, in order, whole. One statement."""
    rows = connection.execute(_STORED_OF_PEOPLE, {"person_ids": list(person_ids)})
    return [_stored(list(of_one)) for _, of_one in groupby(rows, key=lambda row: row.code)]


def select_certificates_of(connection: Connection, person_ids: Sequence[int]) -> list[CertificateRecord]:
    """What was issued about these people, in order."""
    return [_read(row) for row in connection.execute(_OF_PEOPLE, {"person_ids": list(person_ids)})]


def read_all_facts(connection: Connection, person_ids: Sequence[int]) -> dict[int, list[tuple[Fact, bytes]]]:
    """Every fact of these people with its hash, in the order of the chains. One statement."""
    facts: dict[int, list[tuple[Fact, bytes]]] = {person_id: [] for person_id in person_ids}
    for *content, own_hash in connection.execute(_FACTS, {"person_ids": list(person_ids)}):
        fact = Fact(*content)
        facts[fact.person_id].append((fact, own_hash))
    return facts


def erase_claims(connection: Connection, person_ids: Sequence[int]) -> None:
    """Removes the claims, with their masked names and numbers, of certificates made from these people's chains."""
    chosen = select(certificate_member.c.code).where(certificate_member.c.person_id.in_(person_ids))
    connection.execute(delete(certificate_claim).where(certificate_claim.c.code.in_(chosen)))


def _stored(rows: Sequence[Any]) -> StoredCertificate:
    """From the rows of its members."""
    members = [Member(row.member_id, row.position, row.head) for row in rows]
    return StoredCertificate(_read(rows[0]), members, rows[0].claim_sealed)


def _read(row: Any) -> CertificateRecord:
    return CertificateRecord(*row[: len(_FIELDS)])
