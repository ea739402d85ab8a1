"""What waits for recognition: whose, in what order, page by page."""

from collections.abc import Callable
from typing import Any

from tests.api.calls import Caller, codes, refused
from tests.api.people import entry, resident_id

QUEUE = "/v1/recognitions/queue"


def references(authority: Caller, query: str = "") -> list[str]:
    answer = authority.get(QUEUE + query)
    assert answer.status_code == 200, answer.text
    return [each["external_ref"] for each in answer.json["entries"]]


def fill(provider: Caller, *rows: tuple[str, dict[str, Any]]) -> dict[str, str]:
    """Registers one after the other; reference → entry id."""
    ids = {}
    for number, (reference, changes) in enumerate(rows):
        sent = entry(reference, number % 3, **{"division_code": "330500", "series": "建设工程", **changes})
        ids[reference] = provider.post("/v1/entries", sent).json["entry_id"]
    return ids


def test_each_authority_has_its_own(provider: Caller, caller: Callable[..., Caller]) -> None:
    fill(
        provider,
        ("A", {}),
        ("B", {"series": "交通工程"}),
        ("C", {"subject": "general_public"}),
        ("D", {"series": None}),
        ("E", {"series": " 建筑工程专业技术人员 ", "division_code": "330502"}),
        ("F", {"series": "卫生"}),
        ("G", {"division_code": "331100"}),
        ("H", {"division_code": "331100", "subject": "general_public", "series": None}),
    )
    for client, expected in (
        (caller("authority", "330500", name="湖州市住房和城乡建设局"), "ADE"),
        (caller("authority", "330500", name="湖州市人力资源和社会保障局"), "CD"),
        (caller("authority", "330500", series=("建设",)), "ADE"),
        (caller("authority", "330502", series=("建设",)), "E"),
        (caller("authority", "330500", series=("一般公需科目",)), "C"),
        (caller("authority", "330500", series=("卫生",)), "DF"),
        (caller("authority", "330500"), "ABCDEF"),
        (caller("authority", "331100", series=("建设工程",)), "GH"),
        (caller("authority", "330400"), ""),
        (caller("authority"), "ABCDEFGH"),
    ):
        assert references(client) == list(expected)


def test_oldest_first_page_by_page_and_what_is_decided_drops_out(
    provider: Caller, caller: Callable[..., Caller]
) -> None:
    authority = caller("authority", "330500")
    names = [f"R{number:02}" for number in range(11)]
    ids = fill(
        provider, *((name, {"division_code": ("330500", "330502")[n % 2]}) for n, name in enumerate(names))
    )
    seen: list[str] = []
    query = "?limit=4"
    while query:
        page = authority.get(QUEUE + query).json
        seen += [each["external_ref"] for each in page["entries"]]
        if (
            len(seen) == 4
        ):  # meanwhile one that was seen and one that was not are decided on, and one more comes
            for name in ("R02", "R07"):
                authority.post(f"/v1/entries/{ids[name]}/recognition", {"outcome": "recognised"})
            fill(provider, ("late", {}))
        query = page["next_cursor"] and f"?limit=4&cursor={page['next_cursor']}"
    assert seen == [name for name in names if name != "R07"] + ["late"]
    provider.post(f"/v1/entries/{ids['R00']}/reversal", {"reason": "other"})
    assert references(authority) == [name for name in names if name not in ("R00", "R02", "R07")] + ["late"]


def test_filters(provider: Caller, caller: Callable[..., Caller]) -> None:
    authority, other = caller("authority", "330500"), caller("provider", "330500")
    fill(provider, ("A", {}), ("B", {"series": "交通工程"}), ("C", {"credit_year": 2022}))
    fill(other, ("D", {"division_code": "330522"}))
    for query, expected in (
        ("?series=建设工程系列", "ACD"),
        ("?series=建设", ""),
        ("?credit_year=2022", "C"),
        ("?division_code=330522", "D"),
        ("?division_code=330500", "ABCD"),
        ("?division_code=330000", "ABCD"),
        ("?division_code=330500&series=交通工程&credit_year=2023", "B"),
    ):
        assert references(authority, query) == list(expected)
    (first,) = authority.get(f"{QUEUE}?limit=1").json["entries"]
    assert references(authority, f"?provider_id={first['provider_id']}") == ["A", "B", "C"]
    refused(authority.get(f"{QUEUE}?division_code=331100"), 403, "forbidden_division")
    refused(authority.get(f"{QUEUE}?division_code=990000"), 422, "unknown_division")
    for cursor in ("x", "1.x", "9" * 18 + ".0000000000000-1", "1." + "0" * 13 + "-0"):
        answer = authority.get(f"{QUEUE}?cursor={cursor}")
        refused(answer, 422, "invalid_request")
        assert codes(answer) == {"/cursor": "invalid_cursor"}


def test_people_are_masked(provider: Caller, caller: Callable[..., Caller]) -> None:
    fill(provider, ("A", {}))
    answer = caller("authority", "330500").get(QUEUE)
    (pending,) = answer.json["entries"]
    number = resident_id(0)
    assert pending["person"] == {
        "person_id": pending["person_id"],
        "name_masked": "测**",
        "id_number_masked": f"{number[:4]}{'*' * 10}{number[-4:]}",
    }
    assert number not in answer.text
    assert pending["status"] == "registered"
    assert "测试人" not in answer.text


def test_counts_say_what_another_choice_would_bring(provider: Caller, caller: Callable[..., Caller]) -> None:
    authority, other = caller("authority", "330500"), caller("provider", name="另一机构")
    fill(provider, ("A", {}), ("B", {"series": "交通工程"}), ("C", {"credit_year": 2022, "series": None}))
    fill(other, ("D", {"division_code": "330522"}), ("E", {"division_code": "331100"}))
    counts = authority.get(f"{QUEUE}/counts?series=建设工程系列").json
    assert counts["total"] == 2
    assert counts["by_age"] == [
        {"age": "week", "entries": 2},
        {"age": "month", "entries": 0},
        {"age": "older", "entries": 0},
    ]
    assert {each["series"]: each["entries"] for each in counts["by_series"]} == {
        "建设工程": 2,
        "交通工程": 1,
        None: 1,
    }
    assert {each["name"]: each["entries"] for each in counts["by_provider"]} == {
        "provider 1": 1,
        "另一机构": 1,
    }
    assert counts["by_year"] == [{"credit_year": 2023, "entries": 2}]
    assert {each["division_code"] for each in counts["by_division"]} == {"330500", "330522"}
    assert counts["cut"] is False
    assert authority.get(f"{QUEUE}/counts?series=-&credit_year=2022").json["total"] == 1
    assert authority.get(f"{QUEUE}/counts?division_code=330522").json["total"] == 1
    (first,) = authority.get(f"{QUEUE}?limit=1").json["entries"]
    assert authority.get(f"{QUEUE}/counts?person_id={first['person_id']}").json["total"] == 2  # A and D
    refused(authority.get(f"{QUEUE}/counts?division_code=331100"), 403, "forbidden_division")
