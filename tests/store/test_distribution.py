"""The ledger can be split by person, over partitions or over machines: the tables are keyed so that no rule of theirs
needs the rows of two places. docs/scale.md says what that is for."""

from collections.abc import Iterator
from typing import Final

import pytest
from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint, Table, UniqueConstraint

from service.store.tables import metadata

KEYED_OTHERWISE: Final = {
    "identity": (
        "id_hash",
        "a document is unique across persons, and who has it is not known before it is found",
    ),
    "entry_reference": ("external_ref", "a provider's reference is unique across persons"),
    "entry_correction": ("external_ref", "follows the reference that it corrects"),
    "import_entry": ("import_id", "read back import by import, whoever the rows are about"),
    "determination": ("determination_id", "an answer may be of several linked persons, or of nobody known"),
    "determination_mask": ("determination_id", "goes with its determination"),
    "certificate": ("code", "found by its code, by whoever holds the paper"),
    "certificate_claim": ("code", "goes with its certificate"),
    "session": ("token_hash", "found by its cookie; no part of the ledger"),
}
"""Tables that are large too, by what else they are distributed."""

KEPT_WHOLE: Final = {
    "client": "a few thousand organisations, copied to every place",
    "client_key": "their keys",
    "policy_text": "a few hundred policy files, copied to every place",
    "import": "one row for each roster",
    "import_reversal": "one row for each roster that was undone",
    "dispute": "rare: found by its own number, listed by provider",
    "dispute_event": "rare, and goes with its dispute",
    "evidence": "only of hours that people registered alone; the files themselves are no rows",
    "evidence_file": "goes with its evidence; a stored name is unique in the one directory",
}
"""Tables that are small enough to be in one place, or in every one."""

OF_TWO_KEYS: Final = {
    "access_record": "settles moments of persons, and of documents that nobody in the ledger had: by either key alone"
    " it is a table like the others, so it becomes two when it is distributed",
}

BY_PERSON: Final = sorted(
    metadata.tables.keys() - KEYED_OTHERWISE.keys() - KEPT_WHOLE.keys() - OF_TWO_KEYS.keys()
)


def key_of(table: Table) -> str:
    """The column that says where a row lies."""
    return "person_id" if table.name in BY_PERSON else KEYED_OTHERWISE[table.name][0]


def unique_sets(table: Table) -> Iterator[set[str]]:
    """The columns of each rule that something is there once."""
    for constraint in table.constraints:
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint):
            yield set(constraint.columns.keys())
    for index in table.indexes:
        if index.unique:
            yield set(index.columns.keys())


@pytest.mark.parametrize("name", BY_PERSON)
def test_a_table_of_the_ledger_is_keyed_by_person_first(name: str) -> None:
    assert metadata.tables[name].primary_key.columns.keys()[0] == "person_id"


@pytest.mark.parametrize("name", [*BY_PERSON, *KEYED_OTHERWISE])
def test_what_is_unique_is_unique_within_a_place(name: str) -> None:
    table = metadata.tables[name]
    assert [columns for columns in unique_sets(table) if key_of(table) not in columns] == []


@pytest.mark.parametrize("name", [*BY_PERSON, *KEYED_OTHERWISE, *OF_TWO_KEYS])
def test_foreign_keys_stay_within_a_place(name: str) -> None:
    """Or lead to a table that is in every place."""
    table = metadata.tables[name]
    leading_away = []
    for constraint in table.constraints:
        if not isinstance(constraint, ForeignKeyConstraint) or constraint.referred_table.name in KEPT_WHOLE:
            continue
        pairs = {element.parent.name: element.column.name for element in constraint.elements}
        if pairs.get(key_of(table)) != key_of(constraint.referred_table):
            leading_away.append(constraint.name)
    assert leading_away == []


@pytest.mark.parametrize("name", KEPT_WHOLE)
def test_what_is_kept_whole_refers_to_nothing_that_is_split(name: str) -> None:
    referred = {each.referred_table.name for each in metadata.tables[name].foreign_key_constraints}
    assert referred <= KEPT_WHOLE.keys()


@pytest.mark.parametrize("name", OF_TWO_KEYS)
def test_a_table_of_two_keys_is_split_row_by_row(name: str) -> None:
    """Each rule but the number of the row holds among the rows of one of the keys."""
    table = metadata.tables[name]
    own = set(table.primary_key.columns.keys())
    assert all(columns & {"person_id", "id_hash"} for columns in unique_sets(table) if columns != own)


def test_the_lists_name_only_tables_that_need_it() -> None:
    named = [*KEYED_OTHERWISE, *KEPT_WHOLE, *OF_TWO_KEYS]
    assert len(named) == len(set(named))
    assert set(named) <= metadata.tables.keys()
    assert [
        name for name in named if metadata.tables[name].primary_key.columns.keys()[0] == "person_id"
    ] == []
