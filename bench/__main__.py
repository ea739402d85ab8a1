"""Speed as ratios measured side by side: ``make bench``; ARGS=--quick for a first look, ARGS=--help for more.

Starts PostgreSQL and gunicorn itself, loads them with wrk, all on this machine. Each round asks ours and the yardstick
in turn; the medians count. Prints a table and keeps var/bench/latest.json: {"machine", "ratios", "figures"}. A bound
that is missed is reported and is no failure; the exit status is 1 when something could not be measured.
"""

import argparse
import signal
import sys

from bench.parts import PARTS
from bench.readme import readme_table
from bench.report import RESULT, ROOT, Report, table
from bench.run import run
from bench.wrk import require_wrk


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="make bench ARGS=…", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = ", ".join(PARTS)
    parser.add_argument("--quick", action="store_true", help="in three minutes: fewer rounds, smaller sizes")
    parser.add_argument("--peers", action="store_true", help="OpenFisca and zen too, installed for it alone")
    parser.add_argument(
        "--only", metavar="PART[,PART]", help=f"these parts, kept in var/bench/only.json: {names}"
    )
    parser.add_argument(
        "--table", action="store_true", help="measure nothing: print the README's table of the last run"
    )
    parser.add_argument("--language", choices=("en", "zh-CN"), default="en", help="of --table")
    arguments = parser.parse_args()
    if arguments.table:
        print(readme_table(RESULT, arguments.language))  # noqa: T201
        return 0
    chosen = (
        arguments.only.split(",") if arguments.only else [n for n in PARTS if n != "peers" or arguments.peers]
    )
    if unknown := [name for name in chosen if name not in PARTS]:
        parser.error(f"no such part: {', '.join(unknown)}; there are {names}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended
    require_wrk()
    report = Report(path=RESULT.with_name("only.json") if arguments.only else RESULT)
    failed = run(report, chosen, quick=arguments.quick, command=_command())
    print(table(report.ratios, report.figures))  # noqa: T201
    print(f"\n{report.path.relative_to(ROOT)}", file=sys.stderr)  # noqa: T201
    return 1 if failed else 0


def _command() -> str:
    told = " ".join(sys.argv[1:])
    return f'make bench ARGS="{told}"' if " " in told else f"make bench ARGS={told}" if told else "make bench"


if __name__ == "__main__":
    sys.exit(main())
