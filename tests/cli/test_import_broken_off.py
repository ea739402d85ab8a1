"""``hours-ledger import`` broken off anywhere leaves all rows or none, and the same command completes later."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bench.roster_file import write_csv
from importers.ahead import FILE_SIZE_MIN
from tests.cli.conftest import Cli

ROOT = Path(__file__).resolve().parents[2]
PROVIDER = "基地"
ROWS = 11_000

WAITING = """
import sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
import importers.intake
from api.cli.root import run
from service.operations.intake import Intake

moment = sys.argv[1]
chunks = 0
register, take_in = Intake.register, importers.intake.take_in

def wait(name):
    if name == moment:
        print(name, flush=True)
        sys.stdin.read()

def registering(self, *arguments):
    global chunks
    chunks += 1
    result = register(self, *arguments)
    if chunks == 2:
        wait("writing")
    return result

def taking(*arguments, **options):
    wait("before")
    result = take_in(*arguments, **options)
    wait("after")
    return result

Intake.register, importers.intake.take_in = registering, taking
event.listen(Engine, "commit", lambda _: chunks and wait("committing"))
sys.exit(run(sys.argv[2:]))
"""


@pytest.fixture(scope="module")
def roster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Large enough to be read in a process of its own."""
    path = write_csv(tmp_path_factory.mktemp("roster") / "名册.csv", ROWS)
    head, *lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([head, *(line + "x" * 150 for line in lines), ""]), "utf-8")
    assert path.stat().st_size > FILE_SIZE_MIN
    return path


@pytest.fixture
def provider(both_cli: Cli) -> Cli:
    both_cli("client", "create", "--role", "provider", "--name", PROVIDER)
    return both_cli


def facts(url: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        count: int = connection.execute(text("SELECT count(*) FROM ledger")).scalar_one()
    engine.dispose()
    return count


def command(moment: str, roster: Path) -> subprocess.Popen[str]:
    """The command in a process of its own, up to the moment, where it waits."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(WAITING),
            moment,
            "import",
            str(roster),
            "--provider",
            PROVIDER,
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    while (line := process.stdout.readline().strip()) != moment:
        assert line, process.communicate()[1]
    return process


def completes(cli: Cli, roster: Path, created: int) -> None:
    done = cli("import", str(roster), "--provider", PROVIDER, "--language", "en")
    assert f"{created} created, {ROWS - created} replayed, 0 refused" in done.out, done.err
    assert done.status == 0
    assert cli("verify").status == 0


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["before", "writing", "committing", "after"])
def test_killed(provider: Cli, database_url: str, roster: Path, moment: str) -> None:
    process = command(moment, roster)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    process.communicate()
    kept = ROWS if moment == "after" else 0
    assert facts(database_url) == kept
    completes(provider, roster, ROWS - kept)


@pytest.mark.slow
def test_stopped_by_hand(provider: Cli, sqlite_or_both: str, roster: Path) -> None:
    process = command("writing", roster)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the reading process too
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.splitlines()[-1] == "stopped"
    assert facts(sqlite_or_both) == 0
    completes(provider, roster, ROWS)


@pytest.fixture
def sqlite_or_both(database_url: str) -> str:
    return database_url


@pytest.mark.slow
def test_the_database_gone_in_between(
    cli: Cli, postgres_url: str, environment: pytest.MonkeyPatch, roster: Path
) -> None:
    from tests.cli.conftest import KEY

    for name, value in (
        ("DATABASE_URL", postgres_url),
        ("IDENTITY_KEYS", f"k1:{KEY}"),
        ("LOOKUP_KEY", KEY),
    ):
        environment.setenv(name, value)
    cli("client", "create", "--role", "provider", "--name", PROVIDER)
    process = command("writing", roster)
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        ended = connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        ).all()
    engine.dispose()
    assert ended
    out, err = process.communicate("", timeout=60)
    assert process.returncode == 1
    assert err.splitlines()[-1].startswith("Error: 数据库无法使用")
    assert "Traceback" not in out + err
    assert facts(postgres_url) == 0
    completes(cli, roster, ROWS)


@pytest.mark.slow
def test_two_commands_with_the_same_file_make_one_set(provider: Cli, database_url: str, roster: Path) -> None:
    both = [command("before", roster) for _ in range(2)]
    for process in both:
        assert process.stdin is not None
        process.stdin.close()
    said = "".join(process.stdout.read() for process in both if process.stdout is not None)
    assert [process.wait(120) for process in both] == [0, 0]
    assert f"新登记 {ROWS}，已有 0" in said
    assert f"新登记 0，已有 {ROWS}" in said
    assert facts(database_url) == ROWS
    for process in both:
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Path:
    """A file system of four megabytes."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", place], capture_output=True, text=True
    )
    assert mounted.returncode == 0, f"this test needs root: {mounted.stderr}"
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.slow
def test_a_full_disk(
    cli: Cli, environment: pytest.MonkeyPatch, small_disk: Path, tmp_path: Path, roster: Path
) -> None:
    database = small_disk / "ledger.sqlite3"
    environment.setenv("DATABASE_URL", f"sqlite:///{database}")
    cli("migrate")
    cli("client", "create", "--role", "provider", "--name", PROVIDER)
    full = cli("import", str(roster), "--provider", PROVIDER)
    assert full.status == 1
    assert "full" in full.err
    assert "Traceback" not in full.err
    assert facts(f"sqlite:///{database}") == 0
    for left in small_disk.iterdir():
        shutil.copy(left, tmp_path)  # to a larger disk
    environment.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/ledger.sqlite3")
    completes(cli, roster, ROWS)


@pytest.mark.slow
def test_the_reading_process_killed(provider: Cli, sqlite_or_both: str, roster: Path) -> None:
    process = command("writing", roster)
    (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(child), signal.SIGKILL)
    time.sleep(0.1)
    _, err = process.communicate("", timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in err
    assert facts(sqlite_or_both) == 0
    completes(provider, roster, ROWS)
