"""/me/certificates: issues one's certificates of hours, lists them with what has become of them, prints them again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import flash
from marshmallow import EXCLUDE

from api.door import Reply
from api.pages.choice import Chosen, choose, first_choice
from api.pages.own_parts import begun
from api.pages.page import PERSON, Page, Visit
from api.pages.question_form import place_name
from api.pages.rendering import lead_to, show
from api.pages.verify import Sign, sign_of
from api.paper.font import lacking
from api.paper.reply import paper_reply
from service.domain.access import own_asker
from service.domain.errors import Refusal
from service.fields import ChoiceField, StrictSchema, TextField, TruthField, YearField
from service.operations.check_eligibility import EligibilityAsk
from service.operations.clients import name_clients
from service.operations.issue_certificate import issue_certificate
from service.operations.read_own import own_person_id
from service.operations.read_own_entries import read_own_entries
from service.operations.reprint_certificate import reprint_certificate
from service.operations.verify_certificate import Verification, verify_own_certificates
from service.wording import LANGUAGES, say
from service.wording.decision import LEVELS, OUTCOMES, PURPOSES


class CertificateFormSchema(StrictSchema):
    """What the certificate shall show. The question of the outcome stands beside it, as the address of ``/me`` does."""

    class Meta:
        unknown = EXCLUDE

    year = YearField(from_text=True)
    with_outcome = TruthField(from_text=True, load_default=False)


class IssuedQuerySchema(StrictSchema):
    """The certificate that was just issued."""

    class Meta:
        unknown = EXCLUDE

    issued = TextField(40)


class PaperQuerySchema(StrictSchema):
    """The language to print in."""

    class Meta:
        unknown = EXCLUDE

    language = ChoiceField(LANGUAGES)


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate in the list. ``issued_to``: the client that asked for it, None: the person."""

    found: Verification
    sign: Sign
    outcome: str | None
    issued_to: str | None

    @property
    def code(self) -> str:
        return self.found.certificate.record.code

    @property
    def can_be_printed(self) -> bool:
        """Not when the rules its outcome went by have changed: they would be told otherwise."""
        return not self.found.is_erased and not (self.found.outcome and self.found.outcome.policy_changed)


def get_certificates(visit: Visit) -> Reply:
    """What may be issued, and what was."""
    asker = own_asker(visit.request_id, "entries")
    entries = read_own_entries(visit.context, visit.person, asker=asker).entries
    issued = _issued(visit)
    code = visit.query.get("issued")
    return show(
        visit,
        "own_certificates.html",
        years=sorted({entry.credit_year for entry in entries}, reverse=True),
        question=_question(visit, first_choice(visit)),
        issued=issued,
        newest=next((each for each in issued if each.code == code), None),
    )


def post_certificate(visit: Visit) -> Reply:
    """Issues a certificate, or finds that the same was issued today."""
    context, form = visit.context, visit.form
    person_id = own_person_id(context, visit.person)
    if person_id is None:
        raise Refusal("not_found")
    ask = None
    if form["with_outcome"]:
        chosen = choose({name: text for name, text in visit.entered.items() if text.strip()})
        ask = EligibilityAsk(person_id, chosen.question, committee=chosen.committee)
    certificate = issue_certificate(
        context,
        person_id,
        year=form.get("year"),
        ask=ask,
        language=visit.language,
        lacking=lacking,
        asker=own_asker(visit.request_id, "transcript"),
    )
    if certificate.is_new:
        flash(visit.words("学时证明已出具。", "The certificate is issued."))
    else:
        flash(
            visit.words(
                "今天已出具过内容相同的证明，就是这一份。",
                "The same certificate was issued today: here it is.",
            )
        )
    return lead_to(f"/me/certificates?issued={certificate.code}")


def get_paper(visit: Visit) -> Reply:
    """A certificate as it was issued, as a PDF file."""
    language = visit.query.get("language", visit.language)
    asker = own_asker(visit.request_id, "transcript")
    certificate = reprint_certificate(visit.context, visit.person, visit.path["code"], language, asker=asker)
    reply = paper_reply(visit.context, certificate, language)
    return replace(reply, headers={**reply.headers, "Vary": "Accept-Language, Cookie"})


def _issued(visit: Visit) -> Sequence[Issued]:
    asker = own_asker(visit.request_id, "transcript")
    found = verify_own_certificates(visit.context, visit.person, visit.language, asker=asker)
    names = name_clients(visit.context) if found else {}
    issued = []
    for each in found:
        client_id = each.certificate.record.client_id
        outcome = (
            None if each.outcome is None else begun(say(OUTCOMES, each.outcome.then, visit.language, {}))
        )
        issued.append(Issued(each, sign_of(each), outcome, None if client_id is None else names[client_id]))
    return issued


def _question(visit: Visit, chosen: Chosen | None) -> dict[str, Any] | None:
    """The question that was chosen last at ``/me``: in words, and its texts to be sent along."""
    if chosen is None:
        return None
    question = chosen.question
    return {
        "place": place_name(visit, question.division_code),
        "year": question.declaration_year,
        "level": say(LEVELS, question.level, visit.language, {}),
        "purpose": say(PURPOSES, question.purpose, visit.language, {}),
        "texts": {**chosen.texts, "declaration_year": str(question.declaration_year)},
    }


PAGES: Final = (
    Page(
        name="own_certificates",
        path="/me/certificates",
        audience=PERSON,
        view=get_certificates,
        query=IssuedQuerySchema,
    ),
    Page(
        name="own_certificates_issue",
        path="/me/certificates",
        method="POST",
        audience=PERSON,
        view=post_certificate,
        form=CertificateFormSchema,
        again=get_certificates,
    ),
    Page(
        name="own_certificate_paper",
        path="/me/certificates/<code>",
        audience=PERSON,
        view=get_paper,
        query=PaperQuerySchema,
    ),
)
