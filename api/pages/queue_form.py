"""The queue's one form: a field of each kind for each entry, gathered into decisions on the selected ones."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError, post_load, pre_load

from api.schemas.entry import BATCH_MAX, AttemptField
from api.schemas.recognition import RecognitionItemSchema
from service.domain.errors import Refusal
from service.domain.recognition import RecognitionDraft
from service.fields import (
    ChoiceField,
    EntryIdField,
    FieldFault,
    RecordField,
    RowsField,
    StrictSchema,
    TextField,
)

Decisions = dict[tuple[int, int], RecognitionDraft | Refusal]
"""What was decided on each selected entry, or why that cannot be taken."""

_KINDS: Final = frozenset({"select", "outcome", "hours", "reason", "after"})
"""``select.<entry id>``: it is selected. ``after.<entry id>``: its last fact when the page was made."""


class _ItemSchema(StrictSchema):
    """An entry and the decision on it, which may be faulty by itself."""

    entry_id = EntryIdField(required=True)
    decision = AttemptField(RecognitionItemSchema, required=True)


class DecisionsSchema(StrictSchema):
    """Loads as Decisions. ``do``: as the fields of each say, all of them in full, or none of them."""

    do = ChoiceField(("rows", "recognise", "reject"), required=True)
    reason = TextField(1000)
    selected = RowsField(RecordField(_ItemSchema), 1, BATCH_MAX, required=True)

    @pre_load
    def gather(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """The fields of the selected entries become a list; unselected ones are left alone."""
        entry_ids = [name.removeprefix("select.") for name in data if name.startswith("select.")]
        if not entry_ids:
            raise ValidationError({"selected": [FieldFault("nothing_selected")]})
        items = [{"entry_id": entry_id, "decision": _decision(entry_id, data)} for entry_id in entry_ids]
        rest = {name: value for name, value in data.items() if name.partition(".")[0] not in _KINDS}
        return {**rest, **_given(reason=data.get("reason")), "selected": items}

    @post_load
    def as_decisions(self, data: Mapping[str, Any], **_: Any) -> Decisions:
        return {item["entry_id"]: item["decision"] for item in data["selected"]}


def _decision(entry_id: str, data: Mapping[str, Any]) -> dict[str, Any]:
    do, own_reason = data.get("do"), data.get(f"reason.{entry_id}")
    outcome = {"recognise": "recognised", "reject": "rejected"}.get(
        str(do), data.get(f"outcome.{entry_id}", "recognised")
    )
    partly = do == "rows" and outcome == "recognised"
    return {
        "entry_id": entry_id,
        "outcome": outcome,
        **_given(
            hours=data.get(f"hours.{entry_id}") if partly else None,
            reason=None if do == "recognise" else own_reason or data.get("reason"),
            after_seq=data.get(f"after.{entry_id}"),
        ),
    }


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
