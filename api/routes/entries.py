"""/v1/entries: registering hours, reading and reversing them."""

from dataclasses import replace
from typing import Any, Final

from api.auth import require_divisions
from api.door import Answer, Call, Door, JsonBody, Reply, only
from api.problems import problem_document
from api.schemas.entry import (
    REFERENCE_MAX,
    BatchQuerySchema,
    EntryBatchSchema,
    EntryListQuerySchema,
    EntrySchema,
    ReversalSchema,
)
from api.schemas.entry_answer import BatchAnswerSchema, EntryAnswerSchema, EntryPageSchema, entry_json
from api.schemas.question import named_division
from service.domain.entry import EntryDraft
from service.domain.errors import Refusal, invalid_request
from service.domain.identifiers import decode_entry_id, encode_ids
from service.operations.read_entries import find_entry, list_entries, read_entry
from service.operations.register_entries import Registration, register_batch, register_entry
from service.operations.reverse_entry import reverse_entry

TAG: Final = "Entries 学时"
REPLAYED: Final = "Idempotent-Replayed"


def named_entry(call: Call) -> tuple[int, int]:
    """(person_id, seq) of the entry in the path; Refusal ``not_found`` when it can be none."""
    entry_id = decode_entry_id(call.path["entry_id"])
    if entry_id is None:
        raise Refusal("not_found")
    return entry_id


def entry_exists(call: Call) -> None:
    """Refusal unless the entry in the path is there for this client."""
    find_entry(call.context, call.caller, named_entry(call))


def post_entry(call: Call) -> Reply:
    """Registers one entry: 201, or 200 when the same was registered before."""
    registration = register_entry(call.context, call.caller, call.body, call.credential)
    if registration.entry is None:
        raise LookupError("a single registration that is refused raises")
    body = entry_json(registration.entry)
    if registration.result == "replayed":
        return Reply(body, 200, {REPLAYED: "true"})
    return Reply(body, 201, {"Location": f"/v1/entries/{body['entry_id']}"})


def post_entries(call: Call) -> Reply:
    """Registers up to 1,000 entries: those that can be, or with ``atomic`` all or none."""
    atomic: bool = call.query["atomic"]
    items = _checked_items(call)
    if atomic:
        _refuse_faulty(items)
    drafts = [item for item in items if isinstance(item, EntryDraft)]

    def results_of(registrations: list[Registration]) -> list[dict[str, Any]]:
        registered = iter(registrations)
        return [
            _result(index, call, _refused(item) if isinstance(item, Refusal) else next(registered))
            for index, item in enumerate(items)
        ]

    results = register_batch(call.context, call.caller, drafts, results_of, atomic=atomic)
    if atomic and any(result["result"] == "refused" for result in results):
        raise Refusal("atomic_batch_refused", extra={"results": results})
    return Reply({"results": results})


def _checked_items(call: Call) -> list[EntryDraft | Refusal]:
    """The batch's items; a faulty one that names a division outside the client's is refused for that alone, as it
    would be if it came by itself. Pointers are made to start at the whole body."""
    known = call.context.policy_book.divisions
    items: list[EntryDraft | Refusal] = []
    for index, item in enumerate(call.body["entries"]):
        if isinstance(item, Refusal):
            try:
                require_divisions(call.caller, named_division(call.raw["entries"][index]), known)
            except Refusal as outside:
                items.append(outside)
                continue
            faults = [replace(fault, pointer=f"/entries/{index}{fault.pointer}") for fault in item.faults]
            items.append(invalid_request(faults))
        else:
            items.append(item)
    return items


def _refuse_faulty(items: list[EntryDraft | Refusal]) -> None:
    """All or none: the faults of all items at once."""
    refusals = [item for item in items if isinstance(item, Refusal)]
    for refusal in refusals:
        if refusal.code == "forbidden_division":
            raise refusal
    faults = [fault for refusal in refusals for fault in refusal.faults]
    if faults:
        raise invalid_request(faults)


def _refused(refusal: Refusal) -> Registration:
    return Registration("refused", None, refusal)


def _result(index: int, call: Call, registration: Registration) -> dict[str, Any]:
    sent = call.raw["entries"][index]
    reference = sent.get("external_ref") if isinstance(sent, dict) else None
    if not isinstance(reference, str) or len(reference) > REFERENCE_MAX:
        reference = None
    result: dict[str, Any] = {
        "index": index,
        "external_ref": reference and reference.strip(),
        "result": registration.result,
    }
    if registration.refusal is not None:
        result["problem"] = problem_document(registration.refusal, call.language, None)
    elif registration.entry is not None:
        entry = registration.entry
        result["entry_id"], result["person_id"] = encode_ids(entry.person_id, entry.seq)
        result["status"] = entry.status
    return result


def get_entries(call: Call) -> Reply:
    """A page of the entries the client may see."""
    page = list_entries(call.context, call.caller, asker=call.asker("entries"), **call.query)
    return Reply({"entries": [entry_json(entry) for entry in page.entries], "next_cursor": page.next_cursor})


def get_entry(call: Call) -> Reply:
    """One entry."""
    entry = read_entry(call.context, call.caller, named_entry(call), asker=call.asker("entries"))
    return Reply(entry_json(entry))


def post_reversal(call: Call) -> Reply:
    """Reverses an entry: nothing is edited or deleted, a fact is added that takes it back."""
    entry = reverse_entry(
        call.context, call.caller, named_entry(call), call.body["reason"], call.body.get("note")
    )
    return Reply(entry_json(entry), 201)


DOORS: Final = (
    Door(
        name="registerEntry",
        method="POST",
        path="/v1/entries",
        access=only("provider"),
        view=post_entry,
        tag=TAG,
        summary="Register one entry 登记一条学时",
        description=(
            "Sent again with the same content it is answered 200 with `Idempotent-Replayed: true`; with other content "
            "409 `reference_conflict` names the fields that differ. Hours of the same provider, course, person and "
            "credit year are a duplicate (409), not new hours."
        ),
        reads=JsonBody(EntrySchema, named_division),
        answers={
            200: Answer("Registered before with the same content.", EntryAnswerSchema, headers=(REPLAYED,)),
            201: Answer("Registered.", EntryAnswerSchema, headers=("Location",)),
        },
        refuses=("forbidden_division", "reference_conflict", "duplicate_entry", "name_mismatch"),
        confirms=True,
    ),
    Door(
        name="registerEntries",
        method="POST",
        path="/v1/entries/batch",
        access=only("provider"),
        view=post_entries,
        tag=TAG,
        summary="Register up to 1,000 entries 批量登记学时",
        description=(
            "Answers a result for each entry in order; one bad entry does not stop the others. With `?atomic=true` all "
            "or none: faulty fields are a 422 with pointers such as `/entries/3/hours`, anything else that is refused "
            "a 409 `atomic_batch_refused` with the same `results`. Either way the same batch can be sent again."
        ),
        reads=JsonBody(EntryBatchSchema),
        query=BatchQuerySchema,
        answers={200: Answer("What became of each entry.", BatchAnswerSchema)},
        refuses=("forbidden_division", "atomic_batch_refused"),
    ),
    Door(
        name="listEntries",
        method="GET",
        path="/v1/entries",
        access=only("provider", "authority", "admin"),
        view=get_entries,
        tag=TAG,
        summary="List entries 查询学时",
        description=(
            "A provider sees its own entries, an authority those of its divisions. Pages follow each other by cursor."
        ),
        query=EntryListQuerySchema,
        answers={200: Answer("A page of entries.", EntryPageSchema)},
    ),
    Door(
        name="readEntry",
        method="GET",
        path="/v1/entries/{entry_id}",
        access=only("provider", "authority", "admin"),
        view=get_entry,
        tag=TAG,
        summary="Read one entry 查看一条学时",
        description="An entry of another provider is not found.",
        answers={200: Answer("The entry.", EntryAnswerSchema)},
        refuses=("not_found",),
        exists=entry_exists,
    ),
    Door(
        name="reverseEntry",
        method="POST",
        path="/v1/entries/{entry_id}/reversal",
        access=only("provider", "authority", "admin"),
        view=post_reversal,
        tag=TAG,
        summary="Reverse an entry 冲销一条学时",
        description=(
            "Nothing is edited or deleted: a reversal is added that names the entry and the reason, and the totals "
            "return exactly to what they were."
        ),
        reads=JsonBody(ReversalSchema),
        answers={201: Answer("Reversed: the entry as it now stands.", EntryAnswerSchema)},
        refuses=("not_found", "forbidden_division", "forbidden_series", "already_reversed"),
        exists=entry_exists,
    ),
)
