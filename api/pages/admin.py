"""/admin: how the service is doing."""

from typing import Final

from api.door import Reply
from api.pages.page import Page, Visit, staff
from api.pages.rendering import show
from service.operations.read_health import COUNTED_MAX, read_health

ADMIN: Final = staff("admin")


def get_overview(visit: Visit) -> Reply:
    """What there is, and whether it works."""
    return show(
        visit, "admin.html", health=read_health(visit.context), counted_max=COUNTED_MAX, counted=_counted
    )


def _counted(number: int) -> str:
    return f"{number:,}" + ("+" if number >= COUNTED_MAX else "")


PAGES: Final = (Page(name="admin", path="/admin", audience=ADMIN, view=get_overview),)
