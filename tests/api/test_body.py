"""Bodies that break off."""

from tests.api.calls import Caller, refused


class Silent:
    """A body whose client has stopped sending: reading it waits, then fails."""

    def __init__(self) -> None:
        self.waits = 0

    def read(self, _size: int) -> bytes:
        self.waits += 1
        raise BlockingIOError


def test_a_silent_client_is_waited_for_once(provider: Caller, anyone: Caller) -> None:
    """Each wait holds a thread: not once for the body, once more where the key changed, and again to drain it."""
    for who, path, status, code in (
        (provider, "/v1/entries", 400, "bad_request"),
        (anyone, "/v1/entries", 401, "unauthenticated"),
        (anyone, "/v1/policies/331100/evaluate", 400, "bad_request"),
    ):
        silent = Silent()
        environ = {"wsgi.input": silent, "wsgi.input_terminated": True, "CONTENT_LENGTH": "9"}
        answer = who.post(path, content_type="application/json", environ_overrides=environ)
        refused(answer, status, code)
        assert silent.waits == 1
