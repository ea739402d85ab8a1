"""One file per resource; together they are every door there is."""

from api.door import Door
from api.metrics import Metrics
from api.routes import eligibility, entries, imports, pages, people, policies
from api.routes.operations import operation_doors


def all_doors(metrics: Metrics) -> tuple[Door, ...]:
    """Every door of the API, in the order of openapi.yaml."""
    return (
        *entries.DOORS,
        *eligibility.DOORS,
        *policies.DOORS,
        *people.DOORS,
        *imports.DOORS,
        *operation_doors(metrics),
        *pages.DOORS,
    )
