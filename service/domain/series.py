"""Names of series (系列) as people write them, brought to one form before they are compared."""

import unicodedata
from functools import lru_cache
from typing import Final

_ENDINGS: Final = ("专业技术人员", "技术人员", "专业人员", "人员", "专业", "系列")


@lru_cache(maxsize=4096)  # a roster names few series, and each many times
def normalise_series(name: str) -> str:
    """``" 建设工程 专业技术人员"`` → ``"建设工程"``: full-width forms to ASCII, spaces and endings off."""
    text = "".join(unicodedata.normalize("NFKC", name).split())
    shortened = True
    while shortened:
        shortened = False
        for ending in _ENDINGS:
            if text.endswith(ending) and len(text) > len(ending):
                text = text[: -len(ending)]
                shortened = True
    return text
