"""The caller's language: zh-CN unless English is preferred."""

from flask import Request

from service.wording import LANGUAGES, Language


def chosen_language(request: Request) -> Language:
    """The best of ours for ``Accept-Language``; zh-CN when nothing matches or nothing is said."""
    if "Accept-Language" not in request.headers:
        return "zh-CN"
    best = request.accept_languages.best_match(LANGUAGES)
    return "en" if best == "en" else "zh-CN"
