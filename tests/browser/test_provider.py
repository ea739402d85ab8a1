"""A clerk with a spreadsheet: a faulty one is tried and marked, a right one is sent, and undone as a mistake."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from importers.samples import CLEAN_GB18030, FAULTY, LISHUI
from service.domain.access import Asker
from service.operations.clients import find_active_client
from service.operations.read_entries import list_entries
from tests.api.people import resident_id
from tests.browser.conftest import Look, OpenPage, SignIn, Site

ASKER = Asker(None, "test", "entries")


def entries(site: Site, status: str = "registered") -> int:
    """How many of the demo's provider's entries stand so."""
    context = site.open_context()
    try:
        client = find_active_client(context, "演示培训机构")
        assert client is not None
        return sum(
            it.status == status for it in list_entries(context, client, asker=ASKER, limit=1000).entries
        )
    finally:
        context.database.close()


def choose(page: Page, site: Site, roster: Path, layout: str = "standard") -> None:
    page.goto(f"{site.url}/provider/import")
    page.locator(f'input[name="layout"][value="{layout}"]').check()
    page.locator('input[type="file"]').set_input_files(roster)
    page.get_by_role("button", name=re.compile("^(试运行|Try it)$")).click()


def test_a_roster_from_its_first_fault_to_its_undoing(
    site: Site, browser_page: Page, sign_in: SignIn, look: Look, tmp_path: Path
) -> None:
    page = browser_page
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page, "provider")
    assert page.url == f"{site.url}/provider"
    before = entries(site)
    page.get_by_role("button", name="上传花名册").click()
    look(page, "provider-import")

    choose(page, site, FAULTY)
    page.wait_for_url("**/provider/import/*")
    row = page.locator("table tbody tr", has=page.locator("th", has_text=re.compile(r"15")))
    expect(row.locator("mark")).to_have_text("丽水市")
    expect(row).to_contain_text("331100 丽水市")
    assert re.search("[0-9]{15}", page.inner_text("main")) is None
    look(page, "provider-faults")
    with page.expect_download() as downloading:
        page.get_by_role("button", name="下载标好错误的表格").click()
    marked = tmp_path / "marked.xlsx"
    downloading.value.save_as(marked)
    assert marked.read_bytes()[:2] == b"PK"
    assert entries(site) == before

    choose(page, site, marked)
    page.wait_for_url("**/provider/import/*")
    expect(page.locator("#faults .badge")).to_have_text("35")

    choose(page, site, LISHUI, "lishui-register")
    page.wait_for_url("**/provider/import/*")
    look(page, "provider-tried")
    page.get_by_role("button", name="正式提交（登记 13 条）").click()
    page.wait_for_url("**/provider/imports/*")
    assert entries(site) == before + 13
    page.get_by_role("button", name="撤销这次导入").click()
    page.get_by_label("原因").select_option("wrong_hours")
    look(page, "provider-imported")
    page.get_by_role("button", name="撤销", exact=True).click()
    expect(page.get_by_role("status").first).to_have_text("已撤销：冲销了13条学时。")
    assert (entries(site), entries(site, "reversed")) == (before, 13)
    page.goto(f"{site.url}/provider")
    look(page, "provider-history")


def test_a_file_is_dropped_and_a_wrong_one_is_told_on_the_spot(
    site: Site, browser_page: Page, sign_in: SignIn, look: Look
) -> None:
    page = browser_page
    sign_in(page, "provider")
    page.goto(f"{site.url}/provider/import")
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["no roster"], "notes.txt"));
          document.querySelector("[data-drop] label").dispatchEvent(
            new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }"""
    )
    assert page.locator('input[type="file"]').evaluate("input => input.files[0].name") == "notes.txt"
    page.get_by_role("button", name="试运行").click()
    expect(page.get_by_role("alert")).to_contain_text("找不到表头")
    assert page.url == f"{site.url}/provider/import"
    look(page, "provider-refused")
    page.locator('input[type="file"]').set_input_files(CLEAN_GB18030)
    page.get_by_role("button", name="试运行").click()
    page.wait_for_url("**/provider/import/*")
    expect(page.locator("main")).to_contain_text("此前都已登记")


def test_the_same_without_scripts_in_english(site: Site, open_page: OpenPage, sign_in: SignIn) -> None:
    page = open_page(java_script_enabled=False, locale="en")
    sign_in(page, "provider")
    choose(page, site, FAULTY)
    page.wait_for_url("**/provider/import/*")
    expect(page.locator("main")).to_contain_text("nothing has been stored")
    page.get_by_role("button", name="Choose another file").click()
    assert page.url == f"{site.url}/provider/import"


def test_one_completion_and_the_next(site: Site, browser_page: Page, sign_in: SignIn, look: Look) -> None:
    page = browser_page
    sign_in(page, "provider")
    page.goto(f"{site.url}/provider/entries/new")
    look(page, "provider-new-entry")
    for number, name in ((701, "测试一"), (702, "测试二")):
        page.get_by_label("证件号码").fill(resident_id(number))
        page.get_by_label("姓名").fill(name)
        if number == 701:
            page.get_by_label("所在单位的区划").select_option("331100")
            page.get_by_label("课程名称").fill("绿色建造")
            page.get_by_label("科目类别").select_option("specialty")
            page.get_by_label("学时", exact=True).fill("12.5")
            page.get_by_label("学习年度").select_option("2023")
        page.get_by_role("button", name="登记", exact=True).click()
        page.wait_for_url("**/provider/entries/*-*")
        expect(page.get_by_role("heading", level=1)).to_contain_text("绿色建造")
        assert resident_id(number) not in page.content()
        look(page, "provider-entry")
        page.get_by_role("button", name="再登记一人，同一课程").click()
    page.goto(f"{site.url}/provider/entries?credit_year=2023")
    look(page, "provider-entries")
