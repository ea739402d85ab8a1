"""What goes in (hours by subject and year, N, the start of the tenure) and what is worked out of it.

The names of the classes are the names in a request, as OpenFisca has it.
"""

from typing import Any

import numpy as np
from openfisca_core.entities import Entity
from openfisca_core.periods import DateUnit
from openfisca_core.variables import Variable

PERSON = Entity("person", "persons", "A professional", "Somebody who declares a title.")


class general_public(Variable):
    value_type = int
    entity = PERSON
    definition_period = DateUnit.YEAR
    label = "General public hours of the year, in tenths"


class industry_public(Variable):
    value_type = int
    entity = PERSON
    definition_period = DateUnit.YEAR
    label = "Public hours of the industry, in tenths"


class unstated_public(Variable):
    value_type = int
    entity = PERSON
    definition_period = DateUnit.YEAR
    label = "Public hours of unstated kind, in tenths"


class specialty(Variable):
    value_type = int
    entity = PERSON
    definition_period = DateUnit.YEAR
    label = "Specialty hours of the year, in tenths"


class required_years(Variable):
    value_type = int
    entity = PERSON
    definition_period = DateUnit.YEAR
    label = "N, the years the title needs; of the year of the declaration"


class tenure_start(Variable):
    value_type = int
    entity = PERSON
    definition_period = DateUnit.YEAR
    label = "The year the present title was obtained, 0 where nobody says; of the year of the declaration"


class public(Variable):
    value_type = int
    entity = PERSON
    definition_period = DateUnit.YEAR
    label = "All public hours of the year, in tenths"

    def formula(person: Any, period: Any) -> Any:  # noqa: N805  # a formula is no method
        return (
            person("general_public", period)
            + person("industry_public", period)
            + person("unstated_public", period)
        )


class total(Variable):
    value_type = int
    entity = PERSON
    definition_period = DateUnit.YEAR
    label = "All hours of the year, in tenths"

    def formula(person: Any, period: Any) -> Any:  # noqa: N805
        return person("public", period) + person("specialty", period)


class total_short(Variable):
    value_type = int
    entity = PERSON
    definition_period = DateUnit.YEAR
    label = "Tenths the year's total lacks"

    def formula(person: Any, period: Any, parameters: Any) -> Any:  # noqa: N805
        return np.maximum(parameters(period).minimum.total - person("total", period), 0)


class specialty_short(Variable):
    value_type = int
    entity = PERSON
    definition_period = DateUnit.YEAR
    label = "Tenths of specialty hours the year lacks"

    def formula(person: Any, period: Any, parameters: Any) -> Any:  # noqa: N805
        return np.maximum(parameters(period).minimum.specialty - person("specialty", period), 0)


class public_short(Variable):
    value_type = int
    entity = PERSON
    definition_period = DateUnit.YEAR
    label = "Tenths of public hours the year lacks"

    def formula(person: Any, period: Any, parameters: Any) -> Any:  # noqa: N805
        return np.maximum(parameters(period).minimum.public - person("public", period), 0)


class general_public_short(Variable):
    value_type = int
    entity = PERSON
    definition_period = DateUnit.YEAR
    label = "Tenths of general public hours the year lacks"

    def formula(person: Any, period: Any, parameters: Any) -> Any:  # noqa: N805
        return np.maximum(parameters(period).minimum.general_public - person("general_public", period), 0)


class meets_year(Variable):
    value_type = bool
    entity = PERSON
    definition_period = DateUnit.YEAR
    label = "The year meets every minimum, or is deemed to"

    def formula(person: Any, period: Any, parameters: Any) -> Any:  # noqa: N805
        if period.start.year <= parameters(period).deemed_through:
            return np.ones(person.count, dtype=bool)
        return (
            (person("total_short", period) == 0)
            & (person("specialty_short", period) == 0)
            & (person("public_short", period) == 0)
            & (person("general_public_short", period) == 0)
        )


class years_short(Variable):
    value_type = int
    entity = PERSON
    definition_period = DateUnit.YEAR
    label = "Qualifying years inside the tenure that N still lacks"

    def formula(person: Any, period: Any) -> Any:  # noqa: N805
        last = period.start.year
        needed, start = person("required_years", period), person("tenure_start", period)
        first = np.where(start > 0, start, last - needed + 1)
        qualifying = np.zeros(person.count, dtype=np.int32)
        for back in range(last - int(first.min()) + 1):
            qualifying += (first <= last - back) & person("meets_year", period.offset(-back))
        return np.maximum(needed - qualifying, 0)


class eligible(Variable):
    value_type = bool
    entity = PERSON
    definition_period = DateUnit.YEAR
    label = "N years qualify, and the year of the declaration and the one before each do"

    def formula(person: Any, period: Any) -> Any:  # noqa: N805
        return (
            (person("years_short", period) == 0)
            & person("meets_year", period)
            & person("meets_year", period.offset(-1))
        )


VARIABLES = (
    general_public,
    industry_public,
    unstated_public,
    specialty,
    required_years,
    tenure_start,
    public,
    total,
    total_short,
    specialty_short,
    public_short,
    general_public_short,
    meets_year,
    years_short,
    eligible,
)
