"""``hours-ledger replay``."""

import sys
from typing import Any, Final

import click

from api.cli.session import language, language_option, opened
from api.cli.words import REPLAY
from service.domain.identifiers import decode_person_id, encode_person_id
from service.operations.replay_determination import Replay, replay_determinations
from service.wording import Language, say

_SHOWN_MAX: Final = 5
"""Differences shown of one determination."""


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]…")
@click.option("--all", "everything", is_flag=True, help="Every determination there is. 全部")
@language_option
def replay(ids: tuple[str, ...], everything: bool) -> None:
    """Compute determinations again, from the ledger and the policy text of their day (复算结论).

    Reads one snapshot and changes nothing, while the service goes on. Exit status 1 when any answer differs, or its
    chain was tampered with although it is the same; each is named, with what changed: policy file, engine or ledger.
    """
    if everything == bool(ids):
        raise click.UsageError("give determination ids, or --all")
    wanted = None if everything else [_decoded(text) for text in ids]
    with opened() as context:
        label = say(REPLAY, "label", language(), {})
        bar: Any = click.progressbar(length=1, label=label, file=sys.stderr)
        lines: list[str] = []
        total, different, tampered = 0, 0, 0
        with bar:

            def progress(done: int, count: int) -> None:
                bar.length = count
                bar.update(done - bar.pos)

            for total, replayed in enumerate(replay_determinations(context, wanted, progress), start=1):  # noqa: B007  # said below
                if not replayed.same or replayed.ledger:
                    different += not replayed.same
                    tampered += replayed.same
                    lines += replay_lines(replayed, language())
    for line in lines:
        click.echo(line)
    params = {"total": total, "different": different, "tampered": tampered}
    summary = "tampered" if tampered else "different" if different else "same"
    click.echo(say(REPLAY, summary, language(), params))
    click.get_current_context().exit(1 if lines else 0)


def _decoded(text: str) -> int:
    determination_id = decode_person_id(text)
    if determination_id is None:
        raise click.BadParameter(text, param_hint="ID")
    return determination_id


def replay_lines(replayed: Replay, language: Language) -> list[str]:
    """Which determination differs or was made from a chain that was tampered with, what changed, and where."""
    changed = [
        say(REPLAY, name, language, {})
        for name in ("policy_file", "engine", "ledger")
        if getattr(replayed, name)
    ] or [say(REPLAY, "nothing", language, {})]
    if replayed.same:
        changed.append(say(REPLAY, "same_answer", language, {}))
    comma = say(REPLAY, "comma", language, {})
    lines = [f"{encode_person_id(replayed.determination_id)}: {comma.join(changed)}"]
    for difference in replayed.differences[:_SHOWN_MAX]:
        lines.append(f"  {difference.path or '/'}: {_short(difference.given)} → {_short(difference.now)}")
    if (more := len(replayed.differences) - _SHOWN_MAX) > 0:
        lines.append("  " + say(REPLAY, "more", language, {"more": more}))
    return lines


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
