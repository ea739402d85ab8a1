"""A real OpenID provider on loopback: oidc-provider-mock, in which each user has the claims that a test gives."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from jinja2 import ChoiceLoader, DictLoader
from oidc_provider_mock import User, app
from werkzeug.serving import make_server

from tests.browser.chromium import LOOPBACK

# The provider's own frame asks another site for its style sheet.
_FRAME = '<!doctype html><html lang="en"><title>Provider</title><main>{% block content %}{% endblock %}</main></html>'


@contextmanager
def identity_provider(users: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The issuer's address. ``users``: name of the button to press → claims."""
    made = app(user_claims=[User(sub=name, claims=dict(claims)) for name, claims in users.items()])
    made.jinja_loader = ChoiceLoader([DictLoader({"_base.html": _FRAME}), made.jinja_loader])  # type: ignore[list-item]
    server = make_server(LOOPBACK, 0, made, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.1,))
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
