"""/v1/people: who is behind a document, and a person's transcript."""

from typing import Final

from flask import request

from api.door import Answer, Call, Door, JsonBody, Reply, only
from api.paper.font import lacking
from api.paper.reply import PDF, VARY, paper_reply
from api.routes.entries import REPLAYED
from api.schemas.attestation import LinkAnswerSchema, LinkSchema
from api.schemas.person import IdentitySchema
from api.schemas.transcript_answer import (
    PersonFoundSchema,
    TranscriptQuerySchema,
    TranscriptSchema,
    transcript_json,
)
from api.transcript_csv import transcript_csv
from service.domain.errors import Refusal
from service.domain.identifiers import decode_person_id, encode_person_id
from service.operations.issue_certificate import Certificate, issue_certificate
from service.operations.link_persons import link_persons
from service.operations.look_up_person import look_up_person
from service.operations.read_transcript import read_transcript, require_person

TAG: Final = "People 人员"

_TRANSCRIPT_TYPES: Final = ("application/json", "text/csv", PDF)


def post_lookup(call: Call) -> Reply:
    """The person id of a document."""
    person_id = look_up_person(call.context, call.body, asker=call.asker("lookup"))
    if person_id is None:
        raise Refusal("not_found")
    return Reply({"person_id": encode_person_id(person_id)})


def named_person(call: Call) -> int:
    """The person id in the path; Refusal ``not_found`` when it can be none."""
    person_id = decode_person_id(call.path["person_id"])
    if person_id is None:
        raise Refusal("not_found")
    return person_id


def person_exists(call: Call) -> None:
    """Refusal unless the ledger has the person in the path."""
    require_person(call.context, named_person(call))


def get_transcript(call: Call) -> Reply:
    """A person's entries and their sums."""
    year = call.query.get("year")
    wanted = request.accept_mimetypes
    media_type = wanted.best_match(_TRANSCRIPT_TYPES) if wanted else _TRANSCRIPT_TYPES[0]
    if media_type is None:
        raise Refusal("not_acceptable")
    if media_type == PDF:
        return paper_reply(call.context, _certified(call, year), call.language)
    transcript = read_transcript(call.context, named_person(call), year, asker=call.asker("transcript"))
    headers = {"Vary": VARY}
    if media_type == "application/json":
        return Reply(transcript_json(transcript), headers=headers)
    headers["Content-Disposition"] = 'attachment; filename="transcript.csv"'
    return Reply(
        transcript_csv(transcript, call.language), headers=headers, media_type=f"{media_type}; charset=utf-8"
    )


def _certified(call: Call, year: int | None) -> Certificate:
    """The transcript as a certificate, without a question."""
    return issue_certificate(
        call.context,
        named_person(call),
        year=year,
        ask=None,
        language=call.language,
        lacking=lacking,
        asker=call.asker("transcript"),
    )


def post_link(call: Call) -> Reply:
    """Two persons are one: 201, or 200 when that was said before."""
    body = call.body
    person_ids, is_new = link_persons(
        call.context, call.caller, body["person_id"], body["other_person_id"], body["reason"]
    )
    answer = {"person_ids": [encode_person_id(person_id) for person_id in person_ids]}
    return Reply(answer, 201) if is_new else Reply(answer, 200, {REPLAYED: "true"})


DOORS: Final = (
    Door(
        name="lookUpPerson",
        method="POST",
        path="/v1/people/lookup",
        access=only("platform", "authority", "admin"),
        view=post_lookup,
        tag=TAG,
        summary="Find a person by document 按证件查人",
        description="A POST, so that no identity number stands in an address. Someone the ledger has never seen: 404.",
        reads=JsonBody(IdentitySchema),
        answers={200: Answer("Found.", PersonFoundSchema)},
        refuses=("not_found",),
    ),
    Door(
        name="readTranscript",
        method="GET",
        path="/v1/people/{person_id}/transcript",
        access=only("platform", "authority", "admin"),
        view=get_transcript,
        tag=TAG,
        summary="A person's transcript 学时证明",
        description=(
            "Sums by year, subject and standing, and every entry. Name and number are masked. With "
            "`Accept: text/csv` the entries as a table for spreadsheets. With `Accept: application/pdf` a signed "
            "certificate of it, as `POST /v1/people/{person_id}/certificates` issues, with the name in clear."
        ),
        query=TranscriptQuerySchema,
        answers={200: Answer("The transcript.", TranscriptSchema, also=("text/csv", PDF))},
        refuses=("not_found", "not_acceptable", "person_erased", "unprintable_name", "no_signing_key"),
        exists=person_exists,
    ),
    Door(
        name="linkPersons",
        method="POST",
        path="/v1/people/links",
        access=only("admin"),
        view=post_link,
        tag=TAG,
        summary="Two persons are one 关联为同一人",
        description=(
            "Somebody registered under two documents: from now on questions and transcripts of either read both "
            "chains. Nothing is rewritten, and an answer as of an earlier moment is as it was. Said again it adds "
            "nothing: 200 with `Idempotent-Replayed: true`."
        ),
        reads=JsonBody(LinkSchema),
        answers={
            200: Answer("Linked before.", LinkAnswerSchema, headers=(REPLAYED,)),
            201: Answer("Linked.", LinkAnswerSchema),
        },
    ),
)
