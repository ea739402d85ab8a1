"""Words of a sheet (headers, marks, values of a list) brought to one form before they are compared."""

import re
import unicodedata

_STARS = re.compile("[*:#]+")
_REMARK = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]$")


def label(text: str) -> str:
    """Full-width forms to ASCII, no blanks, no line breaks: ``" 专 业\\n科目"`` → ``"专业科目"``."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def header_label(text: str) -> str:
    """A header's label, without stars and without a remark in brackets at its end: ``"*学时（必填）"`` → ``"学时"``."""
    plain = _STARS.sub("", label(text))
    return _REMARK.sub("", plain) or plain
