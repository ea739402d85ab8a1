"""Sound data goes straight through a schema: to the same end as marshmallow's own way, fault by fault."""

from datetime import date
from typing import Any

import pytest
from marshmallow import ValidationError

from api.schemas.entry import BatchQuerySchema, EntryBatchSchema, EntrySchema
from api.schemas.question import EligibilitySchema
from service.domain.errors import Refusal
from service.fields import Known, StrictSchema, Surroundings
from tests.api.people import entry, question

KNOWN = Known({"331100", "330000"}, date(2026, 11, 21))
ABSENT = object()


def loaded(schema: StrictSchema, data: Any) -> Any:
    with Surroundings(KNOWN):
        try:
            result = schema.load(data)
        except ValidationError as error:
            return "faulty", error.messages
    if isinstance(result, dict) and "entries" in result:
        return [each.faults if isinstance(each, Refusal) else each for each in result["entries"]]
    return result


def both_ways(schema: type[StrictSchema], data: Any) -> tuple[Any, Any]:
    plain = schema()
    plain._is_straight = False
    return loaded(schema(), data), loaded(plain, data)


BODIES = [
    (EntrySchema, entry("R-1")),
    (EligibilitySchema, question()),
    (BatchQuerySchema, {"atomic": "true"}),
]
STRANGE = [
    ABSENT,
    None,
    "",
    " ",
    0,
    -1,
    2.5,
    True,
    [],
    {},
    {"a": 1},
    "x" * 500,
    "\u202e",
    "331100",
    "2023-05-04",
]


@pytest.mark.parametrize(("schema", "body"), BODIES, ids=lambda each: getattr(each, "__name__", ""))
def test_whatever_a_field_holds(schema: type[StrictSchema], body: dict[str, Any]) -> None:
    assert schema()._is_straight
    straight, plain = both_ways(schema, body)
    assert straight == plain
    assert not isinstance(straight, tuple) or straight[0] != "faulty"
    for name in schema().load_fields:
        for value in STRANGE:
            changed = {**body, name: value}
            if value is ABSENT:
                del changed[name]
            straight, plain = both_ways(schema, changed)
            assert straight == plain, (name, value)


def test_whatever_is_no_field_or_no_object() -> None:
    for data in ({**entry("R-1"), "more": 1}, {}, [], None, "text", 7):
        straight, plain = both_ways(EntrySchema, data)
        assert straight == plain
        assert straight[0] == "faulty"


def test_an_item_of_a_batch_fails_alone() -> None:
    items = [
        entry("R-1"),
        {**entry("R-2"), "hours": -1},
        None,
        7,
        {**entry("R-3"), "person": None},
        entry("R-4"),
    ]
    straight, plain = both_ways(EntryBatchSchema, {"entries": items})
    assert straight == plain
    assert [isinstance(each, tuple) and hasattr(each, "hours") for each in straight] == [
        *(True, False, False),
        *(False, False, True),
    ]
