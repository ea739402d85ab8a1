"""/me/register and what follows from it: hours registered alone, their files, and taking them back."""

import secrets
from typing import Final

from flask import flash

from api.door import Reply
from api.pages.choice import first_choice
from api.pages.own_parts import begun, named_entry, recogniser, told
from api.pages.page import PERSON, Page, Visit
from api.pages.question_form import places
from api.pages.rendering import lead_to, show
from api.routes.evidence import file_reply
from api.schemas.evidence_answer import evidence_json
from api.schemas.own_entry import OwnEntrySchema, OwnReversalSchema
from service.context import Context, today
from service.domain.access import own_asker
from service.domain.entry import CREDIT_YEAR_MIN, OwnReversalReason
from service.domain.errors import Refusal
from service.domain.evidence import FILES_MAX, MEDIA_TYPES, Upload
from service.domain.identifiers import decode_person_id, encode_entry_id
from service.domain.subjects import Subject
from service.operations.read_entry_history import read_own_history
from service.operations.read_evidence import list_evidence, read_evidence
from service.operations.register_own_entry import register_own_entry
from service.operations.reverse_own_entry import reverse_own_entry
from service.wording import say
from service.wording.transcript import SUBJECTS

EVIDENCE: Final = "evidence"

_SUBJECT_LINES: Final[dict[Subject, tuple[str, str]]] = {
    "general_public": (
        "人力社保部门组织的公需课，如法律法规、职业道德、宏观政策。",
        "Courses for everybody that the human resources bureau organises: law, ethics, policy.",
    ),
    "industry_public": (
        "本行业主管部门组织的公需课，如行业政策、安全生产。",
        "Courses for a whole trade that its own department organises: its policies, its safety.",
    ),
    "public": (
        "证书只写“公需”、分不清哪一种时选它；不算作一般公需。",
        "When the certificate only says public: it never counts as general public.",
    ),
    "specialty": (
        "与本人专业有关的课程、培训、学术会议等。",
        "Courses, training and conferences in your own profession.",
    ),
}
_REASONS: Final[dict[OwnReversalReason, tuple[str, str]]] = {
    "wrong_hours": ("内容填错了", "I filled it in wrongly"),
    "duplicate": ("重复登记", "It is there twice"),
    "other": ("其他原因", "Another reason"),
}


def get_form(visit: Visit) -> Reply:
    """The form, empty, or as it was sent with what is wrong in it."""
    context = visit.context
    code = visit.refusal.code if visit.refusal else None
    # The token of a form that made an entry would only ever find that entry again.
    sent = None if code == "reference_conflict" else visit.entered.get("token")
    authorities = context.annex_book.authorities()
    chosen = first_choice(visit)
    return show(
        visit,
        "register.html",
        token_of_form=sent or secrets.token_urlsafe(24),
        cities=places(visit),
        chosen_place="" if chosen is None else chosen.question.division_code,
        year=today(context).year,
        year_min=CREDIT_YEAR_MIN,
        series_names=sorted({row.series[0] for row in authorities if row.series}),
        media_types=",".join(MEDIA_TYPES),
        files_max=FILES_MAX,
        size_max=context.settings.evidence_size_max,
        subjects=[
            (each, begun(say(SUBJECTS, each, visit.language, {})), visit.words(*line))
            for each, line in _SUBJECT_LINES.items()
        ],
        file_names=[name for name, _ in visit.several.get(EVIDENCE, ())],
    )


def post_form(visit: Visit) -> Reply:
    """Registers what the form says; sent twice, it leads to the same entry."""
    uploads = [Upload(name, content) for name, content in visit.several[EVIDENCE]]
    registration = register_own_entry(visit.context, visit.person, visit.form, uploads)
    entry = registration.entry
    if entry is None:
        raise LookupError("a registration without its entry")
    if registration.result == "replayed":
        flash(
            visit.words(
                "这张表刚才已经提交过，学时只登记了一次。",
                "You had sent this form already: the hours were registered once.",
            )
        )
    else:
        flash(visit.words("已登记，等待认定。", "Registered. The hours now wait for recognition."))
    return lead_to(f"/me/register/{encode_entry_id(entry.person_id, entry.seq)}")


def get_receipt(visit: Visit) -> Reply:
    """Where a registered entry now waits, and for whom."""
    entry_id, asker = named_entry(visit), own_asker(visit.request_id, "entries")
    entry = read_own_history(visit.context, visit.person, entry_id, asker=asker).entry
    if not entry.self_registered:
        raise Refusal("not_found")
    files = list_evidence(
        visit.context, visit.person, entry_id, asker=own_asker(visit.request_id, "evidence")
    )
    return show(
        visit,
        "registered.html",
        entry=told(visit, entry),
        files=[evidence_json(each) for each in files],
        recogniser=recogniser(visit.context, entry.division_code, entry.subject, entry.series),
    )


def get_file(visit: Visit) -> Reply:
    """A file as it was sent, to keep."""
    evidence_id = decode_person_id(visit.path["evidence_id"])
    if evidence_id is None:
        raise Refusal("not_found")
    asker = own_asker(visit.request_id, "evidence")
    return file_reply(read_evidence(visit.context, visit.person, evidence_id, asker=asker))


def get_withdrawal(visit: Visit) -> Reply:
    """Asks whether the entry is to be taken back. Refusal ``not_found``: somebody else registered it."""
    asker = own_asker(visit.request_id, "entries")
    entry = read_own_history(visit.context, visit.person, named_entry(visit), asker=asker).entry
    if not entry.self_registered:
        raise Refusal("not_found")
    reasons = [(code, visit.words(*words)) for code, words in _REASONS.items()]
    return show(visit, "withdrawal.html", entry=told(visit, entry), reasons=reasons)


def post_withdrawal(visit: Visit) -> Reply:
    """Takes the entry back."""
    form = visit.form
    reverse_own_entry(visit.context, visit.person, named_entry(visit), form["reason"], form.get("note"))
    flash(visit.words("已撤回，不再等待认定。", "Taken back: it no longer waits for recognition."))
    return lead_to(f"/me/hours/{visit.path['entry_id']}")


def register_pages(context: Context) -> tuple[Page, ...]:
    """The pages, with the largest file of these settings."""
    return (
        Page(name="own_register", path="/me/register", audience=PERSON, view=get_form),
        Page(
            name="own_register_send",
            path="/me/register",
            method="POST",
            audience=PERSON,
            view=post_form,
            form=OwnEntrySchema,
            files={EVIDENCE: context.settings.evidence_size_max},
            several={EVIDENCE: FILES_MAX},
            again=get_form,
        ),
        Page(name="own_registered", path="/me/register/<entry_id>", audience=PERSON, view=get_receipt),
        Page(name="own_evidence", path="/me/evidence/<evidence_id>", audience=PERSON, view=get_file),
        Page(
            name="own_withdrawal",
            path="/me/hours/<entry_id>/withdrawal",
            audience=PERSON,
            view=get_withdrawal,
        ),
        Page(
            name="own_withdrawal_send",
            path="/me/hours/<entry_id>/withdrawal",
            method="POST",
            audience=PERSON,
            view=post_withdrawal,
            form=OwnReversalSchema,
            again=get_withdrawal,
        ),
    )
