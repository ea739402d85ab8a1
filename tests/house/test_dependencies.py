"""What the packages import is what pyproject.toml declares: nothing by luck of another, nothing for nobody."""

import ast
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("service", "api", "importers", "migrations")
WITHOUT_AN_IMPORT = {
    "psycopg",  # by its name in the database's URL
    "requests",  # by authlib's Flask client
    "tzdata",  # by zoneinfo
    "gunicorn",  # may be started as a program
}


def imported_distributions() -> set[str]:
    """The distributions that the packages' own sources import."""
    owners = packages_distributions()
    found = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found.add(node.module.split(".")[0])
    outside = found - set(sys.stdlib_module_names) - set(PACKAGES)
    return {canonicalize_name(name) for module in outside for name in owners[module]}


def declared_distributions() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}


def test_every_import_is_declared() -> None:
    assert imported_distributions() - declared_distributions() == set()


def test_every_declared_dependency_is_used() -> None:
    assert declared_distributions() - imported_distributions() - WITHOUT_AN_IMPORT == set()
