"""Bodies that break off, come in pieces or say odd things of their length."""

import io

import pytest
from werkzeug.exceptions import ClientDisconnected

from api.body import Body
from tests.api.calls import Caller, refused


class InPieces(io.BytesIO):
    """A stream that gives a few bytes at a time, as a connection may."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(3 if size is None or size < 0 else min(size, 3))


def test_all_of_a_body_is_had_from_its_pieces_and_once_more() -> None:
    body = Body({"CONTENT_LENGTH": "8", "wsgi.input": InPieces(b"12345678 the next request")})
    assert (body.length, body.whole(kept=True), body.whole(kept=True)) == (8, b"12345678", b"12345678")
    assert Body({"CONTENT_LENGTH": "0", "wsgi.input": InPieces(b"the next")}).whole(kept=False) == b""


def test_a_body_that_ends_before_its_length_is_none() -> None:
    body = Body({"CONTENT_LENGTH": "9", "wsgi.input": InPieces(b"12345678")})
    for _ in range(2):
        with pytest.raises(ClientDisconnected):
            body.whole(kept=True)


@pytest.mark.parametrize("told", ["", "-1", "+8", " 8", "8.0", "٨", "9" * 5000])
def test_a_length_that_is_none_is_not_one(told: str) -> None:
    assert Body({"CONTENT_LENGTH": told, "wsgi.input": io.BytesIO()}).length is None


def test_chunks_have_no_length() -> None:
    sent = {"CONTENT_LENGTH": "8", "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": io.BytesIO()}
    assert Body(sent).length is None


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
