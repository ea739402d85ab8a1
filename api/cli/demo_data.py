"""The demo's data: clients with keys that stay the same, and the clean sample roster through the real importer."""

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from api.cli.roster import report_lines
from api.cli.session import Refused, command_asker, database_place, sqlite_file
from api.demo import DEMO_CLIENTS, DemoClient
from importers.intake import import_roster
from importers.samples import CLEAN, DEMO_PEOPLE, DemoPerson
from service.context import Context
from service.domain.client import Client
from service.domain.errors import Refusal
from service.domain.identifiers import decode_person_id, encode_entry_id
from service.domain.identity import Identity
from service.domain.question import Question
from service.operations.check_eligibility import EligibilityAsk, check_eligibility
from service.operations.clients import authenticate, create_client, issue_key, list_clients
from service.operations.read_entries import list_entries
from service.settings import Settings
from service.wording import Language

Json = dict[str, Any]


HUZHOU: Final = next(place for place, it in enumerate(DEMO_PEOPLE) if it.division_code == "330500")
"""Which of the people is waiting for recognition."""

POSTED_ENTRY: Final[Json] = {
    "external_ref": "DEMO-0001",
    "person": {"id_type": "resident_id", "id_number": "331100199202290039", "name": "测试壬"},
    "division_code": "331100",
    "credit_year": 2023,
    "subject": "specialty",
    "hours": 72,
    "course": {"code": "JG-101", "title": "装配式建筑"},
    "completed_on": "2023-05-04",
}
"""The entry of the first call: of somebody else, so that the four stories stay as they are."""


@dataclass(frozen=True, slots=True)
class DemoData:
    """What there is to show. ``answers`` go with ``people``; ``keys`` by role; ``places``: code → name;
    ``to_recognise``: the ids of the Huzhou person's entries, which wait for recognition."""

    people: Sequence[DemoPerson]
    answers: Sequence[Json]
    keys: Mapping[str, str]
    keys_file: Path
    places: Mapping[str, str]
    to_recognise: Sequence[str]


def prepare_demo(context: Context, language: Language) -> DemoData:
    """Makes what is missing and reads the rest. Raises Refused on a database that serves real clients."""
    file = keys_file(context.settings)
    _refuse_foreign(context, file)
    keys = _keys(context, file)
    answers = _answers(context, language)
    if not all(answer["person"]["known"] for answer in answers):
        provider = authenticate(context, keys["provider"])
        assert provider is not None  # noqa: S101  # _keys saw to it
        _import_roster(context, provider, language)
        answers = _answers(context, language)
    places = {it.division_code: context.policy_book.divisions[it.division_code].name for it in DEMO_PEOPLE}
    return DemoData(DEMO_PEOPLE, answers, keys, file, places, _huzhou_entries(context, keys, answers))


def keys_file(settings: Settings) -> Path:
    """Where the demo's keys lie: beside the database file, or under var/ for a server's database."""
    database = sqlite_file(settings)
    if database is None:
        database = Path("var") / (urlsplit(settings.database_url).path.strip("/") or "postgres")
    return database.with_name(database.name + ".demo-keys.json")


def _refuse_foreign(context: Context, file: Path) -> None:
    """Printed keys and made-up people have no place among real ones."""
    ours = {made.name for made in DEMO_CLIENTS}
    if not file.exists() and any(listed.client.name not in ours for listed in list_clients(context)):
        place = database_place(context.settings)
        raise Refused(
            f"{place} has clients that no demo made: point DATABASE_URL to a database of the demo's own"
        )


def _keys(context: Context, file: Path) -> dict[str, str]:
    """Role → key. A key that is still good is kept."""
    stored = _stored_keys(file)
    keys: dict[str, str] = {
        made.role: _key(context, made, str(stored.get(made.role, ""))) for made in DEMO_CLIENTS
    }
    if keys != stored:
        _write_private(file, json.dumps(keys, indent=2))
    return keys


def _stored_keys(file: Path) -> Json:
    if not file.exists():
        return {}
    try:
        stored: Json = dict(json.loads(file.read_text("utf-8")))
    except (ValueError, TypeError):
        raise Refused(f"{file} is no key file: remove it and the demo makes new keys") from None
    return stored


def _key(context: Context, made: DemoClient, stored: str) -> str:
    owner = authenticate(context, stored)
    if owner is not None and owner.name == made.name:
        return stored
    try:
        key = issue_key(context, made.name)
    except Refusal as refusal:
        if refusal.code != "not_found":
            raise
        _, key = create_client(context, made.role, made.name, made.divisions)
    if authenticate(context, key) is None:
        place = database_place(context.settings)
        raise Refused(f"{made.name} is revoked in {place}: point DATABASE_URL to another database")
    return key


def _write_private(path: Path, text: str) -> None:
    """Whole or not at all, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(
        os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    draft.replace(path)


def _answers(context: Context, language: Language) -> list[Json]:
    asks = [
        EligibilityAsk(
            Identity("resident_id", person.id_number),
            Question(person.division_code, person.declaration_year, person.level),
        )
        for person in DEMO_PEOPLE
    ]
    return check_eligibility(context, asks, language, command_asker("eligibility"))


def _huzhou_entries(context: Context, keys: Mapping[str, str], answers: Sequence[Json]) -> list[str]:
    authority = authenticate(context, keys["authority"])
    person_id = decode_person_id(answers[HUZHOU]["person"]["person_id"])
    assert authority is not None  # noqa: S101  # _keys saw to it
    asker = command_asker("entries")
    entries = list_entries(context, authority, asker=asker, person_id=person_id).entries
    return [encode_entry_id(entry.person_id, entry.seq) for entry in entries]


def _import_roster(context: Context, provider: Client, language: Language) -> None:
    report = import_roster(context, provider, CLEAN, file_name=CLEAN.name)
    if report.refused or report.faults_total:
        raise Refused("\n".join(report_lines(report, dry_run=False, language=language)))
