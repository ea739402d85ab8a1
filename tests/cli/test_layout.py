"""``hours-ledger layout``."""

from pathlib import Path

import openpyxl

from importers.layout_file import PACKAGED
from tests.cli.conftest import Cli


def test_the_packaged_layouts_are_sound(cli: Cli) -> None:
    checked = cli("layout", "check")
    assert (checked.status, checked.err) == (0, "")
    assert "lishui-register.toml: sound" in checked.out.splitlines()
    listed = cli("layout", "list")
    assert listed.status == 0
    assert "jiaxing-platform" in listed.out
    assert "? 学时是文本" in listed.out


def test_a_layout_that_is_wrong_says_file_and_key(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = (PACKAGED / "jiaxing-platform.toml").read_text("utf-8")
    path.write_text(
        text.replace("330402 = ", "330499 = ").replace("time_of_day = true", "time_of_day = 1"), "utf-8"
    )
    wrong = cli("layout", "check", str(path))
    assert wrong.status == 1
    assert wrong.err.splitlines() == ["mine.toml: days.time_of_day: not_a_boolean", "1 faults in 1 files"]
    path.write_text(text.replace("330402 = ", "330499 = "), "utf-8")
    place = "mine.toml: columns.division_code.values.330499: unknown_division"
    assert cli("layout", "check", str(path)).err.splitlines()[0] == place
    assert cli("layout", "check", str(tmp_path / "none.toml")).status == 1


def test_a_template(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "空表.xlsx"
    written = cli("layout", "template", "standard", str(path), "--language", "en")
    assert (written.status, written.err) == (0, "")
    assert openpyxl.load_workbook(path).sheetnames == ["Roster", "Notes"]
    assert cli("layout", "template", "none", str(path)).status == 2
    refused = cli("layout", "template", "xapi-statements", str(path))
    assert (refused.status, len(refused.err.splitlines())) == (1, 1)
