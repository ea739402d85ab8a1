"""The peers' own environment under var/bench/peers, made from their lock when it is not there or the lock changed."""

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Final

from bench.report import ROOT, Report

FOLDER: Final = Path(__file__).parent
LOCK: Final = FOLDER / "requirements.lock"
HOME: Final = ROOT / "var" / "bench" / "peers"


def peers_program(report: Report, name: str) -> str:
    """The path of a program of that environment, such as ``python``. SystemExit where it cannot be had."""
    python, mark = HOME / "bin" / "python", HOME / "lock.sha256"
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not mark.is_file() or mark.read_text("ascii") != digest:
        report.say("installing OpenFisca and zen into their own environment")
        _run([sys.executable, "-m", "venv", "--clear", str(HOME)])
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "-qq"]
        _run([*pip, "install", "--require-hashes", "-r", str(LOCK)])
        mark.write_text(digest, "ascii")
    return str(HOME / "bin" / name)


def peer_versions(python: str) -> dict[str, str]:
    """Distribution → version of the two peers."""
    code = "import importlib.metadata as m; print(*(m.version(n) for n in ('openfisca-core', 'zen-engine')))"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    openfisca, zen = done.stdout.split()
    return {"openfisca-core": openfisca, "zen-engine": zen}


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        told = (done.stderr or done.stdout).strip()[-2000:]
        raise SystemExit(f"OpenFisca and zen cannot be installed, so nothing is held against them:\n{told}")
