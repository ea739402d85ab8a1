"""A teacher's way: sign in, read the answer and the line it stands on, an entry's history; what if by sliders."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Look, OpenPage, SignIn, Site

STORY = "division_code=331100&declaration_year=2023&level=intermediate"


def test_from_the_sign_in_to_the_answer_and_to_an_entry(
    site: Site, browser_page: Page, sign_in: SignIn, look: Look
) -> None:
    page = browser_page
    sign_in(page, "person-0")
    assert page.url == f"{site.url}/me"
    page.get_by_label("单位所在地").select_option("331100")
    page.get_by_label("申报年度").fill("2023")
    look(page, "me-asking")
    page.get_by_role("button", name="看结论").click()
    assert page.locator("#outcome").inner_text() == "还不能申报"
    assert page.locator(".remedy strong").inner_text() == "2023年再学12学时，任何科目即可"
    unmet = page.locator("li.unmet", has_text="2023年总学时78")
    unmet.locator("summary").click()
    assert unmet.locator("blockquote").inner_text() == "每年参加继续教育累计不少于90学时"
    look(page, "me-answer")

    unmet.get_by_role("link").click()
    assert "/notices/331100" in page.url
    expect(page.locator("article:target blockquote")).to_have_text("每年参加继续教育累计不少于90学时")
    look(page, "notice")

    page.goto(f"{site.url}/me")  # the choice was kept
    assert page.locator("#outcome").inner_text() == "还不能申报"
    page.get_by_role("link", name="我的学时").click()
    look(page, "me-hours")
    page.locator("select[name=year]").select_option("2023")
    page.wait_for_url("**/me/hours?year=2023*")
    assert page.locator("table.cards tbody tr").count() == 3
    page.locator("table.cards tbody a").last.click()
    assert "登记60学时" in page.locator(".timeline").inner_text()
    look(page, "me-entry")


def test_sliders_change_the_outcome(site: Site, browser_page: Page, look: Look) -> None:
    page = browser_page
    cells = "&".join(
        f"general_public-{year}=12&public-{year}=6&specialty-{year}=72" for year in (2020, 2021, 2022)
    )
    page.goto(f"{site.url}/try?{STORY}&{cells}&general_public-2023=12&public-2023=6&specialty-2023=60")
    outcome = page.locator("#outcome")
    assert outcome.inner_text() == "还不能申报"
    slider = page.get_by_role("slider", name="2023 专业")
    slider.focus()
    for _ in range(12):
        slider.press("ArrowRight")
    expect(outcome).to_have_text("可以申报")
    expect(page.locator(".at-once")).to_have_text("可以申报")
    expect(page.get_by_role("spinbutton", name="2023 专业")).to_have_value("72")
    assert "specialty-2023=72" in page.url
    look(page, "try")
    slider.press("ArrowLeft")
    expect(outcome).to_have_text("还不能申报")
    expect(page.locator(".at-once")).to_have_text("还不能申报 · 2023年再学1学时，任何科目即可")


def test_all_of_it_reads_and_submits_without_scripts_in_english(
    site: Site, open_page: OpenPage, look: Look
) -> None:
    page = open_page(java_script_enabled=False, locale="en", viewport={"width": 360, "height": 780})
    page.goto(f"{site.url}/try?{STORY}")
    assert page.get_by_role("slider").count() == 0
    for year in (2020, 2021, 2022, 2023):
        page.get_by_label(f"{year} General public").fill("18")
        page.get_by_label(f"{year} Specialty").fill("72")
    page.get_by_role("button", name="Work it out").click()
    assert page.locator("#outcome").inner_text() == "You may declare"
    width = "document.documentElement.scrollWidth"
    for place in ("/try", "/notices", "/notices/330500"):
        page.goto(f"{site.url}{place}")
        assert page.evaluate(width) <= 360, place
