"""Who signs in at the provider: ``person-0`` … ``person-3`` (the demo's), ``newcomer``, and the staff of each role."""

from collections.abc import Mapping
from typing import Any, Final

from api.demo import DEMO_CLIENTS
from importers.samples import DEMO_PEOPLE

NEWCOMER: Final = {"id_number": "331100199202290039", "name": "测试㐀𠮷"}
"""Somebody of whom the ledger knows nothing yet, with a name that few fonts can write."""

USERS: Final[Mapping[str, Mapping[str, Any]]] = {
    **{
        f"person-{place}": {"id_number": it.id_number, "name": it.name}
        for place, it in enumerate(DEMO_PEOPLE)
    },
    "newcomer": NEWCOMER,
    **{it.role: {"name": "工作人员", "hours_ledger_client": it.name} for it in DEMO_CLIENTS},
}
