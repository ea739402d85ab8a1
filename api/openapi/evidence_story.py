"""The part of the examples' story about hours that a person registered alone, which no door of the API does."""

from typing import Final

from api.openapi.rights_story import Storyteller
from service.context import Context
from service.domain.entry import OwnEntryDraft
from service.domain.evidence import Upload
from service.domain.identifiers import encode_entry_id
from service.domain.identity import Identity
from service.domain.session import SignedInPerson
from service.operations.register_own_entry import register_own_entry

_PDF: Final = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def tell_evidence(story: Storyteller, context: Context) -> None:
    """An authority looks at what a person added."""
    person = SignedInPerson(Identity("resident_id", "933840198507040012"), "样例乙")
    draft = OwnEntryDraft(
        token="2026-own-entry-of-the-story",  # noqa: S106  # of a form, no secret
        division_code="330500",
        credit_year=2023,
        subject="specialty",
        hours=240,
        course_title="工程监理规范宣贯",
        series="建设工程",
    )
    entry = register_own_entry(context, person, draft, [Upload("结业证书.pdf", _PDF)]).entry
    if entry is None:
        raise LookupError("a person's own entry was not registered")
    entry_id = encode_entry_id(entry.person_id, entry.seq)
    story.tell("listEvidence", path={"entry_id": entry_id})
