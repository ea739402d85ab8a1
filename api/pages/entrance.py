"""A page's view as Flask calls it: who is signed in, the form and its token, the page, the form again if refused."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, unquote

from flask import Request, Response, g, request, session
from flask_wtf.csrf import validate_csrf
from marshmallow import ValidationError
from wtforms.validators import ValidationError as BadToken

from api.door import Reply
from api.pages.page import Page, Visit
from api.pages.rendering import lead_to
from api.problems import STATUS
from api.reading import FORM_OVERHEAD_MAX, flat_values
from service.context import Context, today
from service.domain.errors import Fault, Refusal, invalid_request
from service.domain.session import Session
from service.fields import Known, StrictSchema, Surroundings, faults_of, holds_id_number
from service.operations.sessions import read_session

CSRF_FIELD: Final = "csrf_token"
SESSION_TOKEN: Final = "token"  # noqa: S105  # the name of a value, not one
SHOWN_AGAIN: Final = frozenset({400, 401, 409, 413, 415, 422, 429})
"""Statuses of refusals that whoever filled in a form can do something about there."""

_FIELDS_MAX: Final = 4000
"""Parts of a form: a selection of a full queue page has two or three for each entry."""


class PageEntrance:
    """Admits, reads, lets the page answer."""

    def __init__(self, page: Page, context: Context) -> None:
        self.page = page
        self.access = page.audience
        self.context = context
        self.__name__ = page.name

    def __call__(self, **path: str) -> Response:
        from api.app import encoded  # the application knows the pages

        g.page = self.page
        visit = g.visit = self._visit(path)
        if not self.page.audience.admits(visit.session):
            if visit.session is not None:
                raise Refusal("forbidden_role")
            return encoded(_to_sign_in(request))
        return encoded(self._answer(visit))

    def _visit(self, path: Mapping[str, str]) -> Visit:
        token = session.get(SESSION_TOKEN)
        signed_in: Session | None = None if token is None else read_session(self.context, token)
        if signed_in is not None:
            g.client = signed_in.client
        return Visit(
            context=self.context,
            language=g.language,
            session=signed_in,
            token=token if signed_in is not None else None,
            path=path,
            request_id=g.request_id,
            address=request.remote_addr or "",
        )

    def _answer(self, visit: Visit) -> Reply:
        known = Known(self.context.policy_book.divisions, today(self.context), self.context.clock())
        with Surroundings(known):
            if self.page.query is not None:
                visit.query = _loaded(self.page.query, _texts(flat_values(request.args, [])))
            if self.page.method == "GET":
                return self.page.view(visit)
            _read_parts(self.page, request, visit)
            _require_token()
            try:
                if self.page.form is not None:
                    visit.form = _loaded(self.page.form, _raw_form(self.page, request))
                return self.page.view(visit)
            except Refusal as refusal:
                if self.page.again is None or STATUS[refusal.code] not in SHOWN_AGAIN:
                    raise
                visit.refusal = refusal
                return self.page.again(visit)


def _to_sign_in(incoming: Request) -> Reply:
    """To the sign-in page, and from there back to where a reader was going; an identity number that somebody put into
    that address isn't said again."""
    asked_for = incoming.full_path.rstrip("?")
    leads_back = incoming.method == "GET" and not holds_id_number(unquote(asked_for))
    back = f"?next={quote(asked_for, safe='')}" if leads_back else ""
    return lead_to(f"/sign-in{back}")


def _read_parts(page: Page, incoming: Request, visit: Visit) -> None:
    """The form's texts and files. Refusal ``payload_too_large``."""
    most = sum(size * page.several.get(name, 1) for name, size in page.files.items())
    incoming.max_content_length = most + FORM_OVERHEAD_MAX * 4
    incoming.max_form_memory_size = FORM_OVERHEAD_MAX * 4
    incoming.max_form_parts = _FIELDS_MAX
    visit.entered = incoming.form.to_dict()
    visit.entered_lists = {name: incoming.form.getlist(name) for name in page.lists}
    files, several = {}, {}
    for name, size_max in page.files.items():
        if name in page.several:
            uploads = [upload for upload in incoming.files.getlist(name) if upload.filename]
            several[name] = [(upload.filename or "", upload.stream.read(size_max + 1)) for upload in uploads]
            continue
        upload = incoming.files.get(name)
        if upload is None or not upload.filename:
            continue
        data = upload.stream.read(size_max + 1)
        if len(data) > size_max:
            raise Refusal("payload_too_large")
        files[name] = (upload.filename, data)
    visit.files, visit.several = files, several


def _require_token() -> None:
    """Refusal ``form_expired``: the form isn't from a page that we showed to this browser."""
    try:
        validate_csrf(request.form.get(CSRF_FIELD))
    except BadToken:
        raise Refusal("form_expired") from None


def _raw_form(page: Page, incoming: Request) -> dict[str, Any]:
    faults: list[Fault] = []
    single = incoming.form.copy()
    single.poplist(CSRF_FIELD)
    several = {name: [text for text in single.poplist(name) if text.strip()] for name in page.lists}
    texts = _texts(flat_values(single, faults))
    if faults:
        raise invalid_request(faults)
    return {**texts, **{name: values for name, values in several.items() if values}}


def _texts(values: Mapping[str, str]) -> dict[str, Any]:
    """A form sends an empty text for a field that was left alone."""
    return {name: text for name, text in values.items() if text.strip()}


def _loaded(schema: type[StrictSchema], raw: Mapping[str, Any]) -> Any:
    try:
        return schema().load(raw)
    except ValidationError as error:
        raise invalid_request(list(faults_of(error.messages))) from None
