"""The demo's four people with their hours, as the sample roster has them."""

from typing import Final

import pytest

from importers.intake import import_roster
from importers.samples import CLEAN, DEMO_PEOPLE, DemoPerson
from service.context import Context
from service.operations.clients import create_client

LISHUI, HUZHOU, JIAXING, SHANGYU = DEMO_PEOPLE
PROVIDER: Final = "样例机构"


def asked(person: DemoPerson) -> str:
    """The question of the person's story, as an address says it."""
    return f"division_code={person.division_code}&declaration_year={person.declaration_year}&level={person.level}"


@pytest.fixture
def stories(context: Context) -> None:
    """Registers them."""
    client, _ = create_client(context, "provider", PROVIDER, ("330000",))
    report = import_roster(context, client, CLEAN, file_name=CLEAN.name)
    assert (report.refused, report.faults_total) == (0, 0)
