"""Gives a determination: the answer to a question, kept for ever with all it was made from."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any, Final, cast

import orjson

from service.answer import Json
from service.context import Context
from service.domain.access import Asker
from service.domain.client import Client
from service.domain.engine import ENGINE
from service.domain.errors import Refusal
from service.domain.identifiers import PERSON_ID_MAX, encode_person_id
from service.domain.identity import Identity
from service.domain.zone import SHANGHAI
from service.operations.check_eligibility import (
    EligibilityAsk,
    GroundedAnswer,
    answer_question,
    find_standings,
)
from service.operations.determined_ground import ground_json
from service.operations.record_access import record_access
from service.store.database import Connection
from service.store.determinations import (
    DeterminationRecord,
    insert_determination,
    keep_texts,
    select_determination,
    select_members,
)
from service.wording import Language

_MASKED: Final = ("id_number_masked", "name_masked")


@dataclass(frozen=True, slots=True)
class Determination:
    """``answer`` as given, whole; ``record`` is what is stored of it."""

    record: DeterminationRecord
    answer: Json


def engine_version() -> str:
    """The engine's version and the package's: ``1/0.1.0``."""
    return f"{ENGINE}/{version('hours-ledger')}"


def determine(
    context: Context, client: Client, ask: EligibilityAsk, language: Language, *, asker: Asker
) -> Determination:
    """Answers a question and keeps the answer. Refusals as ``check_eligibility``."""
    (answered,) = find_standings(context, [ask], asker)
    grounded = answer_question(context, ask, answered, language)
    ground = grounded.ground
    record, masks = _record(context, client, ask, grounded, answered.as_of, language)
    texts = [(ground.baseline.digest, ground.baseline.text)]
    if ground.policy is not None:
        texts.append((ground.policy.digest, ground.policy.text))
    members = [] if answered.standing is None else answered.standing.members
    masks_sealed = context.vault.seal(_json(masks))
    id_hash = None
    if answered.standing is None and isinstance(ask.person, Identity):
        id_hash = context.vault.lookup_hash(ask.person)

    def work(connection: Connection) -> None:
        keep_texts(connection, texts)
        insert_determination(connection, record, members, masks_sealed, id_hash)

    context.database.write(work)
    return Determination(record, as_given(record, masks))


def read_determination(
    context: Context, client: Client, determination_id: int, *, asker: Asker | None
) -> Determination:
    """A determination as it was given, whatever was recorded, reversed or ruled since.

    For the client that asked, an admin, and the authorities of the division. Leaves an access record, unless nothing
    is shown (no ``asker``). Refusals: ``not_found`` (another platform's too), ``forbidden_division``.
    """
    with context.database.reading() as connection:
        found = select_determination(connection, determination_id)
        members = select_members(connection, determination_id)
    if found is None:
        raise Refusal("not_found")
    record, masks_sealed = found
    if client.role == "authority":
        if not client.covers(record.division_code):
            raise Refusal("forbidden_division", params={"code": record.division_code})
    elif client.role != "admin" and client.client_id != record.client_id:
        raise Refusal("not_found")
    if asker is not None:
        record_access(context, None, asker, [member.person_id for member in members])
    return Determination(record, as_given(record, open_masks(context, masks_sealed)))


def open_masks(context: Context, masks_sealed: bytes | None) -> Json | None:
    """The masked name and number an answer carried; None: erased."""
    return None if masks_sealed is None else cast("Json", orjson.loads(context.vault.open(masks_sealed)))


def as_given(record: DeterminationRecord, masks: Json | None) -> Json:
    """The whole answer from the stored text: the same bytes each time, but for null where the masked name and number
    were erased with the person's."""
    answer: Json = orjson.loads(record.answer)
    answer["person"].update(masks or {})
    return {
        "determination_id": encode_person_id(record.determination_id),
        "given_at": _text(record.given_at),
        **answer,
    }


def _text(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).isoformat()


def _record(
    context: Context,
    client: Client,
    ask: EligibilityAsk,
    grounded: GroundedAnswer,
    as_of: datetime,
    language: Language,
) -> tuple[DeterminationRecord, Json]:
    """What is stored, and the masks that are stored apart, so that they can be erased."""
    body, ground = grounded.body, grounded.ground
    person, policy = body["person"], ground.policy
    masks = {name: person[name] for name in _MASKED}
    answer = {**body, "person": {**person, **dict.fromkeys(_MASKED)}}
    question = {
        "person_id": person["person_id"],
        "as_of": None if ask.as_of is None else ask.as_of.isoformat(),
        "committee": None if ask.committee is None else ask.committee.number,
        "resolved": asdict(grounded.resolved.question),
    }
    record = DeterminationRecord(
        determination_id=secrets.randbelow(PERSON_ID_MAX) + 1,
        client_id=client.client_id,
        given_at=context.clock(),
        as_of=as_of,
        language=language,
        division_code=ask.question.division_code,
        policy_id=policy.id if policy else None,
        policy_digest=policy.digest if policy else None,
        baseline_digest=ground.baseline.digest,
        engine_version=engine_version(),
        ground=_json(ground_json(grounded)),
        question=_json(question),
        answer=_json(answer),
    )
    return record, masks


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
