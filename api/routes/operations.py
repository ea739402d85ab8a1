"""/healthz, /readyz, /metrics, /version: for whoever runs the service."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Final

from marshmallow import fields

from api.door import OPEN, Answer, Call, Door, Reply
from api.metrics import MEDIA_TYPE, Metrics
from api.schemas.notes import note
from service.domain.errors import Refusal
from service.domain.fact import CHAIN_FORMAT
from service.fields import StrictSchema
from service.store.schema import is_at_head

TAG: Final = "Operations 运行"


class StatusSchema(StrictSchema):
    """Alive."""

    status = fields.String(
        required=True, metadata=note("Always `ok`; anything else is a problem.", enum=["ok"])
    )


class ReadinessSchema(StatusSchema):
    """Ready."""

    database = fields.String(required=True, metadata=note("Kind of database.", enum=["sqlite", "postgresql"]))
    standby = fields.String(
        metadata=note(
            "Only with a standby: whether it is read from. While it is not, the primary answers everything.",
            enum=["answers", "silent"],
        )
    )
    policies = fields.Integer(required=True, metadata=note("Policies loaded.", minimum=1))


class VersionSchema(StrictSchema):
    """What is running."""

    name = fields.String(required=True, metadata=note("The service."))
    version = fields.String(required=True, metadata=note("Its version."))
    chain_format = fields.Integer(required=True, metadata=note("Format of the hashed facts."))
    policies = fields.Dict(
        keys=fields.String(), values=fields.String(), required=True, metadata=note("Policy id → digest.")
    )


def get_health(_call: Call) -> Reply:
    """The process answers; nothing else is looked at."""
    return Reply({"status": "ok"})


def get_readiness(call: Call) -> Reply:
    """Database reachable, schema at head, policies loaded; else 503. A silent standby is said and no failure."""
    database = call.context.database
    with database.reading():  # says ``unavailable`` when there is no database to ask
        at_head = is_at_head(database.reading_engine)
    if not at_head:
        raise Refusal("unavailable")
    replica = database.replica
    standby = {} if replica is None else {"standby": "answers" if replica.answers() else "silent"}
    return Reply(
        {
            "status": "ok",
            "database": database.dialect_name,
            **standby,
            "policies": len(call.context.policy_book.policies),
        }
    )


def get_version(call: Call) -> Reply:
    """Version of the service and of every policy."""
    return Reply(
        {
            "name": "hours-ledger",
            "version": version("hours-ledger"),
            "chain_format": CHAIN_FORMAT,
            "policies": {policy.id: policy.digest for policy in call.context.policy_book.policies},
        }
    )


def metrics_view(metrics: Metrics) -> Callable[[Call], Reply]:
    """The view that tells these metrics."""

    def get_metrics(_call: Call) -> Reply:
        return Reply(metrics.text(), media_type=MEDIA_TYPE)

    return get_metrics


def operation_doors(metrics: Metrics) -> tuple[Door, ...]:
    """The doors of whoever runs the service. Their queries are not looked at: probes add what they like."""
    return (
        Door(
            name="health",
            method="GET",
            path="/healthz",
            access=OPEN,
            view=get_health,
            tag=TAG,
            summary="Is the process alive? 存活",
            description="Looks at nothing but the process.",
            answers={200: Answer("Alive.", StatusSchema)},
            lenient_query=True,
        ),
        Door(
            name="readiness",
            method="GET",
            path="/readyz",
            access=OPEN,
            view=get_readiness,
            tag=TAG,
            summary="Can it answer? 就绪",
            description="Database reachable, its schema at the newest migration, policies loaded.",
            answers={200: Answer("Ready.", ReadinessSchema)},
            refuses=("unavailable",),
            lenient_query=True,
        ),
        Door(
            name="version",
            method="GET",
            path="/version",
            access=OPEN,
            view=get_version,
            tag=TAG,
            summary="What is running? 版本",
            description="The service's version and the digest of every policy.",
            answers={200: Answer("The version.", VersionSchema)},
            lenient_query=True,
        ),
        Door(
            name="metrics",
            method="GET",
            path="/metrics",
            access=OPEN,
            view=metrics_view(metrics),
            tag=TAG,
            summary="Metrics for Prometheus 指标",
            description="Requests and their durations by route template, of all processes together.",
            answers={200: Answer("Prometheus' text format.", media_type="text/plain")},
            lenient_query=True,
        ),
    )
