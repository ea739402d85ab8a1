"""Text that a spreadsheet would run as a formula."""

from typing import Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def inert(text: str | None) -> str:
    """The text as a CSV cell that runs nothing: an apostrophe before what would begin a formula."""
    text = text or ""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
