"""The administrators' pages: how the service is doing, clients and keys, policies."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from api.app import create_app
from api.pages.entrance import SESSION_TOKEN
from service.context import Context
from service.operations.clients import authenticate, create_client, find_client, read_client
from service.operations.sessions import sign_in_client
from service.policy_book import PolicyBook
from tests.api.calls import Clock
from tests.pages.browser import Browser

KEY = re.compile(r"hl_[A-Za-z0-9_-]{43}")


@pytest.fixture
def admin(staff: Callable[..., Browser]) -> Browser:
    return staff("admin", name="管理方")


def test_the_overview_says_what_there_is_and_what_is_wrong(admin: Browser, context: Context) -> None:
    shown = admin.get("/admin").text
    assert "与程序版本一致" in shown
    assert ("一切正常" in shown) == bool(len(context.signer.ring))
    assert f"{len(context.policy_book.policies)} 个政策" in shown


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_failing_example_shows(context: Context, clock: Clock) -> None:
    book = context.policy_book
    file = book.files[0]
    example = {**file.examples[0], "expect": {**file.examples[0]["expect"], "outcome": "referred"}}
    wrong = replace(file, examples=(example, *file.examples[1:]))
    worse = replace(context, policy_book=PolicyBook((wrong, *book.files[1:]), book.divisions, book.baseline))
    client, _ = create_client(worse, "admin", "管理方")
    browser = Browser(create_app(worse))
    with browser._client.session_transaction(base_url="https://localhost") as kept:
        kept[SESSION_TOKEN] = sign_in_client(worse, client)
    assert "下面有需要处理的项目" in browser.get("/admin").text
    assert "1 个不符" in browser.get("/admin/policies").text
    assert "expected referred" in browser.get(f"/admin/policies/{file.policy.id}").text


def test_a_client_is_made_and_its_key_shown_once(admin: Browser, context: Context) -> None:
    fields = {
        "name": "湖州水利局",
        "role": "authority",
        "divisions": ["330500", "330521"],
        "series": ["水利", "交通、林业"],
        "days": "90",
    }
    assert "湖州市" in admin.get("/admin/clients/new").text
    with capture_logs() as logs:
        answer = admin.submit("/admin/clients/new", fields)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    key = KEY.findall(answer.text)[0]
    client = find_client(context, "湖州水利局")
    assert client is not None
    assert authenticate(context, key) == client
    assert (client.divisions, client.series) == (("330500", "330521"), ("水利", "交通", "林业"))
    (made,) = read_client(context, client.client_id)[1]
    assert made.expires_at is not None
    assert (made.expires_at - made.created_at).days in (89, 90)  # the test's clock moves at each look
    told = next(line for line in logs if line["event"] == "client created")
    assert told["concerns"] == client.client_id
    assert key not in str(logs)
    for place in ("/admin/clients", f"/admin/clients/{client.client_id}"):
        assert "湖州水利局" in admin.get(place).text
        assert KEY.search(admin.get(place).text) is None


def test_what_does_not_fit_is_told_beside_the_fields_which_stay_filled_in(
    admin: Browser, context: Context
) -> None:
    create_client(context, "provider", "一家机构")
    fields = {"name": "一家机构", "role": "provider", "divisions": ["330500"], "series": ["水利", "自定"]}
    answer = admin.submit("/admin/clients/new", fields)
    assert answer.status_code == 422
    assert "这个角色不适用此项" in answer.text
    assert re.search(r'value="330500" checked', answer.text)
    assert re.search(r'value="[^"]*自定"', answer.text)
    answer = admin.submit("/admin/clients/new", {"name": "一家机构", "role": "provider"})
    assert answer.status_code == 422
    assert "已有同名单位" in answer.text
    assert admin.submit("/admin/clients/new", {"name": "甲", "role": "person"}).status_code == 422
    assert find_client(context, "甲") is None


def test_a_key_is_rotated_and_one_key_revoked(admin: Browser, context: Context, clock: Clock) -> None:
    client, first = create_client(context, "provider", "一家机构")
    place = f"/admin/clients/{client.client_id}"
    assert admin.submit(f"{place}/keys", {"others_days": "9999"}).status_code == 422
    answer = admin.submit(f"{place}/keys", {"others_days": "7", "days": ""})
    second = KEY.findall(answer.text)[0]
    assert authenticate(context, first) == authenticate(context, second) == client
    clock.now += timedelta(days=7)
    assert authenticate(context, first) is None
    fresh = read_client(context, client.client_id)[1][-1]
    admin = _again(admin, context)
    assert "已过期" in admin.get(place).text
    assert admin.submit(f"{place}/keys/{fresh.key_id}/revocation").headers["Location"] == place
    assert authenticate(context, second) is None
    assert admin.submit(f"{place}/keys/{fresh.key_id}/revocation").status_code == 404


def _again(browser: Browser, context: Context) -> Browser:
    client = find_client(context, "管理方")
    assert client is not None
    with browser._client.session_transaction(base_url="https://localhost") as kept:
        kept[SESSION_TOKEN] = sign_in_client(context, client)
    browser.token = ""
    return browser


def test_a_client_is_revoked_when_one_is_sure(admin: Browser, context: Context) -> None:
    client, key = create_client(context, "provider", "一家机构")
    place = f"/admin/clients/{client.client_id}"
    assert admin.submit(f"{place}/revocation").status_code == 422
    assert authenticate(context, key) == client
    assert admin.submit(f"{place}/revocation", {"sure": "yes"}).headers["Location"] == "/admin/clients"
    assert authenticate(context, key) is None
    assert "已撤销" in admin.get(place).text
    assert admin.submit(f"{place}/revocation", {"sure": "yes"}).status_code == 404
    assert admin.submit(f"{place}/keys").status_code == 404


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_other_addresses(admin: Browser) -> None:
    for number in ("0", "999999", "x", "-1", "1" * 30, "٣"):
        assert admin.get(f"/admin/clients/{number}").status_code == 404
    assert admin.get("/admin/policies/nowhere-2020").status_code == 404


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_policies_are_shown_whole(admin: Browser, context: Context) -> None:
    listed = admin.get("/admin/policies").text
    for file in context.policy_book.files:
        policy = file.policy
        assert policy.document in listed
        shown = admin.get(f"/admin/policies/{policy.id}").text
        assert policy.digest in shown
        assert f'href="/notices/{policy.division_code}"' in shown
        assert all(example["name"] in shown for example in file.examples)
        assert shown.count("通过") >= len(file.examples)
        assert "document" in shown.split("文件全文")[-1]
