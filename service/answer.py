"""A decision in the words and the form of the contract: plain dicts, ready to be encoded."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from service.domain.decision import Advisory, Comparison, Decision, Finding, Remedy, RemedyHours, YearLine
from service.domain.hours import hours_number
from service.domain.policy import Policy
from service.domain.question import Question
from service.domain.subjects import NO_HOURS, SubjectHours
from service.wording import Language, say
from service.wording import decision as words

Json = dict[str, Any]


def render_decision(decision: Decision, question: Question, language: Language) -> Json:
    """The answer without ``person``, ``as_of`` and ``ledger``, which the decision does not know."""
    teller = _Teller(decision, question, language)
    policy = decision.ground.policy
    return {
        "outcome": decision.outcome,
        "policy": render_policy_mark(policy) if policy else None,
        "window": {
            "first_year": decision.window.first_year,
            "last_year": decision.window.last_year,
            "required_years": decision.window.required_years,
        },
        "route": decision.route,
        "years": [_year(line) for line in decision.years],
        "findings": teller.findings(decision.findings),
        "advisories": [teller.advisory(advisory) for advisory in decision.advisories],
        "remedy": teller.remedy(decision.remedy) if decision.remedy else None,
        "pending_would_satisfy": decision.pending_would_satisfy,
        "comparison": teller.comparison(decision.comparison) if decision.comparison else None,
    }


def render_policy_mark(policy: Policy) -> Json:
    """What an answer says of the policy it applied."""
    return {
        "id": policy.id,
        "division_code": policy.division_code,
        "name": policy.name,
        "document": policy.document,
        "digest": policy.digest,
    }


def render_subject_hours(hours: SubjectHours) -> Json:
    """Hours by subject as the contract names them; ``public`` is all public hours."""
    general, industry, unstated, specialty = hours
    public = general + industry + unstated
    return {
        "total": hours_number(public + specialty),
        "public": hours_number(public),
        "general_public": hours_number(general),
        "industry_public": hours_number(industry),
        "specialty": hours_number(specialty),
    }


_NONE: Final = render_subject_hours(NO_HOURS)
"""What is pending in most years. Not to be changed."""


def _year(line: YearLine) -> Json:
    return {
        "year": line.year,
        "status": line.status,
        "hours": render_subject_hours(line.hours),
        "pending": _NONE if line.pending == NO_HOURS else render_subject_hours(line.pending),
    }


@lru_cache(maxsize=4096)
def _rule_told(
    code: str,
    met: bool,
    unit: str,
    year: int | None,
    required: int,
    first: int,
    last: int,
    language: Language,
) -> tuple[Json, str]:
    """What a finding says of its rule, the same for everybody who is asked about for these years: its fields, in their
    order, and its words. The two amounts that are the person's are still to be filled in: ``{0}`` and ``{1}``."""
    told: Json = {"code": code, "met": met}
    if year is not None:
        told["year"] = year
    limit = hours_number(required) if unit == "hours" else required
    if unit != "none":
        told |= {"required": limit, "counted": None, "short_by": None}
    params = {"required": limit, "counted": "{0}", "short_by": "{1}", "year": year}
    if unit == "hours" and code != "not_recognised":
        measure = code.removeprefix("cumulative_").removesuffix("_short")
        code = "year_minimum" if year is not None else "window_minimum"
        params |= {"measure": say(words.MEASURES, measure, language, {}), "first": first, "last": last}
    return told, say(words.MET if met else words.UNMET, code, language, params)


class _Teller:
    """Finds the words for the parts of one decision."""

    def __init__(self, decision: Decision, question: Question, language: Language) -> None:
        self._decision = decision
        self._question = question
        self._language = language

    def findings(self, findings: Iterable[Finding]) -> list[Json]:
        """``required``, ``counted`` and ``short_by`` only where the rule measures something."""
        counted: int | float
        short_by: int | float
        first, last, _ = self._decision.window
        language = self._language
        all_told = []
        for finding in findings:
            code, met, citation, unit, year, required, counted, short_by, settled_by = finding
            if settled_by is not None:
                all_told.append(self._left_to(settled_by, finding))
                continue
            rule, message = _rule_told(code, met, unit, year, required, first, last, language)
            told = rule.copy()
            if unit == "hours":
                counted, short_by = hours_number(counted), hours_number(short_by)
            if unit != "none":
                told["counted"], told["short_by"] = counted, short_by
            if citation is not None:
                told["citation"] = citation.told
            told["message"] = message.format(counted, short_by)
            all_told.append(told)
        return all_told

    def _left_to(self, settled_by: str, finding: Finding) -> Json:
        """A finding that keeps hours from deciding: it measures nothing and is of no year."""
        told: Json = {"code": finding.code, "met": finding.met}
        if finding.citation is not None:
            told["citation"] = finding.citation.told
        told["settled_by"] = settled_by
        texts = words.MET if finding.met else words.UNMET
        told["message"] = say(texts, finding.code, self._language, {**told, **self._place()})
        return told

    def _place(self) -> Json:
        question = self._question
        policy = self._decision.ground.policy
        return {
            "place": policy.name if policy else self._decision.ground.division_name,
            "year": question.declaration_year,
            "level": say(words.LEVELS, question.level, self._language, {}),
            "purpose": say(words.PURPOSES, question.purpose, self._language, {}),
            "series": question.series or "",
        }

    def advisory(self, advisory: Advisory) -> Json:
        params = advisory.params
        if "tenths" in params:
            params = {**params, "hours": hours_number(params["tenths"])}
        told: Json = {
            "code": advisory.code,
            "message": say(words.ADVISORIES, advisory.code, self._language, params),
        }
        if "year" in advisory.params and isinstance(advisory.params["year"], int):
            told["year"] = advisory.params["year"]
        if "on" in advisory.params:
            told["on"] = advisory.params["on"]
        if advisory.citation is not None:
            told["citation"] = advisory.citation.told
        return told

    def remedy(self, remedy: Remedy) -> Json:
        return {
            "possible": remedy.possible,
            "route": remedy.route,
            "hours": [
                {
                    "year": row.year,
                    "general_public": hours_number(row.general_public),
                    "public": hours_number(row.public),
                    "specialty": hours_number(row.specialty),
                    "any": hours_number(row.any),
                }
                for row in remedy.hours
            ],
            "message": self._remedy_message(remedy),
        }

    def _remedy_message(self, remedy: Remedy) -> str:
        if not remedy.possible:
            window = self._decision.window
            years = window.last_year - window.first_year + 1
            params: Mapping[str, Any] = {"years": years, "required": window.required_years}
            return say(words.REMEDIES, "impossible", self._language, params)
        code = "cumulative_row" if remedy.route == "cumulative" else "row"
        stop = "；" if self._language == "zh-CN" else "; "
        return stop.join(self._remedy_row(code, row) for row in remedy.hours)

    def _remedy_row(self, code: str, row: RemedyHours) -> str:
        other_public = row.public - row.general_public
        amounts = (
            ("general_public", row.general_public),
            ("public", other_public),
            ("specialty", row.specialty),
            ("any", row.any),
        )
        parts = [
            say(words.REMEDIES, name, self._language, {"hours": hours_number(amount)})
            for name, amount in amounts
            if amount
        ]
        comma = say(words.REMEDIES, "comma", self._language, {})
        params = {"year": row.year, "total": hours_number(row.cost), "parts": comma.join(parts)}
        return say(words.REMEDIES, code, self._language, params)

    def comparison(self, comparison: Comparison) -> Json:
        documents = {finding.citation.document for finding in comparison.findings if finding.citation}
        params = {"document": "、".join(sorted(documents))}
        return {
            "met": comparison.met,
            "message": say(words.COMPARISONS, "met" if comparison.met else "not_met", self._language, params),
            "findings": self.findings(comparison.findings),
        }
