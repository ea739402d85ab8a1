"""``python -m bench.peers``: only the comparison with the peers."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from bench.peers.measured import measure_peers
from bench.report import Report
from bench.wrk import require_wrk
from tests.postgres_server import PostgresServer, fresh_database


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three rounds of a second each")
    arguments = parser.parse_args()
    require_wrk()
    report = Report(parts=1)
    folder = Path(tempfile.mkdtemp(prefix="ledger-peers-"))
    server = PostgresServer()
    try:
        with fresh_database(server.url) as url:
            measure_peers(report, url, folder, quick=arguments.quick)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print(report.table())  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
