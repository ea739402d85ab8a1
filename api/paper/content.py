"""What stands on a certificate's page: every text ready to be set, by the names that the template uses."""

from typing import Any, Final

from api.paper.font import MISSING, printable
from api.paper.qr import qr_svg
from service.answer import Json
from service.context import Context
from service.domain.amounts import Amounts
from service.domain.certificate import entry_sums, pending
from service.domain.entry import Entry
from service.domain.hours import hours_text
from service.domain.identifiers import encode_person_id
from service.domain.identity import mask_id_number
from service.domain.question import Question
from service.domain.subjects import SUBJECTS, Subject
from service.operations.issue_certificate import Certificate
from service.wording import LANGUAGES, Language, Texts, say
from service.wording.certificate import PAPER
from service.wording.decision import LEVELS, OUTCOMES, PURPOSES
from service.wording.transcript import STATUSES
from service.wording.transcript import SUBJECTS as SUBJECT_WORDS

_PLAIN: Final = tuple(name for name, (chinese, _) in PAPER.items() if "{" not in chinese)


def paper_content(context: Context, certificate: Certificate, language: Language) -> dict[str, Any]:
    """Texts, tables and the QR code's drawing. ``second``: headings in the other language."""
    other = LANGUAGES[1 - LANGUAGES.index(language)]
    reached_at, transcript = context.settings.reached_at, certificate.transcript
    day, number = certificate.issued_on, transcript.id_number
    verify_at = f"{reached_at}/verify"
    rows = [_entry_row(certificate, entry, language) for entry in transcript.entries]
    return {
        "language": language,
        "words": {name: say(PAPER, name, language, {}) for name in _PLAIN},
        "second": {name: say(PAPER, name, other, {}) for name in _PLAIN},
        "name": transcript.name,
        "id_number": None if number is None else mask_id_number(number),
        "person_id": encode_person_id(transcript.person_id),
        "scope": _scope(certificate, language),
        "issued_on": say(PAPER, "day", language, {"year": day.year, "month": day.month, "day": day.day}),
        "code": certificate.code,
        "qr": qr_svg(f"{verify_at}/{certificate.code}#{certificate.claim}"),
        "online": say(PAPER, "online_how", language, {"url": verify_at}),
        "offline": say(PAPER, "offline_how", language, {"url": f"{reached_at}/.well-known/jwks.json"}),
        "key_id": certificate.key_id,
        "position": say(PAPER, "position", language, {"position": transcript.position}),
        "head": f"sha256:{transcript.head.hex()}",
        "page": say(PAPER, "page", language, {"page": "{page}", "pages": "{pages}"}),
        "sums": _sums(transcript.entries, language),
        "entries": rows,
        "lacks": any(MISSING in cell for row in rows for cell in row["cells"]),
        "outcome": _outcome(context, certificate.answer, certificate.question, language),
    }


def _scope(certificate: Certificate, language: Language) -> str:
    if certificate.year is not None:
        return say(PAPER, "one_year", language, {"year": certificate.year})
    years = sorted({entry.credit_year for entry in certificate.transcript.entries})
    if not years:
        return say(PAPER, "all_years", language, {})
    return say(PAPER, "years", language, {"first": years[0], "last": years[-1]})


def _sums(entries: list[Entry], language: Language) -> dict[str, Any]:
    """The table of years and subjects; subjects that have no hours in any year are left out."""
    sums = entry_sums(entries)
    subjects: list[Subject] = [
        subject for subject in SUBJECTS if any(subject in amounts for amounts in sums.values())
    ]
    lines = {year: [amounts.get(each, Amounts()) for each in subjects] for year, amounts in sums.items()}
    total = [_plus(column) for column in zip(*lines.values(), strict=True)]
    whole = _plus(total)
    rejected = None
    if whole.rejected:
        rejected = say(PAPER, "about_rejected", language, {"hours": hours_text(whole.rejected)})
    return {
        "subjects": [_begun(say(SUBJECT_WORDS, subject, language, {})) for subject in subjects],
        "rows": [
            {"year": str(year), "cells": [_pair(each) for each in [*line, _plus(line)]]}
            for year, line in lines.items()
        ],
        "total": [_pair(each) for each in [*total, whole]],
        "rejected": rejected,
    }


def _begun(text: str) -> str:
    """As a heading begins."""
    return text[:1].upper() + text[1:]


def _plus(amounts: list[Amounts] | tuple[Amounts, ...]) -> Amounts:
    total = Amounts()
    for each in amounts:
        total = total.plus(each)
    return total


def _pair(amounts: Amounts) -> list[str]:
    return [hours_text(tenths) if tenths else "" for tenths in (amounts.recognised, pending(amounts))]


def _entry_row(certificate: Certificate, entry: Entry, language: Language) -> dict[str, Any]:
    course = entry.course_title or entry.course_code or say(PAPER, "no_course", language, {})
    is_decided = entry.status in ("recognised", "rejected")
    return {
        "cells": [
            str(entry.credit_year),
            printable(course),
            say(SUBJECT_WORDS, entry.subject, language, {}),
            hours_text(entry.hours),
            hours_text(entry.recognised_hours) if is_decided else "",
            printable(certificate.providers[entry.provider_id]),
            entry.completed_on.isoformat() if entry.completed_on else "",
            _status(entry, language),
        ],
        "status": entry.status,
    }


def _status(entry: Entry, language: Language) -> str:
    if entry.status == "registered":
        return say(PAPER, "pending", language, {})
    return say(STATUSES, entry.status, language, {})


def _outcome(
    context: Context, answer: Json | None, question: Question | None, language: Language
) -> dict[str, Any] | None:
    if answer is None or question is None:
        return None

    def said(texts: Texts, code: str) -> str:
        return say(texts, code, language, {})

    policy = answer["policy"]
    params = {
        "place": context.policy_book.divisions[question.division_code].name,
        "year": question.declaration_year,
        "level": said(LEVELS, question.level),
        "purpose": said(PURPOSES, question.purpose),
    }
    return {
        "is": answer["outcome"],
        "told": _begun(said(OUTCOMES, answer["outcome"])),
        "question": say(PAPER, "question", language, params),
        "policy": None if policy is None else f"{policy['name']}　{policy['document']}",
        "digest": None if policy is None else policy["digest"],
        "findings": [_finding(finding, language) for finding in answer["findings"]],
    }


def _finding(finding: Json, language: Language) -> dict[str, Any]:
    citation = finding.get("citation")
    told = None
    if citation is not None:
        params = {name: citation[name] or "" for name in ("document", "clause", "text")}
        told = printable(say(PAPER, "clause", language, params))
    state = "met" if finding["met"] else "open" if "settled_by" in finding else "not_met"
    return {"state": state, "message": printable(finding["message"]), "citation": told}
