"""``hours-ledger import`` and the two samples."""

from pathlib import Path

import openpyxl
import pytest

from importers.samples import CLEAN, CLEAN_GB18030, FAULTY, XAPI
from importers.samples.content import clean_rows
from tests.cli.conftest import Cli

PROVIDER = "样例继续教育基地"
ROWS = len(list(clean_rows()))


@pytest.fixture
def provider(both_cli: Cli) -> Cli:
    both_cli("client", "create", "--role", "provider", "--name", PROVIDER)
    return both_cli


def test_the_clean_sample_goes_in_once(provider: Cli) -> None:
    tried = provider("import", str(CLEAN), "--provider", PROVIDER, "--dry-run")
    assert tried.status == 0
    assert f"新登记 {ROWS}" in tried.out
    done = provider("import", str(CLEAN), "--provider", PROVIDER, "--layout", "standard")
    assert done.status == 0
    assert f"共 {ROWS} 行：新登记 {ROWS}，已有 0，拒绝 0" in done.out
    again = provider("import", str(CLEAN_GB18030), "--provider", PROVIDER, "--language", "en")
    assert again.status == 0
    assert f"0 created, {ROWS} replayed, 0 refused" in again.out


def test_the_faulty_sample_is_refused_with_a_table_of_its_faults(provider: Cli) -> None:
    refused = provider("import", str(FAULTY), "--provider", PROVIDER)
    assert refused.status == 1
    assert "新登记 0" in refused.out
    line = next(line for line in refused.out.splitlines() if line.startswith(" 8  "))
    assert line.split() == ["8", "证件号码", "证件号码的校验码不对。"]
    assert "33060219940606002" not in refused.out + refused.err


def test_the_sound_rows_go_in_when_asked(provider: Cli, tmp_path: Path) -> None:
    text = CLEAN_GB18030.read_text("gb18030")
    first = next(line for line in text.splitlines() if "330500199001010011" in line)
    roster = tmp_path / "roster.csv"
    roster.write_text(text.replace(first, first.replace("330500199001010011", "330500199001010012")), "utf-8")
    refused = provider("import", str(roster), "--provider", PROVIDER)
    assert refused.status == 1
    assert "新登记 0" in refused.out
    taken = provider("import", str(roster), "--provider", PROVIDER, "--partial")
    assert taken.status == 1
    assert f"新登记 {ROWS - 1}，已有 0，拒绝 1" in taken.out


def test_a_division_for_rows_that_name_none(provider: Cli, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "证件类型,证件号码,姓名,学习年度,科目类别,学时\n居民身份证,330500199001010011,测试人,2023,专业,12.5\n"
    )
    done = provider("import", str(roster), "--provider", PROVIDER, "--division", "331100")
    assert (done.status, done.err) == (0, "")


@pytest.mark.parametrize("name", ["没有这家", "申报平台", "撤销的"])
def test_only_a_provider_in_force_imports(provider: Cli, name: str) -> None:
    provider("client", "create", "--role", "platform", "--name", "申报平台")
    provider("client", "create", "--role", "provider", "--name", "撤销的")
    provider("client", "revoke", "--name", "撤销的")
    refused = provider("import", str(CLEAN), "--provider", name)
    assert (refused.status, refused.out) == (1, "")
    assert len(refused.err.splitlines()) == 1


def test_what_is_no_roster_is_refused(provider: Cli, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("各位同事：\n附件请查收。\n")
    refused = provider("import", str(letter), "--provider", PROVIDER)
    assert refused.status == 1
    assert "Traceback" not in refused.err
    assert provider("import", str(letter), "--provider", PROVIDER, "--division", "999999").status == 1
    assert provider("import", "no-such-file.xlsx", "--provider", PROVIDER).status == 2
    assert provider("import", str(letter), "--provider", PROVIDER, "--layout", "none").status == 2


def test_the_sheet_comes_back_with_its_faults_marked(provider: Cli, tmp_path: Path) -> None:
    target = tmp_path / "改.xlsx"
    refused = provider("import", str(FAULTY), "--provider", PROVIDER, "--report", str(target))
    assert refused.status == 1
    assert str(target) in refused.out
    sheet = openpyxl.load_workbook(target).worksheets[0]
    assert "需要更正" in [cell.value for cell in sheet[4]]
    target.unlink()
    clean = provider("import", str(CLEAN), "--provider", PROVIDER, "--report", str(target), "--dry-run")
    assert (clean.status, target.exists()) == (0, False)


@pytest.mark.parametrize(
    "report", [("r.csv",), ("roster.xlsx",), ("r.xlsx", str(CLEAN))], ids=["no-xlsx", "itself", "two-files"]
)
def test_where_the_marked_sheet_must_not_go(provider: Cli, tmp_path: Path, report: tuple[str, ...]) -> None:
    roster = tmp_path / "roster.xlsx"
    roster.write_bytes(CLEAN.read_bytes())
    name, *more = report
    wrong = provider("import", str(roster), *more, "--provider", PROVIDER, "--report", str(tmp_path / name))
    assert wrong.status == 2
    assert roster.read_bytes() == CLEAN.read_bytes()


def test_how_the_file_was_read_is_said(provider: Cli) -> None:
    done = provider("import", str(CLEAN_GB18030), "--provider", PROVIDER)
    assert "  * 按GB18030编码" in done.out
    taken = provider(
        "import", str(XAPI), "--provider", PROVIDER, "--layout", "xapi-statements", "--language", "en"
    )
    assert "1 entries were reversed" in taken.out
