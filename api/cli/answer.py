"""An answer of the contract as people read it on a terminal."""

from collections.abc import Iterator
from typing import Any, Final

from api.cli.columns import padded, paragraph, table, width
from api.cli.words import ELIGIBILITY
from service.wording import Language, say
from service.wording.decision import OUTCOMES

Json = dict[str, Any]

_MEASURES: Final = ("total", "public", "general_public", "industry_public", "specialty")
_HEAD_SHOWN: Final = len("sha256:") + 16


def answer_lines(answer: Json, language: Language) -> Iterator[str]:
    """The whole answer, at most 80 columns wide."""
    teller = _Teller(language)
    yield from teller.facts(answer)
    yield ""
    yield from teller.years(answer["years"])
    yield from teller.findings(answer["findings"])
    yield from teller.messages("advisories", [it["message"] for it in answer["advisories"]])
    if answer["comparison"]:
        yield from teller.messages("comparison", [answer["comparison"]["message"]])
    if answer["remedy"]:
        yield from teller.messages("remedy", [answer["remedy"]["message"]])
    if answer["pending_would_satisfy"] and answer["outcome"] != "eligible":
        yield from teller.messages("pending", [teller.word("pending_would_satisfy")])


def answer_in_one_line(answer: Json, language: Language) -> str:
    """The outcome, and the least that explains it."""
    outcome = say(OUTCOMES, answer["outcome"], language, {}).partition("：" if language == "zh-CN" else ":")[
        0
    ]
    reason = _reason(answer, language)
    return f"{outcome}：{reason}" if language == "zh-CN" else f"{outcome}: {reason}"


def _reason(answer: Json, language: Language) -> str:
    if answer["outcome"] == "eligible":
        return say(ELIGIBILITY, answer["route"] or "met", language, {})
    if answer["outcome"] == "not_eligible" and answer["pending_would_satisfy"]:
        return say(ELIGIBILITY, "pending_would_satisfy", language, {})
    return str(next(it["message"] for it in answer["findings"] if not it["met"]))


class _Teller:
    def __init__(self, language: Language) -> None:
        self._language = language

    def word(self, code: str, **params: Any) -> str:
        return say(ELIGIBILITY, code, self._language, params)

    def facts(self, answer: Json) -> Iterator[str]:
        """Outcome, person, policy, window, moment: one line each."""
        facts = [("outcome", say(OUTCOMES, answer["outcome"], self._language, {}))]
        if answer["route"]:
            facts.append(("route", self.word(answer["route"])))
        facts.append(("person", self._person(answer["person"])))
        if policy := answer["policy"]:
            facts.append(("policy", f"{policy['name']} {policy['document']}  [{policy['id']}]"))
        facts.append(("window", self._window(answer["window"])))
        facts.append(("moment", answer["as_of"]))
        ledger = answer["ledger"]
        facts.append(
            ("ledger", self.word("position", **{**ledger, "head": ledger["head"][:_HEAD_SHOWN] + "…"}))
        )
        columns = max(width(self.word(name)) for name, _ in facts) + 2
        for name, text in facts:
            yield from paragraph(text, indent=" " * columns, first=padded(self.word(name), columns))

    def _window(self, window: Json) -> str:
        text = self.word("window_years", **window)
        return text + self.word("window_required", **window) if window["required_years"] else text

    def _person(self, person: Json) -> str:
        if not person["known"]:
            return self.word("unknown_person", number=person["id_number_masked"])
        return f"{person['name_masked']}  {person['id_number_masked']}  [{person['person_id']}]"

    def years(self, years: list[Json]) -> Iterator[str]:
        header = [self.word(name) for name in ("year", *_MEASURES, "pending", "status")]
        rows = [
            [
                str(line["year"]),
                *(str(line["hours"][measure]) for measure in _MEASURES),
                str(line["pending"]["total"]),
                self.word(line["status"]),
            ]
            for line in years
        ]
        yield from table(header, rows, ("right",) * 7 + ("left",))

    def findings(self, findings: list[Json]) -> Iterator[str]:
        """Unmet ones with the notice's words."""
        if findings:
            yield ""
            yield self.word("findings")
        for finding in findings:
            yield from paragraph(
                finding["message"], indent="    ", first="  + " if finding["met"] else "  - "
            )
            if not finding["met"] and (citation := finding.get("citation")):
                text = f"{citation['document']} {citation['clause']}：{citation['text']}"
                yield from paragraph(text, indent="      ")

    def messages(self, title: str, messages: list[str]) -> Iterator[str]:
        if messages:
            yield ""
            yield self.word(title)
        for message in messages:
            yield from paragraph(message, indent="    ", first="  * ")
