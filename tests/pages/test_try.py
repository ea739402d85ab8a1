"""The trial: the same answer as the evaluate endpoint's, with the script and without, and nothing kept."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import urlencode

import pytest
from flask import Flask

from service.context import Context
from tests.api.calls import Caller
from tests.api.test_statement_counts import statements
from tests.pages.browser import Browser
from tests.pages.stories import HUZHOU, LISHUI, asked, stories

__all__ = ["stories"]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FULL = {"general_public": 12, "public": 6, "specialty": 72}


def trial(last: dict[str, float], **more: str) -> str:
    """The address of Lishui's story with these hours in 2023 and full years before."""
    cells = {f"{subject}-{year}": hours for year in (2020, 2021, 2022) for subject, hours in FULL.items()}
    cells |= {f"{subject}-2023": hours for subject, hours in last.items()}
    return f"/try?{asked(LISHUI)}&{urlencode({**cells, **more})}"


def test_enough_is_enough_and_a_tenth_less_is_not(visitor: Browser) -> None:
    assert "可以申报" in visitor.get(trial(FULL)).text
    short = visitor.get(trial({**FULL, "specialty": 71.9})).text
    assert "还不能申报" in short
    assert "2023年再学0.1学时，任何科目即可" in short
    assert "可以申报" not in short


def test_the_slider_gets_the_page_s_own_answer_alone(visitor: Browser) -> None:
    address = trial({**FULL, "specialty": 60})
    page, fragment = visitor.get(address).text, visitor.get(f"{address}&fragment=1").text
    assert "<html" not in fragment
    assert "<form" not in fragment
    assert fragment.strip() in page


def test_it_says_what_the_evaluate_endpoint_says(app: Flask, visitor: Browser) -> None:
    hours = [
        {"year": year, "subject": subject, "hours": amount}
        for year in (2020, 2021, 2022)
        for subject, amount in FULL.items()
    ]
    body = {"declaration_year": 2023, "level": "intermediate", "hours": hours}
    answer = Caller(app, None).post("/v1/policies/331100/evaluate", body).json
    page = visitor.get(trial({})).text
    for finding in answer["findings"]:
        assert finding["message"] in page


def test_hours_that_wait_do_not_count(visitor: Browser) -> None:
    cells = {f"{subject}-{year}": hours for year in (2020, 2021) for subject, hours in FULL.items()}
    for standing, words in (("recognised", "可以申报"), ("registered", "待认定学时一经认定即可满足")):
        page = visitor.get(f"/try?{asked(HUZHOU)}&{urlencode(cells)}&standing={standing}").text
        assert words in page


def test_bad_hours_are_told_beside_their_field(visitor: Browser) -> None:
    address = trial({"specialty": 1.25, "public": 9999})
    for suffix in ("", "&fragment=1"):
        answer = visitor.get(address + suffix)
        assert answer.status_code == 422
        assert "小数" in answer.text
    page = visitor.get(address).text
    assert 'id="specialty-2023-note"' in page
    assert 'value="1.25"' in page
    assert visitor.get(f"/try?{asked(LISHUI)}&standing=strange").status_code == 422
    assert visitor.get("/try?division_code=999999&level=junior").status_code == 422
    assert visitor.get(f"/try?{asked(LISHUI)}&specialty-0000=9&specialty-9999=9&other=1").status_code == 200


def test_it_begins_with_the_newest_notice_and_asks_the_database_nothing(
    context: Context, visitor: Browser
) -> None:
    with statements(context) as sent:
        page = visitor.get("/try")
    assert (page.status_code, sent) == (200, [])
    assert "Set-Cookie" not in page.headers
    assert "嘉兴市 · 2026年度 · 中级" in page.text
    assert "还没有填学时" in page.text
    assert "每年都达到，或者累计达到，二者有一即可" in page.text
    assert "还没有填学时" not in visitor.get("/try?specialty-2025=12").text


@pytest.mark.usefixtures("stories")
def test_one_can_begin_with_ones_own_hours(visitor: Browser, person: Callable[..., Browser]) -> None:
    browser = person(LISHUI.id_number, LISHUI.name)
    page = browser.get(f"/try?{asked(LISHUI)}&from=me").text
    assert "2023年总学时78，少12学时" in page
    assert re.search(r'id="field-specialty-2023"[^>]*value="60"', page)
    assert re.search(r'id="field-public-2022"[^>]*value="6"', page)
    waiting = person(HUZHOU.id_number, HUZHOU.name).get(f"/try?{asked(HUZHOU)}&from=me").text
    assert "另有180学时待认定，没有带入" in waiting
    assert "2023年总学时0" in visitor.get(f"/try?{asked(LISHUI)}&from=me").text


def test_each_example_of_a_notice_comes_out_as_it_says(visitor: Browser) -> None:
    outcomes = {"可以申报": "good", "还不能申报": "bad", "通知没有定": "wait", "另行规定": "other"}
    tried = 0
    for code in ("331100", "330500", "330400", "330604"):
        page = visitor.get(f"/notices/{code}").text
        for row in re.findall(r'<tr><th scope="row".*?</tr>', page, re.S):
            if found := re.search(r'href="(/try[^"]+)"', row):
                (words,) = [words for words in outcomes if f">{words}<" in row]
                assert f'class="outcome {outcomes[words]}"' in visitor.get(unescape(found[1])).text, row
                tried += 1
    assert tried > 30


def test_it_is_in_english_too(app: Flask) -> None:
    page = Browser(app, language="en").get(trial({**FULL, "specialty": 60})).text
    assert "Not yet" in page
    assert "12 more hours in 2023, in any subject" in page
