"""The pages of authorities: their queue, an entry, what was decided, disputes."""

from typing import Final

from api.pages import authority_disputes, decided, queue, queue_entry
from api.pages.page import Page

PAGES: Final[tuple[Page, ...]] = (
    *queue.PAGES,
    *queue_entry.PAGES,
    *decided.PAGES,
    *authority_disputes.PAGES,
)
