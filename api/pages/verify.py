"""/verify: what a certificate attests and whether it still holds, for everybody who has its code."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from marshmallow import EXCLUDE

from api.door import Reply
from api.limits import VERIFICATIONS_PER_MINUTE, Knocking
from api.pages.own_parts import begun
from api.pages.page import EVERYBODY, Page, Visit
from api.pages.question_form import place_name
from api.pages.rendering import lead_to, show
from api.schemas.certificate_answer import verification_json
from service.domain.amounts import Amounts
from service.domain.certificate import pending, read_code
from service.domain.errors import Refusal
from service.domain.subjects import SUBJECTS, Subject
from service.fields import StrictSchema, TextField, holds_id_number
from service.operations.verify_certificate import Sums, Verification, verify_certificate
from service.wording import say
from service.wording.decision import LEVELS, OUTCOMES, PURPOSES
from service.wording.transcript import SUBJECTS as SUBJECT_WORDS

Sign = Literal["holds", "changed", "fails", "tampered", "mistyped", "unknown"]

_CODE_TEXT_MAX: Final = 100
_TAMPERED: Final = frozenset({"ledger_changed", "claim_unsound"})


class CodeSchema(StrictSchema):
    """A code as somebody typed it."""

    class Meta:
        unknown = EXCLUDE

    code = TextField(_CODE_TEXT_MAX)


@dataclass(frozen=True, slots=True)
class YearLine:
    """A year of the paper: (recognised, pending) tenths by subject and in all, then and now."""

    year: int
    then: list[tuple[int, int]]
    now: list[tuple[int, int]]


class Verify:
    """The pages, with a count of who asks how often."""

    def __init__(self) -> None:
        self._knocking = Knocking(VERIFICATIONS_PER_MINUTE)

    def pages(self) -> tuple[Page, ...]:
        """Both of them."""
        return (
            Page(name="verify", path="/verify", audience=EVERYBODY, view=self.get_form, query=CodeSchema),
            Page(name="verify_code", path="/verify/<code>", audience=EVERYBODY, view=self.get_verification),
        )

    def get_form(self, visit: Visit) -> Reply:
        """The form; it leads to the code's page. What can be no code is told without looking anything up."""
        typed = visit.query.get("code")
        if typed is None:
            return show(visit, "verify.html", sign=None, typed="")
        code = read_code(typed)
        if code is None:
            return show(visit, "verify.html", 404, sign="mistyped", typed=typed)
        return lead_to(f"/verify/{code}")

    def get_verification(self, visit: Visit) -> Reply:
        """The sign and what stands behind it. Refusal ``too_many_requests``."""
        self._knocking.allow("certificate", visit.address)
        typed = visit.path["code"]
        try:
            found = verify_certificate(visit.context, typed, visit.language)
        except Refusal as refusal:
            if refusal.code not in ("mistyped_code", "not_found"):
                raise
            sign = "mistyped" if refusal.code == "mistyped_code" else "unknown"
            shown = "" if holds_id_number(typed) else typed[:_CODE_TEXT_MAX]
            return show(visit, "verify.html", 404, sign=sign, typed=shown)
        subjects = [
            subject
            for subject in SUBJECTS
            if any(
                subject in by_subject for sums in (found.sums, found.sums_now) for by_subject in sums.values()
            )
        ]
        return show(
            visit,
            "verified.html",
            sign=sign_of(found),
            found=verification_json(found, visit.language),
            subjects=[begun(say(SUBJECT_WORDS, subject, visit.language, {})) for subject in subjects],
            lines=list(_lines(found.sums, found.sums_now, subjects)),
            outcome=_outcome(visit, found),
        )


def sign_of(found: Verification) -> Sign:
    """What is to be said of a certificate in one word."""
    if _TAMPERED.intersection(found.objections):
        return "tampered"
    if not found.holds:
        return "fails"
    policy_changed = found.outcome is not None and found.outcome.policy_changed
    return "changed" if found.changes or found.entries_added or policy_changed else "holds"


def _lines(then: Sums, now: Sums, subjects: list[Subject]) -> Iterator[YearLine]:
    for year in sorted({*then, *now}, reverse=True):
        yield YearLine(year, _cells(then, year, subjects), _cells(now, year, subjects))


def _cells(sums: Sums, year: int, subjects: list[Subject]) -> list[tuple[int, int]]:
    by_subject = sums.get(year, {})
    amounts = [by_subject.get(subject, Amounts()) for subject in subjects]
    cells = [(each.recognised, pending(each)) for each in amounts]
    return [*cells, (sum(cell[0] for cell in cells), sum(cell[1] for cell in cells))]


def _outcome(visit: Visit, found: Verification) -> dict[str, Any] | None:
    """The stated outcome in words."""
    if found.outcome is None:
        return None
    question, language = found.outcome.question, visit.language
    return {
        "place": place_name(visit, question.division_code),
        "year": question.declaration_year,
        "level": say(LEVELS, question.level, language, {}),
        "purpose": say(PURPOSES, question.purpose, language, {}),
        "then": begun(say(OUTCOMES, found.outcome.then, language, {})),
        "now": say(OUTCOMES, found.outcome.now, language, {}),
        "is_other": found.outcome.now != found.outcome.then,
        "policy_changed": found.outcome.policy_changed,
        "policy": found.outcome.policy,
    }
