"""The notices' annexes served, and a question that names its committee."""

from typing import Any

import pytest

from tests.api.calls import Caller, codes, refused
from tests.api.people import entry, question

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PLANS, AUTHORITIES = "/v1/review-plans", "/v1/authorities"
HUZHOU = {"division_code": "330500", "declaration_year": 2021, "level": "intermediate"}


def evaluated(anyone: Caller, **asked: Any) -> Any:
    body = {**HUZHOU, "hours": [], **asked}
    return anyone.post(f"/v1/policies/{body.pop('division_code')}/evaluate", body)


def test_authorities(anyone: Caller) -> None:
    found = anyone.get(f"{AUTHORITIES}?division_code=330500").json
    assert (found["total"], len(found["authorities"])) == (16, 16)
    assert anyone.get(AUTHORITIES).json == found
    for place in ("330500", "330522"):
        (row,) = anyone.get(f"{AUTHORITIES}?division_code={place}&series=建筑工程专业技术人员").json[
            "authorities"
        ]
        assert (row["row"], row["authority"]) == (1, "湖州市住房和城乡建设局")
        assert row["source"]["document"] == "湖人社函〔2021〕57号"
        assert row["source"]["annex"] == "附件2"
    (row,) = anyone.get(f"{AUTHORITIES}?series=一般公需科目").json["authorities"]
    assert row["authority"] == "湖州市人力资源和社会保障局"
    for query in ("series=教师", "division_code=331100", "division_code=330500&series=卫生"):
        assert anyone.get(f"{AUTHORITIES}?{query}").json == {"authorities": [], "total": 0}
    assert len(anyone.get(f"{AUTHORITIES}?limit=3").json["authorities"]) == 3
    refused(anyone.get(f"{AUTHORITIES}?division_code=990000"), 422, "unknown_division")


def test_review_plans(anyone: Caller) -> None:
    for query, total in (
        ("division_code=330500", 46),
        ("division_code=330500&year=2021", 46),
        ("division_code=330500&year=2022", 0),
        ("division_code=331100", 72),
        ("division_code=331181", 72),
        ("division_code=330604", 41),
        ("division_code=330682", 41),
        ("division_code=330400", 0),
        ("", 159),
    ):
        assert anyone.get(f"{PLANS}?{query}").json["total"] == total, query
    (row,) = anyone.get(f"{PLANS}?division_code=330500&q=快递%20工程师").json["rows"]
    assert (row["number"], row["closing_month"], row["reviewed_by"]) == ("3", 7, "city")
    assert row["levels_recommended"] == ["associate_senior"]
    assert row["scope"] is None
    cut = anyone.get(f"{PLANS}?limit=1").json
    assert (len(cut["rows"]), cut["total"]) == (1, 159)
    answer = anyone.get(f"{PLANS}?year=0&limit=x&p=1")
    refused(answer, 422, "invalid_request")
    assert codes(answer) == {"/year": "out_of_range", "/limit": "not_an_integer", "/p": "unknown_field"}


def test_a_question_that_names_its_committee_learns_who_reviews(anyone: Caller) -> None:
    answer = evaluated(anyone, committee="3", as_of="2021-07-31T23:59:59+08:00").json
    assert answer["committee"].pop("digest").startswith("sha256:")
    assert answer["committee"] == {
        "number": "3",
        "name": "市快递工程中级专业技术资格评审委员会",
        "reviewed_by": "city",
        "closing_month": 7,
        "receiving_unit": "市邮管局市场监管处",
        "document": "湖人社函〔2021〕57号",
    }
    assert "window_closed" not in advisories(answer)
    recommended = evaluated(anyone, committee="3", level="associate_senior").json
    assert recommended["committee"]["reviewed_by"] == "provincial"
    assert "provincial_committee" in advisories(recommended)
    assert evaluated(anyone).json["committee"] is None


def advisories(answer: dict[str, Any]) -> dict[str, str]:
    return {each["code"]: each["message"] for each in answer["advisories"]}


def test_asked_after_the_closing_month(anyone: Caller) -> None:
    for moment in ("2021-08-01T00:00:00+08:00", "2021-07-31T16:00:00Z", None):
        told = advisories(evaluated(anyone, committee="3", as_of=moment).json)
        assert "2021年7月" in told["window_closed"]
    same = evaluated(anyone.speaking("en"), committee="3").json
    assert "2021-07" in advisories(same)["window_closed"]
    assert same["outcome"] == evaluated(anyone).json["outcome"]


def test_the_plan_sends_it_to_the_province(anyone: Caller) -> None:
    """Lishui has no closing month: the month in which a review is finished is the last."""
    asked = {"division_code": "331100", "declaration_year": 2023}
    city = evaluated(anyone, **asked, committee="1-1", as_of="2023-08-31T12:00:00+08:00").json
    assert (city["committee"]["reviewed_by"], city["committee"]["closing_month"]) == ("city", None)
    assert "window_closed" not in advisories(city)
    assert "window_closed" in advisories(
        evaluated(anyone, **asked, committee="1-1", as_of="2023-09-01T12:00:00+08:00").json
    )
    senior = evaluated(anyone, **asked, committee="1-1", level="associate_senior").json
    assert (senior["committee"]["reviewed_by"], senior["outcome"]) == ("provincial", "referred")
    only_recommended = evaluated(anyone, **asked, committee="2-1", level="full_senior").json
    assert only_recommended["committee"]["name"] == "高级工艺美术师、正高级工艺美术师"


@pytest.mark.parametrize(
    ("asked", "faults"),
    [
        ({"committee": "3", "reviewed_by": "provincial"}, {"/reviewed_by": "committee_contradiction"}),
        ({"committee": "3", "reviewed_by": "province"}, {"/reviewed_by": "committee_contradiction"}),
        (
            {"committee": "3", "level": "associate_senior", "reviewed_by": "city"},
            {"/reviewed_by": "committee_contradiction"},
        ),
        ({"committee": "3", "level": "full_senior"}, {"/level": "committee_level"}),
        ({"committee": "99"}, {"/committee": "unknown_committee"}),
        ({"committee": "1-1"}, {"/committee": "unknown_committee"}),
        ({"committee": "3", "declaration_year": 2022}, {"/committee": "unknown_committee"}),
        ({"committee": "1", "division_code": "330400"}, {"/committee": "unknown_committee"}),
        ({"committee": 3.5}, {"/committee": "not_a_text"}),
    ],
)
def test_what_the_plan_does_not_say(anyone: Caller, asked: dict[str, Any], faults: dict[str, str]) -> None:
    answer = evaluated(anyone, **asked)
    refused(answer, 422, "invalid_request")
    assert codes(answer) == faults
    english = evaluated(anyone.speaking("en"), **asked).json["errors"][0]["detail"]
    assert english != answer.json["errors"][0]["detail"]


def test_a_year_without_a_plan_is_told_which_there_are(anyone: Caller) -> None:
    (fault,) = evaluated(anyone, committee="3", declaration_year=2022).json["errors"]
    assert "2022" in fault["detail"]
    assert "2021" in fault["detail"]


def test_in_agreement_and_over_the_ledger(provider: Caller, platform: Caller) -> None:
    provider.post("/v1/entries", entry(division_code="330500"))
    agreed = question(**HUZHOU, committee="3", reviewed_by="city")
    answer = platform.post("/v1/eligibility", agreed)
    assert answer.status_code == 200
    assert answer.json["committee"]["number"] == "3"
    assert "window_closed" in advisories(answer.json)
    batch = [
        agreed,
        question(**HUZHOU),
        {**agreed, "committee": "x"},
        {**agreed, "reviewed_by": "provincial"},
    ]
    refusal = platform.post("/v1/eligibility/batch", {"questions": batch})
    refused(refusal, 422, "invalid_request")
    assert codes(refusal) == {
        "/questions/2/committee": "unknown_committee",
        "/questions/3/reviewed_by": "committee_contradiction",
    }
    two = platform.post("/v1/eligibility/batch", {"questions": batch[:2]}).json["answers"]
    assert [each["committee"] and each["committee"]["number"] for each in two] == ["3", None]
