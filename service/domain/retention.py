"""How long a person's name and number are kept beside their hours."""

from datetime import date


def erasable_on(last_fact_on: date, years: int) -> date:
    """The first day on which they may be erased: ``years`` after the day of the person's last fact.

    Of 29 February it is 1 March where the year has none: the term is over then, not before.
    """
    try:
        return last_fact_on.replace(year=last_fact_on.year + years)
    except ValueError:
        return date(last_fact_on.year + years, 3, 1)
