"""/v1/eligibility and evaluate: the questions of the declaration platform. No answer is stored."""

from dataclasses import replace
from typing import Final

from api.door import OPEN, Answer, Call, Door, JsonBody, Reply, only
from api.schemas.eligibility_answer import EligibilityAnswerSchema, EligibilityBatchAnswerSchema
from api.schemas.question import (
    EligibilityBatchSchema,
    EligibilitySchema,
    EvaluationSchema,
    named_division,
    named_divisions,
)
from service.operations.check_eligibility import check_eligibility, evaluate

TAG: Final = "Eligibility 申报条件"


def post_eligibility(call: Call) -> Reply:
    """Answers one question."""
    return Reply(check_eligibility(call.context, [call.body], call.language, call.asker("eligibility"))[0])


def post_eligibility_batch(call: Call) -> Reply:
    """Answers up to 1,000 questions, in order."""
    questions = call.body["questions"]
    asks = [replace(ask, pointer=f"/questions/{index}") for index, ask in enumerate(questions)]
    answers = check_eligibility(call.context, asks, call.language, call.asker("eligibility"))
    return Reply({"answers": answers})


def post_evaluation(call: Call) -> Reply:
    """Answers a question for supposed hours: rules can be tried without anybody's data."""
    return Reply(evaluate(call.context, language=call.language, **call.body))


DOORS: Final = (
    Door(
        name="checkEligibility",
        method="POST",
        path="/v1/eligibility",
        access=only("platform", "admin"),
        view=post_eligibility,
        tag=TAG,
        summary="May this person declare? 能否申报",
        description=(
            "Every rule that was looked at is a finding, met or not, with its figures and its line in the notice. "
            "Someone the ledger has never seen is no error: zero hours, `person.known` false. "
            "The answer isn't stored; that you asked is, in an access record."
        ),
        reads=JsonBody(EligibilitySchema, named_division),
        answers={200: Answer("The answer.", EligibilityAnswerSchema)},
        refuses=("forbidden_division", "unknown_division"),
        confirms=True,
    ),
    Door(
        name="checkEligibilityBatch",
        method="POST",
        path="/v1/eligibility/batch",
        access=only("platform", "admin"),
        view=post_eligibility_batch,
        tag=TAG,
        summary="Up to 1,000 questions at once 批量查询",
        description=(
            "The answers come in the order of the questions. One faulty question refuses the whole, with pointers such "
            "as `/questions/3/level`."
        ),
        reads=JsonBody(EligibilityBatchSchema, named_divisions),
        answers={200: Answer("The answers.", EligibilityBatchAnswerSchema)},
        refuses=("forbidden_division", "unknown_division"),
        confirms=True,
    ),
    Door(
        name="evaluatePolicy",
        method="POST",
        path="/v1/policies/{division_code}/evaluate",
        access=OPEN,
        view=post_evaluation,
        tag=TAG,
        summary="Try the rules with supposed hours 试算",
        description="The same question without a person, with the hours to suppose. No key needed; nothing is stored.",
        reads=JsonBody(EvaluationSchema, from_path=("division_code",)),
        answers={200: Answer("The answer.", EligibilityAnswerSchema)},
        refuses=("unknown_division",),
    ),
)
