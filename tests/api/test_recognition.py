"""Recognition over HTTP: who may, how much, again, in bulk, and what stays of it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.calls import Caller, codes, refused
from tests.api.people import entry, question

HOUSING, PERSONNEL = "湖州市住房和城乡建设局", "湖州市人力资源和社会保障局"
BATCH = "/v1/recognitions/batch"
NOWHERE = "0" * 13 + "-1"


def register(provider: Caller, reference: str, number: int = 1, **changes: Any) -> str:
    """Hours in Huzhou; the entry's id."""
    sent = entry(reference, number, **{"division_code": "330500", "series": "建设工程", **changes})
    answer = provider.post("/v1/entries", sent)
    assert answer.status_code == 201, answer.text
    entry_id: str = answer.json["entry_id"]
    return entry_id


def decide(authority: Caller, entry_id: str, **decision: Any) -> Any:
    return authority.post(f"/v1/entries/{entry_id}/recognition", {"outcome": "recognised", **decision})


@pytest.fixture
def housing(caller: Callable[..., Caller]) -> Caller:
    """The housing bureau, by its name in the annex."""
    return caller("authority", "330500", name=HOUSING)


@pytest.fixture
def personnel(caller: Callable[..., Caller]) -> Caller:
    return caller("authority", "330500", name=PERSONNEL)


def test_all_fewer_none_and_again(provider: Caller, housing: Caller) -> None:
    entry_id = register(provider, "A", hours=72)
    for decision, status, recognised in (
        ({}, "recognised", 72),
        ({"hours": 54, "reason": "缺少证明"}, "recognised", 54),
        ({"outcome": "rejected", "reason": "不属于本专业"}, "rejected", 0),
        ({"hours": "0.1", "reason": "复核"}, "recognised", 0.1),
        ({"hours": 72}, "recognised", 72),
    ):
        answer = decide(housing, entry_id, **decision)
        assert answer.status_code == 201, answer.text
        assert (answer.json["status"], answer.json["recognised_hours"]) == (status, recognised)
        assert provider.get(f"/v1/entries/{entry_id}").json == answer.json
    history = provider.get(f"/v1/entries/{entry_id}/history").json
    assert [fact["recognised_hours"] for fact in history["facts"]] == [0, 72, 54, 0, 0.1, 72]


def test_the_same_decision_again_adds_nothing(
    provider: Caller, housing: Caller, caller: Callable[..., Caller]
) -> None:
    entry_id = register(provider, "A", hours=72)
    first = decide(housing, entry_id)
    for again in (decide(housing, entry_id), decide(housing, entry_id, hours=72)):
        assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
        assert again.json == first.json
    assert "Idempotent-Replayed" not in first.headers
    assert decide(caller("authority", "330500"), entry_id).status_code == 201  # another's decision is its own
    assert decide(housing, entry_id).status_code == 201
    assert decide(housing, entry_id, reason="另有说明").status_code == 201
    assert len(provider.get(f"/v1/entries/{entry_id}/history").json["facts"]) == 5


def test_faults_all_at_once(provider: Caller, housing: Caller) -> None:
    entry_id = register(provider, "A", hours=72)
    for decision, expected in (
        ({"outcome": "rejected"}, {"/reason": "reason_required"}),
        ({"hours": 71.9}, {"/reason": "reason_required"}),
        ({"hours": 72.1, "reason": "多"}, {"/hours": "more_than_registered"}),
        ({"hours": 72.1}, {"/hours": "more_than_registered", "/reason": "reason_required"}),
        (
            {"outcome": "rejected", "hours": 1},
            {"/hours": "hours_not_applicable", "/reason": "reason_required"},
        ),
        (
            {"outcome": "rejected", "x": 1, "hours": 0},
            {"/x": "unknown_field", "/hours": "hours_out_of_range", "/reason": "reason_required"},
        ),
        (
            {"outcome": "approved", "hours": 1.25},
            {"/outcome": "invalid_choice", "/hours": "too_many_decimals"},
        ),
    ):
        answer = decide(housing, entry_id, **decision)
        refused(answer, 422, "invalid_request")
        assert codes(answer) == expected
    told = decide(housing.speaking("en"), entry_id, hours=80, reason="x").json["errors"][0]["detail"]
    assert "72" in told
    assert provider.get(f"/v1/entries/{entry_id}").json["status"] == "registered"


def test_another_authority_is_told_who_may(
    provider: Caller, housing: Caller, personnel: Caller, caller: Callable[..., Caller]
) -> None:
    """H-2: only the authority of the series, and the HR bureau for general public hours."""
    specialty = register(provider, "A")
    general = register(provider, "B", subject="general_public", hours=18)
    health = register(provider, "C", series="卫生")
    unnamed = register(provider, "D", series=None)
    transport = caller("authority", "330500", series=("交通工程",))
    for who, entry_id, name in (
        (transport, specialty, HOUSING),
        (personnel, specialty, HOUSING),
        (housing, general, PERSONNEL),
        (transport, general, PERSONNEL),
        (housing, health, None),
        (caller("authority", "330500", series=("一般公需",)), unnamed, None),
    ):
        problem = refused(decide(who, entry_id), 403, "forbidden_series")
        assert problem["recognising_authority"] == name
        # 403 comes before the faults of the body.
        refused(decide(who, entry_id, outcome="x"), 403, "forbidden_series")
    for who, entry_id in ((housing, specialty), (personnel, general), (transport, unnamed)):
        assert decide(who, entry_id).status_code == 201
    assert decide(caller("authority", "330500", series=("卫生系列",)), health).status_code == 201
    elsewhere = caller("authority", "331100", name="丽水某局")
    refused(decide(elsewhere, specialty), 403, "forbidden_division")
    refused(decide(elsewhere, NOWHERE), 404, "not_found")
    refused(decide(elsewhere, "nonsense", outcome="x"), 404, "not_found")
    refused(decide(elsewhere, NOWHERE, outcome="x"), 404, "not_found")


def test_a_reversed_entry_cannot_be_recognised_and_the_sums_return(
    provider: Caller, housing: Caller, platform: Caller
) -> None:
    kept = register(provider, "A", hours=10)
    decide(housing, kept)
    entry_id = register(provider, "B", hours=72)
    person_id = entry_id.partition("-")[0]
    before = platform.get(f"/v1/people/{person_id}/transcript").json["years"]
    decide(housing, entry_id, hours=60, reason="部分")
    provider.post(f"/v1/entries/{entry_id}/reversal", {"reason": "falsified"})
    expected = [
        {**year, "subjects": {"specialty": {**year["subjects"]["specialty"], "registered": 0}}}
        for year in before
    ]
    assert platform.get(f"/v1/people/{person_id}/transcript").json["years"] == expected
    refused(decide(housing, entry_id), 409, "already_reversed")
    refused(decide(housing, entry_id, outcome="rejected"), 422, "invalid_request")
    refused(decide(housing, entry_id, hours=73, reason="多"), 422, "invalid_request")


def test_a_batch_has_a_result_for_each(provider: Caller, housing: Caller) -> None:
    first, second, general = (
        register(provider, "A"),
        register(provider, "B", 2),
        register(provider, "C", 3, subject="general_public"),
    )
    sent: list[Any] = [
        {"entry_id": first, "outcome": "recognised"},
        {"entry_id": first, "outcome": "recognised"},
        {"entry_id": general, "outcome": "recognised"},
        {"entry_id": second, "outcome": "recognised", "hours": 80},
        {"entry_id": second, "outcome": "rejected"},
        {"entry_id": "x", "outcome": "recognised"},
        {"entry_id": NOWHERE, "outcome": "recognised"},
        "nothing",
        {"entry_id": second, "outcome": "recognised", "hours": 50.5, "reason": "部分"},
    ]
    answer = housing.post(BATCH, {"recognitions": sent})
    assert answer.status_code == 200
    results = answer.json["results"]
    assert [result["index"] for result in results] == list(range(9))
    told = [result.get("problem", {}).get("code", result["result"]) for result in results]
    assert told == [
        "created",
        "replayed",
        "forbidden_series",
        "invalid_request",
        "invalid_request",
        "invalid_request",
        "not_found",
        "invalid_request",
        "created",
    ]
    pointers = [
        fault["pointer"] for result in results for fault in result.get("problem", {}).get("errors", [])
    ]
    assert pointers == [
        "/recognitions/3/hours",
        "/recognitions/3/reason",
        "/recognitions/4/reason",
        "/recognitions/5/entry_id",
        "/recognitions/7",
    ]
    assert results[2]["problem"]["recognising_authority"] == PERSONNEL
    assert [result["entry_id"] for result in results[:3]] == [first, first, general]
    assert results[8] == {
        "index": 8,
        "entry_id": second,
        "result": "created",
        "status": "recognised",
        "hours": 72,
        "recognised_hours": 50.5,
    }


def test_all_or_none(provider: Caller, housing: Caller) -> None:
    ids = [register(provider, f"R{number}", number) for number in range(3)]
    sent: list[dict[str, Any]] = [{"entry_id": entry_id, "outcome": "recognised"} for entry_id in ids]
    faulty = [sent[0], {"entry_id": ids[1], "outcome": "rejected"}, {"entry_id": "x", "outcome": "no"}]
    answer = housing.post(f"{BATCH}?atomic=true", {"recognitions": faulty})
    refused(answer, 422, "invalid_request")
    assert codes(answer) == {
        "/recognitions/1/reason": "reason_required",
        "/recognitions/2/entry_id": "invalid_entry_id",
        "/recognitions/2/outcome": "invalid_choice",
    }
    answer = housing.post(
        f"{BATCH}?atomic=true", {"recognitions": [*sent, {"entry_id": NOWHERE, "outcome": "recognised"}]}
    )
    problem = refused(answer, 409, "atomic_batch_refused")
    assert [result["problem"]["code"] for result in problem["results"]] == [
        *["atomic_batch_refused"] * 3,
        "not_found",
    ]
    assert {provider.get(f"/v1/entries/{each}").json["status"] for each in ids} == {"registered"}
    for expected in ("created", "replayed"):
        answer = housing.post(f"{BATCH}?atomic=true", {"recognitions": sent})
        assert [result["result"] for result in answer.json["results"]] == [expected] * 3


def test_limits(housing: Caller) -> None:
    item = {"entry_id": NOWHERE, "outcome": "recognised"}
    for sent, code in (([], "too_few"), ([item] * 1001, "too_many"), ({}, "not_a_list")):
        answer = housing.post(BATCH, {"recognitions": sent})
        refused(answer, 422, "invalid_request")
        assert codes(answer) == {"/recognitions": code}


def test_the_history_says_who_when_and_why(
    caller: Callable[..., Caller], housing: Caller, admin: Caller
) -> None:
    provider = caller("provider", "330500", name="某培训中心")
    entry_id = register(provider, "A", hours=72)
    decide(housing, entry_id, hours=54, reason="缺少证明")
    housing.post(f"/v1/entries/{entry_id}/reversal", {"reason": "wrong_hours", "note": "重复计算"})
    path = f"/v1/entries/{entry_id}/history"
    answer = provider.get(path)
    facts = answer.json["facts"]
    assert answer.json["entry"]["status"] == "reversed"
    assert [
        (fact["kind"], fact["recorded_by"], fact["outcome"], fact["reason"], fact["note"]) for fact in facts
    ] == [
        ("registration", "某培训中心", None, None, None),
        ("recognition", HOUSING, "recognised", "缺少证明", None),
        ("reversal", HOUSING, None, "wrong_hours", "重复计算"),
    ]
    assert [(fact["hours"], fact["recognised_hours"]) for fact in facts] == [(72, 0), (None, 54), (None, 0)]
    assert [(fact["recogniser"], fact["channel"]) for fact in facts] == [
        (None, None),
        (HOUSING, "authority"),
        (None, None),
    ]
    assert [fact["seq"] for fact in facts] == [1, 2, 3]
    assert sorted(fact["recorded_at"] for fact in facts) == [fact["recorded_at"] for fact in facts]
    for other in (housing, admin):
        assert other.get(path).json == answer.json
    refused(caller("provider").get(path), 404, "not_found")
    refused(caller("authority", "331100").get(path), 403, "forbidden_division")
    refused(admin.get(f"/v1/entries/{NOWHERE}/history"), 404, "not_found")


def test_a_feed_s_hours_are_recognised_on_arrival_by_the_bureau(
    caller: Callable[..., Caller], personnel: Caller
) -> None:
    """H-3: general public hours in Huzhou, and nothing else."""
    feed = caller("provider", "330000", feed_id="hzhret", name="湖州市人力资源教育培训网")
    arrived = register(feed, "A", subject="general_public", hours=18)
    fact = feed.get(f"/v1/entries/{arrived}/history").json["facts"][0]
    assert (fact["hours"], fact["recognised_hours"]) == (18, 18)
    assert (fact["recogniser"], fact["channel"]) == (PERSONNEL, "feed")
    for reference, changes in (
        ("B", {"subject": "public"}),
        ("C", {"subject": "industry_public"}),
        ("D", {}),
        ("E", {"subject": "general_public", "division_code": "331100"}),
    ):
        waiting = register(feed, reference, **changes)
        assert feed.get(f"/v1/entries/{waiting}").json["status"] == "registered"
    county = register(feed, "F", subject="general_public", division_code="330522")
    assert feed.get(f"/v1/entries/{county}").json["status"] == "recognised"
    # What came recognised can be decided anew.
    assert decide(personnel, arrived, hours=12, reason="超出课时").json["recognised_hours"] == 12


def test_fewer_recognised_hours_count_and_pending_ones_are_told(
    provider: Caller, housing: Caller, personnel: Caller, platform: Caller
) -> None:
    """H-7, H-8."""
    ids = {}
    for year in (2020, 2021):
        for subject, hours in (("general_public", 18), ("industry_public", 12), ("specialty", 60)):
            ids[year, subject] = register(
                provider, f"{year}{subject}", credit_year=year, subject=subject, hours=hours
            )
    asked = question(division_code="330500", declaration_year=2021, series="建设工程")
    before = platform.post("/v1/eligibility", asked).json
    assert (before["outcome"], before["pending_would_satisfy"]) == ("not_eligible", True)
    for (_, subject), entry_id in ids.items():
        who = personnel if subject == "general_public" else housing
        assert decide(who, entry_id).status_code == 201
    assert platform.post("/v1/eligibility", asked).json["outcome"] == "eligible"
    assert decide(housing, ids[2021, "specialty"], hours=59.9, reason="核减").status_code == 201
    after = platform.post("/v1/eligibility", asked).json
    assert (after["outcome"], after["pending_would_satisfy"]) == ("not_eligible", False)
    assert after["years"][-1]["hours"]["specialty"] == 59.9
