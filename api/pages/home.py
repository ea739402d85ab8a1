"""The first page: what this is, for whom, and in the demo four people with four stories."""

from dataclasses import dataclass
from typing import Final

from api.demo import DEMO_CLIENTS
from api.door import Reply
from api.pages.outcomes import Badge, badge
from api.pages.page import EVERYBODY, Page, Visit
from api.pages.rendering import show
from api.pages.sign_in import first_page
from importers.samples import DEMO_PEOPLE, DemoPerson


@dataclass(frozen=True, slots=True)
class Story:
    """One of the demo's people, with the answer in a word and a line. ``who`` signs in as them."""

    who: str
    person: DemoPerson
    badge: Badge
    why: str


def get_home(visit: Visit) -> Reply:
    """What the service is and where to go from here."""
    session = visit.session
    who = None if session is None else session.person or session.client
    divisions = visit.context.policy_book.divisions
    is_demo = visit.context.settings.demo
    return show(
        visit,
        "home.html",
        own_page=None if who is None else first_page(who),
        stories=[_story(visit, place, person) for place, person in enumerate(DEMO_PEOPLE)] if is_demo else (),
        demo_roles={made.role for made in DEMO_CLIENTS} if is_demo else (),
        cities=len({policy.division_code for policy in visit.context.policy_book.policies}),
        places={person.division_code: divisions[person.division_code].name for person in DEMO_PEOPLE},
    )


def _story(visit: Visit, place: int, person: DemoPerson) -> Story:
    separator = visit.words("：", ": ")
    why = visit.words(person.story_zh, person.story_en).split(separator, 1)[1]
    return Story(f"person-{place}", person, badge(person.outcome, visit), why[:1].upper() + why[1:])


PAGES: Final = (Page(name="home", path="/", audience=EVERYBODY, view=get_home),)
