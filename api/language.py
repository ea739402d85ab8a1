"""The caller's language: zh-CN unless English is preferred."""

from typing import Final

from flask import Request

from service.wording import LANGUAGES, Language

LANGUAGE_COOKIE: Final = "language"


def chosen_language(request: Request) -> Language:
    """What was chosen on the pages, else the best of ours for ``Accept-Language``; zh-CN when nothing matches or is
    said."""
    chosen = None if request.path.startswith("/v1/") else request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    if "HTTP_ACCEPT_LANGUAGE" not in request.environ:
        return "zh-CN"
    best = request.accept_languages.best_match(LANGUAGES)
    return "en" if best == "en" else "zh-CN"
