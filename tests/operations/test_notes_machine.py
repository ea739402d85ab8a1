"""The state machine with every kind of fact, questions that settle moments, and a clock that steps back."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from service.domain.access import Asker
from service.domain.entry import EntryDraft
from service.domain.errors import Refusal
from service.domain.identity import Identity
from service.domain.marks import Mark
from service.domain.note import AttestationDraft, IntegrityDraft, Named
from service.operations.attest import attest, record_integrity
from service.operations.clients import create_client
from service.operations.link_persons import link_persons
from service.operations.reverse_entry import reverse_entry
from service.operations.verify_ledger import verify_ledger
from service.operations.withdraw import withdraw
from service.store.standing import Answered, StandingAsk, answer_standings, read_standing_at
from service.store.tables import chain_head
from tests.operations.ledger import id_number, open_ledger
from tests.operations.test_ledger_machine import LedgerMachine

SHANGHAI_AHEAD = timedelta(hours=8)
ASKER = Asker(1, "request", "eligibility")
START = datetime(2026, 11, 21, tzinfo=UTC)


class Clock:
    """Goes on by a second at every look, and may be set back."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class Kept:
    """An answer given, and what it rested on."""

    ask: StandingAsk
    answered: Answered
    content: tuple[Any, ...]


@dataclass
class Noted:
    """What the model holds of an attestation or integrity record."""

    kind: str
    content: tuple[Any, ...]
    mark: Mark
    withdrawn: bool = False


@dataclass
class Model:
    """What the model holds beside entries."""

    notes: dict[tuple[int, int], Noted] = field(default_factory=dict)
    falsified: list[tuple[int, Mark]] = field(default_factory=list)
    groups: list[set[int]] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)


class NotesMachine(LedgerMachine):
    """Everything of the plain machine, and the facts that are no hours."""

    clock: Clock

    @initialize()
    def begin(self) -> None:
        self.model = Model()
        self.admin = create_client(self.context, "admin", f"管理{self.first_person}")[0]

    def remember(self) -> None:
        """Not here: a question that leaves no record settles nothing."""

    def one_person(self, person_id: int) -> set[int]:
        return next((group for group in self.model.groups if person_id in group), {person_id})

    def make_draft(self, ref: int, person: int, wrong_name: bool, **content: Any) -> EntryDraft:  # noqa: ARG002
        """Right names only: notes name people too, and wrong names are the ledger machine's business."""
        return super().make_draft(ref, person, False, **content)

    def named(self, number: int) -> Named:
        person = self.first_person + number
        return Named(Identity("resident_id", id_number(person)), f"测试{person}")

    @rule(number=st.integers(0, 2), year=st.sampled_from([2017, 2018]), met=st.booleans())
    def attest_year(self, number: int, year: int, met: bool) -> None:
        sent = AttestationDraft(self.named(number), "331100", year, met, "证书")
        note, is_new = attest(self.context, self.authority, sent)
        day = (note.recorded_at + SHANGHAI_AHEAD).date()
        mark = Mark("attestation", "331100", day, year, met, "证书")
        self.note((note.person_id, note.seq), is_new, Noted("attestation", (year, met), mark))

    @rule(number=st.integers(0, 2), day=st.sampled_from([date(2024, 2, 29), date(2026, 3, 2)]))
    def hold(self, number: int, day: date) -> None:
        sent = IntegrityDraft(self.named(number), "331100", day, "不实")
        note, is_new = record_integrity(self.context, self.authority, sent)
        mark = Mark("integrity_record", "331100", day, basis="不实")
        self.note((note.person_id, note.seq), is_new, Noted("integrity_record", (day,), mark))

    def note(self, note_id: tuple[int, int], is_new: bool, noted: Noted) -> None:
        """New unless the same stands already."""
        same = [
            key
            for key, each in self.model.notes.items()
            if key[0] == note_id[0]
            and not each.withdrawn
            and (each.kind, each.content) == (noted.kind, noted.content)
        ]
        assert (is_new, same) == ((False, [note_id]) if same else (True, []))
        if is_new:
            self.facts[note_id[0]] += 1
            assert note_id[1] == self.facts[note_id[0]]
            self.model.notes[note_id] = noted

    @precondition(lambda self: self.model.notes)
    @rule(data=st.data())
    def withdraw_note(self, data: st.DataObject) -> None:
        note_id = data.draw(st.sampled_from(sorted(self.model.notes)))
        noted = self.model.notes[note_id]
        if noted.withdrawn:
            with pytest.raises(Refusal, match="already_withdrawn"):
                withdraw(self.context, self.authority, noted.kind, note_id, "有误")  # type: ignore[arg-type]
            return
        withdraw(self.context, self.authority, noted.kind, note_id, "有误")  # type: ignore[arg-type]
        noted.withdrawn = True
        self.facts[note_id[0]] += 1

    @precondition(lambda self: any(each.status != "reversed" for each in self.entries.values()))
    @rule(data=st.data())
    def falsify(self, data: st.DataObject) -> None:
        live = sorted(ref for ref, each in self.entries.items() if each.status != "reversed")
        known = self.entries[data.draw(st.sampled_from(live))]
        reverse_entry(self.context, self.client_of(known), known.entry_id, "falsified")
        known.status, known.recognised = "reversed", 0
        person_id = known.entry_id[0]
        self.facts[person_id] += 1
        day = (self.head_recorded_at(person_id) + SHANGHAI_AHEAD).date()
        self.model.falsified.append((person_id, Mark("falsified", "331100", day, known.sent.credit_year)))

    def head_recorded_at(self, person_id: int) -> datetime:
        with self.context.database.reading() as connection:
            return connection.scalars(
                select(chain_head.c.recorded_at).where(chain_head.c.person_id == person_id)
            ).one()

    @precondition(lambda self: len(self.facts) > 1)
    @rule(data=st.data())
    def link(self, data: st.DataObject) -> None:
        one, other = data.draw(st.permutations(sorted(self.facts)))[:2]
        sides = self.one_person(one), self.one_person(other)
        members, is_new = link_persons(self.context, self.admin, one, other, "同一人")
        assert (is_new, members) == (sides[0] != sides[1], sorted(sides[0] | sides[1]))
        if is_new:
            for side, far in (sides, sides[::-1]):
                for person_id in side:
                    self.facts[person_id] += len(far)
            self.model.groups = [group for group in self.model.groups if group not in sides]
            self.model.groups.append(sides[0] | sides[1])

    @rule(minutes=st.integers(1, 90))
    def set_the_clock_back(self, minutes: int) -> None:
        self.clock.now -= timedelta(minutes=minutes)

    @precondition(lambda self: self.facts)
    @rule()
    def question(self) -> None:
        """Everybody now: all there is. Kept, to be asked again."""
        asks = [StandingAsk(None, person_id) for person_id in sorted(self.facts)]
        for ask, answered in zip(asks, self.answer(asks), strict=True):
            assert ask.person_id is not None
            assert self.content(answered)[::2] == self.stands(ask.person_id)
            marks = [
                each.mark
                for (person_id, _), each in self.model.notes.items()
                if person_id in self.one_person(ask.person_id) and not each.withdrawn
            ]
            marks += [mark for who, mark in self.model.falsified if who in self.one_person(ask.person_id)]
            assert answered.standing is not None
            assert sorted(answered.standing.marks, key=repr) == sorted(marks, key=repr)
            self.model.kept.append(Kept(ask, answered, self.content(answered)))

    @rule(number=st.integers(0, 2), seconds=st.integers(0, 3000))
    def question_about_the_past(self, number: int, seconds: int) -> None:
        id_hash = self.context.vault.lookup_hash(self.named(number).identity)
        ask = StandingAsk(id_hash, None, self.clock.now - timedelta(seconds=seconds))
        (answered,) = self.answer([ask])
        self.model.kept.append(Kept(ask, answered, self.content(answered)))

    @precondition(lambda self: self.model.kept)
    @rule(data=st.data())
    def question_again(self, data: st.DataObject) -> None:
        kept = data.draw(st.sampled_from(self.model.kept))
        self.check(kept)

    def answer(self, asks: list[StandingAsk]) -> list[Answered]:
        return self.context.database.record(
            lambda connection: answer_standings(connection, asks, ASKER, self.context.clock())
        )

    def content(self, answered: Answered) -> tuple[Any, ...]:
        standing = answered.standing
        if standing is None or standing.position == 0:
            return 0, bytes(32), {}
        return standing.position, standing.head, {row[:3]: row[3:] for row in standing.totals}

    def check(self, kept: Kept) -> None:
        (again,) = self.answer([kept.ask._replace(as_of=kept.answered.as_of)])
        assert again.as_of == kept.answered.as_of
        assert self.content(again) == kept.content
        if kept.answered.standing is not None and again.standing is not None:
            assert again.standing.marks == kept.answered.standing.marks

    def teardown(self) -> None:
        super().teardown()
        for kept in self.model.kept:
            self.check(kept)
            standing = kept.answered.standing
            if standing is not None and standing.position:
                members = tuple((member.person_id, member.position) for member in standing.members)
                with self.context.database.reading() as connection:
                    replayed = read_standing_at(connection, members)
                assert replayed.head == standing.head
                assert sorted(replayed.totals) == sorted(standing.totals)
                assert replayed.marks == standing.marks
        assert verify_ledger(self.context) is None


def test_the_ledger_with_all_its_kinds(database_url: str, tmp_path: Path) -> None:
    clock = Clock()
    context = open_ledger(database_url, clock=clock, evidence_dir=tmp_path / "evidence")

    class Machine(NotesMachine):
        runs = itertools.count()

    Machine.context, Machine.clock = context, clock
    Machine.moments = iter(lambda: clock(), None)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            # A failing run is told as it is: to shrink one takes longer than the whole suite may.
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
    context.database.close()
