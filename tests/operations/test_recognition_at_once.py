"""Many decide at once; all or none of many decisions."""

from collections import Counter

from service.context import Context
from service.domain.client import Client
from service.operations.clients import create_client
from service.operations.read_entries import read_entry
from service.operations.read_entry_history import read_entry_history
from service.operations.recognise_entries import RecognitionDraft, recognise_entries, recognise_entry
from service.operations.register_entries import register_entries, register_entry
from service.operations.reverse_entry import reverse_entry
from service.operations.verify_ledger import verify_ledger
from tests.operations.ledger import ASKER, contents, created, draft, drafts
from tests.operations.test_concurrency import THREADS, at_once


def test_one_decision_sent_by_all_is_recorded_once(
    context: Context, provider: Client, authority: Client
) -> None:
    entry = created(register_entry(context, provider, draft()))
    decision = RecognitionDraft(entry.person_id, entry.seq, "recognised", 540, "部分")
    said = at_once(lambda _: recognise_entry(context, authority, decision)[0].result)
    assert said == {"created": 1, "replayed": THREADS - 1}
    assert len(contents(context.database)["ledger"]) == 2
    assert verify_ledger(context) is None


def test_different_decisions_come_one_after_the_other_and_all_stay(
    context: Context, provider: Client, authority: Client
) -> None:
    entry = created(register_entry(context, provider, draft()))

    def decide(number: int) -> str:
        decision = RecognitionDraft(entry.person_id, entry.seq, "recognised", 10 * (number + 1), "部分")
        return str(recognise_entry(context, authority, decision)[1].recognised_hours)

    # Each is told its own decision as the one that stands, though others came before and after.
    assert at_once(decide) == Counter(str(10 * (number + 1)) for number in range(THREADS))
    history = read_entry_history(context, authority, (entry.person_id, entry.seq), asker=ASKER)
    assert sorted(fact.recognised_hours for fact in history.facts[1:]) == [
        10 * (number + 1) for number in range(THREADS)
    ]
    assert history.entry.recognised_hours == history.facts[-1].recognised_hours
    assert verify_ledger(context) is None


def test_a_decision_and_its_reversal_at_once(context: Context, provider: Client, authority: Client) -> None:
    entry = created(register_entry(context, provider, draft()))
    entry_id = (entry.person_id, entry.seq)

    def act(number: int) -> str:
        if number == 7:
            return reverse_entry(context, provider, entry_id, "other").status
        return recognise_entry(context, authority, RecognitionDraft(*entry_id, "recognised"))[0].result

    said = at_once(act)
    assert said["reversed"] == 1
    assert said["created"] <= 1
    assert said["created"] + said["replayed"] + said["already_reversed"] == THREADS - 1
    assert read_entry(context, provider, entry_id, asker=ASKER).recognised_hours == 0
    assert verify_ledger(context) is None


def test_one_batch_sent_by_all(context: Context, provider: Client, authority: Client) -> None:
    entries = [created(each) for each in register_entries(context, provider, drafts(60, 20))]
    decisions = [RecognitionDraft(each.person_id, each.seq, "recognised") for each in entries]

    def act(number: int) -> str:
        sent = decisions[::-1] if number % 2 else decisions
        done = recognise_entries(context, authority, sent, atomic=number % 3 == 0)
        return str(Counter(each.result for each in done))

    assert at_once(act) == {"Counter({'created': 60})": 1, "Counter({'replayed': 60})": THREADS - 1}
    assert len(contents(context.database)["ledger"]) == 120
    assert verify_ledger(context) is None


def test_all_or_none(context: Context, provider: Client, authority: Client) -> None:
    first, second = (created(each) for each in register_entries(context, provider, drafts(2)))
    decisions = [
        RecognitionDraft(first.person_id, first.seq, "recognised"),
        RecognitionDraft(first.person_id, first.seq, "recognised"),
        RecognitionDraft(second.person_id, second.seq, "recognised", second.hours + 1, "多"),
    ]
    before = contents(context.database)
    done = recognise_entries(context, authority, decisions, atomic=True)
    assert contents(context.database) == before
    assert [each.refusal.code if each.refusal else each.result for each in done] == [
        "atomic_batch_refused",
        "replayed",
        "invalid_request",
    ]
    assert [each.result for each in recognise_entries(context, authority, decisions[:2], atomic=True)] == [
        "created",
        "replayed",
    ]


def test_each_authority_of_a_batch_has_its_own(context: Context, provider: Client) -> None:
    housing = create_client(context, "authority", "湖州市住房和城乡建设局", ["330500"])[0]
    batch = [
        draft("A", 1, division_code="330500"),
        draft("B", 2, division_code="330500", series="交通工程"),
        draft("C", 3, division_code="330502", subject="general_public"),
        draft("D", 4, division_code="330502", series=None),
        draft("E", 5, division_code="331100"),
    ]
    entries = [created(each) for each in register_entries(context, provider, batch)]
    done = recognise_entries(
        context, housing, [RecognitionDraft(each.person_id, each.seq, "recognised") for each in entries]
    )
    told = [(each.refusal.code, each.refusal.extra) if each.refusal else each.result for each in done]
    assert told == [
        "created",
        ("forbidden_series", {"recognising_authority": "湖州市交通运输局"}),
        ("forbidden_series", {"recognising_authority": "湖州市人力资源和社会保障局"}),
        "created",
        ("forbidden_division", {}),
    ]
