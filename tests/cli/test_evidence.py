"""``hours-ledger evidence``: files that no row knows are named, and removed once they are old enough."""

import os
from pathlib import Path

import pytest

from service.context import open_context
from service.operations.register_own_entry import register_own_entry
from service.settings import Settings
from tests.cli.conftest import Cli
from tests.operations.own import files, own_draft, signed_in


def test_sweep_and_verify(both_cli: Cli, tmp_path: Path, environment: pytest.MonkeyPatch) -> None:
    directory = tmp_path / "files"
    environment.setenv("EVIDENCE_DIR", str(directory))
    assert both_cli("evidence", "sweep").out == "没有多余的文件\n"
    context = open_context(Settings())
    register_own_entry(context, signed_in(), own_draft(), files())
    (kept,) = [path for path in directory.rglob("*") if path.is_file()]
    left_over = directory / "ab" / ("ab" + "0" * 30)
    left_over.parent.mkdir(exist_ok=True)
    left_over.write_bytes(b"x")
    assert both_cli("evidence", "sweep", "--language", "en").out == "No file is left over\n"
    for path in (kept, left_over):
        os.utime(path, (0, 0))
    named = both_cli("evidence", "sweep", "--dry-run").out.splitlines()
    assert named == [str(left_over), "1 个多余的文件"]
    assert both_cli("evidence", "sweep").out == "已删除 1 个多余的文件\n"
    assert kept.exists()
    assert not left_over.exists()
    assert both_cli("verify").status == 0
    kept.unlink()
    bad = both_cli("verify")
    assert bad.status == 1
    assert "佐证材料的文件不见了" in bad.out
    context.database.close()
