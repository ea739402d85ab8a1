"""What the READMEs say is what happens: their commands run, their answers are the real ones."""

import re
from pathlib import Path

import pytest

from api.cli.settings import CHINESE, settings_table
from service.settings import Settings
from service.wording import Language
from tests.cli.readme import Block, agrees, blocks_of, run_blocks, stand_in
from tests.cli.server import ROOT, environment, serving

READMES = {"en": ROOT / "README.md", "zh-CN": ROOT / "README.zh-CN.md"}


@pytest.mark.parametrize("language", READMES)
def test_the_commands_run_and_answer_as_shown(language: str, tmp_path: Path) -> None:
    blocks = blocks_of(READMES[language])
    assert len(blocks) >= 7
    directory = stand_in(tmp_path)
    settings = environment()
    with serving(["demo", "--serve"], settings, tmp_path / "server.log", directory) as server:
        outputs = run_blocks(blocks, directory, f"127.0.0.1:{server.port}", settings)
    assert len(outputs) == len(blocks)
    for block, output in zip(blocks, outputs, strict=True):
        assert agrees(block, output), f"{block.commands}\nshown:\n{block.shown}\nreal:\n{output}"


def test_both_have_the_same_commands() -> None:
    english, chinese = (
        [
            re.sub(r"(Accept-Language: |--language )(en|zh-CN)", r"\1*", block.commands)
            for block in blocks_of(readme)
        ]
        for readme in READMES.values()
    )
    assert english == chinese


@pytest.mark.parametrize("language", READMES)
def test_the_settings_table_is_the_settings(language: Language) -> None:
    text = READMES[language].read_text("utf-8")
    assert "\n" + "\n".join(settings_table(language)) + "\n" in text
    assert set(CHINESE) == set(Settings.model_fields)


@pytest.mark.parametrize(
    "readme", [*READMES.values(), ROOT / "docs/moment.md", ROOT / "docs/moment.zh-CN.md"]
)
def test_links_lead_somewhere(readme: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", readme.read_text("utf-8")):
        assert target.startswith("http") or (readme.parent / target).exists(), target


def test_a_difference_would_be_seen() -> None:
    shown = Block(
        "", "json", '{"hours": 72, "head": "sha256:…", "years": [{"year": 2023, "…": "…"}, "…"], "…": "…"}'
    )
    real = '{"hours": 72, "head": "sha256:ab", "years": [{"year": 2022}, {"year": 2023, "x": 1}], "y": 1}'
    assert agrees(shown, real)
    assert not agrees(shown, real.replace("72", "71"))
    assert not agrees(shown, real.replace("2023", "2024"))
    assert not agrees(Block("", "json", '{"hours": 72}'), '{"hours": 72, "more": 1}')
    assert agrees(Block("", "text", "a\n…\nc … e"), "a\nb\nb\nc d e")
    assert not agrees(Block("", "text", "a\n…\nc"), "a\nb")
