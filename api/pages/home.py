"""The first page: what this is, for whom, and in the demo four people with four stories."""

from typing import Final

from api.door import Reply
from api.pages.page import EVERYBODY, Page, Visit
from api.pages.rendering import show
from api.pages.sign_in import first_page
from importers.samples import DEMO_PEOPLE


def get_home(visit: Visit) -> Reply:
    """What the service is and where to go from here."""
    session = visit.session
    who = None if session is None else session.person or session.client
    divisions = visit.context.policy_book.divisions
    return show(
        visit,
        "home.html",
        own_page=None if who is None else first_page(who),
        demo_people=DEMO_PEOPLE if visit.context.settings.demo else (),
        places={person.division_code: divisions[person.division_code].name for person in DEMO_PEOPLE},
    )


PAGES: Final = (Page(name="home", path="/", audience=EVERYBODY, view=get_home),)
