"""The first page: what it says to whom."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from api.app import create_app
from importers.samples import DEMO_PEOPLE
from service.context import Context
from tests.pages.browser import Browser

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_in_the_demo_four_people_tell_four_stories(context: Context) -> None:
    demo = Browser(create_app(replace(context, settings=context.settings.model_copy(update={"demo": True}))))
    shown = demo.get("/").text
    for place, person in enumerate(DEMO_PEOPLE):
        assert f'value="person-{place}"' in shown
        assert person.story_zh.split("：", 1)[1] in shown
        assert person.id_number not in shown
    for words in ("还不能申报", "可以申报", "通知没有定"):
        assert words in shown
    for role in ("provider", "authority", "admin"):
        assert f'name="who" value="{role}"' in shown
    assert demo.submit("/sign-in/demo", {"who": "person-2"}).headers["Location"] == "/me"


def test_elsewhere_nobody_is_made_up(visitor: Browser) -> None:
    shown = visitor.get("/").text
    assert 'name="who"' not in shown
    assert "演示" not in shown
    assert "登录查看我的学时" in shown


def test_who_is_signed_in_is_led_to_their_own_page(staff: Callable[..., Browser]) -> None:
    shown = staff("authority", "330500").get("/").text
    assert 'href="/authority"' in shown
    assert "登录查看我的学时" not in shown
