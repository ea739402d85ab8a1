"""Evidence: the files a person adds to hours they register alone (H-13)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

MediaType = Literal["application/pdf", "image/jpeg", "image/png", "image/webp"]
MEDIA_TYPES: Final[tuple[MediaType, ...]] = ("application/pdf", "image/jpeg", "image/png", "image/webp")

FILES_MAX: Final = 5
"""Files of one entry."""

FILE_NAME_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent. Neither its name nor the type the sender claims is believed."""

    file_name: str = field(repr=False)
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stored file of the entry (``person_id``, ``entry_seq``). ``size`` in bytes and ``sha256`` are of the file as it
    was sent. ``file_name`` None: the person was erased, and the file with them."""

    evidence_id: int
    person_id: int
    entry_seq: int
    media_type: MediaType
    size: int
    sha256: bytes
    added_at: datetime
    added_by: int
    file_name: str | None = field(repr=False)
