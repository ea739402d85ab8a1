"""The peers' own environment under var/bench/peers, made from their lock when it is not there or the lock changed."""

import hashlib
import subprocess
import venv
from pathlib import Path
from typing import Final

from bench.report import ROOT, Report

FOLDER: Final = Path(__file__).parent
LOCK: Final = FOLDER / "requirements.lock"
_HOME: Final = ROOT / "var" / "bench" / "peers"


def peers_program(report: Report, name: str) -> str:
    """The path of a program of that environment, such as ``python``. SystemExit where it cannot be had."""
    program = _HOME / "bin" / name
    mark, digest = _HOME / "lock.sha256", hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not mark.is_file() or mark.read_text("ascii") != digest:
        report.say("installing OpenFisca and zen into var/bench/peers")
        venv.create(_HOME, clear=True, with_pip=True)
        pip = [str(_HOME / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "-qq"]
        done = subprocess.run(  # noqa: S603
            [*pip, "install", "--require-hashes", "-r", str(LOCK)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            told = done.stderr.strip()[-2000:]
            raise SystemExit(f"the peers cannot be installed, so nothing is held against them:\n{told}")
        mark.write_text(digest, "ascii")
    return str(program)


def peer_versions(python: str) -> dict[str, str]:
    """Distribution → version of the two peers."""
    code = "import importlib.metadata as m; print(*(m.version(n) for n in ('openfisca-core', 'zen-engine')))"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    openfisca, zen = done.stdout.split()
    return {"openfisca-core": openfisca, "zen-engine": zen}
