"""Rules that neither the linter nor the type checker knows."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES_MAX = 400
PACKAGES = ("service", "api", "importers", "migrations")
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "managers", "manager", "misc"}

MUST_BE_THERE = {
    *PACKAGES,
    "tests",
    "openapi.yaml",
    "Dockerfile",
    "pyproject.toml",
    "README.md",
    "README.zh-CN.md",
    "LICENSE",
    "CHANGELOG.md",
    "Makefile",
    "compose.yaml",
    "requirements.lock",
    "requirements-test.lock",
    ".ci",
}
MAY_BE_THERE = MUST_BE_THERE | {"bench", "docs", "SECURITY.md", "CONTRIBUTING.md"}

# Written in pieces, so that this file itself passes.
REGISTRY_HOSTS = [
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("pypi", "python", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("npm" + "mirror", "com"),
        ("pkg", "go", "dev"),
        ("proxy", "golang", "org"),
        ("crates", "io"),
        ("deb", "debian", "org"),
        ("docker", "io"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("unpkg", "com"),
        ("jsdelivr", "net"),
        ("tuna", "tsinghua", "edu", "cn"),
        ("aliyun", "com"),
    ]
]
MACHINE_PATH = re.compile(r"(?<![\w.$}-])/(?:" + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me"]) + r")/")


def committed_files() -> list[Path]:
    """Every file that git tracks and that is still there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def sources(*packages: str) -> list[Path]:
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


def test_top_level_is_the_agreed_one() -> None:
    names = {path.relative_to(ROOT).parts[0] for path in committed_files()}
    assert names >= MUST_BE_THERE
    assert {name for name in names if not name.startswith(".")} <= MAY_BE_THERE


def test_nothing_committed_names_a_registry_host_or_a_path_of_one_machine() -> None:
    found = []
    for path in committed_files():
        text = path.read_bytes().decode("utf-8", errors="replace")
        hits = [host for host in REGISTRY_HOSTS if host in text] + MACHINE_PATH.findall(text)
        found += [f"{path.relative_to(ROOT)}: {hit}" for hit in hits]
    assert found == []


def test_no_conflict_of_a_merge_was_committed() -> None:
    mark = re.compile(rb"^(?:<{7}|>{7}) ", re.M)
    assert [str(path) for path in committed_files() if mark.search(path.read_bytes())] == []


@pytest.mark.parametrize("package", ["service", "api", "importers"])
def test_source_files_stay_readable_in_one_sitting(package: str) -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in sources(package)}
    assert lengths
    assert {str(path): length for path, length in lengths.items() if length > LINES_MAX} == {}


def test_modules_are_named_for_what_they_hold() -> None:
    named = {
        part for path in sources(*PACKAGES, "tests") for part in path.relative_to(ROOT).with_suffix("").parts
    }
    assert named & VAGUE_NAMES == set()


def test_no_work_is_left_as_a_comment() -> None:
    mark = re.compile("|".join([r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b", r"\bXX" + r"X\b"]))
    found = [path.name for path in sources(*PACKAGES, "tests") if mark.search(path.read_text("utf-8"))]
    assert found == []


def test_domain_imports_only_the_standard_library() -> None:
    outside = []
    for path in sources("service/domain"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module or "." * node.level]
            else:
                continue
            outside += [
                f"{path.name}:{node.lineno} {module}" for module in modules if not _is_allowed(module)
            ]
    assert outside == []


def _is_allowed(module: str) -> bool:
    if module == "service.domain" or module.startswith("service.domain."):
        return True
    return module.split(".")[0] in sys.stdlib_module_names
