"""Recognition: what an authority decides, what waits for it, and an entry's history."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields, post_load, validates_schema

from api.schemas.entry import BATCH_MAX, AttemptField
from api.schemas.entry_answer import EntryAnswerSchema, entry_json
from api.schemas.notes import AnsweredHours, note
from api.schemas.problem import ItemProblemSchema
from service.domain.entry import ENTRY_STATUSES
from service.domain.hours import hours_number
from service.domain.identifiers import encode_person_id
from service.domain.identity import mask_id_number, mask_name
from service.domain.recognition import OUTCOMES, RecognitionDraft, recognition_faults
from service.domain.zone import SHANGHAI
from service.fields import (
    ChoiceField,
    DivisionField,
    EntryIdField,
    FieldFault,
    HoursField,
    IntegerField,
    PersonIdField,
    RowsField,
    StrictSchema,
    TextField,
    TruthField,
    YearField,
)
from service.operations.read_entry_history import EntryFact, EntryHistory
from service.operations.read_recognition_queue import (
    AGES,
    NO_SERIES,
    QUEUE_ROWS_MAX,
    PendingEntry,
    QueueChoice,
)

FACT_KINDS: Final = ["registration", "recognition", "reversal"]


class RecognitionSchema(StrictSchema):
    """Loads as {"outcome", "hours", "reason", "after_seq"}."""

    outcome = ChoiceField(
        OUTCOMES, required=True, metadata=note("`recognised`: all hours, or fewer; `rejected`: none.")
    )
    hours = HoursField(
        allow_none=True,
        metadata=note("Fewer hours than are registered; left out: all of them. Not with a rejection."),
    )
    reason = TextField(
        1000, allow_none=True, metadata=note("Required to reject or to reduce. Without personal data.")
    )
    after_seq = IntegerField(
        1,
        2**31 - 1,
        from_text=True,
        allow_none=True,
        metadata=note(
            "The last fact of the entry that you know of, as its history has it. When there is a later one the "
            "decision is refused (409 `decided_meanwhile`); left out: it is taken whatever there is."
        ),
    )

    @validates_schema(skip_on_field_errors=False)
    def decision_fits(self, data: Mapping[str, Any], **_: Any) -> None:
        """What shows in the decision alone; the rest is for the entry's hours to say."""
        faults: dict[str, list[FieldFault]] = {}
        for fault in recognition_faults(data.get("outcome", ""), data.get("hours"), data.get("reason"), None):
            faults.setdefault(fault.pointer[1:], []).append(FieldFault(fault.code, fault.params))
        if faults:
            raise ValidationError(faults)


def decision(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a RecognitionDraft takes beside the entry, out of what the schema loads as."""
    return {"outcome": data["outcome"], **{name: data.get(name) for name in ("hours", "reason", "after_seq")}}


class RecognitionItemSchema(RecognitionSchema):
    """Loads as a RecognitionDraft."""

    entry_id = EntryIdField(required=True, metadata=note("The service's id of the entry."))

    @post_load
    def as_draft(self, data: Mapping[str, Any], **_: Any) -> RecognitionDraft:
        person_id, seq = data["entry_id"]
        return RecognitionDraft(person_id, seq, **decision(data))


class RecognitionBatchSchema(StrictSchema):
    """Loads as {"recognitions": [RecognitionDraft | Refusal]}: one bad decision does not stop the others."""

    recognitions = RowsField(
        AttemptField(RecognitionItemSchema),
        1,
        BATCH_MAX,
        required=True,
        metadata=note("1 to 1,000 decisions, taken in order."),
    )


class RecognitionResultSchema(StrictSchema):
    """What became of one decision of a batch."""

    index = fields.Integer(required=True, metadata=note("Its place in the request, from 0.", minimum=0))
    entry_id = fields.String(
        required=True, allow_none=True, metadata=note("As sent; null when it was no usable text.")
    )
    result = fields.String(
        required=True, metadata=note("What was done.", enum=["created", "replayed", "refused"])
    )
    status = fields.String(metadata=note("Unless it was refused.", enum=list(ENTRY_STATUSES)))
    hours = AnsweredHours(metadata=note("Registered hours. Unless it was refused."))
    recognised_hours = AnsweredHours(metadata=note("Hours now recognised. Unless it was refused."))
    problem = fields.Nested(ItemProblemSchema, metadata=note("Why it was refused."))


class RecognitionResultsSchema(StrictSchema):
    """One result for each decision, in the order of the request."""

    results = fields.List(fields.Nested(RecognitionResultSchema), required=True, metadata=note("In order."))


class QueueChoiceSchema(StrictSchema):
    """Query of the counts. Loads as {"choice": QueueChoice}."""

    division_code = DivisionField(metadata=note("Only entries of this division and those below it."))
    series = TextField(
        100,
        metadata=note(
            "Only entries of this series; spaces, full width and endings such as 系列 do not matter. "
            "`-`: those that name none."
        ),
    )
    credit_year = YearField(from_text=True, metadata=note("Only entries of this year."))
    provider_id = IntegerField(
        0,
        2**31 - 1,
        from_text=True,
        metadata=note("Only entries this client registered; 0: those that people registered alone."),
    )
    person_id = PersonIdField(metadata=note("Only entries of this person."))
    self_registered = TruthField(
        from_text=True, metadata=note("Only entries that people registered alone, or only the others.")
    )
    age = ChoiceField(
        AGES,
        metadata=note(
            "By how many days ago they were registered, by the calendar of Asia/Shanghai: `week` at most 7, `month` "
            "8 to 30, `older` more."
        ),
    )

    @post_load
    def as_choice(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        named = {name: data[name] for name in QueueChoice._fields if name in data}
        if named.get("series") == "-":
            named["series"] = NO_SERIES
        rest = {name: value for name, value in data.items() if name not in named}
        return {"choice": QueueChoice(**named), **rest}


class QueueQuerySchema(QueueChoiceSchema):
    """Query of the queue. Loads as {"choice": QueueChoice, "cursor", "limit"}."""

    cursor = TextField(200, metadata=note("`next_cursor` of the page before."))
    limit = IntegerField(
        1, QUEUE_ROWS_MAX, from_text=True, load_default=100, metadata=note("Entries on a page.")
    )


class QueuePersonSchema(StrictSchema):
    """Whose hours they are, masked; null where name or number were erased."""

    person_id = fields.String(required=True, metadata=note("The service's id of the person."))
    name_masked = fields.String(required=True, allow_none=True, metadata=note("First character."))
    id_number_masked = fields.String(
        required=True, allow_none=True, metadata=note("First four and last four characters.")
    )


class PendingEntrySchema(EntryAnswerSchema):
    """An entry that waits for recognition."""

    last_seq = fields.Integer(
        required=True,
        metadata=note("The entry's last fact: what a decision sends as `after_seq`.", minimum=1),
    )
    provider_name = fields.String(required=True, metadata=note("Who registered it."))
    disputed = fields.Boolean(required=True, metadata=note("Whether a dispute of it is not closed."))
    person = fields.Nested(QueuePersonSchema, required=True, metadata=note("Whose hours they are."))


class QueuePageSchema(StrictSchema):
    """A page of the queue."""

    entries = fields.List(
        fields.Nested(PendingEntrySchema), required=True, metadata=note("Oldest registration first.")
    )
    next_cursor = fields.String(
        required=True, allow_none=True, metadata=note("For the next page; null on the last one.")
    )


class EntryFactSchema(StrictSchema):
    """One fact of an entry."""

    seq = fields.Integer(required=True, metadata=note("Its place among all facts of the person.", minimum=1))
    kind = fields.String(required=True, metadata=note("What happened.", enum=FACT_KINDS))
    recorded_at = fields.AwareDateTime(required=True, metadata=note("When the ledger recorded it."))
    recorded_by = fields.String(required=True, metadata=note("Name of the client that recorded it."))
    hours = AnsweredHours(allow_none=True, metadata=note("Registered hours; null but for the registration."))
    recognised_hours = AnsweredHours(required=True, metadata=note("Hours that stand recognised after it."))
    outcome = fields.String(
        required=True, allow_none=True, metadata=note("Of a recognition.", enum=[*OUTCOMES, None])
    )
    reason = fields.String(
        required=True, allow_none=True, metadata=note("Of a recognition in words, of a reversal by code.")
    )
    note_ = fields.String(
        data_key="note", required=True, allow_none=True, metadata=note("Of a reversal, in words.")
    )
    recogniser = fields.String(
        required=True,
        allow_none=True,
        metadata=note("Who recognised; of a feed the authority it stands for."),
    )
    channel = fields.String(
        required=True,
        allow_none=True,
        metadata=note(
            "`feed`: recognised on arrival; `authority`: decided. Null where nothing was recognised.",
            enum=["authority", "feed", None],
        ),
    )


class EntryHistorySchema(StrictSchema):
    """An entry as it stands, and everything that was ever recorded of it."""

    entry = fields.Nested(EntryAnswerSchema, required=True, metadata=note("As it stands now."))
    facts = fields.List(fields.Nested(EntryFactSchema), required=True, metadata=note("From first to last."))


def pending_json(pending: PendingEntry) -> dict[str, Any]:
    """An entry of the queue as JSON, its person masked."""
    return {
        **entry_json(pending.entry),
        "last_seq": pending.last_seq,
        "provider_name": pending.provider_name,
        "disputed": pending.disputed,
        "person": {
            "person_id": encode_person_id(pending.entry.person_id),
            "name_masked": None if pending.name is None else mask_name(pending.name),
            "id_number_masked": None if pending.id_number is None else mask_id_number(pending.id_number),
        },
    }


def history_json(history: EntryHistory) -> dict[str, Any]:
    """An entry's history as JSON."""
    return {"entry": entry_json(history.entry), "facts": [_fact_json(fact) for fact in history.facts]}


def _fact_json(fact: EntryFact) -> dict[str, Any]:
    return {
        "seq": fact.seq,
        "kind": fact.kind,
        "recorded_at": fact.recorded_at.astimezone(SHANGHAI).isoformat(),
        "recorded_by": fact.recorded_by,
        "hours": None if fact.hours is None else hours_number(fact.hours),
        "recognised_hours": hours_number(fact.recognised_hours),
        "outcome": fact.outcome,
        "reason": fact.reason,
        "note": fact.note,
        "recogniser": fact.recogniser,
        "channel": fact.channel,
    }
