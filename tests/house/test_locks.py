"""The locks hold what pyproject.toml declares, each with its hashes."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PINNED = re.compile(
    r"^(?P<name>[a-z0-9.-]+)==(?P<version>[^\s;]+)[^\n]*\\\n(?P<rest>(?:    .*\n?)+)", re.MULTILINE
)

RUN = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["build"]]
TEST = [*RUN, *PROJECT["project"]["optional-dependencies"]["test"]]
PEERS_LOCK = "bench/peers/requirements.lock"
PEERS = [
    line
    for line in (ROOT / PEERS_LOCK).with_suffix(".in").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


def locked(name: str) -> dict[str, tuple[str, str]]:
    """Package name to its version and the lines below it, of one lock."""
    text = (ROOT / name).read_text("utf-8")
    return {found["name"]: (found["version"], found["rest"]) for found in PINNED.finditer(text)}


@pytest.mark.parametrize(
    ("lock", "declared"),
    [("requirements.lock", RUN), ("requirements-test.lock", TEST), (PEERS_LOCK, PEERS)],
    ids=["run", "test", "peers"],
)
def test_lock_holds_every_declared_dependency(lock: str, declared: list[str]) -> None:
    pins = locked(lock)
    for requirement in map(Requirement, declared):
        version, _ = pins[canonicalize_name(requirement.name)]
        assert Version(version) in requirement.specifier, requirement


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock", PEERS_LOCK])
def test_every_pin_has_hashes(lock: str) -> None:
    pins = PINNED.findall((ROOT / lock).read_text("utf-8"))  # one name may have a pin for each Python
    lines = [line for line in (ROOT / lock).read_text("utf-8").splitlines() if re.match(r"[a-z0-9]", line)]
    assert len(pins) == len(lines)
    assert [name for name, _, rest in pins if "--hash=sha256:" not in rest] == []


def test_tests_run_with_the_versions_that_are_served() -> None:
    run, test = locked("requirements.lock"), locked("requirements-test.lock")
    assert {name: test[name][0] for name in run} == {name: version for name, (version, _) in run.items()}
