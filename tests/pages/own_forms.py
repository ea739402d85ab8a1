"""Words for tests of the pages about one's own hours: forms filled in, entries found in the answers."""

import io
import re
from typing import Any

from tests.operations.own import PDF, png
from tests.pages.browser import Browser

_TOKEN = re.compile(r'name="token" value="([^"]+)"')
_ENTRY = re.compile(r"/me/register/([0-9a-z]{13}-\d+)")
_FILE = re.compile(r"/me/evidence/([0-9a-z]{13})")


def form_token(page: str) -> str:
    """The token that makes a form register once."""
    found = _TOKEN.search(page)
    assert found
    return found[1]


def filled_in(page: str, **changes: Any) -> dict[str, Any]:
    """The registration form, with a PDF and a picture."""
    plain: dict[str, Any] = {
        "token": form_token(page),
        "division_code": "330500",
        "credit_year": "2023",
        "subject": "specialty",
        "hours": "24.5",
        "course_title": "工程监理规范",
        "course_code": "",
        "series": "建设工程",
        "completed_on": "2023-05-04",
        "certificate_no": "",
        "evidence": [(io.BytesIO(PDF), "结业证书.pdf"), (io.BytesIO(png()), "photo.png")],
    }
    return {**plain, **changes}


def register(browser: Browser, **changes: Any) -> str:
    """The id of an entry that this person registers."""
    answer = browser.submit("/me/register", filled_in(browser.get("/me/register").text, **changes))
    assert answer.status_code == 303, answer.text
    found = _ENTRY.search(answer.headers["Location"])
    assert found
    return found[1]


def files_on(page: str) -> list[str]:
    """The ids of the files that a page links to, in order, each once."""
    return list(dict.fromkeys(_FILE.findall(page)))
