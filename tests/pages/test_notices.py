"""The cities' rules in words: every line that an answer cites can be opened, readings are marked as ours."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from api.pages.answer_view import clause_anchor
from service.context import Context
from service.domain.question import Question
from service.operations.check_eligibility import SupposedHours, evaluate
from service.policy_book import PolicyBook
from tests.pages.browser import Browser

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def citations(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for told in (*answer["findings"], *answer["advisories"]):
        if "citation" in told:
            yield told["citation"]


def test_every_notice_is_listed(visitor: Browser, policy_book: PolicyBook) -> None:
    page = visitor.get("/notices").text
    for policy in policy_book.policies:
        assert policy.document in page
        assert f'href="/notices/{policy.division_code}?declaration_year={policy.notice_year}"' in page


def test_a_notice_is_told_with_its_lines(visitor: Browser) -> None:
    page = visitor.get("/notices/331100").text
    for words in (
        "丽人社函〔2023〕45号",
        "2023-05-15",
        "丽水市人力资源和社会保障局",
        "每年总学时不少于90<",
        "每年参加继续教育累计不少于90学时",
        "2019年及以前的学时视同合格",
        "由我们理解的",
        "“2019年以前”读作含2019年",
        "四年恰好达标",
        "尚未收录，沿用",
        'href="/v1/policies/331100?declaration_year=2026"',
    ):
        assert words in page, words
    assert page.count('href="#readings"') == 2
    assert "湖州市住房和城乡建设局" in visitor.get("/notices/330500").text


def test_each_line_that_an_answer_cites_can_be_opened(
    context: Context, visitor: Browser, policy_book: PolicyBook
) -> None:
    """Over the worked examples of every policy: as many kinds of finding as there are."""
    opened = 0
    for file in policy_book.files:
        code = file.policy.division_code
        for example in file.examples:
            question = Question(division_code=code, **example["ask"])
            rows = [
                SupposedHours(line["year"], subject, line[subject], line["standing"])
                for line in example["hours"]
                for subject in ("general_public", "industry_public", "public", "specialty")
                if subject in line
            ]
            answer = evaluate(context, question, rows, "zh-CN")
            page = visitor.get(f"/notices/{code}?declaration_year={question.declaration_year}").text
            for citation in citations(answer):
                assert page.count(f'id="{clause_anchor(citation)}"') == 1, citation
                assert citation["text"] in page
                opened += 1
    assert opened > 100


def test_a_county_goes_by_its_city_and_a_place_without_a_notice_says_so(visitor: Browser) -> None:
    assert "丽人社函〔2023〕45号" in visitor.get("/notices/331181").text
    assert "没有收录杭州市的通知" in visitor.get("/notices/330100").text
    early = visitor.get("/notices/331100?declaration_year=2020").text
    assert "没有收录适用于2020年度的通知" in early
    assert 'href="/notices/331100?declaration_year=2023"' in early
    assert "没有继续教育学时的规定" in visitor.get("/notices/330682").text
    assert visitor.get("/notices/999999").status_code == 404
    assert visitor.get("/notices/331100?declaration_year=x").status_code == 422


def test_it_is_in_english_too(app: Flask, policy_book: PolicyBook) -> None:
    english = Browser(app, language="en")
    for policy in policy_book.policies:
        page = english.get(f"/notices/{policy.division_code}").text
        assert "how we read it" in page
        assert policy.no_rule or "What it asks" in page
    assert "At least 90 total hours a year" in english.get("/notices/331100").text
    assert "The cities&#39; rules on hours" in english.get("/notices").text
