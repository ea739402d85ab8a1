"""Computes a determination again: from the ledger up to the stored positions and the policy text of that day."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, cast

import orjson

from service.answer import Json
from service.context import Context
from service.domain.access import Asker
from service.domain.client import Client
from service.domain.differences import Difference, differences
from service.domain.errors import Refusal
from service.domain.policy import Baseline, Policy
from service.domain.question import Question
from service.operations.check_eligibility import render_answer
from service.operations.determine import as_given, engine_version, open_masks, read_determination
from service.operations.determined_ground import ground_of, plan_row_of
from service.operations.resolve_committee import Resolved
from service.operations.verify_ledger import chain_faults
from service.policy_file import PolicyFileError, read_baseline_text, read_policy_text, text_digest
from service.store.database import Connection
from service.store.determinations import (
    DeterminationRecord,
    count_determinations,
    select_determination,
    select_ids,
    select_members,
    select_texts,
)
from service.store.standing import Member, Standing, read_standing_at
from service.store.verification import StoredPerson, read_chain
from service.wording import Language

Progress = Callable[[int, int], None]
"""Told (determinations done, determinations in all) after each of them."""


_TEXTS_KEPT: Final = 64
"""Texts that are kept compiled: many determinations were given by the same."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of it. ``now``: the answer computed again, None where the stored text or facts no longer make one.

    ``policy_file``: a file of the law (policy, baseline, review plan) has another text today than on the day, or the
    stored text is not the one its digest was made of. ``engine``: another version answers today; ``engine_given`` is
    the one that did. ``ledger``: the chain up to the position is not the one the answer was made from.
    """

    determination_id: int
    differences: tuple[Difference, ...]
    policy_file: bool
    engine: bool
    ledger: bool
    engine_given: str
    now: Json | None

    @property
    def same(self) -> bool:
        return self.now is not None and not self.differences


def replay_determination(context: Context, client: Client, determination_id: int, *, asker: Asker) -> Replay:
    """The replay of a determination the client may read. Refusals as ``read_determination``."""
    read_determination(context, client, determination_id, asker=asker)
    with context.database.snapshot() as connection:
        return _replay(context, connection, determination_id)


def replay_determinations(
    context: Context, determination_ids: Sequence[int] | None = None, progress: Progress | None = None
) -> Iterator[Replay]:
    """Replays of these determinations, or in the order of their ids of all there are. Refusal ``not_found``."""
    with context.database.snapshot() as connection:
        ids: Iterator[int] = _all_ids(connection) if determination_ids is None else iter(determination_ids)
        total = count_determinations(connection) if determination_ids is None else len(determination_ids)
        for done, determination_id in enumerate(ids, start=1):
            yield _replay(context, connection, determination_id)
            if progress:
                progress(done, total)


def _all_ids(connection: Connection) -> Iterator[int]:
    after = 0
    while page := select_ids(connection, after):
        yield from page
        after = page[-1]


def _replay(context: Context, connection: Connection, determination_id: int) -> Replay:
    found = select_determination(connection, determination_id)
    if found is None:
        raise Refusal("not_found")
    record, masks_sealed = found
    members = select_members(connection, determination_id)
    texts = select_texts(connection, _digests(record))
    given = as_given(record, open_masks(context, masks_sealed))
    marks = {name: given.pop(name) for name in ("determination_id", "given_at")}
    standing = read_standing_at(connection, [member[:2] for member in members]) if members else None
    now = _answer(record, texts, standing, given["person"])
    return Replay(
        determination_id=determination_id,
        differences=tuple(differences(given, now)) if now is not None else (Difference("", given, None),),
        policy_file=_policy_changed(context, record, texts),
        engine=record.engine_version != engine_version(),
        ledger=any(_is_tampered(connection, member) for member in members),
        engine_given=record.engine_version,
        now=None if now is None else marks | now,
    )


def _digests(record: DeterminationRecord) -> list[str]:
    return [digest for digest in (record.policy_digest, record.baseline_digest) if digest is not None]


def _is_tampered(connection: Connection, member: Member) -> bool:
    """Whether the chain up to the position is another than the one the answer was made from."""
    facts = read_chain(connection, member.person_id, member.position)
    if any(True for _ in chain_faults(StoredPerson(member.person_id, facts))):
        return True
    return len(facts) != member.position or (bool(facts) and facts[-1].hash != member.head)


def _answer(
    record: DeterminationRecord, texts: dict[str, str], standing: Standing | None, person: Json
) -> Json | None:
    """The answer of today's engine to the question of that day, by the text of that day."""
    try:
        policy = (
            None
            if record.policy_id is None or record.policy_digest is None
            else _policy_of(record.policy_id, texts[record.policy_digest])
        )
        baseline = _baseline_of(texts[record.baseline_digest])
    except PolicyFileError:
        return None
    told = orjson.loads(record.ground)
    resolved = Resolved(Question(**orjson.loads(record.question)["resolved"]), plan_row_of(told))
    ground = ground_of(told, policy, baseline)
    language = cast("Language", record.language)
    body = render_answer(ground, resolved, standing, record.as_of, language, person)
    # As it is when it was read back from what was stored: what is no JSON value must not seem a difference.
    return cast("Json", orjson.loads(orjson.dumps(body)))


@lru_cache(maxsize=_TEXTS_KEPT)
def _policy_of(policy_id: str, text: str) -> Policy:
    return read_policy_text(Path(f"{policy_id}.toml"), text).policy


@lru_cache(maxsize=_TEXTS_KEPT)
def _baseline_of(text: str) -> Baseline:
    return read_baseline_text(Path("baseline.toml"), text)


def _policy_changed(context: Context, record: DeterminationRecord, texts: dict[str, str]) -> bool:
    """Whether today's files of the law (policy, baseline, plan) or the stored texts are not those of the day."""
    today = {policy.id: policy.digest for policy in context.policy_book.policies}
    if record.policy_id is not None and today.get(record.policy_id) != record.policy_digest:
        return True
    if context.policy_book.baseline.digest != record.baseline_digest:
        return True
    row = plan_row_of(orjson.loads(record.ground))
    if row is not None and row.source not in context.annex_book.sources:
        return True
    return any(text_digest(text) != digest for digest, text in texts.items())
