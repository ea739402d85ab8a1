"""Which notice is in force where. Open to all."""

import hashlib

from service.context import Context
from tests.api.calls import Caller, codes, refused


def test_all_policies(anyone: Caller, context: Context) -> None:
    listed = anyone.get("/v1/policies").json["policies"]
    assert {policy["id"] for policy in listed} == {policy.id for policy in context.policy_book.policies}
    shangyu = next(policy for policy in listed if policy["division_code"] == "330604")
    assert shangyu["has_rule"] is False


def test_the_policy_in_force(anyone: Caller) -> None:
    body = anyone.get("/v1/policies/331100?declaration_year=2023").json
    assert (body["policy"]["id"], body["extrapolated"]) == ("lishui-2023", False)
    assert body["policy"]["digest"] == "sha256:" + hashlib.sha256(body["policy"]["text"].encode()).hexdigest()
    assert body["policy"]["readings"]
    assert anyone.get("/v1/policies/331181?declaration_year=2023").json["policy"]["id"] == "lishui-2023"
    later = anyone.get("/v1/policies/331100").json
    assert (later["declaration_year"], later["extrapolated"]) == (2026, True)
    assert anyone.get("/v1/policies/331100?declaration_year=2019").json["policy"] is None
    assert anyone.get("/v1/policies/330100").json["policy"] is None
    renamed = anyone.get("/v1/policies/330682").json
    assert (renamed["division"]["current_code"], renamed["policy"]["division_code"]) == ("330604", "330604")


def test_questions_that_are_wrong(anyone: Caller) -> None:
    for code in ("990000", "x", "3311000"):
        refused(anyone.get(f"/v1/policies/{code}?declaration_year=x"), 404, "not_found")
    answer = anyone.get("/v1/policies/331100?declaration_year=1899&year=1")
    refused(answer, 422, "invalid_request")
    assert codes(answer) == {"/declaration_year": "out_of_range", "/year": "unknown_field"}
    refused(anyone.get("/v1/policies?x=1"), 422, "invalid_request")
