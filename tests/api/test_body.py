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


@pytest.mark.parametrize("told", ["", "-1", "+8", " 8", "8.0", "٨", "²"])
def test_a_length_that_is_none_is_not_one(told: str) -> None:
    assert Body({"CONTENT_LENGTH": told, "wsgi.input": io.BytesIO()}).length is None


def test_a_length_is_one_however_it_is_written() -> None:
    def length(told: str) -> int:
        found = Body({"CONTENT_LENGTH": told, "wsgi.input": io.BytesIO()}).length
        assert found is not None
        return found

    assert [length("0" * zeros + "8") for zeros in (0, 1, 30)] == [8] * 3
    assert length("0" * 30) == 0
    assert min(length("1" + "0" * zeros) for zeros in (17, 18, 5000)) >= 10**17


def test_chunks_have_no_length() -> None:
    sent = {"CONTENT_LENGTH": "8", "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": io.BytesIO()}
    assert Body(sent).length is None


class Counted(io.BytesIO):
    """A stream that knows the most that was asked of it at once."""

    most = 0

    def read(self, size: int | None = -1) -> bytes:
        self.most = max(self.most, -1 if size is None else size)
        return super().read(size)


def test_what_is_too_long_by_its_own_word_is_not_read_for_its_content(provider: Caller) -> None:
    """The test's server takes two million bytes."""
    for length, status, code in ((2_000_000, 400, "not_json"), (2_000_001, 413, "payload_too_large")):
        sent = Counted(b"x" * length)
        environ = {"wsgi.input": sent, "CONTENT_LENGTH": str(length)}
        answer = provider.post("/v1/entries", content_type="application/json", environ_overrides=environ)
        refused(answer, status, code)
        assert (sent.most >= length) == (status == 400)


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
