"""Every human text the service says, in zh-CN and English, by code. Codes never change with the language."""

from collections.abc import Mapping
from typing import Any, Final, Literal

Language = Literal["zh-CN", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh-CN", "en")

Texts = Mapping[str, tuple[str, str]]
"""Code → (zh-CN, English), each a ``str.format`` template."""


def say(texts: Texts, code: str, language: Language, params: Mapping[str, Any]) -> str:
    """The text of a code. Raises KeyError for a code without words: a test walks over all of them."""
    chinese, english = texts[code]
    return (chinese if language == "zh-CN" else english).format_map(params)
