"""What a roster's row must be, once its cells are read: the same fields the doors of the API have."""

from collections.abc import Mapping
from typing import Final

from service.domain.identity import ID_TYPES
from service.domain.subjects import SUBJECTS
from service.fields import (
    ChoiceField,
    DayField,
    DivisionField,
    HoursField,
    IdNumberField,
    StrictSchema,
    TextField,
    YearField,
)

EXTERNAL_REF_MAX: Final = 200
"""Characters, as at the door for entries."""


class RosterRowSchema(StrictSchema):
    """One row. Loaded field by field (``importers.rows``): values that repeat down a column are checked once."""

    id_type = ChoiceField(ID_TYPES, code="unknown_id_type", required=True)
    id_number = IdNumberField(required=True)
    name = TextField(100, required=True)
    division_code = DivisionField(required=True)
    credit_year = YearField(required=True)
    subject = ChoiceField(SUBJECTS, code="unknown_subject", required=True)
    hours = HoursField(required=True)
    series = TextField(100)
    course_code = TextField(100)
    course_title = TextField(300)
    completed_on = DayField()
    certificate_no = TextField(100)
    external_ref = TextField(EXTERNAL_REF_MAX)


ROW_FIELDS: Final[Mapping[str, bool]] = {
    name: field.required for name, field in RosterRowSchema().fields.items()
}
"""Field → whether an entry must have it."""

CODED_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {"id_type": ID_TYPES, "subject": SUBJECTS}
"""Fields that hold one of a closed list of codes; a layout says how people write them."""

REFERENCE_FIELDS: Final = ("certificate_no", "external_ref")
"""Fields that may be a row's own id."""
