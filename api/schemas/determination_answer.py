"""Determinations as they are answered, for openapi.yaml."""

from typing import Any

from marshmallow import fields

from api.schemas.eligibility_answer import EligibilityAnswerSchema
from api.schemas.notes import note
from service.domain.identifiers import encode_person_id
from service.fields import StrictSchema
from service.operations.determine import engine_version
from service.operations.replay_determination import Replay


class DeterminationSchema(EligibilityAnswerSchema):
    """An answer that is kept, as it was given."""

    determination_id = fields.String(required=True, metadata=note("The service's id of the determination."))
    given_at = fields.AwareDateTime(required=True, metadata=note("When it was given."))


class DifferenceSchema(StrictSchema):
    """One place where the replay differs."""

    path = fields.String(required=True, metadata=note("JSON pointer into the answer."))
    given = fields.Raw(required=True, allow_none=True, metadata=note("What was given; null: nothing."))
    now = fields.Raw(required=True, allow_none=True, metadata=note("What comes out now; null: nothing."))


class ChangedSchema(StrictSchema):
    """What is no longer what it was."""

    policy_file = fields.Boolean(
        required=True,
        metadata=note(
            "Today's policy file has another text than that of the day. The replay goes by the text of the day, so "
            "this alone makes no difference."
        ),
    )
    engine = fields.Boolean(
        required=True, metadata=note("Another version of the rules' engine computes today.")
    )
    ledger = fields.Boolean(
        required=True,
        metadata=note(
            "The chain up to the position is not the one the answer was made from: it was tampered with."
        ),
    )


class EngineSchema(StrictSchema):
    """Versions of the rules' engine and the package."""

    given = fields.String(required=True, metadata=note("Which answered then."))
    now = fields.String(required=True, metadata=note("Which computes now."))


class ReplaySchema(StrictSchema):
    """A determination computed again from the ledger and the policy text of the day."""

    determination_id = fields.String(required=True, metadata=note("The service's id of the determination."))
    same = fields.Boolean(required=True, metadata=note("Whether the same answer comes out."))
    differences = fields.List(
        fields.Nested(DifferenceSchema), required=True, metadata=note("Where not; empty when it is the same.")
    )
    changed = fields.Nested(
        ChangedSchema, required=True, metadata=note("What of law, engine and ledger is not as it was.")
    )
    engine = fields.Nested(EngineSchema, required=True, metadata=note("Which engine then, and now."))
    now = fields.Nested(
        DeterminationSchema,
        required=True,
        allow_none=True,
        metadata=note("The answer computed again; null when what is stored makes none any more."),
    )


def replay_json(replay: Replay) -> dict[str, Any]:
    """A replay as JSON."""
    return {
        "determination_id": encode_person_id(replay.determination_id),
        "same": replay.same,
        "differences": [difference._asdict() for difference in replay.differences],
        "changed": {
            "policy_file": replay.policy_file,
            "engine": replay.engine,
            "ledger": replay.ledger,
        },
        "engine": {"given": replay.engine_given, "now": engine_version()},
        "now": replay.now,
    }
