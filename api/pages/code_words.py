"""Codes in words, for templates: ``word("level", "junior")``."""

from collections.abc import Callable, Sequence
from typing import Any

from api.pages.page import Visit
from service.wording import say
from service.wording.codes import CODES

Options = list[tuple[str, str]]
"""(code, words) of each choice."""


def code_words(visit: Visit) -> Callable[..., str]:
    """A function that says a code of a kind (see ``CODES``) in the visitor's language, beginning with a capital."""

    def word(kind: str, code: str, **params: Any) -> str:
        text = say(CODES[kind], code, visit.language, params)
        return text[:1].upper() + text[1:]

    return word


def options(visit: Visit, kind: str, codes: Sequence[str]) -> Options:
    """Codes with their words, for a choice."""
    word = code_words(visit)
    return [(code, word(kind, code)) for code in codes]
