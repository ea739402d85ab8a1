"""Decides, draft by draft, what registering does: a new entry, a replay, or a refusal. Touches no database."""

from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple, Protocol

from service.domain.client import Client
from service.domain.entry import Entry, EntryDraft, EntryStatus, course_key
from service.domain.errors import Refusal
from service.domain.fact import Fact
from service.domain.identifiers import encode_entry_id
from service.operations.correcting import Correcting, Taken, correction_reason
from service.operations.reversing import reversal_fact
from service.store.corrections import Revision
from service.store.entries import CourseKey
from service.store.people import KnownPerson
from service.store.posting import Posting

Result = Literal["created", "corrected", "replayed", "refused"]

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


class Registration(NamedTuple):
    """What became of one draft. ``entry`` unless refused, ``refusal`` only then."""

    result: Result
    entry: Entry | None = None
    refusal: Refusal | None = None


class HashedDraft(Protocol):
    """A draft with the keyed hashes of its document and its name. A roster's rows are that, too (importers.rows)."""

    @property
    def draft(self) -> EntryDraft: ...
    @property
    def id_hash(self) -> bytes: ...
    @property
    def name_hash(self) -> bytes: ...


class SentDraft(NamedTuple):
    """A draft that comes by itself or in a batch. Its name is hashed when it is decided on: while the database is at
    others, as a rule."""

    draft: EntryDraft
    id_hash: bytes
    hash_of_name: Callable[[str], bytes]

    @property
    def name_hash(self) -> bytes:
        return self.hash_of_name(self.draft.name)


class Registrar:
    """Decides on the drafts of one provider as if they came one after the other; of people who register alone, whose
    hours are self-registered, likewise.

    ``people``, ``taken`` and ``courses`` are what is stored of them; each accepted draft is added, so that
    the next one meets it. ``make_person`` gives a person who is not stored yet, ``recognised_on_arrival`` says
    of a division and subject whether the provider's hours count at once (H-3). With ``correcting``, a draft whose
    reference is taken by other content replaces the entry that is there.
    """

    def __init__(
        self,
        client: Client,
        posting: Posting,
        people: dict[bytes, KnownPerson],
        taken: Taken,
        make_person: Callable[[HashedDraft], KnownPerson],
        recognised_on_arrival: Callable[[str, str], bool],
        correcting: Correcting | None = None,
    ) -> None:
        self._client = client
        self._client_id = client.client_id
        self._alone = client.is_own
        self._posting = posting
        self._people = people
        self._taken = taken
        self._correcting = correcting
        self._fresh: set[tuple[int, int]] = set()
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
        course_key = draft.course_key
        same_name = known is None or known.name_hash == hashed.name_hash
        if draft.external_ref in self._taken.first:
            return self._again(hashed, known, same_name)
        if not same_name:
            return _refused(Refusal("name_mismatch"))
        if duplicate := self._duplicate(known, course_key, draft.credit_year):
            return duplicate
        entry = self._accept(known or self._person(hashed), draft, course_key)
        self._taken.first[draft.external_ref] = entry
        return Registration("created", entry)

    def _person(self, hashed: HashedDraft) -> KnownPerson:
        known = self._people[hashed.id_hash] = self._make_person(hashed)
        return known

    def _duplicate(
        self, known: KnownPerson | None, course_key: str | None, credit_year: int
    ) -> Registration | None:
        """The refusal of a course that is credited to the person already."""
        if known is None or course_key is None:
            return None
        person_id = known.head.person_id
        credited = self._courses.get((person_id, course_key, credit_year))
        if credited is None:
            return None
        existing = {"existing_entry_id": encode_entry_id(person_id, credited)}
        return _refused(Refusal("duplicate_entry", params=existing, extra=existing))

    def _again(self, hashed: HashedDraft, known: KnownPerson | None, same_name: bool) -> Registration:
        """A reference that is taken: a replay of what stood under it, a correction, or a conflict."""
        draft = hashed.draft
        revisions = self._taken.revisions(draft.external_ref)

        def repeated(earlier: Entry) -> Registration:
            same_person = known is not None and known.head.person_id == earlier.person_id
            return _repeated(earlier, draft, same_person, same_name)

        latest = repeated(revisions[-1].entry)
        if self._correcting is not None:
            return self._correct(hashed, known, same_name, revisions[-1], latest)
        if latest.result == "replayed" or len(revisions) == 1:
            return latest
        replays = (repeated(revision.entry) for revision in revisions[-2::-1])
        return next((replay for replay in replays if replay.result == "replayed"), latest)

    def _correct(
        self,
        hashed: HashedDraft,
        known: KnownPerson | None,
        same_name: bool,
        latest: Revision,
        uncorrected: Registration,
    ) -> Registration:
        """Puts a new entry in the place of the latest one, or gives back what comes of it ``uncorrected``."""
        draft, correcting = hashed.draft, self._correcting
        assert correcting is not None  # noqa: S101  # the caller saw it
        place = correcting.next_reference(draft.external_ref, latest.number)
        key = (latest.entry.person_id, latest.entry.seq)
        is_live = latest.entry.status != "reversed"
        if is_live and uncorrected.result == "replayed":
            return uncorrected
        if not same_name:
            return _refused(Refusal("name_mismatch"))
        if not is_live and not correcting.may_return(latest.entry):
            return uncorrected if uncorrected.result == "replayed" else _refused(Refusal("taken_back"))
        if place is None or latest.entry.person_id not in correcting.heads or key in self._fresh:
            return uncorrected
        course_of_latest = course_key(latest.entry.course_code, latest.entry.course_title)
        course = (latest.entry.person_id, course_of_latest or "", latest.entry.credit_year)
        credited = self._courses.pop(course, None) if is_live else None
        if duplicate := self._duplicate(known, draft.course_key, draft.credit_year):
            if credited is not None:
                self._courses[course] = credited
            return duplicate
        person = known or self._person(hashed)
        if is_live:
            head = correcting.heads[latest.entry.person_id]
            reason = correction_reason(
                latest.entry, draft, same_person=head.person_id == person.head.person_id
            )
            fact = reversal_fact(
                latest.entry, head, self._posting.stamp(head), self._client.client_id, reason, correcting.note
            )
            self._posting.add_change(head, fact, "reversed", 0)
        number, reference = place
        entry = self._accept(person, draft._replace(external_ref=reference), draft.course_key)
        correcting.made[entry.person_id, entry.seq] = (draft.external_ref, number)
        self._taken.later.setdefault(draft.external_ref, []).append(Revision(number, entry))
        return Registration("corrected", entry)

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

    def _accept(self, known: KnownPerson, draft: EntryDraft, course_key: str | None) -> Entry:
        # By place, not by name: a roster makes a hundred thousand of these.
        external_ref, _, _, division_code, year, subject, hours, series, code, title, day, certificate = draft
        at_once = self._counts_at_once(division_code, subject)
        status: EntryStatus = "recognised" if at_once else "registered"
        recognised = hours if at_once else 0
        waiting = hours - recognised
        alone, client_id = self._alone, self._client_id
        head = known.head
        person_id, seq, recorded_at = head.person_id, head.seq + 1, self._posting.stamp(head)
        fact = Fact(
            person_id,
            seq,
            "registration",
            seq,
            year,
            subject,
            division_code,
            0 if alone else waiting,
            waiting if alone else 0,
            recognised,
            0,
            recorded_at,
            client_id,
            hours,
            client_id,
            external_ref,
            series,
            code,
            title,
            day,
            certificate,
        )
        self._posting.add_registration(head, fact, course_key, status)
        if self._correcting is not None:
            self._fresh.add((person_id, seq))  # not stored yet, so nothing can replace it
        if course_key is not None:
            self._courses[person_id, course_key, year] = seq
        return Entry(
            person_id,
            seq,
            external_ref,
            client_id,
            division_code,
            year,
            subject,
            hours,
            status,
            recognised,
            alone,
            recorded_at,
            series,
            code,
            title,
            day,
            certificate,
        )


def _refused(refusal: Refusal) -> Registration:
    return Registration("refused", None, refusal)


def _repeated(earlier: Entry, draft: EntryDraft, same_person: bool, same_name: bool) -> Registration:
    """A reference that is taken: the same content is a replay, whatever became of the entry since."""
    differing = [] if same_person else ["person.id_number"]
    differing += [] if same_name else ["person.name"]
    differing += [name for field, name in _COMPARED if getattr(earlier, field) != getattr(draft, field)]
    if not differing:
        return Registration("replayed", earlier)
    if differing == ["person.name"]:
        return _refused(Refusal("name_mismatch", extra={"fields": differing}))
    return _refused(
        Refusal(
            "reference_conflict", params={"external_ref": draft.external_ref}, extra={"fields": differing}
        )
    )
