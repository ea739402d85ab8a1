"""``hours-ledger demo``: made-up people, keys to try things with, and what to try."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import click

from api.cli.answer import answer_in_one_line
from api.cli.columns import padded, paragraph, width
from api.cli.demo_data import HUZHOU, POSTED_ENTRY, DemoData, prepare_demo
from api.cli.serve import become_server, require_free
from api.cli.session import database_place, language, language_option, read_settings
from api.cli.words import DEMO
from api.demo import DEMO_CLIENTS
from service.context import open_context
from service.settings import Settings
from service.store.schema import migrate
from service.wording import Language, say
from service.wording.decision import LEVELS


@click.command()
@click.option("--serve", "and_serve", is_flag=True, help="Then serve the API. 随后启动服务")
@language_option
def demo(and_serve: bool) -> None:
    """Prepare demo data and say what to try (演示).

    Four made-up people of four cities, keys for each role, and five curl lines. Running it again keeps everything.
    """
    os.environ["DEMO"] = "true"
    settings = read_settings()
    if and_serve:
        require_free(settings)
    migrate(settings.database_url)
    context = open_context(settings)
    try:
        data = prepare_demo(context, language())
    finally:
        context.database.close()
    for line in _Guide(settings, data, language()).lines():
        click.echo(line)
    if and_serve:
        become_server(settings)


def base_url(settings: Settings) -> str:
    """Where a browser on this machine finds the service."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104  # compared, not bound
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


@dataclass(frozen=True)
class _Guide:
    settings: Settings
    data: DemoData
    language: Language

    def lines(self) -> Iterator[str]:
        """All that is printed."""
        yield from self._heading("title")
        yield from paragraph(
            self._word("kept", place=database_place(self.settings), keys=self.data.keys_file)
        )
        yield from self._heading("people")
        yield from self._people()
        yield from self._heading("keys")
        for made in DEMO_CLIENTS:
            yield f"  {made.role:<10}{padded(made.name, 18)}{self.data.keys[made.role]}"
        yield from self._heading("calls")
        codes = ("post", "ask", "evaluate", "recognise", "ask_again")
        for code, line in zip(codes, curl_lines(self.settings, self.data), strict=True):
            yield f"# {self._word(code)}"
            yield line
            yield ""
        yield self._word("look")
        for path in ("/", "/docs", "/v1/policies", "/readyz", "/metrics"):
            yield f"  {base_url(self.settings)}{path}"
        yield ""

    def _word(self, code: str, **params: Any) -> str:
        return say(DEMO, code, self.language, params)

    def _heading(self, code: str) -> Iterator[str]:
        yield ""
        yield self._word(code)
        yield "-" * width(self._word(code))

    def _people(self) -> Iterator[str]:
        """Who, what was asked, and the answer in one line."""
        for person, answer in zip(self.data.people, self.data.answers, strict=True):
            place = padded(self.data.places[person.division_code], 8)
            level = say(LEVELS, person.level, self.language, {})
            who = f"  {place}{answer['person']['name_masked']}  {person.declaration_year} {level}  "
            yield from paragraph(answer_in_one_line(answer, self.language), " " * width(who), who)


def curl_lines(settings: Settings, data: DemoData) -> Sequence[str]:
    """Calls to copy: post an entry, ask about the Lishui person, try a rule without a key; recognise what the Huzhou
    person has registered, and ask again."""
    supposed = {
        "declaration_year": 2025,
        "level": "intermediate",
        "hours": [
            {"year": 2025, "subject": "specialty", "hours": 240},
            {"year": 2025, "subject": "public", "hours": 120},
        ],
    }
    recognitions = {
        "recognitions": [{"entry_id": entry_id, "outcome": "recognised"} for entry_id in data.to_recognise]
    }
    return (
        _curl(settings, "/v1/entries", POSTED_ENTRY, data.keys["provider"]),
        _curl(settings, "/v1/eligibility", _question(data, 0), data.keys["platform"]),
        _curl(settings, "/v1/policies/330400/evaluate", supposed, None),
        _curl(settings, "/v1/recognitions/batch", recognitions, data.keys["authority"]),
        _curl(settings, "/v1/eligibility", _question(data, HUZHOU), data.keys["platform"]),
    )


def _question(data: DemoData, place: int) -> dict[str, Any]:
    person = data.people[place]
    return {
        "person": {"person_id": data.answers[place]["person"]["person_id"]},
        "division_code": person.division_code,
        "declaration_year": person.declaration_year,
        "level": person.level,
    }


def _curl(settings: Settings, path: str, body: object, key: str | None) -> str:
    headers = ["Content-Type: application/json"] + ([f"Authorization: Bearer {key}"] if key else [])
    options = " ".join(f"-H '{header}'" for header in headers)
    return (
        f"curl -sS -w '\\n' {options} -d '{json.dumps(body, ensure_ascii=False)}' {base_url(settings)}{path}"
    )
