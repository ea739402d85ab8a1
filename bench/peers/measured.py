"""Ours and the peers turn by turn, after everybody's answers were found to be the same."""

from pathlib import Path
from typing import Final

import orjson

from bench.peers.decisions import agreed_zen, compared_decisions
from bench.peers.installed import peer_versions, peers_program
from bench.peers.openfisca import CALCULATE, agreed_openfisca, groups, served_openfisca
from bench.peers.people import Declared, declared, declared_at_odds, drafts_of, our_question, verdict_only
from bench.peers.posted import posted, worked_off
from bench.peers.verdicts import Verdict, of_ours
from bench.report import Report
from bench.rounds import loads_in_turn
from bench.seeded import Seeded, seeded_ledger, written_lines
from bench.servers import WORKERS, our_command, serving
from bench.stage import our_settings
from bench.wrk import load
from service.operations.register_entries import register_entries

PEOPLE: Final = 500
AT_ODDS: Final = 60
_CHUNK: Final = 1000
_ASK: Final = "/v1/eligibility"
PART: Final = 100
"""OpenFisca's formulas are vectorised, so one person a request is its slowest way. But the rest of its work (the
request copied, each thing asked looked up and answered by itself) grows with the people, so that one request of 500
and five of a hundred come out nearly the same: both are measured, and it gets the better one."""


def measure_peers(report: Report, url: str, folder: Path, *, quick: bool) -> None:
    """Adds the ratios to OpenFisca and zen. ``url``: a PostgreSQL database that nothing is in yet.

    We are asked over HTTP with a key, read the ledger, leave an access record and return the whole explanation with its
    words. OpenFisca is sent the hours and works out the same outcome, the years met and what each year lacks; it looks
    nobody up, checks no key, records nothing and has no words, citations or remedy.
    """
    rounds, seconds = (3, 1) if quick else (9, 2)
    python, openfisca = peers_program(report, "python"), peers_program(report, "openfisca")
    people = [declared(number) for number in range(PEOPLE)]
    everybody = [*people, *(declared_at_odds(PEOPLE + number) for number in range(AT_ODDS))]
    with seeded_ledger(url, 0) as seeded:
        _register(seeded, everybody)
        key = {"Authorization": f"Bearer {seeded.keys['platform']}"}
        with (
            serving(our_command(), our_settings(url), folder / "ours.log") as ours,
            served_openfisca(openfisca, folder / "openfisca.log") as theirs,
        ):
            verdicts = _our_verdicts(ours.url, key, everybody)
            agreed_openfisca(theirs.url, everybody, verdicts)
            agreed_zen(python, everybody, verdicts, folder)
            eligible = sum(verdict.eligible for verdict in verdicts[:PEOPLE])
            report.say(f"three engines agree on {len(verdicts)} people; {eligible} of {PEOPLE} may declare")
            files = _files(folder, people)

            ask, calculate = f"{ours.url}{_ASK}", f"{theirs.url}{CALCULATE}"
            single = loads_in_turn(
                report,
                {
                    "ours": lambda: load(ask, files["questions"], seconds=seconds, headers=key),
                    "OpenFisca": lambda: load(calculate, files["situations"], seconds=seconds),
                    "its verdict only": lambda: load(calculate, files["verdicts"], seconds=seconds),
                },
                rounds,
                "one person",
            )
            batch = [orjson.dumps({"questions": [our_question(person) for person in people]})]
            whole, parts = ([orjson.dumps(each) for each in groups(people, size)] for size in (PEOPLE, PART))
            many = loads_in_turn(
                report,
                {
                    "ours": lambda: worked_off(f"{ask}/batch", batch * 12, 2 * WORKERS, key),
                    "OpenFisca": lambda: worked_off(calculate, whole * 4, WORKERS),
                    "in parts": lambda: worked_off(calculate, parts * 4, WORKERS),
                },
                rounds,
                f"{PEOPLE} people",
            )
        decisions = compared_decisions(report, seeded.context, python, people, folder, rounds)
    ours_people, whole_people = (many[side].per_second * PEOPLE for side in ("ours", "OpenFisca"))
    part_people = many["in parts"].per_second * PART
    report.add(
        {
            "vs_openfisca": single["ours"].per_second / single["OpenFisca"].per_second,
            "vs_openfisca_verdict": single["ours"].per_second / single["its verdict only"].per_second,
            "vs_openfisca_500": ours_people / max(whole_people, part_people),
            "vs_zen": decisions["zen_decide_us"] / decisions["peer_decide_us"],
        },
        {
            "peer_questions_per_s": single["ours"].per_second,
            "openfisca_questions_per_s": single["OpenFisca"].per_second,
            "openfisca_verdicts_per_s": single["its verdict only"].per_second,
            "peer_people_per_s": ours_people,
            "openfisca_people_per_s": whole_people,
            "openfisca_people_per_s_in_parts": part_people,
            "peer_versions": peer_versions(python),
            **decisions,
        },
    )


def _register(seeded: Seeded, people: list[Declared]) -> None:
    drafts = [draft for person in people for draft in drafts_of(person)]
    for start in range(0, len(drafts), _CHUNK):
        chunk = drafts[start : start + _CHUNK]
        registered = register_entries(seeded.context, seeded.provider, chunk, atomic=True)
        assert registered[0].refusal is None, registered[0].refusal  # noqa: S101


def _our_verdicts(url: str, key: dict[str, str], people: list[Declared]) -> list[Verdict]:
    """By both doors that are measured, which must say the same."""
    questions = [our_question(person) for person in people]
    one_by_one = [of_ours(posted(f"{url}{_ASK}", orjson.dumps(each), key)) for each in questions]
    together = posted(f"{url}{_ASK}/batch", orjson.dumps({"questions": questions}), key)["answers"]
    if [of_ours(each) for each in together] != one_by_one:
        raise SystemExit("one question and a batch answer differently, nothing measured")
    return one_by_one


def _files(folder: Path, people: list[Declared]) -> dict[str, Path]:
    situations = groups(people, 1)
    bodies = {
        "questions": (our_question(person) for person in people),
        "situations": iter(situations),
        "verdicts": (verdict_only(each) for each in situations),
    }
    return {name: written_lines(folder / f"peers-{name}.jsonl", lines) for name, lines in bodies.items()}
