"""Where somebody who is signed in can go."""

from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import unquote

from flask import request

from service.domain.client import Role
from service.domain.session import Session
from service.fields import holds_id_number

Labels = Sequence[tuple[str, str, str]]
"""(place, Chinese, English)"""

OF_A_PERSON: Final[Labels] = (
    ("/me", "能否申报", "May I declare?"),
    ("/me/hours", "我的学时", "My hours"),
    ("/me/register", "自行登记", "Register hours"),
    ("/me/certificates", "学时证明", "Certificates"),
    ("/me/data", "我的数据", "My data"),
)
OF_STAFF: Final[dict[Role, Labels]] = {
    "provider": (
        ("/provider", "花名册", "Rosters"),
        ("/provider/entries/new", "单条登记", "One entry"),
        ("/provider/entries", "已登记学时", "Entries"),
    ),
    "authority": (
        ("/authority", "待认定", "Queue"),
        ("/authority/entries", "已处理", "Decided"),
        ("/authority/disputes", "异议", "Disputes"),
    ),
    "platform": (("/docs", "接口文档", "API"),),
    "admin": (
        ("/admin", "概况", "Overview"),
        ("/admin/clients", "单位与密钥", "Clients and keys"),
        ("/admin/policies", "政策", "Policies"),
    ),
}
ROLE_NAMES: Final[dict[Role, tuple[str, str]]] = {
    "provider": ("培训机构", "Training provider"),
    "authority": ("主管部门", "Competent authority"),
    "platform": ("申报平台", "Declaration platform"),
    "admin": ("管理员", "Administrator"),
}


def menu(session: Session, words: Callable[[str, str], str]) -> list[tuple[str, str]]:
    """(place, label) of each entry."""
    labels = OF_A_PERSON if session.client is None else OF_STAFF[session.client.role]
    return [(place, words(chinese, english)) for place, chinese, english in labels]


def is_here(place: str) -> bool:
    """Whether the request is for this place of the menu, or for one below it that is no entry of its own."""
    entries = {place for labels in (OF_A_PERSON, *OF_STAFF.values()) for place, _, _ in labels}
    path = request.path
    if path in entries:
        return path == place
    if path.startswith("/authority/entries/") and not request.args.get("next", "").startswith(
        "/authority/entries"
    ):
        return place == "/authority"
    below = [entry for entry in entries if path.startswith(f"{entry}/")]
    return bool(below) and place == max(below, key=len)


def this_place() -> str:
    """The address of this page, to come back to. What is no page, or is an identity number that somebody put into an
    address, isn't said again."""
    place = request.full_path.rstrip("?") if request.method == "GET" else request.path
    return "/" if request.url_rule is None or holds_id_number(unquote(place)) else place
