"""A person's own certificates: listed with what became of them, and printed again as they were issued."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from service.context import Context
from service.domain.access import own_asker
from service.domain.certificate import make_code
from service.domain.client import Client
from service.domain.errors import Refusal
from service.domain.question import Question
from service.operations.check_eligibility import EligibilityAsk
from service.operations.issue_certificate import Certificate, issue_certificate
from service.operations.link_persons import link_persons
from service.operations.recognise_entries import RecognitionDraft, recognise_entries
from service.operations.record_access import list_access_records
from service.operations.register_entries import register_entries, register_entry
from service.operations.reprint_certificate import reprint_certificate
from service.operations.reverse_entry import reverse_entry
from service.operations.verify_certificate import verify_own_certificates
from tests.operations.ledger import created, draft, watched_statements
from tests.operations.own import signed_in

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
OWN = own_asker("test", "transcript")
QUESTION = Question("331100", 2023, "intermediate", tenure_start=2018)


@pytest.fixture
def context(context: Context) -> Context:
    return replace(context, clock=lambda: NOON)


@pytest.fixture
def person_id(context: Context, provider: Client) -> int:
    batch = [draft(f"R-{n}", course_code=f"C-{n}", completed_on=None) for n in range(3)]
    return created(register_entries(context, provider, batch)[0]).person_id


def issued(
    context: Context, person_id: int, question: Question | None = None, year: int | None = None
) -> Certificate:
    ask = None if question is None else EligibilityAsk(person_id, question)
    return issue_certificate(
        context, person_id, year=year, ask=ask, language="zh-CN", lacking=lambda _: (), asker=OWN
    )


def again(context: Context, code: str, person: int = 1, name: str | None = None) -> Certificate:
    return reprint_certificate(context, signed_in(person, name), code, "zh-CN", asker=OWN)


def as_printed(certificate: Certificate) -> Certificate:
    """Without what is on no paper: who was asked about, and sums that the paper makes from the entries."""
    answer = certificate.answer
    return replace(
        certificate,
        transcript=replace(certificate.transcript, years=[]),
        answer=answer and {name: answer[name] for name in ("outcome", "findings", "policy")},
        is_new=False,
    )


def test_a_certificate_is_printed_as_it_was_issued_whatever_happened_since(
    context: Context, provider: Client, authority: Client, admin: Client, person_id: int
) -> None:
    papers = [
        issued(context, person_id),
        issued(context, person_id, QUESTION),
        issued(context, person_id, year=2023),
    ]
    recognise_entries(context, authority, [RecognitionDraft(person_id, 1, "recognised")])
    reverse_entry(context, provider, (person_id, 2), "duplicate")
    register_entry(context, provider, draft("later", course_code="L"))
    twin = created(register_entry(context, provider, draft("twin", person=2))).person_id
    link_persons(context, admin, person_id, twin, "same person")
    papers.append(issued(context, person_id, QUESTION))
    reverse_entry(context, provider, (twin, 1), "duplicate")
    for paper in papers:
        assert as_printed(again(context, paper.code)) == as_printed(paper)


def test_it_is_for_its_person_alone(context: Context, provider: Client, person_id: int) -> None:
    code = issued(context, person_id).code
    register_entry(context, provider, draft("other", person=2))
    refused = [(2, None, "not_found"), (3, None, "not_found"), (1, "别人", "name_mismatch")]
    for person, name, expected in refused:
        with pytest.raises(Refusal, match=expected):
            again(context, code, person, name)
    for wrong in ("nonsense", make_code(bytes(32))):
        with pytest.raises(Refusal, match="not_found"):
            again(context, wrong)


def test_an_outcome_by_other_rules_is_not_printed_again(context: Context, person_id: int) -> None:
    plain, stated = issued(context, person_id), issued(context, person_id, QUESTION)
    files = tuple(
        replace(file, policy=replace(file.policy, digest="sha256:" + "0" * 64))
        for file in context.policy_book.files
    )
    changed = replace(context, policy_book=replace(context.policy_book, files=files))
    with pytest.raises(Refusal, match="not_found"):
        again(changed, stated.code)
    assert again(changed, plain.code).code == plain.code


def test_all_of_ones_own_are_listed_with_what_became_of_them(
    context: Context, provider: Client, person_id: int
) -> None:
    first = issued(context, person_id)
    reverse_entry(context, provider, (person_id, 2), "duplicate")
    second = issued(context, person_id, QUESTION)
    issued(context, created(register_entry(context, provider, draft("other", person=2))).person_id)
    before = len(list_access_records(context).records)

    @contextmanager
    def counted() -> Iterator[list[str]]:
        seen: list[str] = []
        with watched_statements(
            context.database, lambda text: seen.append(text) if "SELECT" in text else None
        ):
            yield seen

    with counted() as seen:
        found = verify_own_certificates(context, signed_in(), "zh-CN", asker=OWN)
    assert {each.certificate.record.code: each.holds for each in found} == {
        first.code: False,
        second.code: True,
    }
    assert len(list_access_records(context).records) == before + 1
    assert len([text for text in seen if " FROM " in text]) <= 5
    assert verify_own_certificates(context, signed_in(3), "zh-CN", asker=OWN) == []
    with pytest.raises(Refusal, match="name_mismatch"):
        verify_own_certificates(context, signed_in(1, "别人"), "zh-CN", asker=OWN)
