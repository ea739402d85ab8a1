"""An officer with four hundred entries to recognise before Friday, by keyboard; and one on a telephone."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from service.context import Context
from service.domain.evidence import Upload
from service.domain.identity import Identity
from service.domain.session import SignedInPerson
from service.operations.clients import find_active_client
from service.operations.register_own_entry import register_own_entry
from service.operations.verify_ledger import verify_ledger
from tests.browser.conftest import Look, OpenPage, SignIn, Site
from tests.operations.ledger import id_number
from tests.operations.own import PDF, own_draft, png
from tests.pages.queued import wait

SERIES = "交通工程"
ANOTHER_SERIES = "化工工程"
QUEUE = f"/authority?series={quote(ANOTHER_SERIES)}&limit=20"


@pytest.fixture(scope="module")
def ledger(site: Site) -> Iterator[Context]:
    """Four hundred entries of one series wait, thirty of another, and of a third one that somebody registered alone,
    with evidence: each test has its own, so that they may run in any order."""
    context = site.open_context()
    provider = find_active_client(context, "演示培训机构")
    assert provider is not None
    rows = (
        {"ref": f"Q-{number}", "person": 2000 + number, "series": SERIES if number < 400 else ANOTHER_SERIES}
        for number in range(430)
    )
    wait(context, provider, *rows)
    person = SignedInPerson(Identity("resident_id", id_number(2900)), "测试己")
    files = [Upload("证书.png", png(60, 40)), Upload("发票.pdf", PDF)]
    register_own_entry(context, person, own_draft(division_code="330500", series="水利工程"), files)
    yield context
    assert verify_ledger(context) is None
    context.database.close()


@pytest.mark.usefixtures("ledger")
def test_four_hundred_by_keyboard(site: Site, browser_page: Page, sign_in: SignIn, look: Look) -> None:
    page = browser_page
    sign_in(page, "authority")
    page.get_by_label("系列").select_option(SERIES)
    page.wait_for_url("**series=*")
    expect(page.locator("nav.ages a").first).to_contain_text("400")
    look(page, "authority-queue")

    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.wait_for_timeout(300)  # no hand is faster; Chromium still gives the focus back

    rows = page.locator("tr[data-row]")
    expect(rows).to_have_count(50)
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("r")  # the first in full, on to the second
    page.keyboard.press("e")
    page.keyboard.type("30.5")
    page.keyboard.press("Tab")
    page.keyboard.type("jkxrn")  # letters in a field are letters
    page.keyboard.press("Enter")
    expect(rows.nth(2)).to_be_focused()
    page.keyboard.press("n")
    page.keyboard.type("不属于本专业")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("x")
    expect(page.locator("#announce")).to_have_text("已选3条")
    page.keyboard.press("s")
    expect(page.locator("#results-title")).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("认定2条，不予认定1条，未处理0条。")
    expect(page.get_by_label("系列")).to_have_value(SERIES)
    look(page, "authority-results")

    page.keyboard.press("u")
    undo = page.locator("#undo")
    undo.get_by_role("checkbox").nth(2).check()
    undo.get_by_role("button", name="所选改为全部认定").click()
    expect(page.get_by_role("status")).to_have_text("认定1条，不予认定0条，未处理0条。")

    page.get_by_label("每页").select_option("200")
    page.wait_for_url("**limit=200*")
    page.get_by_role("link", name="全选本页").click()
    expect(page.locator("#selection")).to_have_text("已选200条")
    page.get_by_role("button", name="所选全部认定").click()
    expect(page.get_by_role("status")).to_have_text("认定200条，不予认定0条，未处理0条。")
    expect(page.locator("nav.ages a").first).to_contain_text("197")

    page.goto(f"{site.url}/authority/entries")
    look(page, "authority-decided")


@pytest.mark.usefixtures("ledger")
def test_evidence_is_in_view_when_one_decides(
    site: Site, browser_page: Page, sign_in: SignIn, look: Look
) -> None:
    page = browser_page
    sign_in(page, "authority")
    page.goto(f"{site.url}/authority?self_registered=true")
    page.locator("a.course").first.click()
    picture = page.get_by_role("img", name="佐证：证书.png")
    expect(picture).to_be_visible()
    assert picture.evaluate("it => it.naturalWidth") == 60
    look(page, "authority-entry")
    page.get_by_role("radio", name="不予认定").check()
    page.get_by_role("button", name="作出决定").click()
    expect(page.get_by_role("alert")).to_contain_text("必须说明理由")
    page.locator("#field-reason").fill("看不清")
    page.get_by_role("button", name="作出决定").click()
    expect(page.get_by_role("status")).to_contain_text("已决定不予认定")
    assert "self_registered=true" in page.url


@pytest.mark.usefixtures("ledger")
def test_it_all_works_without_scripts(site: Site, open_page: OpenPage, sign_in: SignIn) -> None:
    page = open_page(java_script_enabled=False, locale="en")
    sign_in(page, "authority")
    page.goto(f"{site.url}{QUEUE}")
    page.get_by_role("link", name="Select all on this page").click()
    page.wait_for_url("**select=all*")
    rows = page.locator("tr[data-row]")
    waiting = rows.count()
    assert waiting == 20
    rows.nth(0).get_by_role("checkbox").uncheck()
    rows.nth(1).locator("summary").click()
    rows.nth(1).get_by_label("Hours to recognise").fill("1")
    page.get_by_role("button", name="Submit the selected").click()
    told = page.get_by_role("status")
    expect(told).to_have_text(f"Recognised {waiting - 2}, rejected 0, not taken 1.")
    expect(rows.nth(1).get_by_label("Hours to recognise")).to_have_value("1")
    rows.nth(1).get_by_label("Reason").fill("The certificate says so")
    page.get_by_role("button", name="Submit the selected").click()
    expect(told).to_have_text("Recognised 1, rejected 0, not taken 0.")
