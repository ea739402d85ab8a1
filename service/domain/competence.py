"""Which hours an authority may recognise in a place (H-2, H-3).

The notice names an authority for each series, and one for all general public hours. How a client of the service
stands for such an authority is our reading:

* a client with series of its own may recognise hours of these series and of every series in the same row of the
  notice's list; general public hours only when one of its series is 一般公需 or its name is that of the authority
  for them, where the notice has one, and in every other place without more;
* a client without series that bears the name of an authority in the list has what that authority has;
* a client without series and of another name has all hours of its divisions: whoever made it chose so;
* hours that name no series may be recognised by every one of them but those that are there for general public
  hours alone: the notice does not say, and nobody else would be competent.
"""

from dataclasses import dataclass
from typing import Final

from service.domain.client import Client
from service.domain.policy import Recognition
from service.domain.series import normalise_series

GENERAL_PUBLIC_NAMES: Final = frozenset(map(normalise_series, ("一般公需", "一般公需科目")))
"""What stands among a client's series for general public hours, which belong to no series."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What an authority may recognise in a place. ``series``: normalised names, None for every series; ``unnamed``:
    also hours that name no series. Neither speaks of general public hours."""

    general_public: bool
    unnamed: bool
    series: frozenset[str] | None

    def holds(self, subject: str, series_key: str | None) -> bool:
        """Whether hours of a subject and a (normalised) series are in it."""
        if subject == "general_public":
            return self.general_public
        if series_key is None:
            return self.unnamed
        return self.series is None or series_key in self.series


EVERYTHING: Final = Scope(general_public=True, unnamed=True, series=None)


def scope_of(client: Client, recognition: Recognition | None) -> Scope:
    """The client's scope where ``recognition`` is the rule (None: the place has none). Divisions are looked at
    elsewhere."""
    if client.series:
        return _scope_of_series(client, recognition)
    if recognition is None:
        return EVERYTHING
    rows = [row for row in recognition.authorities if row.name == client.name]
    is_for_general_public = client.name == recognition.general_public_authority
    if not rows and not is_for_general_public:
        return EVERYTHING
    keys = frozenset(normalise_series(name) for row in rows for name in row.series)
    return Scope(is_for_general_public, bool(rows), keys)


def _scope_of_series(client: Client, recognition: Recognition | None) -> Scope:
    named = frozenset(map(normalise_series, client.series))
    own = named - GENERAL_PUBLIC_NAMES
    index = recognition.series_index if recognition else {}
    shared = frozenset(
        normalise_series(name) for key in own if (row := index.get(key)) is not None for name in row.series
    )
    is_for_general_public = (
        recognition is None
        or bool(named & GENERAL_PUBLIC_NAMES)
        or client.name == recognition.general_public_authority
    )
    return Scope(is_for_general_public, bool(own), own | shared)


def recogniser_of(recognition: Recognition | None, subject: str, series: str | None) -> str | None:
    """The authority the notice names for hours of a subject and series; None where it names nobody."""
    if recognition is None:
        return None
    if subject == "general_public":
        return recognition.general_public_authority
    row = recognition.series_index.get(normalise_series(series)) if series is not None else None
    return row.name if row else None
