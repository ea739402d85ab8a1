"""The agreed cases asked of the real ledger: hours registered, recognised by who may, and then the question."""

import itertools
from collections.abc import Callable

from tests.api.calls import Caller
from tests.api.people import document, entry
from tests.api.test_evaluate import CASES, check

HOUSING, PERSONNEL = "湖州市住房和城乡建设局", "湖州市人力资源和社会保障局"


def test_every_case(provider: Caller, caller: Callable[..., Caller], platform: Caller) -> None:
    bureaus = {
        "general_public": caller("authority", "330500", name=PERSONNEL),
        "other": caller("authority", "330500", name=HOUSING),
    }
    anybody = caller("authority")
    assert {case["id"] for case in CASES} >= {"H01", "H02", "H03"}
    for person, case in enumerate(CASES):
        code = case["question"]["division_code"]
        lines = {
            f"{case['id']}-{number}": line
            for number, line in zip(itertools.count(), case["hours"], strict=False)
        }
        sent = [
            entry(
                reference,
                person,
                division_code=code,
                credit_year=line["year"],
                subject=line["subject"],
                hours=line["hours"],
                series="建设工程",
            )
            for reference, line in lines.items()
        ]
        results = provider.post("/v1/entries/batch", {"entries": sent}).json["results"] if sent else []
        ids = {result["external_ref"]: result["entry_id"] for result in results}
        for reference, line in lines.items():
            if line["status"] == "registered":
                continue
            who = anybody if code != "330500" else bureaus.get(line["subject"], bureaus["other"])
            decision = {"outcome": line["status"], "reason": "认定"}
            answer = who.post(f"/v1/entries/{ids[reference]}/recognition", decision)
            assert answer.status_code == 201, answer.text
        answer = platform.post("/v1/eligibility", {**case["question"], "person": document(person)})
        check(case["id"], case["expect"], answer.json)
        if "pending" in case["expect"]:
            assert answer.json["pending_would_satisfy"] is case["expect"]["pending"]
