"""A person's first page: this year's question answered, with each rule and its line in the notice."""

from typing import Any, Final

from api.door import Reply
from api.pages.answer_view import answer_view
from api.pages.choice import Chosen, choose, first_choice, keeping, sent_texts
from api.pages.page import PERSON, Page, Visit
from api.pages.question_form import question_form
from api.pages.rendering import show
from api.pages.waiting import waiting_hours
from service.answer import Json
from service.domain.access import own_asker
from service.domain.errors import Refusal
from service.operations.read_own import check_own_eligibility


def get_me(visit: Visit) -> Reply:
    """The answer to what the address asks, else to what was asked last; the form, where neither is sound."""
    visit.entered = sent_texts()
    try:
        chosen = choose(visit.entered) if visit.entered else first_choice(visit)
        answer = None if chosen is None else _answer(visit, chosen)
    except Refusal as refusal:
        if refusal.code != "invalid_request":
            raise
        visit.refusal = refusal
        return show(visit, "me.html", **question_form(visit, visit.entered), answer=None)
    if chosen is None or answer is None:
        return show(visit, "me.html", **question_form(visit, {}), answer=None)
    values: dict[str, Any] = answer_view(visit, chosen.question, answer)
    form = question_form(visit, chosen.texts)
    waiting = waiting_hours(visit, answer)
    return keeping(
        show(visit, "me.html", **form, **values, waiting=waiting, chosen_address=chosen.address),
        visit,
        chosen,
    )


def _answer(visit: Visit, chosen: Chosen) -> Json:
    return check_own_eligibility(
        visit.context,
        visit.person,
        chosen.question,
        visit.language,
        asker=own_asker(visit.request_id, "eligibility"),
        committee=chosen.committee,
    )


PAGES: Final = (Page(name="me", path="/me", audience=PERSON, view=get_me),)
