"""/v1/disputes: a person says an entry is wrong, and is answered."""

from typing import Final

from api.door import Answer, Call, Door, JsonBody, Reply, only
from api.routes.entries import entry_exists, named_entry
from api.schemas.dispute import (
    DisputeClosingSchema,
    DisputeListQuerySchema,
    DisputePageSchema,
    DisputeSchema,
    DisputeStatementSchema,
    dispute_json,
)
from service.domain.errors import Refusal
from service.domain.identifiers import decode_person_id
from service.operations.dispute_entry import (
    answer_dispute,
    close_dispute,
    find_disputes,
    open_dispute,
    read_dispute,
    require_dispute,
)

TAG: Final = "Disputes 学时异议"


def named_dispute(call: Call) -> int:
    """The id in the path; Refusal ``not_found`` when it can be none."""
    dispute_id = decode_person_id(call.path["dispute_id"])
    if dispute_id is None:
        raise Refusal("not_found")
    return dispute_id


def dispute_exists(call: Call) -> None:
    """Refusal unless the dispute in the path is there for this client."""
    require_dispute(call.context, call.caller, named_dispute(call))


def post_dispute(call: Call) -> Reply:
    """Opens a dispute of an entry."""
    dispute = dispute_json(open_dispute(call.context, call.caller, named_entry(call), call.body["text"]))
    return Reply(dispute, 201, {"Location": f"/v1/disputes/{dispute['dispute_id']}"})


def post_answer(call: Call) -> Reply:
    """Answers a dispute."""
    dispute = answer_dispute(call.context, call.caller, named_dispute(call), call.body["text"])
    return Reply(dispute_json(dispute), 201)


def post_closing(call: Call) -> Reply:
    """Closes a dispute."""
    body = call.body
    dispute = close_dispute(call.context, call.caller, named_dispute(call), body["text"], body["outcome"])
    return Reply(dispute_json(dispute), 201)


def get_dispute(call: Call) -> Reply:
    """One dispute with all that was said."""
    dispute = read_dispute(call.context, call.caller, named_dispute(call), asker=call.asker("dispute"))
    return Reply(dispute_json(dispute))


def get_disputes(call: Call) -> Reply:
    """A page of the disputes the client may see."""
    page = find_disputes(call.context, call.caller, asker=call.asker("dispute"), **call.query)
    return Reply(
        {"disputes": [dispute_json(dispute) for dispute in page.disputes], "next_cursor": page.next_cursor}
    )


DOORS: Final = (
    Door(
        name="openDispute",
        method="POST",
        path="/v1/entries/{entry_id}/disputes",
        access=only("authority", "admin"),
        view=post_dispute,
        tag=TAG,
        summary="Dispute an entry 对一条学时提出异议",
        description=(
            "On behalf of the entry's person. An entry has one dispute at a time that is not closed. The hours stay as "
            "they are: what follows for them is a reversal or a recognition."
        ),
        reads=JsonBody(DisputeStatementSchema),
        answers={201: Answer("Opened.", DisputeSchema, headers=("Location",))},
        refuses=("not_found", "forbidden_division", "dispute_open"),
        exists=entry_exists,
    ),
    Door(
        name="listDisputes",
        method="GET",
        path="/v1/disputes",
        access=only("provider", "authority", "admin"),
        view=get_disputes,
        tag=TAG,
        summary="List disputes 查询异议",
        description="A provider sees those of its own entries, an authority those of its divisions.",
        query=DisputeListQuerySchema,
        answers={200: Answer("A page of disputes.", DisputePageSchema)},
    ),
    Door(
        name="readDispute",
        method="GET",
        path="/v1/disputes/{dispute_id}",
        access=only("provider", "authority", "admin"),
        view=get_dispute,
        tag=TAG,
        summary="Read one dispute 查看一项异议",
        description="With all that was said. One of another provider's entry is not found.",
        answers={200: Answer("The dispute.", DisputeSchema)},
        refuses=("not_found", "forbidden_division"),
        exists=dispute_exists,
    ),
    Door(
        name="answerDispute",
        method="POST",
        path="/v1/disputes/{dispute_id}/answer",
        access=only("provider", "authority"),
        view=post_answer,
        tag=TAG,
        summary="Answer a dispute 答复异议",
        description="By the entry's provider or an authority of its division, once.",
        reads=JsonBody(DisputeStatementSchema),
        answers={201: Answer("Answered: the dispute as it now stands.", DisputeSchema)},
        refuses=("not_found", "forbidden_division", "dispute_answered", "dispute_closed"),
        exists=dispute_exists,
    ),
    Door(
        name="closeDispute",
        method="POST",
        path="/v1/disputes/{dispute_id}/closing",
        access=only("authority", "admin"),
        view=post_closing,
        tag=TAG,
        summary="Close a dispute 办结异议",
        description="By an authority of the entry's division or an admin, whether it was answered or not.",
        reads=JsonBody(DisputeClosingSchema),
        answers={201: Answer("Closed: the dispute as it now stands.", DisputeSchema)},
        refuses=("not_found", "forbidden_division", "dispute_closed"),
        exists=dispute_exists,
    ),
)
