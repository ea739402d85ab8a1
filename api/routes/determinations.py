"""/v1/determinations: answers that are kept as they were given, and computed again."""

from typing import Final

from api.door import Answer, Call, Door, JsonBody, Reply, only
from api.schemas.determination_answer import DeterminationSchema, ReplaySchema, replay_json
from api.schemas.question import EligibilitySchema, named_division
from service.domain.errors import Refusal
from service.domain.identifiers import decode_person_id
from service.operations.determine import determine, read_determination
from service.operations.replay_determination import replay_determination

TAG: Final = "Determinations 资格认定"


def named_determination(call: Call) -> int:
    """The id in the path; Refusal ``not_found`` when it can be none."""
    determination_id = decode_person_id(call.path["determination_id"])
    if determination_id is None:
        raise Refusal("not_found")
    return determination_id


def determination_exists(call: Call) -> None:
    """Refusal unless the determination in the path is there for this client."""
    read_determination(call.context, call.caller, named_determination(call), asker=None)


def post_determination(call: Call) -> Reply:
    """Answers a question and keeps the answer."""
    asker = call.asker("determination")
    answer = determine(call.context, call.caller, call.body, call.language, asker=asker).answer
    return Reply(answer, 201, {"Location": f"/v1/determinations/{answer['determination_id']}"})


def get_determination(call: Call) -> Reply:
    """A determination as it was given."""
    asker = call.asker("determination")
    return Reply(read_determination(call.context, call.caller, named_determination(call), asker=asker).answer)


def get_replay(call: Call) -> Reply:
    """A determination computed again."""
    asker = call.asker("determination")
    replay = replay_determination(call.context, call.caller, named_determination(call), asker=asker)
    return Reply(replay_json(replay))


DOORS: Final = (
    Door(
        name="determine",
        method="POST",
        path="/v1/determinations",
        access=only("platform", "admin"),
        view=post_determination,
        tag=TAG,
        summary="Answer and keep the answer 作出并留存结论",
        description=(
            "The same question and the same answer as `POST /v1/eligibility`, kept with the ledger's position and "
            "head, the policy's whole text, the engine's version, the question and the asker."
        ),
        reads=JsonBody(EligibilitySchema, named_division),
        answers={201: Answer("The answer, kept.", DeterminationSchema, headers=("Location",))},
        refuses=("forbidden_division", "unknown_division"),
    ),
    Door(
        name="readDetermination",
        method="GET",
        path="/v1/determinations/{determination_id}",
        access=only("platform", "authority", "admin"),
        view=get_determination,
        tag=TAG,
        summary="A determination as it was given 查看当时的结论",
        description=(
            "For ever what was given, in the language it was given in, whatever was reversed or ruled since. For the "
            "client that asked, admins, and authorities of the division. When the person's name and number are erased, "
            "their masked forms are null."
        ),
        answers={200: Answer("As given.", DeterminationSchema)},
        refuses=("not_found", "forbidden_division"),
        exists=determination_exists,
    ),
    Door(
        name="replayDetermination",
        method="GET",
        path="/v1/determinations/{determination_id}/replay",
        access=only("platform", "authority", "admin"),
        view=get_replay,
        tag=TAG,
        summary="Compute a determination again 复算当时的结论",
        description=(
            "From the ledger up to the position of the day and the policy text of the day, by the engine of today. "
            "`differences` names every place where another answer comes out; `changed` says which of policy file, "
            "engine and ledger is not what it was."
        ),
        answers={200: Answer("The replay.", ReplaySchema)},
        refuses=("not_found", "forbidden_division"),
        exists=determination_exists,
    ),
)
