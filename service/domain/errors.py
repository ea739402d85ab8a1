"""What a caller did wrong, said by code; the words are in ``service.wording``, the status in ``api.problems``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of an input. ``pointer`` is a JSON pointer into it (``/person/id_number``); ``params`` feed
    the wording of ``code`` and never hold an identity number."""

    pointer: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class Refusal(Exception):
    """The service will not do what was asked; nothing was stored.

    ``code`` names the problem (``/problems/CODE``), ``params`` feed its wording, ``extra`` are further members
    of the problem document (``fields``, ``existing_entry_id``), ``faults`` every fault of an invalid input.
    """

    def __init__(
        self,
        code: str,
        *,
        faults: tuple[Fault, ...] = (),
        params: Mapping[str, Any] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.faults = faults
        self.params = dict(params or {})
        self.extra = dict(extra or {})


def invalid_request(faults: list[Fault]) -> Refusal:
    """The refusal (422) for an input with these faults: ``unknown_division`` when that is all that is wrong."""
    codes = {fault.code for fault in faults}
    code = "unknown_division" if codes == {"unknown_division"} else "invalid_request"
    return Refusal(code, faults=tuple(faults))
