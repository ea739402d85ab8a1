"""What a person does alone: registers hours with evidence, takes them back, disputes, sees who looked, gets a
certificate that anybody can verify."""

import re
from pathlib import Path

from playwright.sync_api import Download, Page, expect

from api.paper.seal import verify_claim, verify_file
from service.context import Context
from service.operations.verify_certificate import verify_certificate
from tests.browser.conftest import Look, OpenPage, SignIn, Site
from tests.operations.own import PDF, png

_CODE = re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}")


def fill_in(page: Page, title: str) -> None:
    page.get_by_label("课程名称").fill(title)
    page.locator('input[name="subject"][value="specialty"]').check()
    page.locator("#field-hours").fill("24.5")
    page.locator("#field-credit_year").fill("2021")
    page.get_by_label("单位所在地").select_option("330500")
    page.get_by_label("职称系列").fill("建设工程")


def test_hours_are_registered_with_evidence_and_taken_back(
    site: Site, browser_page: Page, sign_in: SignIn, look: Look
) -> None:
    page = browser_page
    sign_in(page, "person-1")
    page.goto(f"{site.url}/me/register")
    look(page, "register")
    fill_in(page, "装配式建筑施工技术")
    files = page.get_by_label("选择文件")
    files.set_input_files([{"name": "证书.pdf", "mimeType": "application/pdf", "buffer": b"MZ"}])
    expect(page.locator("#evidence-chosen")).to_contain_text("证书.pdf · 1 KB")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("佐证材料（证书.pdf）")
    expect(page.get_by_label("课程名称")).to_have_value("装配式建筑施工技术")
    look(page, "register-refused")
    page.get_by_label("选择文件").set_input_files(
        [
            {"name": "证书.pdf", "mimeType": "application/pdf", "buffer": PDF},
            {"name": "现场.png", "mimeType": "image/png", "buffer": png(300, 100)},
        ]
    )
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已登记，等待认定")
    expect(page.locator("main")).to_contain_text("湖州市住房和城乡建设局")
    expect(page.locator(".files img")).to_have_js_property("naturalWidth", 300)
    look(page, "registered")
    page.get_by_role("button", name="撤回这条登记").click()
    look(page, "withdrawal")
    page.get_by_role("button", name="确认撤回").click()
    expect(page.get_by_role("status")).to_contain_text("已撤回")
    expect(page.locator("main")).to_contain_text("已冲销")


def test_a_certificate_is_issued_and_anybody_verifies_it(
    site: Site, browser_page: Page, open_page: OpenPage, sign_in: SignIn, look: Look, tmp_path: Path
) -> None:
    page = browser_page
    sign_in(page, "person-0")
    page.goto(f"{site.url}/me?division_code=331100&level=intermediate&declaration_year=2023")
    page.goto(f"{site.url}/me/certificates")
    page.get_by_label("写上申报结论").check()
    page.get_by_role("button", name="出具学时证明").click()
    look(page, "certificates")
    with page.expect_download() as started:
        page.get_by_role("button", name="下载学时证明（PDF）").click()
    claim = claim_of(site, started.value, tmp_path / "paper.pdf")
    code = started.value.suggested_filename.removesuffix(".pdf")
    assert _CODE.fullmatch(code)

    anybody = open_page()
    anybody.goto(f"{site.url}/verify")
    look(anybody, "verify")
    anybody.get_by_label("核验码").fill(code.lower().replace("-", " "))
    anybody.get_by_role("button", name="核验", exact=True).click()
    assert anybody.url == f"{site.url}/verify/{code}"
    expect(anybody.locator(".verdict")).to_have_text("有效")
    look(anybody, "verified")
    anybody.goto("about:blank")
    anybody.goto(f"{site.url}/verify/{code}#{claim}")
    expect(anybody.locator("#scanned")).to_have_text("扫码内容与登记一致。")
    anybody.goto("about:blank")
    anybody.goto(f"{site.url}/verify/{code}#{claim[:-1]}")
    expect(anybody.locator("#scanned")).to_contain_text("不一致")
    anybody.goto(f"{site.url}/verify/0000-0000-0000-0000")
    expect(anybody.locator(".verdict")).to_have_text("没有这份证明")
    look(anybody, "verify-unknown")


def claim_of(site: Site, download: Download, path: Path) -> str:
    """The signed claim that a certificate's QR code carries; the file is as it was issued."""
    download.save_as(path)
    context: Context = site.open_context()
    try:
        sealed = verify_file(path.read_bytes(), context.signer.ring)
        claim = verify_certificate(context, sealed.claim["code"]).claim
    finally:
        context.database.close()
    assert claim is not None
    assert verify_claim(claim, context.signer.ring) == sealed
    return claim


def test_it_all_works_without_scripts(site: Site, open_page: OpenPage, sign_in: SignIn, look: Look) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page, "person-2")
    page.goto(f"{site.url}/me/register")
    fill_in(page, "没有脚本也能登记")
    page.get_by_label("选择文件").set_input_files(
        [{"name": "证书.pdf", "mimeType": "application/pdf", "buffer": PDF}]
    )
    page.get_by_role("button", name="登记", exact=True).click()
    entry_id = page.url.rpartition("/")[2]
    page.goto(f"{site.url}/me/hours/{entry_id}/dispute")
    page.get_by_label("哪里有误").fill("学时少记了\n应为30学时")
    page.get_by_role("button", name="提出异议").click()
    expect(page.get_by_role("status")).to_contain_text("异议已提出")
    page.goto(f"{site.url}/me/data?own=true")
    expect(page.locator("main")).to_contain_text("应为30学时")
    with page.expect_download() as started:
        page.get_by_role("button", name="下载全部（数据文件）").click()
    assert started.value.suggested_filename.endswith(".json")


def test_ones_own_data_is_readable(site: Site, browser_page: Page, sign_in: SignIn, look: Look) -> None:
    page = browser_page
    sign_in(page, "person-2")
    page.goto(f"{site.url}/me/data?own=true")
    look(page, "own-data")
    page.get_by_role("button", name="查看保存了什么").click()
    look(page, "own-held")
