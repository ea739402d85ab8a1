"""``hours-ledger policy`` and the template for new cities."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from marshmallow import Schema, fields

from service.policy_book import PACKAGED_POLICIES
from service.policy_schema import PolicySchema
from tests.cli.conftest import Cli

TEMPLATE = PACKAGED_POLICIES / "_template.toml"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    path = tmp_path / "yangban-2023.toml"
    path.write_text(TEMPLATE.read_text("utf-8"), "utf-8")
    return path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_the_packaged_files_are_sound(cli: Cli) -> None:
    checked = cli("policy", "check")
    assert (checked.status, checked.err) == (0, "")
    assert "lishui-2023.toml: sound" in checked.out
    listed = cli("policy", "list")
    assert listed.status == 0
    assert "丽人社函〔2023〕45号" in listed.out


def test_a_copy_of_the_template_is_sound(cli: Cli, city: Path) -> None:
    assert cli("policy", "check", str(city)).out == "yangban-2023.toml: sound\n"


def test_the_template_explains_every_key() -> None:
    text = TEMPLATE.read_text("utf-8")
    assert {key for key in keys_of(PolicySchema()) if key not in text} == set()


def keys_of(schema: Schema) -> Iterator[str]:
    for name, field in schema.fields.items():
        yield name
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from keys_of(inner.schema)


def test_every_section_the_template_leaves_out_can_be_put_in(cli: Cli, city: Path) -> None:
    lines = city.read_text("utf-8").split("# ---- 例子")[0].splitlines()
    without = [
        line.removeprefix("#   ")
        for line in lines
        if line.startswith("#   ") and ("[" in line or "=" in line)
    ]
    assert {"[every_year]", "[[cumulative]]", "[registration]", "[recognition]", "[integrity_hold]"} <= set(
        without
    )
    for section in ("every_year", "registration", "recognition", "integrity_hold"):
        start = without.index(f"[{section}]")
        end = next(
            (
                i
                for i in range(start + 1, len(without))
                if without[i].startswith("[") and section not in without[i]
            ),
            len(without),
        )
        added = city.with_name(f"{section}-2023.toml")
        text = city.read_text("utf-8").replace(
            "# ---- 我们的读法", "\n".join(without[start:end]) + "\n\n# ----", 1
        )
        added.write_text(text, "utf-8")
        checked = cli("policy", "check", str(added))
        assert "example" in checked.err or checked.status == 0, checked.err


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('level = "intermediate", required', "level = intermediate, required", ["line "]),
        ("[counting]\n", "[counting]\nregisterd = true\n", ["counting.registerd", "Unknown"]),
        (
            "hours = 90",
            "hours = 91",
            ["example “四年恰好达标”", "outcome: expected eligible, got not_eligible"],
        ),
        ("hours = 90", "hours = 90.05", ["annual_minimum.minimum.0.hours", "90.05"]),
        ('switch = "window.shape"', 'switch = "window.form"', ["reading.0.switch", "window.form"]),
        ('division_code = "339900"', 'division_code = "3399"', ["division_code"]),
    ],
)
def test_a_broken_file_is_told_where_and_what(
    cli: Cli, city: Path, old: str, new: str, told: list[str]
) -> None:
    edit(city, old, new)
    checked = cli("policy", "check", str(city))
    assert (checked.status, checked.out) == (1, "")
    assert all(line.startswith("yangban-2023.toml: ") for line in checked.err.splitlines()[:-1])
    for words in told:
        assert words in checked.err


def test_every_file_is_told_not_only_the_first(cli: Cli, city: Path, tmp_path: Path) -> None:
    other = tmp_path / "other-2023.toml"
    other.write_text("name = 1", "utf-8")
    edit(city, "hours = 90", "hours = 0")
    checked = cli("policy", "check", str(city), str(other), str(TEMPLATE))
    assert checked.status == 1
    assert "yangban-2023.toml: " in checked.err
    assert "other-2023.toml: " in checked.err
    assert checked.out == "_template.toml: sound\n"
    assert cli("policy", "check", str(tmp_path / "none.toml")).status == 1
