"""An answer as people read it: what comes first, what would help, each rule by year, where its line is."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from api.pages.chart import make_chart
from api.pages.code_words import code_words
from api.pages.page import Visit
from api.pages.question_form import place_name
from service.context import today
from service.domain.identifiers import encode_entry_id
from service.domain.question import Question

Json = Mapping[str, Any]


def answer_view(visit: Visit, question: Question, answer: Json) -> dict[str, Any]:
    """The values that ``pages/answer.html`` is drawn from."""
    findings = answer["findings"]
    unmet = [finding for finding in findings if not finding["met"]]
    ground = visit.context.policy_book.ground(question.division_code, question.declaration_year)
    deciding = unmet[0] if unmet else None
    word = code_words(visit)
    return {
        "answer": answer,
        "headline": word("outcome", answer["outcome"], settled_by=(deciding or {}).get("settled_by", "")),
        "deciding": deciding,
        "unmet": unmet,
        "two_routes": bool(ground.policy and ground.policy.cumulative),
        "general_findings": [finding for finding in findings if "year" not in finding],
        "years": [
            (line, [finding for finding in findings if finding.get("year") == line["year"]])
            for line in reversed(answer["years"])
        ],
        "chart": make_chart(answer["years"], ground.policy),
        "minima": {item.measure: item.tenths / 10 for item in _minima(ground.policy)},
        "remedy_lines": remedy_lines(visit, answer),
        "asked": question_words(visit, question),
        "notice_of": notice_address(answer["policy"], question),
        "clause_anchor": clause_anchor,
        "entry_place": lambda entry: encode_entry_id(entry.person_id, entry.seq),
        "word": word,
    }


def question_words(visit: Visit, question: Question) -> str:
    """The question in a line: place, year, level, purpose."""
    word = code_words(visit)
    level, purpose = word("level", question.level), word("purpose", question.purpose)
    place, year = place_name(visit, question.division_code), question.declaration_year
    return visit.words(
        f"{place} · {year}年度 · {level} · {purpose}", f"{place} · {year} · {level} · {purpose}"
    )


def notice_address(policy: Json | None, question: Question) -> str | None:
    """The page with the rules that the answer applied."""
    if policy is None:
        return None
    return f"/notices/{policy['division_code']}?declaration_year={question.declaration_year}"


def clause_anchor(citation: Json) -> str:
    """Where a citation stands on its notice's page: ``clause-`` and a digest of what it says, which stays as long as
    the line does."""
    text = "\n".join((citation["document"], citation["clause"], citation["text"]))
    return f"clause-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def remedy_lines(visit: Visit, answer: Json) -> list[dict[str, Any]]:
    """What would it take, a line for each year: ``text``, and whether the year is ``past`` for hours still to learn.

    Hours count for the year in which a course was finished or for the year before.
    """
    remedy = answer["remedy"]
    if remedy is None or not remedy["possible"]:
        return []
    earliest = today(visit.context).year - 1
    return [
        {
            "text": _remedy_text(visit, row, remedy["route"]),
            "year": row["year"],
            "past": row["year"] < earliest,
        }
        for row in remedy["hours"]
    ]


def _remedy_text(visit: Visit, row: Json, route: str) -> str:
    word = code_words(visit)
    other_public = round(row["public"] - row["general_public"], 1)
    amounts: Sequence[tuple[str, float]] = (
        (word("subject", "general_public"), row["general_public"]),
        (word("subject", "public"), other_public),
        (word("subject", "specialty"), row["specialty"]),
    )
    named = [(name, hours) for name, hours in amounts if hours]
    total = f"{round(row['public'] + row['specialty'] + row['any'], 1):g}"
    chinese = [f"{name}{hours:g}学时" for name, hours in named]
    english = [f"{hours:g} {name.lower()}" for name, hours in named]
    if row["any"]:
        chinese.append("任何科目即可" if not named else f"另{row['any']:g}学时任何科目即可")
        english.append("in any subject" if not named else f"{row['any']:g} more in any subject")
    if route == "cumulative":
        opening = (f"{row['year']}年底前再学{total}学时", f"{total} more hours by the end of {row['year']}")
    else:
        opening = (f"{row['year']}年再学{total}学时", f"{total} more hours in {row['year']}")
    return visit.words(f"{opening[0]}，{'、'.join(chinese)}", f"{opening[1]}, {', '.join(english)}")


def _minima(policy: Any) -> Sequence[Any]:
    return policy.annual.items if policy and policy.annual else ()
