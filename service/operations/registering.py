"""Decides, draft by draft, what registering does: a new entry, a replay, or a refusal. Touches no database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from service.domain.client import Client
from service.domain.entry import Entry, EntryDraft, EntryStatus
from service.domain.errors import Refusal
from service.domain.fact import Fact
from service.domain.identifiers import encode_entry_id
from service.store.entries import CourseKey
from service.store.people import KnownPerson
from service.store.posting import Posting

Result = Literal["created", "replayed", "refused"]

_COMPARED: Final = (
    ("division_code", "division_code"),
    ("credit_year", "credit_year"),
    ("subject", "subject"),
    ("hours", "hours"),
    ("series", "series"),
    ("course_code", "course.code"),
    ("course_title", "course.title"),
    ("completed_on", "completed_on"),
    ("certificate_no", "certificate_no"),
)
"""What a repeat must have in common with the first: attribute, and its name in the API."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What became of one draft. ``entry`` unless refused, ``refusal`` only then."""

    result: Result
    entry: Entry | None = None
    refusal: Refusal | None = None


class HashedDraft(NamedTuple):
    """A draft with the keyed hashes of its document and its name."""

    draft: EntryDraft
    id_hash: bytes
    name_hash: bytes


class Registrar:
    """Decides on the drafts of one provider as if they came one after the other.

    ``people``, ``references`` and ``courses`` are what is stored of them; each accepted draft is added, so that
    the next one meets it. ``make_person`` gives a person who is not stored yet, ``recognised_on_arrival`` says
    of a division and subject whether the provider's hours count at once (H-3).
    """

    def __init__(
        self,
        client: Client,
        posting: Posting,
        people: dict[bytes, KnownPerson],
        references: dict[str, Entry],
        make_person: Callable[[HashedDraft], KnownPerson],
        recognised_on_arrival: Callable[[str, str], bool],
    ) -> None:
        self._client = client
        self._posting = posting
        self._people = people
        self._references = references
        self._make_person = make_person
        self._recognised_on_arrival = recognised_on_arrival
        self._covered: dict[str, bool] = {}
        self._at_once: dict[tuple[str, str], bool] = {}
        self._courses: dict[CourseKey, int] = {}

    def know_courses(self, courses: Mapping[CourseKey, int]) -> None:
        """The courses credited to these people already."""
        self._courses.update(courses)

    def decide(self, hashed: HashedDraft) -> Registration:
        """The outcome for one draft; an accepted one is in the posting afterwards."""
        draft = hashed.draft
        if not self._covers(draft.division_code):
            return _refused(Refusal("forbidden_division", params={"code": draft.division_code}))
        known = self._people.get(hashed.id_hash)
        same_name = known is None or known.name_hash == hashed.name_hash
        earlier = self._references.get(draft.external_ref)
        if earlier is not None:
            same_person = known is not None and known.head.person_id == earlier.person_id
            return _repeated(earlier, draft, same_person, same_name)
        if not same_name:
            return _refused(Refusal("name_mismatch"))
        if known is not None and (course_key := draft.course_key) is not None:
            person_id = known.head.person_id
            credited = self._courses.get((person_id, course_key, draft.credit_year))
            if credited is not None:
                existing = {"existing_entry_id": encode_entry_id(person_id, credited)}
                return _refused(Refusal("duplicate_entry", params=existing, extra=existing))
        if known is None:
            known = self._people[hashed.id_hash] = self._make_person(hashed)
        return Registration("created", self._accept(known, draft))

    def _covers(self, code: str) -> bool:
        covered = self._covered.get(code)
        if covered is None:
            covered = self._covered[code] = self._client.covers(code)
        return covered

    def _counts_at_once(self, code: str, subject: str) -> bool:
        at_once = self._at_once.get((code, subject))
        if at_once is None:
            at_once = self._at_once[code, subject] = self._recognised_on_arrival(code, subject)
        return at_once

    def _accept(self, known: KnownPerson, draft: EntryDraft) -> Entry:
        head = known.head
        at_once = self._counts_at_once(draft.division_code, draft.subject)
        status: EntryStatus = "recognised" if at_once else "registered"
        recognised = draft.hours if at_once else 0
        fact = self._fact(known, draft, recognised)
        course_key = draft.course_key
        self._posting.add_registration(head, fact, course_key, status)
        entry = Entry(
            fact.person_id,
            fact.seq,
            draft.external_ref,
            self._client.client_id,
            draft.division_code,
            draft.credit_year,
            draft.subject,
            draft.hours,
            status,
            recognised,
            False,
            fact.recorded_at,
            draft.series,
            draft.course_code,
            draft.course_title,
            draft.completed_on,
            draft.certificate_no,
        )
        self._references[draft.external_ref] = entry
        if course_key is not None:
            self._courses[fact.person_id, course_key, draft.credit_year] = fact.seq
        return entry

    def _fact(self, known: KnownPerson, draft: EntryDraft, recognised: int) -> Fact:
        # By place, not by name: a roster makes a hundred thousand of these.
        head = known.head
        seq = head.seq + 1
        return Fact(
            head.person_id,
            seq,
            "registration",
            seq,
            draft.credit_year,
            draft.subject,
            draft.division_code,
            draft.hours - recognised,
            0,
            recognised,
            0,
            self._posting.stamp(head),
            self._client.client_id,
            draft.hours,
            self._client.client_id,
            draft.external_ref,
            draft.series,
            draft.course_code,
            draft.course_title,
            draft.completed_on,
            draft.certificate_no,
        )


def _refused(refusal: Refusal) -> Registration:
    return Registration("refused", None, refusal)


def _repeated(earlier: Entry, draft: EntryDraft, same_person: bool, same_name: bool) -> Registration:
    """A reference that is taken: the same content is a replay, whatever became of the entry since."""
    differing = [] if same_person and same_name else ["person"]
    differing += [name for field, name in _COMPARED if getattr(earlier, field) != getattr(draft, field)]
    if not differing:
        return Registration("replayed", earlier)
    if same_person and differing == ["person"]:
        return _refused(Refusal("name_mismatch"))
    return _refused(
        Refusal(
            "reference_conflict", params={"external_ref": draft.external_ref}, extra={"fields": differing}
        )
    )
