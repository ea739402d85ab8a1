"""The server as it is run: gunicorn in processes of its own, over a real socket."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from api.server import server_options
from service.settings import Settings
from tests.cli.server import environment, run_cli

ROOT = Path(__file__).parents[2]
LAST = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
"""A request after which the connection ends."""
HEAD = "POST /v1/policies/331100/evaluate HTTP/1.1\r\nHost: x\r\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def server(sqlite_url: str, tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """(port, file of its output) of a server with two processes."""
    with running(sqlite_url, tmp_path) as started:
        yield started


@pytest.fixture
def impatient_server(sqlite_url: str, tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """The same, but it gives a silent client up after a second."""
    with running(sqlite_url, tmp_path, "--worker-class", "tests.api.impatient.ImpatientWorker") as started:
        yield started


@contextmanager
def running(sqlite_url: str, tmp_path: Path, *options: str) -> Iterator[tuple[int, Path]]:
    port, metrics, output = free_port(), tmp_path / "metrics", tmp_path / "output"
    metrics.mkdir()
    settings = Settings(database_url=sqlite_url, port=port, web_concurrency=2, threads=2)
    environment = {**os.environ, "DATABASE_URL": sqlite_url, "PROMETHEUS_MULTIPROC_DIR": str(metrics)}
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *server_options(settings), *options],
            env=environment, cwd=ROOT, stdout=file, stderr=file,
        )  # fmt: skip
    try:
        wait_for(port, process, output)
        yield port, output
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def wait_for(port: int, process: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if get(port, "/readyz")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(output.read_text())


def get(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    told = answer.status, answer.read().decode()
    connection.close()
    return told


def raw(port: int, request: bytes, *, hangs_up: bool = False) -> bytes:
    """All that comes back. ``hangs_up``: the client says that it will send no more."""
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(request)
        if hangs_up:
            connection.shutdown(socket.SHUT_WR)
        return all_of(connection)


def all_of(connection: socket.socket) -> bytes:
    answer = b""
    while part := connection.recv(65536):
        answer += part
    return answer


def test_a_real_server(server: tuple[int, Path]) -> None:
    port, output = server
    for _ in range(20):
        assert get(port, "/healthz")[0] == 200
    metrics = get(port, "/metrics")[1]
    (counted,) = re.findall(r'requests_total{method="GET",route="/healthz",status="200"} (\d+)', metrics)
    assert int(counted) == 20  # of both processes together
    number = "330500199001010011"
    broken = [
        b"GET / HTTP/9.9\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET /" + number.encode() * 1000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA b: " + number.encode() + b"\r\n\r\n",
        b"POST /v1/entries HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    ]
    for request in broken:
        answer = raw(port, request)
        assert answer.startswith(b"HTTP/1.1 400 "), answer
        assert b"application/problem+json" in answer
        assert b'"code":"bad_request"' in answer
        assert b"X-Request-Id: " in answer
        assert number.encode() not in answer
    head = b"POST /v1/policies/331100/evaluate HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    head += b"Content-Type: application/json\r\n"
    chunked = raw(port, head + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
    assert chunked.startswith(b"HTTP/1.1 422 ")
    huge = b"%x\r\n" % 5_000_000 + b" " * 5_000_000 + b"\r\n0\r\n\r\n"
    assert b" 413 " in raw(port, head + b"Transfer-Encoding: chunked\r\n\r\n" + huge)[:20]
    logged = output.read_text()
    assert '"event": "request"' in logged
    assert number not in logged


def test_a_client_that_sends_all_before_it_reads_gets_its_answer(server: tuple[int, Path]) -> None:
    port, _ = server
    body = b"x" * 12_000_000
    for path, status in (("/v1/policies/331100/evaluate", b"413"), ("/v1/entries/batch", b"401")):
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
        sized = f"{head}Content-Length: {len(body)}\r\n\r\n".encode()
        assert raw(port, sized + body).split()[1] == status
        chunked = f"{head}Transfer-Encoding: chunked\r\n\r\n{len(body):x}\r\n".encode()
        assert raw(port, chunked + body + b"\r\n0\r\n\r\n").split()[1] == status


def test_who_stops_in_the_middle_is_let_go(impatient_server: tuple[int, Path]) -> None:
    """Else a few of them, malicious or merely out of reach, would hold every thread there is."""
    port, _ = impatient_server
    sized = "Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
    form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 99\r\n\r\nkey="
    begun = [
        (HEAD + sized, b"400"),
        (f"{HEAD}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{{", b"400"),
        (f"POST /v1/entries HTTP/1.1\r\nHost: x\r\n{sized}", b"401"),
        (f"POST /sign-in/key HTTP/1.1\r\nHost: x\r\n{form}", b"400"),
        ("GET /healthz HTTP/1.1\r\nHo", None),
    ]
    stalled = [socket.create_connection(("127.0.0.1", port), 60) for _ in begun]
    for connection, (request, _) in zip(stalled, begun, strict=True):
        connection.sendall(request.encode())
    for connection, (_, status) in zip(stalled, begun, strict=True):
        answer = all_of(connection)
        assert answer.split()[1:2] == ([] if status is None else [status]), answer
        connection.close()
    assert get(port, "/healthz")[0] == 200


def test_chunks_that_are_none_are_a_bad_request(server: tuple[int, Path]) -> None:
    port, output = server
    wrong = [
        b"x\r\n{}\r\n0\r\n\r\n",
        b"-2\r\n{}\r\n0\r\n\r\n",
        b"2;\x01\r\n{}\r\n0\r\n\r\n",
        b"2\r\n{}330500199001010011\r\n0\r\n\r\n",
        b"2\r\n{}\r\n0\r\nA b: c\r\n\r\n",
    ]
    chunked = f"{HEAD}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    for chunks in wrong:
        answer = raw(port, chunked + chunks)
        assert answer.startswith(b"HTTP/1.1 400 "), answer
        assert b"application/problem+json" in answer
        assert b'"code":"bad_request"' in answer
        refused_before = chunked.replace(b"/v1/policies/331100/evaluate", b"/v1/entries")
        assert raw(port, refused_before + chunks).startswith(b"HTTP/1.1 401 ")
    assert "330500199001010011" not in output.read_text()


def test_a_body_that_breaks_off_is_no_body(server: tuple[int, Path], sqlite_url: str) -> None:
    """What has come may happen to be complete JSON, or a form whose file is cut short, and mean something else."""
    port, _ = server
    settings = environment(DATABASE_URL=sqlite_url)
    key = run_cli(settings, "client", "create", "--role", "provider", "--name", "基地").splitlines()[-1]
    part = 'Content-Disposition: form-data; name="'
    form = f'--b\r\n{part}division_code"\r\n\r\n331100\r\n--b\r\n{part}file"; filename="a.csv"\r\n\r\na,b\r\n--b--\r\n'
    for path, media_type, body in (
        ("/v1/policies/331100/evaluate", "application/json", "{}"),
        ("/v1/imports", "multipart/form-data; boundary=b", form),
        ("/sign-in/key", "application/x-www-form-urlencoded", "key=a"),
    ):
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: {media_type}\r\n"
        whole = raw(port, f"{head}Connection: close\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        assert whole.split()[1] != b"400", whole
        for length in (f"{len(body) + 1}", f"{len(body) + 5_000}", f"{len(body) + 1:030}"):
            request = f"{head}Content-Length: {length}\r\n\r\n{body}".encode()
            answer = raw(port, request, hangs_up=True)
            assert answer.startswith(b"HTTP/1.1 400 "), answer
            assert b'"code":"bad_request"' in answer or b"text/html" in answer
        chunked = f"{head}Transfer-Encoding: chunked\r\n\r\n{len(body):x}\r\n{body}\r\n".encode()
        assert raw(port, chunked, hangs_up=True).startswith(b"HTTP/1.1 400 ")


def test_whatever_comes_of_a_request_the_next_on_its_connection_is_read(server: tuple[int, Path]) -> None:
    port, _ = server
    long = b" " * 12_000_000
    sized, typed = b"Content-Length: %d\r\n", b"Content-Type: application/json\r\n"
    post = HEAD.encode()
    requests = [
        (post + typed + sized % 2 + b"\r\n{}", b"422"),
        (post + typed + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", b"422"),
        (post + typed + sized % 1 + b"\r\n{", b"400"),
        (post + sized % 2 + b"\r\n{}", b"415"),
        (post + typed + sized % len(long) + b"\r\n" + long, b"413"),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + sized % 2 + b"\r\n{}", b"200"),
    ]
    for request, status in requests:
        answers = raw(port, request + LAST)
        assert re.findall(rb"HTTP/1\.1 (\d+) ", answers) == [status, b"200"], request[:200]


def test_a_burst_of_connections_is_answered_whole(server: tuple[int, Path]) -> None:
    """Fifty times as many as there are threads, all there before any of them asks; none hangs up before all have their
    answers, and for none of them another has to wait."""
    port, _ = server
    burst = [socket.create_connection(("127.0.0.1", port), 10) for _ in range(200)]
    for connection in burst:
        connection.sendall(LAST)
    answers = [all_of(connection) for connection in burst]
    assert {answer.split()[1] for answer in answers} == {b"200"}
    assert get(port, "/healthz")[0] == 200
    for connection in burst:
        connection.close()


def test_connections_that_say_nothing_hold_nobody_up(server: tuple[int, Path]) -> None:
    port, _ = server
    silent = [socket.create_connection(("127.0.0.1", port), 10) for _ in range(40)]
    assert get(port, "/healthz")[0] == 200
    for connection in silent:
        connection.sendall(LAST)
    assert {all_of(connection).split()[1] for connection in silent} == {b"200"}
    for connection in silent:
        connection.close()


def test_who_does_not_hang_up_is_hung_up_on(server: tuple[int, Path]) -> None:
    port, _ = server
    for more, pause, most in ((b"x", 0.1, 1_000), (b"x" * 100_000, 0, 60_000_000)):
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            connection.sendall(LAST)
            assert all_of(connection).split()[1] == b"200"
            assert sent_until_hung_up_on(connection, more, pause, most) < most


def sent_until_hung_up_on(connection: socket.socket, more: bytes, pause: float, most: int) -> int:
    """How many bytes went out, what the kernel holds included; ``most``: it went on all the same."""
    sent = 0
    while sent < most:
        try:
            sent += connection.send(more)
        except (BrokenPipeError, ConnectionResetError):
            return sent
        time.sleep(pause)
    return most


def test_the_head_of_an_answer_is_that_of_the_answer(server: tuple[int, Path]) -> None:
    port, _ = server
    asked = b" /v1/policies HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    whole, head = raw(port, b"GET" + asked), raw(port, b"HEAD" + asked)
    told = re.compile(rb"Content-Length: (\d+)\r\n")
    assert head.endswith(b"\r\n\r\n")
    assert told.findall(head) == told.findall(whole) == [b"%d" % len(whole.partition(b"\r\n\r\n")[2])]


def test_every_line_of_the_log_is_json_and_quotes_nothing(sqlite_url: str, tmp_path: Path) -> None:
    """gunicorn's own lines too, of which some carry a request's text: at the level that tells most."""
    number = "330500199001010011"
    unfinished = f"GET /{number} HTTP/1.1\r\nHost: {number}\r\nX".encode()
    options = ("--worker-class", "tests.api.impatient.ImpatientWorker", "--log-level", "debug")
    with running(sqlite_url, tmp_path, *options) as (port, output):
        assert raw(port, unfinished) == b""
        assert raw(port, unfinished, hangs_up=True) == b""
    text = output.read_text()
    assert number not in text
    lines = [json.loads(line) for line in text.splitlines()]
    (silent,) = [line for line in lines if line["event"] == "Socket error processing request."]
    assert (silent["level"], silent["error"]) == ("error", "BlockingIOError")
    assert silent["where"]
    assert any(line["event"].endswith("disconnection. NoMoreData") for line in lines)
    assert any(line["event"].startswith("Listening at") for line in lines)
