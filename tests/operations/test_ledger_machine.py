"""The ledger as a state machine: the real store against a dict that says what must be."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from service.context import Context
from service.domain.client import Client
from service.domain.entry import EntryDraft, OwnEntryDraft
from service.domain.errors import Refusal
from service.domain.session import SignedInPerson
from service.operations.clients import create_client
from service.operations.read_entries import list_entries, read_entry
from service.operations.read_transcript import read_transcript
from service.operations.recognise_entries import RecognitionDraft, recognise_entries
from service.operations.register_entries import Registration, register_entries
from service.operations.register_own_entry import register_own_entry
from service.operations.reverse_entry import reverse_entry
from service.operations.reverse_own_entry import reverse_own_entry
from service.operations.verify_ledger import verify_ledger
from service.store.standing import read_standings
from tests.operations.ledger import ASKER, draft, open_ledger
from tests.operations.own import files

Totals = dict[tuple[int, str, str], tuple[int, int, int, int]]

DRAFTS = st.builds(
    dict,
    ref=st.integers(0, 7),
    person=st.integers(0, 2),
    hours=st.sampled_from([1, 5, 720, 895]),
    subject=st.sampled_from(["specialty", "public"]),
    credit_year=st.sampled_from([2022, 2023]),
    course_code=st.sampled_from([None, "A", "B"]),
    wrong_name=st.sampled_from([False] * 7 + [True]),
)


@dataclass
class Known:
    """What the model holds of an entry."""

    sent: EntryDraft
    entry_id: tuple[int, int]
    status: str = "registered"
    recognised: int = 0
    own: bool = False

    def amounts(self) -> tuple[int, int, int, int]:
        hours = self.sent.hours
        if self.status == "reversed":
            return 0, 0, 0, 0
        if self.status == "registered":
            return (0, hours, 0, 0) if self.own else (hours, 0, 0, 0)
        return 0, 0, self.recognised, hours - self.recognised


def _own_draft(sent: EntryDraft) -> OwnEntryDraft:
    assert sent.course_title is not None
    return OwnEntryDraft(
        token=sent.external_ref,
        division_code=sent.division_code,
        credit_year=sent.credit_year,
        subject=sent.subject,
        hours=sent.hours,
        course_title=sent.course_title,
        series=sent.series,
        course_code=sent.course_code,
        completed_on=sent.completed_on,
    )


class LedgerMachine(RuleBasedStateMachine):
    """Each run has a provider and three people of its own in a ledger that all runs share."""

    context: Context
    moments: Iterator[datetime]
    runs = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        run = next(self.runs)
        self.first_person = 3 * run + 1
        self.provider: Client = create_client(self.context, "provider", f"中心{run}")[0]
        self.authority: Client = create_client(self.context, "authority", f"人社局{run}", ["331100"])[0]
        self.entries: dict[str, Known] = {}
        self.past: list[tuple[datetime, int, int, bytes, Totals]] = []
        self.facts: Counter[int] = Counter()

    @rule(batch=st.lists(DRAFTS, min_size=1, max_size=5), atomic=st.booleans(), dry_run=st.booleans())
    def register(self, batch: list[dict[str, Any]], atomic: bool, dry_run: bool) -> None:
        sent = [self.make_draft(**each) for each in batch]
        entries, facts = dict(self.entries), self.facts.copy()
        results = register_entries(self.context, self.provider, sent, atomic=atomic, dry_run=dry_run)
        expected = [self.expect(each, result) for each, result in zip(sent, results, strict=True)]
        if atomic and any(code not in ("created", "replayed") for code in expected):
            expected = ["atomic_batch_refused" if code == "created" else code for code in expected]
            self.entries, self.facts = entries, facts
        if dry_run:
            self.entries, self.facts = entries, facts
        found = [each.refusal.code if each.refusal else each.result for each in results]
        assert found == expected

    def make_draft(self, ref: int, person: int, wrong_name: bool, **content: Any) -> EntryDraft:
        made = draft(f"R-{ref}", self.first_person + person, **content)
        return made._replace(name="别人") if wrong_name else made

    @rule(content=DRAFTS)
    def register_alone(self, content: dict[str, Any]) -> None:
        plain = self.make_draft(**content)
        # The form's token is the person's own in a ledger that all runs share.
        form = f"form-{self.first_person}-{plain.external_ref}"
        sent = plain._replace(external_ref=form, course_title=f"课程{plain.external_ref}")
        person = SignedInPerson(sent.identity, sent.name)
        try:
            result = register_own_entry(self.context, person, _own_draft(sent), files())
        except Refusal as refusal:
            result = Registration("refused", None, refusal)
        found = result.refusal.code if result.refusal else result.result
        assert found == self.expect(sent, result, own=True)

    def expect(self, sent: EntryDraft, result: Registration, own: bool = False) -> str:
        """What must come of a draft; the model takes it in."""
        earlier = self.entries.get(sent.external_ref)
        names = {known.sent.identity: known.sent.name for known in self.entries.values()}
        same_name = names.get(sent.identity, sent.name) == sent.name
        if earlier is not None:
            if earlier.sent == sent:
                return "replayed"
            differs_in_name_only = sent._replace(name=earlier.sent.name) == earlier.sent
            return "name_mismatch" if differs_in_name_only else "reference_conflict"
        if not same_name:
            return "name_mismatch"
        if sent.course_key is not None and any(
            known.status != "reversed"
            and known.own == own
            and (known.sent.identity, known.sent.course_key, known.sent.credit_year)
            == (sent.identity, sent.course_key, sent.credit_year)
            for known in self.entries.values()
        ):
            return "duplicate_entry"
        # The id is the store's to choose; what was withheld or refused in the store shows in the comparison.
        entry_id = (result.entry.person_id, result.entry.seq) if result.entry else (0, 0)
        self.entries[sent.external_ref] = Known(sent, entry_id, own=own)
        self.facts[entry_id[0]] += 1
        return "created"

    @precondition(lambda self: self.entries)
    @rule(data=st.data(), decisions=st.integers(1, 3))
    def recognise(self, data: st.DataObject, decisions: int) -> None:
        sent, expected = [], []
        for _ in range(decisions):
            known = self.entries[data.draw(st.sampled_from(sorted(self.entries)))]
            outcome = data.draw(st.sampled_from(["recognised", "rejected"]))
            hours = (
                data.draw(st.none() | st.integers(1, known.sent.hours + 1))
                if outcome == "recognised"
                else None
            )
            sent.append(RecognitionDraft(*known.entry_id, outcome, hours, "理由"))
            recognised = 0 if outcome == "rejected" else hours or known.sent.hours
            if recognised > known.sent.hours:
                expected.append("invalid_request")
            elif known.status == "reversed":
                expected.append("already_reversed")
            else:
                is_repeated = (known.status, known.recognised) == (outcome, recognised)
                known.status, known.recognised = outcome, recognised
                self.facts[known.entry_id[0]] += not is_repeated
                expected.append(f"{known.status} {known.recognised}")
        results = recognise_entries(self.context, self.authority, sent)
        found = [
            each.refusal.code if each.refusal else f"{each.status} {each.recognised_hours}"
            for each in results
        ]
        assert found == expected

    @precondition(lambda self: self.entries)
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        known = self.entries[data.draw(st.sampled_from(sorted(self.entries)))]
        client = self.client_of(known)
        if known.status == "reversed":
            with pytest.raises(Refusal, match="already_reversed"):
                reverse_entry(self.context, client, known.entry_id, "other")
            return
        assert reverse_entry(self.context, client, known.entry_id, "other", "记错").status == "reversed"
        known.status, known.recognised = "reversed", 0
        self.facts[known.entry_id[0]] += 1

    @precondition(lambda self: self.entries)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        known = self.entries[data.draw(st.sampled_from(sorted(self.entries)))]
        person = SignedInPerson(known.sent.identity, known.sent.name)
        if not known.own or known.status != "registered":
            code = "already_reversed" if known.status == "reversed" else "already_decided"
            with pytest.raises(Refusal, match=code if known.own else "not_found"):
                reverse_own_entry(self.context, person, known.entry_id)
            return
        assert reverse_own_entry(self.context, person, known.entry_id).status == "reversed"
        known.status = "reversed"
        self.facts[known.entry_id[0]] += 1

    @precondition(lambda self: self.entries)
    @rule()
    def remember(self) -> None:
        """Notes what is asked now, to be asked again later as of this moment."""
        moment = next(self.moments)
        for person_id in self.people():
            position, head, totals = self.ask(person_id, moment)
            assert (position, totals) == self.stands(person_id)
            self.past.append((moment, person_id, position, head, totals))

    def client_of(self, known: Known) -> Client:
        """Who else than its person may deal with the entry."""
        return self.authority if known.own else self.provider

    def people(self) -> set[int]:
        return set(self.facts)

    def one_person(self, person_id: int) -> set[int]:
        """Everybody who is this person."""
        return {person_id}

    def stands(self, person_id: int) -> tuple[int, Totals]:
        """The position and the totals that a question must find."""
        members, model = self.one_person(person_id), self.model_totals()
        sums: Totals = {}
        for member in members:
            for key, amounts in model.get(member, {}).items():
                both = zip(sums.get(key, (0, 0, 0, 0)), amounts, strict=True)
                sums[key] = tuple(map(sum, both))  # type: ignore[assignment]
        return sum(self.facts[member] for member in members), sums

    def model_totals(self) -> dict[int, Totals]:
        people: dict[int, Totals] = defaultdict(dict)
        for known in self.entries.values():
            totals = people[known.entry_id[0]]
            key = (known.sent.credit_year, known.sent.subject, known.sent.division_code)
            sums = totals.get(key, (0, 0, 0, 0))
            totals[key] = tuple(map(sum, zip(sums, known.amounts(), strict=True)))  # type: ignore[assignment]
        return {person: {k: v for k, v in totals.items() if any(v)} for person, totals in people.items()}

    def ask(self, person_id: int, as_of: datetime | None) -> tuple[int, bytes, Totals]:
        with self.context.database.reading() as connection:
            (standing,) = read_standings(connection, person_ids=[person_id], as_of=as_of)
        totals = {row[:3]: row[3:] for row in standing.totals}
        assert len(totals) == len(standing.totals)
        return standing.position, standing.head, totals

    @invariant()
    def everything_agrees(self) -> None:
        for person_id in self.people():
            assert self.ask(person_id, None)[::2] == self.stands(person_id)
        for known in self.entries.values():
            entry = read_entry(self.context, self.client_of(known), known.entry_id, asker=ASKER)
            assert (entry.status, entry.recognised_hours) == (known.status, known.recognised)
            assert (entry.self_registered, entry.evidence) == (known.own, int(known.own))

    def teardown(self) -> None:
        listed = list_entries(self.context, self.provider, limit=1000, asker=ASKER).entries
        assert {each.external_ref for each in listed} == {
            reference for reference, known in self.entries.items() if not known.own
        }
        for moment, person_id, position, head, totals in self.past:
            assert self.ask(person_id, moment) == (position, head, totals)
        for person_id in self.people():
            position, _ = self.stands(person_id)
            assert read_transcript(self.context, person_id, asker=ASKER).position == position
        assert verify_ledger(self.context) is None


def test_the_store_does_what_the_model_says(database_url: str, tmp_path: Path) -> None:
    start = datetime(2026, 11, 21, tzinfo=UTC)
    moments = (start + timedelta(seconds=second) for second in itertools.count())
    context = open_ledger(database_url, clock=lambda: next(moments), evidence_dir=tmp_path / "evidence")

    class Machine(LedgerMachine):
        runs = itertools.count()

    Machine.context, Machine.moments = context, moments
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    context.database.close()
