"""Sound data goes straight through a schema: to the same end as marshmallow's own way, fault by fault."""

from datetime import date
from typing import Any

import pytest
from marshmallow import ValidationError

from api.schemas.entry import BatchQuerySchema, EntryBatchSchema, EntrySchema
from api.schemas.question import EligibilitySchema
from service.domain.errors import Refusal
from service.fields import Known, StrictSchema, Surroundings
from service.straight_schema import _naming_faults
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


def field_by_field(schema: StrictSchema, rows: list[Any]) -> Any:
    """None: something is wrong with one of them."""
    with Surroundings(KNOWN):
        try:
            return schema.load_sound_rows(rows)
        except ValidationError:
            return None


def both_ways(schema: type[StrictSchema], data: Any) -> tuple[Any, Any]:
    straight = loaded(schema(), data)
    outside = _naming_faults.set(True)
    try:
        return straight, loaded(schema(), data)
    finally:
        _naming_faults.reset(outside)


BODIES = [
    (EntrySchema, entry("R-1")),
    (EligibilitySchema, question()),
    (BatchQuerySchema, {"atomic": "true"}),
]
STRANGE = [
    ABSENT,
    {"person_id": "2hs6y70f7x90s"},
    {"person_id": "no"},
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


ROWS = [
    (EntrySchema, [entry("R-1"), entry("R-2"), {**entry("R-3"), "hours": 7}]),
    (EligibilitySchema, [question(), question()]),
    (BatchQuerySchema, [{"atomic": "true"}, {}, {"atomic": "0"}]),
]


@pytest.mark.parametrize(("schema", "rows"), ROWS, ids=lambda each: getattr(each, "__name__", ""))
def test_many_read_field_by_field_are_what_each_is(
    schema: type[StrictSchema], rows: list[dict[str, Any]]
) -> None:
    for name in (*schema().load_fields, "more"):
        for value in STRANGE:
            for place in range(len(rows)):
                changed = [dict(row) for row in rows]
                if value is ABSENT:
                    changed[place].pop(name, None)
                else:
                    changed[place][name] = value
                each = [loaded(schema(), row) for row in changed]
                wrong = any(isinstance(one, tuple) and one[0] == "faulty" for one in each)
                assert field_by_field(schema(), changed) == (None if wrong else each), (name, value, place)


def test_equal_numbers_of_different_kinds_are_told_apart() -> None:
    rows = [{**entry(f"R-{n}"), "hours": hours} for n, hours in enumerate((1, 1.0, 2, 2.5))]
    assert [each.hours for each in field_by_field(EntrySchema(), rows)] == [10, 10, 20, 25]
    for year in (2023.0, True, "2023"):
        assert field_by_field(EntrySchema(), [entry("R-1"), {**entry("R-2"), "credit_year": year}]) is None
