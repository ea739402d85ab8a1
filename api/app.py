"""The application: the one place where doors, problems, observation and the context are wired together."""

from collections.abc import Callable
from typing import Any

import orjson
from flask import Flask, Request, Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import MapAdapter, Rule

from api.auth import admit, remembered
from api.door import Access, Call, Door, Reply
from api.limits import Knocking
from api.metrics import Metrics
from api.observation import DoorResponse, Observation
from api.pages.failure import failure_response, wants_page
from api.pages.page import Audience
from api.pages.wiring import wire_pages
from api.problems import log_failure, problem_response, refusal_of
from api.reading import read_request
from api.routes import all_doors
from importers.layout import load_layouts
from service.context import Context
from service.domain.access import Unconfirmed
from service.domain.errors import Refusal


class LedgerApp(Flask):
    """A Flask that registers no view without an access rule, and observes every request."""

    def __init__(self, observation: Observation) -> None:
        super().__init__("api", static_folder=None)
        self._observation = observation
        self._straight: dict[tuple[str, str], Rule] = {}

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Any = None, *args: Any, **options: Any
    ) -> None:
        """As Flask's. Raises TypeError for a view that does not say who may come in."""
        if not isinstance(getattr(view_func, "access", None), Access | Audience):
            raise TypeError(f"{rule}: no access rule. Declare a Door or a Page.")
        super().add_url_rule(rule, endpoint, view_func, *args, **options)
        if isinstance(view_func, Entrance) and view_func.door.method == "POST":
            self._straight |= {
                ("POST", found.rule): found
                for found in self.url_map.iter_rules(endpoint)
                if not found.arguments
            }

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """As Flask's, which sets up what finds a route and makes addresses. The commonest doors need neither: their
        path is their route."""
        if request is None:
            return None
        found = self._straight.get((request.method, request.path))
        if found is None:
            return super().create_url_adapter(request)
        request.url_rule, request.view_args = found, {}
        return None

    def before_request(self, f: Any) -> Any:
        """Raises TypeError: a hook would never run."""
        raise TypeError(f"{f}: requests are begun and finished by the observation, not by hooks")

    after_request = teardown_request = before_request

    def do_teardown_request(self, exc: BaseException | None = None) -> None:
        """Nothing, for the same reason."""

    def preprocess_request(self) -> None:
        """In the place of Flask's lists of hooks."""
        self._observation.begin(_behind(request), _behind(g))

    def process_response(self, response: Response) -> Response:
        """As Flask's, which looks for hooks and keeps the session: a door has neither."""
        self._observation.finish(_behind(request), _behind(g), response)
        return response if isinstance(response, DoorResponse) else super().process_response(response)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: none of ours is a coroutine, and Flask would look into five of them at every request."""
        return func


class Entrance:
    """A door's view as Flask calls it: admits, reads, lets the door answer, encodes."""

    def __init__(self, door: Door, context: Context) -> None:
        self.door = door
        self.access = door.access
        self.context = context
        self.knocking = None if door.per_minute is None else Knocking(door.per_minute)
        self.__name__ = door.name

    def __call__(self, **path: str) -> Response:
        incoming: Request = _behind(request)
        kept = _behind(g)
        if self.knocking is not None:
            self.knocking.allow(self.door.name, incoming.remote_addr or "")
        if self.door.confirms:
            response = self._answered_at_once(incoming, kept, path)
            if response is not None:
                return response
        kept.client = admit(self.access, incoming, self.context)
        call = Call(self.context, kept.language, kept.client, path, kept.request_id)
        try:
            read_request(self.door, incoming, call)
        except (Refusal, HTTPException):
            if self.door.exists is not None:
                self.door.exists(call)
            raise
        return encoded(self.door.view(call), DoorResponse)

    def _answered_at_once(self, incoming: Request, kept: Any, path: dict[str, str]) -> Response | None:
        """The answer for a key seen before, which the view's own statement confirms; None: look the key up first."""
        credential = remembered(self.access, incoming, self.context)
        if credential is None:
            return None
        kept.client = client = credential.client
        call = Call(self.context, kept.language, client, path, kept.request_id, credential=credential)
        try:
            read_request(self.door, incoming, call)
            return encoded(self.door.view(call), DoorResponse)
        except Unconfirmed:
            return None
        except (Refusal, HTTPException):
            # That a key has ended is said before anything else; and what was refused to the client that is remembered
            # may be open to what the client has become.
            if admit(self.access, incoming, self.context) != client:
                return None
            raise


def _behind(name: Any) -> Any:
    """What stands behind one of Flask's names just now: the name itself looks for it at each use."""
    return name._get_current_object()


def encoded(reply: Reply, kind: type[Response] = Response) -> Response:
    """The response for a reply: text and bytes as they are, anything else as JSON."""
    body = reply.body if isinstance(reply.body, str | bytes) else orjson.dumps(reply.body)
    response = kind(body, status=reply.status, content_type=reply.media_type)
    if reply.headers:
        response.headers.extend(reply.headers)
    return response


def create_app(context: Context) -> Flask:
    """The WSGI application for a context. Opens no connection. Raises LayoutFileError for a layout that is wrong."""
    load_layouts()
    metrics = Metrics()
    app = LedgerApp(Observation(metrics))
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = True
    if context.database.replica is not None:
        context.database.replica.tell = metrics.count_standby
    for door in all_doors(metrics):
        app.add_url_rule(door.rule, door.name, Entrance(door, context), methods=[door.method])
    wire_pages(app, context)
    _handle_errors(app, context)
    return app


def _handle_errors(app: Flask, context: Context) -> None:
    def refused(refusal: Refusal) -> Response:
        if wants_page(request):
            return failure_response(refusal, g.language, g.request_id)
        return problem_response(refusal, g.language, g.request_id)

    def framework(error: HTTPException) -> Response:
        if not isinstance(error, MethodNotAllowed):
            return refused(refusal_of(error))
        try:
            _require_key_before_405(app, context, error)
        except Refusal as refusal:
            return refused(refusal)
        response = refused(refusal_of(error))
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return response

    def failed(error: Exception) -> Response:
        log_failure(error)
        return refused(Refusal("internal_error"))

    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, framework)
    app.register_error_handler(Exception, failed)


def _require_key_before_405(app: Flask, context: Context, error: MethodNotAllowed) -> None:
    """401 and 403 come before 405: asks for the key that the path's other methods ask for."""
    accesses = [_access_at(app, method) for method in error.valid_methods or ()]
    declared = [access for access in accesses if access is not None]
    if declared and all(access.roles for access in declared):
        roles = {role for access in declared for role in access.roles}
        g.client = admit(Access(tuple(sorted(roles))), request, context)


def _access_at(app: Flask, method: str) -> Access | None:
    if method in ("OPTIONS", "HEAD"):
        return None
    adapter = app.create_url_adapter(request)
    if adapter is None:
        return None
    endpoint, _ = adapter.match(method=method)
    access = getattr(app.view_functions[endpoint], "access", None)
    return access if isinstance(access, Access) else None
