"""Evidence: who may see it, where it lies, and that no row stands without its file."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.context import Context
from service.domain.access import Asker, own_asker
from service.domain.client import Client
from service.domain.entry import Entry
from service.domain.errors import Refusal
from service.domain.evidence import Upload
from service.domain.identifiers import decode_person_id
from service.domain.session import SignedInPerson
from service.operations.clients import create_client
from service.operations.erase_person import erase_person
from service.operations.export_person import export_own, export_person
from service.operations.read_evidence import Viewer, list_evidence, read_evidence, require_evidence
from service.operations.read_own import read_own_accesses
from service.operations.register_entries import register_entry
from service.operations.register_own_entry import register_own_entry
from service.operations.sweep_evidence import find_left_over, sweep_evidence
from service.operations.verify_ledger import verify_ledger
from tests.operations.ledger import ASKER, contents, created, draft, watched_statements
from tests.operations.own import OWN, PDF, files, jpeg, own_draft, png, signed_in
from tests.operations.test_broken_off import InjectedFaultError, fails_at

UPLOADS = [
    Upload("C:\\扫描件\\结业证书.PDF", PDF),
    Upload("照片", jpeg()),
    Upload("../../etc/x.exe\u202e\n", png()),
]


@pytest.fixture
def entry(context: Context) -> Entry:
    return created(register_own_entry(context, signed_in(), own_draft(), UPLOADS))


def on_disk(context: Context) -> list[Path]:
    return [path for path in context.evidence_files.directory.rglob("*") if path.is_file()]


def key_of(entry: Entry) -> tuple[int, int]:
    return entry.person_id, entry.seq


def ids_of(context: Context, entry: Entry) -> list[int]:
    return [each.evidence_id for each in list_evidence(context, signed_in(), key_of(entry), asker=OWN)]


def test_what_was_sent_comes_back(context: Context, entry: Entry) -> None:
    listed = list_evidence(context, signed_in(), key_of(entry), asker=OWN)
    by_type = {each.media_type: each for each in listed}
    assert [by_type[each].file_name for each in ("application/pdf", "image/jpeg", "image/png")] == [
        "结业证书.PDF",
        "照片.jpg",
        "x.exe.png",
    ]
    sent = {hashlib.sha256(upload.content).digest(): upload.content for upload in UPLOADS}
    for each in listed:
        file = read_evidence(context, signed_in(), each.evidence_id, asker=OWN)
        assert (file.evidence, file.content) == (each, sent[each.sha256])
        assert (each.size, each.added_at, each.added_by) == (len(file.content), entry.recorded_at, 0)


def test_files_are_sealed_and_kept_from_others(context: Context, entry: Entry) -> None:
    assert len(on_disk(context)) == 3
    for path in on_disk(context):
        content = path.read_bytes()
        assert b"PDF" not in content
        assert b"PNG" not in content
        assert path.stat().st_mode & 0o077 == 0
        assert path.parent.stat().st_mode & 0o077 == 0
    assert context.evidence_files.directory.stat().st_mode & 0o077 == 0
    stored = repr(contents(context.database))
    assert "结业证书" not in stored


def test_beside_the_sqlite_file_unless_told_otherwise(context: Context) -> None:
    plain = replace(context, settings=context.settings.model_copy(update={"evidence_dir": None}))
    directory = plain.evidence_files.directory
    if context.database.dialect_name == "sqlite":
        database = Path(context.settings.database_url.removeprefix("sqlite:///"))
        assert (directory.parent, directory.name) == (database.parent, f"{database.name}.evidence")
    else:
        assert directory == Path("var/evidence")


def viewers(context: Context) -> dict[str, tuple[Viewer, str | None]]:
    """Who, and what they are refused with; None: they see it."""

    def client(role: str, *divisions: str) -> Client:
        name = f"{role} {divisions}"
        return create_client(context, role, name, divisions)[0]  # type: ignore[arg-type]

    return {
        "the person": (signed_in(), None),
        "the person by another name": (signed_in(1, "别人"), "name_mismatch"),
        "another person": (signed_in(2), "not_found"),
        "somebody unknown": (signed_in(3), "not_found"),
        "the provider": (client("provider"), "not_found"),
        "the platform": (client("platform"), "not_found"),
        "the city's authority": (client("authority", "331100"), None),
        "the province's authority": (client("authority", "330000"), None),
        "a county's authority": (client("authority", "331181"), "forbidden_division"),
        "another city's authority": (client("authority", "330500"), "forbidden_division"),
        "an admin": (client("admin"), None),
    }


def test_who_sees_it(context: Context, entry: Entry, provider: Client) -> None:
    created(register_own_entry(context, signed_in(2), own_draft("theirs"), files()))
    evidence_id = ids_of(context, entry)[0]
    doings: list[Callable[[Viewer], object]] = [
        lambda viewer: list_evidence(context, viewer, key_of(entry), asker=ASKER),
        lambda viewer: read_evidence(context, viewer, evidence_id, asker=ASKER),
        lambda viewer: require_evidence(context, viewer, evidence_id),
    ]
    for who, (viewer, refused_with) in viewers(context).items():
        for doing in doings:
            before = contents(context.database)["access_record"]
            if refused_with is None:
                doing(viewer)
                continue
            with pytest.raises(Refusal) as caught:
                doing(viewer)
            assert caught.value.code == refused_with, who
            assert contents(context.database)["access_record"] == before
    for viewer in (signed_in(), create_client(context, "admin", "另一管理员")[0]):
        with pytest.raises(Refusal, match="not_found"):
            read_evidence(context, viewer, 1, asker=ASKER)
        with pytest.raises(Refusal, match="not_found"):
            list_evidence(context, viewer, (entry.person_id, 9), asker=ASKER)


def test_every_look_is_recorded(context: Context, entry: Entry, authority: Client) -> None:
    evidence_id = ids_of(context, entry)[0]
    asker = Asker(authority.client_id, "r", "evidence")
    read_evidence(context, authority, evidence_id, asker=asker)
    list_evidence(context, authority, key_of(entry), asker=asker)
    looks = read_own_accesses(context, signed_in(), asker=own_asker("r", "access_records")).accesses
    told = [(look.by, look.client_name, look.purpose) for look in looks]
    assert told == [("client", "某市人社局", "evidence")] * 2 + [("oneself", None, "entries")]


def test_hours_of_a_provider_have_none(context: Context, provider: Client, authority: Client) -> None:
    entry = created(register_entry(context, provider, draft("R-1")))
    assert entry.evidence == 0
    assert list_evidence(context, authority, key_of(entry), asker=ASKER) == []


def test_a_fault_at_every_statement_leaves_no_row_without_its_file(context: Context) -> None:
    def register() -> object:
        return register_own_entry(context, signed_in(), own_draft(), files(3))

    before = contents(context.database)
    for place in range(100):
        try:
            with watched_statements(context.database, fails_at(place)):
                register()
        except InjectedFaultError:
            assert contents(context.database) == before
        else:
            break
    assert place >= 10
    assert verify_ledger(context) is None
    for path in on_disk(context):
        os.utime(path, (0, 0))
    assert sweep_evidence(context) == 3 * place
    assert len(on_disk(context)) == 3
    assert verify_ledger(context) is None


def test_a_full_disk_leaves_nothing(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(context.database)
    synced = os.fsync
    for enough_for in range(4):
        left = enough_for

        def full(descriptor: int) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise OSError(28, "No space left on device")
            synced(descriptor)

        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(Refusal, match="unavailable"):
            register_own_entry(context, signed_in(), own_draft(), files(2))
        assert contents(context.database) == before
        assert on_disk(context) == []


def test_young_files_are_not_swept(context: Context, entry: Entry) -> None:
    orphan = context.evidence_files.put(b"x")
    directory = context.evidence_files.directory
    (directory / orphan[:2] / f"{orphan[:2]}{'0' * 30}.part").write_bytes(b"unfinished")
    (directory / orphan[:2] / "README").write_bytes(b"not ours")
    assert list(find_left_over(context)) == []
    for path in on_disk(context):
        os.utime(path, (0, 0))
    assert len(list(find_left_over(context))) == 2
    assert sweep_evidence(context) == 2
    assert len(on_disk(context)) == 4


def test_verify_names_files_that_are_gone_or_changed(context: Context, entry: Entry) -> None:
    assert verify_ledger(context) is None
    first, second, third = on_disk(context)
    content = first.read_bytes()
    for wrong in (content[:-1] + bytes([content[-1] ^ 1]), b"", second.read_bytes()):
        first.write_bytes(wrong)
        bad = verify_ledger(context)
        assert bad is not None
        assert (bad.table, bad.person_id, bad.seq, bad.code) == (
            "evidence",
            entry.person_id,
            entry.seq,
            "file_changed",
        )
    first.unlink()
    bad = verify_ledger(context)
    assert bad is not None
    assert bad.code == "file_missing"
    assert bad.key is not None
    evidence_id = decode_person_id(bad.key)
    assert evidence_id in ids_of(context, entry)
    with pytest.raises(Refusal, match="internal_error"):
        read_evidence(context, signed_in(), evidence_id, asker=OWN)
    first.write_bytes(content)
    assert verify_ledger(context) is None
    with context.database.writing() as connection:
        connection.execute(text("DELETE FROM evidence_file WHERE stored_as = :name"), {"name": third.name})
    bad = verify_ledger(context)
    assert bad is not None
    assert bad.code == "forgotten"


def test_verify_names_evidence_of_nothing(context: Context, provider: Client, entry: Entry) -> None:
    other = created(register_entry(context, provider, draft("R-1")))
    with context.database.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO evidence SELECT 5, person_id, :seq, media_type, size, sha256, added_at, added_by"
                " FROM evidence LIMIT 1"
            ),
            {"seq": other.seq},
        )
    bad = verify_ledger(context)
    assert bad is not None
    assert (bad.code, bad.seq) == ("no_entry", other.seq)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE evidence SET size = 1",
        "DELETE FROM evidence",
        "UPDATE evidence_file SET stored_as = stored_as",
        "INSERT INTO evidence SELECT 7, person_id, 0, media_type, size, sha256, added_at, added_by FROM evidence",
        "INSERT INTO evidence SELECT 7, person_id, 1, media_type, 0, sha256, added_at, added_by FROM evidence",
    ],
)
def test_rows_are_append_only(context: Context, entry: Entry, change: str) -> None:
    before = contents(context.database)
    with pytest.raises(DBAPIError), context.database.engine.begin() as connection:
        connection.execute(text(change))
    assert contents(context.database) == before


def test_erasing_takes_files_and_their_names(context: Context, admin: Client, entry: Entry) -> None:
    created(register_own_entry(context, signed_in(2), own_draft("theirs"), files()))
    evidence_id = ids_of(context, entry)[0]
    before = contents(context.database)
    later = replace(context, clock=lambda: entry.recorded_at + timedelta(days=31 * 366))
    erase_person(later, admin, entry.person_id, "期满")
    after = contents(context.database)
    assert after["evidence"] == before["evidence"]
    assert len(after["evidence_file"]) == len(on_disk(context)) == 1
    assert verify_ledger(context) is None
    listed = list_evidence(context, admin, key_of(entry), asker=ASKER)
    assert [each.file_name for each in listed] == [None] * 3
    with pytest.raises(Refusal, match="not_found"):
        read_evidence(context, admin, evidence_id, asker=ASKER)
    (person,) = export_person(context, admin, entry.person_id, asker=ASKER).people
    assert [each.file_name for each in person.evidence] == [None] * 3
    again = created(register_own_entry(context, signed_in(1, "改名"), own_draft("new"), files()))
    assert again.person_id != entry.person_id
    (new,) = export_own(context, SignedInPerson(signed_in().identity, "改名"), asker=OWN).people
    assert len(new.evidence) == 1
