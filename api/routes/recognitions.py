"""Recognition by the competent authority: its queue, one decision, many at once; and an entry's history."""

from dataclasses import replace
from typing import Any, Final

from api.door import Answer, Call, Door, JsonBody, Reply, only
from api.problems import problem_document
from api.routes.entries import REPLAYED, entry_exists, named_entry
from api.schemas.entry import BatchQuerySchema
from api.schemas.entry_answer import EntryAnswerSchema, entry_json
from api.schemas.queue_counts import QueueCountsSchema, queue_counts_json
from api.schemas.recognition import (
    EntryHistorySchema,
    QueueChoiceSchema,
    QueuePageSchema,
    QueueQuerySchema,
    RecognitionBatchSchema,
    RecognitionResultsSchema,
    RecognitionSchema,
    decision,
    history_json,
    pending_json,
)
from service.domain.errors import Refusal, invalid_request
from service.domain.hours import hours_number
from service.domain.recognition import RecognitionDraft
from service.operations.count_recognition_queue import count_recognition_queue
from service.operations.read_entry_history import read_entry_history
from service.operations.read_recognition_queue import read_recognition_queue
from service.operations.recognise_entries import (
    Recognition,
    recognise_entries,
    recognise_entry,
    require_recognisable,
)

TAG: Final = "Recognition 认定"
ENTRY_ID_LENGTH_MAX: Final = 40


def entry_is_theirs(call: Call) -> None:
    """Refusal unless the client is the one that decides on the entry in the path."""
    require_recognisable(call.context, call.caller, named_entry(call))


def post_recognition(call: Call) -> Reply:
    """Decides on one entry: 201, or 200 when the same client's same decision is the last already."""
    draft = RecognitionDraft(*named_entry(call), **decision(call.body))
    done, entry = recognise_entry(call.context, call.caller, draft)
    if done.result == "replayed":
        return Reply(entry_json(entry), 200, {REPLAYED: "true"})
    return Reply(entry_json(entry), 201)


def post_recognitions(call: Call) -> Reply:
    """Takes up to 1,000 decisions: those that can be, or with ``atomic`` all or none."""
    atomic: bool = call.query["atomic"]
    items: list[RecognitionDraft | Refusal] = call.body["recognitions"]
    if atomic:
        _refuse_faulty(items)
    drafts = [item for item in items if isinstance(item, RecognitionDraft)]
    decided = iter(recognise_entries(call.context, call.caller, drafts, atomic=atomic))
    done = [
        Recognition("refused", None, 0, 0, item) if isinstance(item, Refusal) else next(decided)
        for item in items
    ]
    results = [_result(index, call, each) for index, each in enumerate(done)]
    if atomic and any(each.refusal is not None for each in done):
        raise Refusal("atomic_batch_refused", extra={"results": results})
    return Reply({"results": results})


def _refuse_faulty(items: list[RecognitionDraft | Refusal]) -> None:
    """All or none: the faults of all items at once."""
    refusals = [_placed(index, item) for index, item in enumerate(items) if isinstance(item, Refusal)]
    if refusals:
        raise invalid_request([fault for refusal in refusals for fault in refusal.faults])


def _placed(index: int, refusal: Refusal) -> Refusal:
    """The refusal of an item, its pointers made to start at the whole body."""
    faults = tuple(
        replace(fault, pointer=f"/recognitions/{index}{fault.pointer}") for fault in refusal.faults
    )
    return Refusal(refusal.code, faults=faults, params=refusal.params, extra=refusal.extra)


def _result(index: int, call: Call, done: Recognition) -> dict[str, Any]:
    sent = call.raw["recognitions"][index]
    entry_id = sent.get("entry_id") if isinstance(sent, dict) else None
    if not isinstance(entry_id, str) or len(entry_id) > ENTRY_ID_LENGTH_MAX:
        entry_id = None
    result: dict[str, Any] = {"index": index, "entry_id": entry_id, "result": done.result}
    if done.refusal is not None:
        result["problem"] = problem_document(_placed(index, done.refusal), call.language, None)
        return result
    result["status"] = done.status
    result["hours"] = hours_number(done.hours)
    result["recognised_hours"] = hours_number(done.recognised_hours)
    return result


def get_queue(call: Call) -> Reply:
    """A page of what waits for the client's recognition."""
    page = read_recognition_queue(call.context, call.caller, asker=call.asker("recognition"), **call.query)
    return Reply({"entries": [pending_json(each) for each in page.entries], "next_cursor": page.next_cursor})


def get_queue_counts(call: Call) -> Reply:
    """How much waits for the client's recognition."""
    return Reply(queue_counts_json(count_recognition_queue(call.context, call.caller, **call.query)))


def get_history(call: Call) -> Reply:
    """Everything that was ever recorded of an entry."""
    history = read_entry_history(call.context, call.caller, named_entry(call), asker=call.asker("entries"))
    return Reply(history_json(history))


DOORS: Final = (
    Door(
        name="recogniseEntry",
        method="POST",
        path="/v1/entries/{entry_id}/recognition",
        access=only("authority"),
        view=post_recognition,
        tag=TAG,
        summary="Recognise an entry: all hours, fewer, or none 认定一条学时",
        description=(
            "Only the authority of the entry's series decides, and that for general public hours where the notice "
            "has one; another is told who (403 `forbidden_series`). A later decision replaces an earlier one and both "
            "stay in the history. The same decision by the same client, when it is the last there is, adds nothing: "
            "200 with `Idempotent-Replayed: true`. A reversed entry cannot be recognised (409)."
        ),
        reads=JsonBody(RecognitionSchema),
        answers={
            200: Answer("Decided so before: the entry as it stands.", EntryAnswerSchema, headers=(REPLAYED,)),
            201: Answer("Decided: the entry as it now stands.", EntryAnswerSchema),
        },
        refuses=(
            "not_found",
            "forbidden_division",
            "forbidden_series",
            "already_reversed",
            "decided_meanwhile",
        ),
        exists=entry_is_theirs,
    ),
    Door(
        name="recogniseEntries",
        method="POST",
        path="/v1/recognitions/batch",
        access=only("authority"),
        view=post_recognitions,
        tag=TAG,
        summary="Decide on up to 1,000 entries 批量认定",
        description=(
            "Answers a result for each decision in order; one that is refused does not stop the others. With "
            "`?atomic=true` all or none: faulty fields are a 422 with pointers such as `/recognitions/3/reason`, "
            "anything else that is refused a 409 `atomic_batch_refused` with the same `results`. Decisions on one "
            "entry come one after the other."
        ),
        reads=JsonBody(RecognitionBatchSchema),
        query=BatchQuerySchema,
        answers={200: Answer("What became of each decision.", RecognitionResultsSchema)},
        refuses=("atomic_batch_refused",),
    ),
    Door(
        name="readRecognitionQueue",
        method="GET",
        path="/v1/recognitions/queue",
        access=only("authority"),
        view=get_queue,
        tag=TAG,
        summary="What waits for recognition 待认定学时",
        description=(
            "The entries the client may recognise and nobody has decided on, oldest registration first. Names and "
            "numbers are masked. Pages follow each other by cursor; what is decided meanwhile drops out."
        ),
        query=QueueQuerySchema,
        answers={200: Answer("A page of the queue.", QueuePageSchema)},
        refuses=("forbidden_division",),
    ),
    Door(
        name="countRecognitionQueue",
        method="GET",
        path="/v1/recognitions/queue/counts",
        access=only("authority"),
        view=get_queue_counts,
        tag=TAG,
        summary="How much waits for recognition 待认定学时数量",
        description=(
            "By age, series, provider, year and division. Each list counts what another choice of that one thing "
            "would bring, with everything else as chosen."
        ),
        query=QueueChoiceSchema,
        answers={200: Answer("The counts.", QueueCountsSchema)},
        refuses=("forbidden_division",),
    ),
    Door(
        name="readEntryHistory",
        method="GET",
        path="/v1/entries/{entry_id}/history",
        access=only("provider", "authority", "admin"),
        view=get_history,
        tag=TAG,
        summary="An entry's whole history 学时的全部记录",
        description=(
            "Registration, every recognition and the reversal, with who recorded it and when: nothing is edited or "
            "deleted. An entry of another provider is not found."
        ),
        answers={200: Answer("The history.", EntryHistorySchema)},
        refuses=("not_found", "forbidden_division"),
        exists=entry_exists,
    ),
)
