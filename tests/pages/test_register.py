"""Registering hours oneself: what is told, what is taken, who sees the files, and how one takes it back."""

import io
import re
from collections.abc import Callable

import pytest

from service.context import Context
from service.domain.client import Client
from service.domain.identifiers import decode_entry_id
from service.operations.clients import create_client
from service.operations.recognise_entries import RecognitionDraft, recognise_entry
from tests.operations.own import PDF, png
from tests.pages.browser import Browser
from tests.pages.own_forms import files_on, filled_in, form_token, register

People = Callable[..., Browser]
OTHER = ("330400198707070040", "测试乙")


@pytest.fixture
def authority(context: Context) -> Client:
    return create_client(context, "authority", "湖州市住房和城乡建设局", ["330500"])[0]


def recognise(context: Context, authority: Client, entry_id: str) -> None:
    decoded = decode_entry_id(entry_id)
    assert decoded
    recognise_entry(context, authority, RecognitionDraft(*decoded, "recognised"))


def test_registered_hours_wait_for_the_authority_that_the_notice_names(person: People) -> None:
    browser = person()
    answer = browser.submit("/me/register", filled_in(browser.get("/me/register").text))
    page = browser.follow(answer)
    assert page.status_code == 200
    for said in (
        "已登记，等待认定",
        "湖州市住房和城乡建设局",
        "经各行业主管部门认定后方为有效学时",
        "24.5",
        "待认定",
    ):
        assert said in page.text
    line = re.search(r'href="/notices/330500#(clause-[0-9a-f]+)"', page.text)
    assert line
    assert f'id="{line[1]}"' in browser.get("/notices/330500").text
    assert len(files_on(page.text)) == 2
    assert "结业证书.pdf" in page.text


def test_where_no_notice_names_an_authority_it_is_said_whom_to_ask(person: People) -> None:
    browser = person()
    page = browser.get(f"/me/register/{register(browser, division_code='331100')}").text
    assert "没有写明由哪个部门认定" in page
    assert "丽水市人力资源和社会保障局" in page
    assert "个人自行登记的，经认定后计入" in page


def test_the_same_form_sent_twice_registers_once(person: People) -> None:
    browser = person()
    page = browser.get("/me/register").text
    first = browser.submit("/me/register", filled_in(page))
    browser.get("/me/register")
    again = browser.submit("/me/register", filled_in(page))
    assert again.headers["Location"] == first.headers["Location"]
    assert "学时只登记了一次" in browser.follow(again).text


def test_a_refused_form_is_shown_again_as_it_was_filled_in(person: People) -> None:
    browser = person()
    page = browser.get("/me/register").text
    bad = {"空.pdf": b"", "证书.pdf": b"MZ..."}
    answer = browser.submit("/me/register", filled_in(page, hours="1.25"))
    assert answer.status_code == 422
    assert form_token(answer.text) == form_token(page)
    for said in ('value="1.25"', "学时最多一位小数", "工程监理规范", "请重新选择", 'value="330500" selected'):
        assert said in answer.text
    answer = browser.submit(
        "/me/register",
        filled_in(page, evidence=[(io.BytesIO(content), name) for name, content in bad.items()]),
    )
    assert "证书.pdf" in answer.text
    assert "按文件内容判断" in answer.text
    assert "空.pdf" in answer.text
    assert browser.get("/me/register").status_code == 200
    assert "工程监理规范" not in browser.get("/me/register").text


def test_files_are_limited_in_size_and_number(context: Context, person: People) -> None:
    browser = person()
    size_max = context.settings.evidence_size_max
    page = browser.get("/me/register").text
    large = (io.BytesIO(PDF + b"\0" * size_max + b"%%EOF"), "大.pdf")
    answer = browser.submit("/me/register", filled_in(page, evidence=[large]))
    assert answer.status_code == 422
    assert "大.pdf" in answer.text
    assert "每个文件最大 5 MB" in answer.text
    many = [(io.BytesIO(PDF), f"{n}.pdf") for n in range(6)]
    assert "最多 5 项" in browser.submit("/me/register", filled_in(page, evidence=many)).text
    assert "至少要有一份佐证材料" in browser.submit("/me/register", filled_in(page, evidence=[])).text
    flood = (io.BytesIO(b"\0" * (6 * size_max)), "洪水.pdf")
    assert browser.submit("/me/register", filled_in(page, evidence=[flood])).status_code == 413


def test_going_back_to_a_form_that_was_used_gets_a_new_one(person: People) -> None:
    browser = person()
    page = browser.get("/me/register").text
    browser.submit("/me/register", filled_in(page))
    other = {"course_title": "另一门课", "hours": "10"}
    browser.get("/me/register")
    answer = browser.submit("/me/register", filled_in(page, **other))
    assert answer.status_code == 409
    assert "这张表已经用过一次" in answer.text
    assert "另一门课" in answer.text
    assert browser.submit("/me/register", filled_in(answer.text, **other)).status_code == 303


def test_a_course_that_is_there_already_is_shown(person: People) -> None:
    browser = person()
    entry_id = register(browser)
    answer = browser.submit("/me/register", filled_in(browser.get("/me/register").text))
    assert answer.status_code == 409
    assert f"/me/hours/{entry_id}" in answer.text


def test_files_are_for_their_person_and_for_keeping(person: People, staff: People) -> None:
    browser = person()
    entry_id = register(browser)
    files = files_on(browser.get(f"/me/register/{entry_id}").text)
    sent = {browser.get(f"/me/evidence/{file}").mimetype: file for file in files}
    for media_type, content in (("application/pdf", PDF), ("image/png", png())):
        file = sent[media_type]
        answer = browser.get(f"/me/evidence/{file}")
        assert answer.data == content
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        for stranger in (person(*OTHER), person(name="别人")):
            assert stranger.get(f"/me/evidence/{file}").status_code in (404, 409)
        assert staff("provider").get(f"/me/evidence/{file}").status_code == 403
    assert browser.get("/me/evidence/nonsense").status_code == 404


def test_what_is_somebody_elses_is_not_there(person: People) -> None:
    mine, stranger = person(), person(*OTHER)
    entry_id = register(mine)
    for path in (f"/me/register/{entry_id}", f"/me/hours/{entry_id}/withdrawal"):
        assert mine.get(path).status_code == 200
        assert stranger.get(path).status_code == 404
    stranger.get("/me/register")
    answer = stranger.submit(f"/me/hours/{entry_id}/withdrawal", {"reason": "other"})
    assert answer.status_code == 404
    assert "待认定" in mine.get(f"/me/register/{entry_id}").text


def test_taking_back_until_it_is_decided(context: Context, authority: Client, person: People) -> None:
    browser = person()
    mine, decided = register(browser), register(browser, course_title="另一门课")
    page = browser.get(f"/me/hours/{mine}/withdrawal").text
    assert "确认撤回" in page
    assert browser.submit(f"/me/hours/{mine}/withdrawal", {"reason": "so"}).status_code == 422
    answer = browser.submit(f"/me/hours/{mine}/withdrawal", {"reason": "wrong_hours", "note": "写错了"})
    assert answer.headers["Location"] == f"/me/hours/{mine}"
    assert "已冲销" in browser.get(f"/me/register/{mine}").text
    recognise(context, authority, decided)
    page = browser.get(f"/me/hours/{decided}/withdrawal").text
    assert "确认撤回" not in page
    assert f"/me/hours/{decided}/dispute" in page
    browser.get("/me/register")
    assert browser.submit(f"/me/hours/{decided}/withdrawal", {"reason": "other"}).status_code == 409


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_name_that_does_not_fit_gets_nothing(person: People) -> None:
    register(person())
    impostor = person(name="别人")
    answer = impostor.submit("/me/register", filled_in(impostor.get("/me/register").text, hours="10"))
    assert answer.status_code == 409
    assert "姓名与证件号码不符" in answer.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_page_is_there_in_english(person: People) -> None:
    browser = person(language="en")
    page = browser.get("/me/register").text
    assert "Register hours yourself" in page
    assert "General public" in page
    page = browser.get(f"/me/register/{register(browser)}").text
    assert "Next: recognition" in page
    assert "Awaits recognition" in page
