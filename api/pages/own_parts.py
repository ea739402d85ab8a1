"""What the pages about one's own hours share: an entry in words and who would recognise it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from api.pages.answer_view import clause_anchor
from api.pages.page import Visit
from api.pages.waiting import waits
from api.schemas.entry_answer import entry_json
from service.context import Context
from service.domain.entry import Entry
from service.domain.errors import Refusal
from service.domain.identifiers import decode_entry_id
from service.domain.policy import Citation
from service.domain.subjects import Subject
from service.wording import say
from service.wording.transcript import STATUSES, SUBJECTS

_TONES: Final = {"registered": "wait", "recognised": "good", "rejected": "bad", "reversed": "quiet"}


@dataclass(frozen=True, slots=True)
class Recogniser:
    """Who recognises hours of a place, subject and series. ``authority`` None: the notice names nobody, ``settled_by``
    is whom to ask. ``citation``: the notice's line on what counts, None where no notice is loaded, ``address`` where it
    stands on the pages; ``reading``: what we read where the notice is silent."""

    place: str
    authority: str | None
    settled_by: str
    citation: Citation | None
    address: str | None
    reading: str | None


def named_entry(visit: Visit) -> tuple[int, int]:
    """The entry in the path. Refusal ``not_found`` when it can be none."""
    entry_id = decode_entry_id(visit.path["entry_id"])
    if entry_id is None:
        raise Refusal("not_found")
    return entry_id


def begun(text: str) -> str:
    """As a heading or a cell begins."""
    return text[:1].upper() + text[1:]


def told(visit: Visit, entry: Entry) -> dict[str, Any]:
    """An entry as JSON, with the words for its codes and the tone of its status."""
    if waits(visit.context, entry):
        status = visit.words("待认定", "Awaits recognition")
    else:
        status = begun(say(STATUSES, entry.status, visit.language, {}))
    return {
        **entry_json(entry),
        "place": visit.context.policy_book.divisions[entry.division_code].name,
        "subject_name": begun(say(SUBJECTS, entry.subject, visit.language, {})),
        "status_name": status,
        "tone": _TONES[entry.status],
        "may_be_taken_back": entry.self_registered and entry.status == "registered",
    }


def recogniser(context: Context, division_code: str, subject: Subject, series: str | None) -> Recogniser:
    """Who recognises, by the newest notice of the place."""
    book = context.policy_book
    code = book.current_code(division_code)
    versions = book.versions_for(code)
    newest = versions[-1] if versions else None
    rule = book.recognition_in(code)
    counting = newest.counting if newest else None
    citation = rule.citation if rule else counting.citation if counting else None
    readings: Mapping[str, str] = {each.switch: each.reason for each in newest.readings} if newest else {}
    return Recogniser(
        place=book.divisions[code].name,
        authority=book.recognising_authority(code, subject, series),
        settled_by=book.ground(code, newest.notice_year if newest else 0).settled_by,
        citation=citation,
        address=f"/notices/{newest.division_code}#{clause_anchor(asdict(citation))}"
        if newest and citation
        else None,
        reading=None if rule else readings.get("counting.registered"),
    )
