"""``hours-ledger eligibility``: one question, answered as the API answers it."""

import sys
from datetime import UTC
from typing import Any, Final

import click
import orjson
from marshmallow import ValidationError

from api.cli.answer import answer_lines
from api.cli.errors import fault_lines
from api.cli.session import command_asker, language, language_option, opened
from api.schemas.question import EligibilitySchema
from service.context import Context, today
from service.domain.question import LEVELS, PURPOSES, REVIEWERS
from service.fields import Known, Surroundings, faults_of
from service.operations.check_eligibility import EligibilityAsk, check_eligibility

_OPTIONS: Final = {
    "/person/id_number": "identity number",
    "/person/person_id": "--person-id",
    "/division_code": "--division",
    "/declaration_year": "--year",
    "/level": "--level",
    "/purpose": "--purpose",
    "/reviewed_by": "--reviewed-by",
    "/series": "--series",
    "/required_years": "--required-years",
    "/tenure_start": "--tenure-start",
    "/as_of": "--as-of",
}


@click.command()
@click.option("--division", required=True, metavar="CODE", help="Where the person's unit is. 单位所在区划")
@click.option("--year", required=True, type=int, help="Year of the declaration. 申报年度")
@click.option("--level", required=True, type=click.Choice(LEVELS), help="Level declared. 申报层级")
@click.option(
    "--person-id", help="The person's id in the ledger; without it the identity number is asked. 人员编号"
)
@click.option(
    "--purpose",
    type=click.Choice(PURPOSES),
    default="review",
    show_default=True,
    help="What the declaration is for. 申报方式",
)
@click.option(
    "--reviewed-by",
    type=click.Choice(REVIEWERS),
    default="city",
    show_default=True,
    help="Whose committee reviews. 由谁评审",
)
@click.option("--series", help="Series of the title. 系列")
@click.option("--required-years", type=int, metavar="N", help="Years the title requires. 规定年限")
@click.option("--tenure-start", type=int, metavar="YEAR", help="Year of the present title. 现职称取得年")
@click.option(
    "--as-of",
    metavar="INSTANT",
    help="Only what was recorded by then counts: 2023-09-30T23:59:59+08:00. 截至时刻",
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as the API gives it. 输出 JSON")
@language_option
def eligibility(as_json: bool, person_id: str | None, **options: Any) -> None:
    """Say whether a person may declare (能否申报).

    The identity number is read from standard input, or asked without echo: it never stands on the command line,
    where other users and the shell's history would see it.
    """
    with opened() as context:
        ask = _ask(context, _person(person_id), options)
        answer = check_eligibility(context, [ask], language(), command_asker("eligibility"))[0]
    if as_json:
        click.echo(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode())
        return
    for line in answer_lines(answer, language()):
        click.echo(line)


def _person(person_id: str | None) -> dict[str, str]:
    if person_id is not None:
        return {"person_id": person_id}
    if sys.stdin.isatty():
        number = click.prompt("证件号码 Identity number", hide_input=True, err=True)
    else:
        number = sys.stdin.readline().strip()
    if not number:
        raise click.UsageError("the identity number is wanted on standard input, or --person-id")
    return {"id_type": "resident_id", "id_number": number}


def _ask(context: Context, person: dict[str, str], options: dict[str, Any]) -> EligibilityAsk:
    """The question, checked by the same schema as the API's. Raises UsageError with every fault."""
    options["division_code"] = options.pop("division")
    options["declaration_year"] = options.pop("year")
    given = {name: value for name, value in options.items() if value is not None}
    now = context.clock().astimezone(UTC)
    try:
        with Surroundings(Known(context.policy_book.divisions, today(context), now)):
            ask: EligibilityAsk = EligibilitySchema().load({"person": person, **given})
    except ValidationError as error:
        faults = tuple(faults_of(error.messages))
        raise click.UsageError("\n       ".join(fault_lines(faults, language(), _OPTIONS))) from None
    return ask
