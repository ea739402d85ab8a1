"""``hours-ledger import --watch``: a folder that other systems drop rosters into."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from importers.drop_folder import LOCK_NAME, DropFolder, FolderBusy, watched
from importers.samples import CLEAN, FAULTY
from tests.cli.conftest import Cli

PROVIDER = "基地"
WATCH = ("--provider", PROVIDER, "--language", "en", "--watch")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "drop"
    made.mkdir()
    return made


@contextmanager
def watching(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = "from api.cli import main; main()"
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", command, "import", *WATCH, str(folder)],
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert "Watching" in process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for(path: Path) -> None:
    for _ in range(400):
        if path.exists():
            return
        time.sleep(0.05)
    raise AssertionError(f"{path} never came; there is {sorted(path.parent.parent.rglob('*'))}")


@pytest.mark.slow
def test_files_are_taken_in_and_moved_with_their_reports(both_cli: Cli, folder: Path) -> None:
    both_cli("client", "create", "--role", "provider", "--name", PROVIDER)
    (folder / "good.xlsx").write_bytes(CLEAN.read_bytes())
    (folder / "letter.txt").write_text("各位同事：\n附件请查收。\n", "utf-8")
    (folder / "coming.csv.part").write_text("x", "utf-8")
    with watching(folder) as process:
        wait_for(folder / "done" / "good.xlsx")
        wait_for(folder / "refused" / "letter.txt")
        assert json.loads((folder / "done" / "good.xlsx.report.json").read_text())["created"] > 0
        refused = json.loads((folder / "refused" / "letter.txt.report.json").read_text())
        assert [fault["code"] for fault in refused["faults"]] == ["no_header"]
        busy = both_cli("import", *WATCH, str(folder))
        assert busy.status == 1
        assert str(process.pid) in busy.err
        process.send_signal(signal.SIGKILL)
        process.wait()
    (folder / "good.xlsx").write_bytes(CLEAN.read_bytes())
    (folder / "bad.xlsx").write_bytes(FAULTY.read_bytes())
    with watching(folder) as process:
        wait_for(folder / "done" / "good-2.xlsx")
        wait_for(folder / "refused" / "bad.xlsx")
        assert json.loads((folder / "done" / "good-2.xlsx.report.json").read_text())["created"] == 0
        assert (folder / "refused" / "bad.xlsx.faults.csv").exists()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 1
    assert sorted(path.name for path in folder.iterdir()) == [
        LOCK_NAME,
        "coming.csv.part",
        "done",
        "refused",
    ]


def test_only_what_has_stayed_as_it_is_counts_as_complete(folder: Path) -> None:
    now = 0.0
    drops = DropFolder(folder, settled_seconds=3, clock=lambda: now)
    growing = folder / "growing.csv"
    growing.write_text("a")
    (folder / ".hidden.csv").write_text("a")
    (folder / "link.csv").symlink_to(growing)
    assert drops.complete() == []
    now = 2.0
    growing.write_text("ab")
    assert drops.complete() == []
    now = 4.0
    assert drops.complete() == []
    now = 5.0
    assert drops.complete() == [growing]


def test_one_process_holds_a_folder(folder: Path) -> None:
    with watched(DropFolder(folder)), pytest.raises(FolderBusy) as busy, watched(DropFolder(folder)):
        pass
    assert busy.value.pid == str(os.getpid())
    with watched(DropFolder(folder)):
        pass


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_files_or_a_folder(both_cli: Cli, folder: Path, options: tuple[str, ...]) -> None:
    files = () if options else (str(CLEAN),)
    assert both_cli("import", *files, *options, *WATCH, str(folder)).status == 2
    assert both_cli("import", "--provider", PROVIDER).status == 2


def test_several_files_at_once(both_cli: Cli, tmp_path: Path) -> None:
    both_cli("client", "create", "--role", "provider", "--name", PROVIDER)
    letter = tmp_path / "letter.txt"
    letter.write_text("各位同事", "utf-8")
    done = both_cli("import", str(letter), str(CLEAN), str(CLEAN), "--provider", PROVIDER)
    assert done.status == 1
    assert done.out.count("导入完成") == 2
    assert "Traceback" not in done.err
