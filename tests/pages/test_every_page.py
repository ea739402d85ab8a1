"""What holds for every page there is: its headers, its token, its words in both languages."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, nodes

from api.pages.field_words import field_word
from api.pages.page import Page
from api.pages.site import all_pages
from service.context import Context
from service.domain.client import ROLES
from tests.pages.browser import Browser
from tests.pages.conftest import NUMBER

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "api" / "templates" / "pages").rglob("*.html"))
MODULES = sorted((ROOT / "api" / "pages").glob("*.py"))
CHINESE = re.compile("[\u4e00-\u9fff]")
EXAMPLE = re.compile("such as [\u4e00-\u9fff]+", re.IGNORECASE)
"""What a notice writes is Chinese in English too."""
LANGUAGE_NAMES = {"中文", "English"}

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def browsers(app: Flask, person: Callable[..., Browser], staff: Callable[..., Browser]) -> dict[str, Browser]:
    """One of each audience."""
    return {"nobody": Browser(app), "person": person(), **{role: staff(role) for role in ROLES}}


def _audience_of(page: Page) -> str:
    if page.audience.is_open:
        return "nobody"
    return "person" if page.audience.person else page.audience.roles[0]


def _path(page: Page) -> str:
    return re.sub("[<>]", "", page.path)


def test_every_page_has_the_headers_that_keep_it_safe(
    app: Flask, context: Context, browsers: dict[str, Browser]
) -> None:
    seen = 0
    for page in all_pages(app, context):
        if page.method != "GET":
            continue
        answer = browsers[_audience_of(page)].get(_path(page))
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, page.name
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, page.name
        assert "frame-ancestors 'none'" in policy, page.name
        assert "unsafe" not in policy, page.name
        if answer.status_code == 200 and answer.mimetype == "text/html":
            seen += 1
            assert "form-action 'self'" in policy, page.name
            assert "base-uri 'none'" in policy, page.name
            assert "Cookie" in answer.headers["Vary"], page.name
            assert not re.search(r"<script(?![^>]* src=)|<style| style=| on[a-z]+=", answer.text), page.name
    assert seen > 10


def test_no_form_is_taken_without_its_token(
    app: Flask, context: Context, browsers: dict[str, Browser]
) -> None:
    posts = [page for page in all_pages(app, context) if page.method == "POST"]
    for page in posts:
        for token in ("", "x", "IjEi.aaaa.bbbb"):
            answer = browsers[_audience_of(page)].submit(_path(page), {"csrf_token": token})
            assert answer.status_code == 403, page.name
            assert "form_expired" in answer.text, page.name
    assert posts


def test_another_sites_token_is_not_ours(app: Flask, browsers: dict[str, Browser]) -> None:
    other = Browser(app)
    other.get("/sign-in")
    assert browsers["person"].submit("/sign-out", {"csrf_token": other.token}).status_code == 403
    assert "测试人" in browsers["person"].get("/").text


def test_no_page_repeats_an_identity_number_in_an_address(
    app: Flask, context: Context, browsers: dict[str, Browser]
) -> None:
    for page in all_pages(app, context):
        if page.method == "GET":
            answer = browsers[_audience_of(page)].get(_path(page))
            places = re.findall(
                r'(?:href|src|action)="([^"]*)"', answer.text if answer.is_json is False else ""
            )
            assert not [place for place in (*places, answer.headers.get("Location", "")) if NUMBER in place]
    for place in (
        f"/nowhere/{NUMBER}?q={NUMBER}",
        f"/?q={NUMBER}",
        f"/sign-in?next=/{NUMBER}",
    ):
        answer = browsers["nobody"].get(place)
        assert NUMBER not in answer.text, place


def test_every_field_that_can_be_wrong_has_a_name_for_people(app: Flask, context: Context) -> None:
    unseen = {"after_seq", "do", "next", "token"}
    for page in all_pages(app, context):
        if page.again is None:
            continue
        fields = {*(page.form().fields if page.form else ()), *page.files} - unseen
        assert [name for name in sorted(fields) if not field_word(name, "zh-CN")] == [], page.name


def test_every_text_of_a_template_is_there_in_both_languages(context: Context) -> None:
    wrong = [f"{path.name}:{line}: {what}" for path in TEMPLATES for line, what in _untranslated(path)]
    assert wrong == []


def _untranslated(path: Path) -> Iterator[tuple[int, str]]:
    tree = Environment(autoescape=True).parse(path.read_text("utf-8"))
    chosen: set[int] = set()
    for call in tree.find_all(nodes.Call):
        if not (isinstance(call.node, nodes.Name) and call.node.name == "t"):
            continue
        arguments = [_pattern(argument) for argument in call.args]
        texts = [argument.value if isinstance(argument, nodes.Const) else None for argument in arguments]
        if len(texts) != 2 or not all(texts):
            yield call.lineno, f"t() wants two texts: {texts}"
            continue
        chosen.update(map(id, arguments))
        chinese, english = texts
        if {chinese, english} != LANGUAGE_NAMES and CHINESE.search(EXAMPLE.sub("", english)):
            yield call.lineno, f"the second text is the English one: {english}"
    for data in tree.find_all(nodes.TemplateData):
        if CHINESE.search(data.data):
            yield data.lineno, data.data.strip()
    for constant in tree.find_all(nodes.Const):
        if id(constant) not in chosen and isinstance(constant.value, str) and CHINESE.search(constant.value):
            yield constant.lineno, constant.value


def _pattern(node: nodes.Node) -> nodes.Node:
    """The text that ``"…" | format(…)`` or ``"…".format(…)`` fills in."""
    if isinstance(node, nodes.Filter) and node.name == "format" and node.node is not None:
        return node.node
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr) and node.node.attr == "format":
        return node.node.node
    return node


def test_every_text_of_a_view_is_there_in_both_languages(context: Context) -> None:
    wrong = []
    for path in MODULES:
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr == "words"
            ):
                texts = [_text(argument) for argument in call.args]
                if None not in texts and (len(texts) != 2 or not all(texts) or CHINESE.search(str(texts[1]))):
                    wrong.append(f"{path.name}:{call.lineno}: {texts}")
    assert wrong == []


def _text(node: ast.expr) -> str | None:
    """The constant parts of a text; None for what is no text."""
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value for part in node.values if isinstance(part, ast.Constant))
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
