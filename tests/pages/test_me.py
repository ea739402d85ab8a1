"""A person's first page: the four stories in words, the line they stand on, what is kept and what is not shown."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from api.app import create_app
from service.context import Context
from tests.api.test_statement_counts import statements
from tests.pages.browser import Browser
from tests.pages.stories import HUZHOU, JIAXING, LISHUI, SHANGYU, asked, stories

__all__ = ["stories"]

People = Callable[..., Browser]
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.usefixtures("stories")
def test_each_story_is_told_in_words(person: People) -> None:
    told = {
        LISHUI: [
            "还不能申报",
            "2023年总学时78，少12学时",
            "2023年再学12学时，任何科目即可",
            "每年参加继续教育累计不少于90学时",
        ],
        HUZHOU: [
            "还不能申报",
            "待认定学时一经认定即可满足",
            "由湖州市住房和城乡建设局认定",
            "由湖州市人力资源和社会保障局认定",
        ],
        JIAXING: ["可以申报", "按累计办法符合要求", "4年累计学满360学时"],
        SHANGYU: ["通知没有定，需由绍兴市上虞区人力资源和社会保障局确定", "仅供参考"],
    }
    for somebody, words in told.items():
        page = person(somebody.id_number, somebody.name).get(f"/me?{asked(somebody)}")
        assert page.status_code == 200
        assert [word for word in words if word not in page.text] == [], somebody.name
        assert somebody.id_number not in page.text


@ON_SQLITE
@pytest.mark.usefixtures("stories")
def test_each_story_is_told_in_english(person: People) -> None:
    told = {
        LISHUI: ["Not yet", "12 more hours in 2023, in any subject"],
        HUZHOU: ["Recognition of what waits would suffice", "To be recognised by"],
        JIAXING: ["You may declare", "the cumulative rule is met"],
        SHANGYU: ["The notice does not settle this", "For information only"],
    }
    for somebody, words in told.items():
        page = person(somebody.id_number, somebody.name, language="en").get(f"/me?{asked(somebody)}")
        assert [word for word in words if word not in page.text] == [], somebody.name


@ON_SQLITE
@pytest.mark.usefixtures("stories")
def test_each_rule_says_whether_it_is_met_and_opens_its_line(person: People) -> None:
    page = person(LISHUI.id_number, LISHUI.name).get(f"/me?{asked(LISHUI)}").text
    assert page.count('<li class="unmet">') == 3
    assert page.count('<li class="met">') == 16
    assert page.count('href="/notices/331100?declaration_year=2023#clause-') == 19
    assert "通知原文" in page
    jiaxing = person(JIAXING.id_number, JIAXING.name).get(f"/me?{asked(JIAXING)}").text
    assert (jiaxing.count('<li class="unmet">'), jiaxing.count('<li class="aside">')) == (0, 3)
    # Where nothing is decided, a comparison for information has no crosses: they would read as a refusal.
    shangyu = person(SHANGYU.id_number, SHANGYU.name).get(f"/me?{asked(SHANGYU)}").text
    assert ("少90学时" in shangyu, shangyu.count('<li class="unmet">')) == (True, 0)


@ON_SQLITE
@pytest.mark.usefixtures("stories")
def test_the_chart_is_there_without_a_script(person: People) -> None:
    page = person(HUZHOU.id_number, HUZHOU.name).get(f"/me?{asked(HUZHOU)}").text
    assert page.count('class="waits ') == 6
    assert "最低 90" in page
    assert "0学时，待认定90" in page
    assert "style=" not in page
    assert "<script>" not in page


def test_somebody_new_is_told_what_to_do(person: People) -> None:
    browser = person()
    first = browser.get("/me")
    assert "选择地区、级别和类型" in first.text
    assert 'id="outcome"' not in first.text
    page = browser.get(f"/me?{asked(LISHUI)}")
    assert "学时账里还没有您的学时" in page.text
    assert 'href="/me/register"' in page.text


@ON_SQLITE
@pytest.mark.usefixtures("stories")
def test_the_last_choice_is_kept_and_says_nothing_of_the_person(person: People) -> None:
    browser = person(LISHUI.id_number, LISHUI.name)
    kept = browser.get(f"/me?{asked(LISHUI)}&purpose=recommendation&series=建设工程").headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Secure"} <= set(kept.split("; "))
    assert LISHUI.id_number not in kept
    again = browser.get("/me").text
    assert "丽水市 · 2023年度 · 中级 · 推荐" in again
    assert "还不能申报" in again
    browser.get("/me?division_code=330400&level=junior&declaration_year=2026")
    assert "嘉兴市 · 2026年度 · 初级 · 评审" in browser.get("/me").text


@ON_SQLITE
def test_this_year_is_not_kept_next_year_it_is_another(person: People) -> None:
    kept = person().get("/me?division_code=330400&level=junior&declaration_year=2026").headers["Set-Cookie"]
    assert "declaration_year" not in kept


@ON_SQLITE
def test_a_cookie_that_is_no_longer_sound_is_left_alone(person: People) -> None:
    for value in ("division_code=999999&level=junior", "%ff", "x" * 300):
        browser = person()
        browser._client.set_cookie("choice", value, domain="localhost", secure=True)
        assert browser.get("/me").status_code == 200


@ON_SQLITE
def test_a_committee_says_who_reviews_and_until_when(person: People) -> None:
    browser = person()
    choice = browser.get(f"/me?{asked(HUZHOU)}").text
    numbers = re.findall(r'<option value="([0-9]+)">[0-9]+ ', choice)
    assert numbers
    page = browser.get(f"/me?{asked(HUZHOU)}&committee={numbers[0]}").text
    assert "谁来评审、何时截止" in page
    assert "材料接收截至2021年" in page


@ON_SQLITE
def test_a_bad_question_is_shown_again_with_what_is_wrong(person: People) -> None:
    page = person().get("/me?division_code=331100&level=intermediate&declaration_year=abc&tenure_start=3")
    assert page.status_code == 422
    assert 'id="declaration_year-note"' in page.text
    assert 'id="tenure_start-note"' in page.text
    assert 'value="abc"' in page.text
    assert person().get("/me?level=intermediate").status_code == 422
    committee = person().get(f"/me?{asked(LISHUI)}&committee=999")
    assert committee.status_code == 422
    assert "999" in committee.text


@ON_SQLITE
@pytest.mark.usefixtures("stories")
def test_somebody_under_another_name_sees_nothing(person: People) -> None:
    page = person(LISHUI.id_number, "别人").get(f"/me?{asked(LISHUI)}")
    assert page.status_code == 409
    assert "学时78" not in page.text


@ON_SQLITE
@pytest.mark.usefixtures("stories")
def test_in_the_demo_each_person_begins_with_their_story(context: Context) -> None:
    demo = Browser(create_app(replace(context, settings=context.settings.model_copy(update={"demo": True}))))
    demo.submit("/sign-in/demo", {"who": "person-0"})
    assert "丽水市 · 2023年度" in demo.get("/me").text
    demo.get("/me?division_code=330400&level=junior&declaration_year=2025")
    demo.token = ""
    demo.submit("/sign-in/demo", {"who": "person-1"})
    assert "湖州市 · 2021年度" in demo.get("/me").text
    demo.submit("/sign-in/demo", {"who": "person-0"})
    assert "嘉兴市 · 2025年度 · 初级" in demo.get("/me").text


@pytest.mark.usefixtures("stories")
def test_a_question_costs_two_statements_more_than_through_the_api(context: Context, person: People) -> None:
    """Who is signed in, whether the name is the one on file, then the question as the API asks it."""
    browser = person(LISHUI.id_number, LISHUI.name)
    with statements(context) as sent:
        browser.get(f"/me?{asked(LISHUI)}")
    own = [statement for statement in sent if not statement.startswith("BEGIN")]
    assert len(own) == {"postgresql": 3, "sqlite": 4}[context.database.dialect_name]
