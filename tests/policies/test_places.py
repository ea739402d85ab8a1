"""Which policy answers for a place: county codes, former codes, codes without a policy."""

import pytest

from service.policy_book import load_policy_book

BOOK = load_policy_book()


@pytest.mark.parametrize(
    ("code", "policy"),
    [
        ("331100", "lishui-2023"),
        ("331181", "lishui-2023"),
        ("330521", "huzhou-2021"),
        ("330482", "jiaxing-2025"),
    ],
)
def test_a_county_answers_with_its_citys_policy(code, policy):
    assert BOOK.ground(code, 2025).policy.id == policy


def test_shangyu_has_its_own_and_shaoxing_none():
    assert BOOK.ground("330604", 2023).policy.id == "shangyu-2023"
    assert BOOK.ground("330600", 2023).policy is None
    assert BOOK.ground("330602", 2023).bar == "no_local_rule"


def test_the_code_of_shangyu_before_2013_is_answered_and_said():
    ground = BOOK.ground("330682", 2023)
    assert (ground.policy.id, ground.renamed_from, ground.division_code) == (
        "shangyu-2023",
        "330682",
        "330604",
    )


@pytest.mark.parametrize(
    ("code", "who"), [("330100", "杭州市人力资源和社会保障局"), ("330000", "浙江省人力资源和社会保障厅")]
)
def test_a_place_without_a_policy_names_who_settles_it(code, who):
    ground = BOOK.ground(code, 2023)
    assert (ground.bar, ground.settled_by) == ("no_local_rule", who)


@pytest.mark.parametrize("code", ["320100", "339900", "3311", "", "331199", "330683 "])
def test_other_codes_are_unknown(code):
    assert BOOK.division(code) is None


def test_a_year_before_the_oldest_notice_has_no_policy_and_a_later_one_the_newest():
    assert BOOK.ground("331100", 2022).bar == "no_policy_for_year"
    later = BOOK.ground("331100", 2030)
    assert (later.policy.id, later.extrapolated, later.bar) == ("lishui-2023", True, None)
    assert not BOOK.ground("331100", 2023).extrapolated


def test_only_huzhous_own_training_site_is_recognised_on_arrival_and_only_for_general_public_hours():
    assert BOOK.feed_recogniser("330500", "hzhret", "general_public") == "湖州市人力资源和社会保障局"
    assert BOOK.feed_recogniser("330521", "hzhret", "general_public")
    for division, feed, subject in (
        ("330500", "hzhret", "industry_public"),
        ("330500", "hzhret", "public"),
        ("330500", "hzhret", "specialty"),
        ("331100", "hzhret", "general_public"),
        ("330500", "other", "general_public"),
        ("330500", None, "general_public"),
    ):
        assert BOOK.feed_recogniser(division, feed, subject) is None
