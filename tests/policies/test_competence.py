"""Who may recognise whose hours: the notice's annex, and how a client stands for an authority in it."""

import pytest

from service.domain.client import Client
from service.domain.competence import EVERYTHING, Scope
from service.policy_book import load_policy_book

BOOK = load_policy_book()
HOUSING, PERSONNEL = "湖州市住房和城乡建设局", "湖州市人力资源和社会保障局"


def authority(name: str, *series: str) -> Client:
    return Client(1, name, "authority", ("330000",), series)


def scope(client: Client, code: str = "330500") -> Scope:
    return BOOK.recognising_scope(client, code)


@pytest.mark.parametrize(
    ("code", "subject", "series", "name"),
    [
        ("330500", "specialty", "建设工程", HOUSING),
        ("330502", "specialty", " 建筑工程 专业技术人员", HOUSING),
        ("330500", "general_public", "建设工程", PERSONNEL),
        ("330500", "general_public", None, PERSONNEL),
        ("330500", "public", "建设工程", HOUSING),
        ("330500", "specialty", "经济", PERSONNEL),
        ("330500", "specialty", "卫生", None),
        ("330500", "specialty", "教师", None),
        ("330500", "specialty", None, None),
        ("331100", "specialty", "建设工程", None),
        ("331100", "general_public", None, None),
        ("999999", "specialty", "建设工程", None),
    ],
)
def test_whom_the_notice_names(code: str, subject: str, series: str | None, name: str | None) -> None:
    assert BOOK.recognising_authority(code, subject, series) == name


def test_a_series_of_the_client_brings_its_whole_row_and_nothing_else() -> None:
    found = scope(authority("某区住建局", "建设工程系列"))
    for series in ("建设工程", "建设", "建筑工程"):
        assert found.holds("specialty", series)
        assert found.holds("industry_public", series)
        assert not found.holds("general_public", series)
    assert not found.holds("specialty", "交通工程")
    assert not found.holds("specialty", "卫生")
    assert found.holds("public", None)


def test_general_public_hours_where_the_notice_has_one_authority() -> None:
    for name in ("一般公需", "一般公需科目"):
        alone = scope(authority("某区人社局", name))
        assert alone.holds("general_public", None)
        assert not alone.holds("specialty", None)
        assert not alone.holds("specialty", "经济")
    assert scope(authority("某区人社局", "经济", "一般公需")).holds("specialty", None)
    assert not scope(authority("某区人社局", "经济")).holds("general_public", None)
    assert scope(authority(PERSONNEL, "经济")).holds("general_public", None)
    # Another city's notice names nobody: any authority of the place.
    assert scope(authority("某局", "建设工程"), "331100").holds("general_public", None)
    assert not scope(authority("某局", "建设工程"), "331100").holds("specialty", "建筑工程")


def test_a_name_of_the_annex_brings_its_rows_alone() -> None:
    housing = scope(authority(HOUSING))
    assert housing.holds("specialty", "建筑工程")
    assert housing.holds("specialty", None)
    assert not housing.holds("specialty", "交通工程")
    assert not housing.holds("general_public", "建设工程")
    personnel = scope(authority(PERSONNEL))
    assert personnel.holds("general_public", "建设工程")
    assert personnel.holds("specialty", "技工学校")
    assert not personnel.holds("specialty", "建设工程")


def test_another_name_without_series_has_all_its_divisions() -> None:
    assert scope(authority("演示湖州主管部门")) == EVERYTHING
    assert scope(authority(HOUSING), "331100") == EVERYTHING
    assert EVERYTHING.holds("general_public", None)
    assert EVERYTHING.holds("specialty", "卫生")


def test_a_series_nobody_is_named_for_can_be_given_to_somebody() -> None:
    health = scope(authority("某区卫健局", "卫生"))
    assert health.holds("specialty", "卫生")
    assert not health.holds("specialty", "建设工程")


def test_a_feed_is_recognised_on_arrival_for_general_public_hours_in_its_city_alone() -> None:
    """H-3."""
    for code, subject, recogniser in (
        ("330500", "general_public", PERSONNEL),
        ("330522", "general_public", PERSONNEL),
        ("330500", "public", None),
        ("330500", "industry_public", None),
        ("330500", "specialty", None),
        ("331100", "general_public", None),
        ("330400", "general_public", None),
    ):
        assert BOOK.feed_recogniser(code, "hzhret", subject) == recogniser
    assert BOOK.feed_recogniser("330500", "other", "general_public") is None
    assert BOOK.feed_recogniser("330500", None, "general_public") is None
