"""An administrator's story: a client is made, its staff come in with the key, the key is changed, the client ends."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Look, OpenPage, SignIn, Site


def test_a_client_from_beginning_to_end(
    site: Site, browser_page: Page, sign_in: SignIn, open_page: OpenPage, look: Look
) -> None:
    page = browser_page
    sign_in(page, "admin")
    assert page.url == f"{site.url}/admin"
    look(page, "admin-overview")
    page.get_by_role("link", name="单位与密钥").click()
    page.get_by_role("button", name="新建单位").click()
    page.get_by_label("名称").fill("丽水市住建局")
    page.get_by_label("角色").select_option("authority")
    page.get_by_text("丽水市", exact=True).click()
    page.get_by_label("丽水市 331100").check()
    page.get_by_label("建设工程").check()
    look(page, "admin-new-client")
    page.get_by_role("button", name="新建并显示密钥").click()
    key = page.locator("#key").inner_text()
    look(page, "admin-key")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="复制").click()
    expect(page.locator("#copied")).to_have_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == key
    page.get_by_role("button", name="已保存，继续").click()
    assert key not in page.content()

    officer = open_page()
    _come_in(site, officer, key)
    assert officer.locator("details.account summary").inner_text() == "丽水市住建局"

    page.get_by_label("现有密钥").select_option("0")
    page.get_by_role("button", name="生成新密钥").click()
    newer = page.locator("#key").inner_text()
    page.get_by_role("button", name="已保存，继续").click()
    look(page, "admin-client")
    officer.goto(site.url)
    assert officer.locator("details.account").count() == 0
    _come_in(site, officer, newer)

    page.get_by_label("确认撤销").check()
    page.get_by_role("button", name="撤销单位").click()
    expect(page.get_by_role("status")).to_contain_text("已撤销：丽水市住建局")
    look(page, "admin-clients")
    officer.goto(site.url)
    assert officer.locator("details.account").count() == 0
    for secret in (key, newer):
        assert secret not in site.log.read_text("utf-8")


def test_a_key_is_revoked_when_one_agrees_and_policies_are_read(
    site: Site, browser_page: Page, sign_in: SignIn, look: Look
) -> None:
    page = browser_page
    sign_in(page, "admin")
    page.goto(f"{site.url}/admin/clients")
    page.get_by_role("link", name="演示申报平台").click()
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="撤销密钥").click()
    expect(page.get_by_text("可用", exact=True)).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="撤销密钥").click()
    expect(page.get_by_role("status")).to_have_text("密钥已撤销。")
    page.get_by_role("link", name="政策", exact=True).click()
    look(page, "admin-policies")
    page.get_by_role("link", name="丽水市").click()
    look(page, "admin-policy")


def _come_in(site: Site, page: Page, key: str) -> None:
    page.goto(f"{site.url}/sign-in")
    page.get_by_label("密钥").fill(key)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda address: not address.endswith("/sign-in/key"))
    page.goto(site.url)
