"""From values to HTML: what every template may use, and the headers of every page."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from flask import Flask, get_flashed_messages, render_template
from flask_wtf.csrf import generate_csrf

from api.door import Reply
from api.pages.assets import asset_address
from api.pages.field_words import field_word
from api.pages.menu import ROLE_NAMES, is_here, menu, this_place
from api.pages.page import Visit
from api.problems import problem_document
from service.domain.hours import hours_number
from service.domain.zone import SHANGHAI
from service.wording import Language

HTML: Final = "text/html; charset=utf-8"

PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Pictures may be ``data:``: the style sheet's own icons are. Nothing inline, nothing from elsewhere."""

_OF_AN_IMPORT: Final = re.compile(r"import [0-9a-z]+")
_HEADERS: Final = {"Content-Security-Policy": PAGE_POLICY, "Vary": "Accept-Language, Cookie"}


def prepare_templates(app: Flask) -> None:
    """Gives an application's templates what they all may use."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(hours=_hours, instant=_instant, day=_day)
    app.jinja_env.globals.update(
        asset=asset_address, csrf=generate_csrf, menu=menu, is_here=is_here, this_place=this_place
    )


def show(visit: Visit, template: str, status: int = 200, **values: Any) -> Reply:
    """A page drawn from a template below ``templates/pages``.

    Templates have ``visit``, ``language``, ``t(chinese, english)``, ``csrf()`` (the hidden field that each form must
    carry), ``problem`` (the refused form's problem document, or None), ``entered(name, otherwise)``, ``fault(name)``.
    """
    refusal = visit.refusal
    problem = None if refusal is None else problem_document(refusal, visit.language, None)
    html = render_template(
        f"pages/{template}",
        visit=visit,
        language=visit.language,
        t=words_in(visit.language),
        problem=problem,
        entered=_entered(visit.entered),
        fault=_faults(problem),
        field_word=lambda name: field_word(name, visit.language),
        note=lambda text: _note(text, visit),
        messages=get_flashed_messages,
        role_name=lambda role: visit.words(*ROLE_NAMES[role]),
        **values,
    )
    return Reply(html, status if problem is None else problem["status"], _HEADERS, HTML)


def words_in(language: Language) -> Callable[[str, str], str]:
    """A function that picks the Chinese or the English text: the templates' ``t``."""
    return (lambda chinese, _: chinese) if language == "zh-CN" else (lambda _, english: english)


def lead_to(place: str) -> Reply:
    """Sends the browser on, after a form was taken, with GET."""
    return Reply("", 303, {"Location": place, "Vary": "Cookie"}, HTML)


def download(body: str | bytes, file_name: str, media_type: str) -> Reply:
    """A file to keep. ``file_name`` in ASCII."""
    return Reply(body, 200, {"Content-Disposition": f'attachment; filename="{file_name}"'}, media_type)


def _hours(value: float) -> str:
    """Hours without a needless ``.0``: 12, 12.5. Takes hours as the API writes them."""
    return f"{value:g}" if value < 100_000 else str(value)


def tenths_text(tenths: int) -> str:
    """Tenths of an hour as hours: 125 → 12.5."""
    return _hours(float(hours_number(tenths)))


def _instant(value: datetime | str) -> str:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _day(value: datetime | date | str) -> str:
    if isinstance(value, str):
        return value[:10]
    return (value.astimezone(SHANGHAI).date() if isinstance(value, datetime) else value).isoformat()


def _note(text: str, visit: Visit) -> str:
    """What was noted beside a fact. The ledger's own note of an import is told in words."""
    if _OF_AN_IMPORT.fullmatch(text):
        return visit.words("随整份花名册一起办理", "Done with the whole roster")
    return text


def _entered(texts: Mapping[str, str]) -> Callable[..., Any]:
    def entered(name: str, otherwise: Any = "") -> Any:
        return texts.get(name, otherwise)

    return entered


def _faults(problem: Mapping[str, Any] | None) -> Callable[[str], str]:
    """Field name → what is wrong with it, empty when nothing is."""
    told: dict[str, str] = {}
    for error in (problem or {}).get("errors", ()):
        told.setdefault(error["pointer"].strip("/").partition("/")[0], error["detail"])

    def fault(name: str) -> str:
        return told.get(name, "")

    return fault
