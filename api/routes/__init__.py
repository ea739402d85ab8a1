"""One file per resource; together they are every door there is."""

from api.door import Door
from api.metrics import Metrics
from api.routes import (
    access_records,
    annexes,
    attestations,
    certificates,
    determinations,
    disputes,
    documentation,
    eligibility,
    entries,
    evidence,
    imports,
    people,
    policies,
    recognitions,
    rights,
    roster_sheets,
)
from api.routes.operations import operation_doors


def all_doors(metrics: Metrics) -> tuple[Door, ...]:
    """Every door of the API, in the order of openapi.yaml."""
    return (
        *entries.DOORS,
        *evidence.DOORS,
        *recognitions.DOORS,
        *attestations.DOORS,
        *eligibility.DOORS,
        *determinations.DOORS,
        *policies.DOORS,
        *annexes.DOORS,
        *people.DOORS,
        *certificates.DOORS,
        *disputes.DOORS,
        *rights.DOORS,
        *imports.DOORS,
        *roster_sheets.DOORS,
        *access_records.DOORS,
        *operation_doors(metrics),
        *documentation.DOORS,
    )
