"""The hash of a fact: golden vectors, so that no change of code can change what was hashed years ago."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.fact import CHAIN_FORMAT, GENESIS, Fact, fact_digest, instant_text, joint_head

REGISTRATION = Fact(
    person_id=2**60,
    seq=3,
    kind="registration",
    entry_seq=3,
    credit_year=2023,
    subject="specialty",
    division_code="331100",
    registered=720,
    self_registered=0,
    recognised=0,
    rejected=0,
    recorded_at=datetime(2026, 11, 21, 1, 2, 3, 456789, tzinfo=UTC),
    recorded_by=4,
    hours=720,
    provider_id=4,
    external_ref="ZJ-2023-00017",
    series="建设工程",
    course_code="JG-101",
    course_title="装配式建筑",
    completed_on=date(2023, 5, 4),
)
REVERSAL = Fact(
    person_id=2**60,
    seq=4,
    kind="reversal",
    entry_seq=3,
    credit_year=2023,
    subject="specialty",
    division_code="331100",
    registered=-720,
    self_registered=0,
    recognised=0,
    rejected=0,
    recorded_at=datetime(2026, 11, 21, 1, 2, 3, tzinfo=UTC),
    recorded_by=4,
    reason="other",
    note='引号 " 反斜线 \\ 换行 \n 生僻字 𠮷㐀',
)
RECOGNITION = Fact(
    person_id=1,
    seq=2,
    kind="recognition",
    entry_seq=1,
    credit_year=2020,
    subject="general_public",
    division_code="330500",
    registered=-180,
    self_registered=0,
    recognised=120,
    rejected=60,
    recorded_at=datetime(2021, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    recorded_by=9,
    outcome="recognised",
    reason="材料不全",
)

NOTE = {"subject": None, "registered": 0, "self_registered": 0, "recognised": 0, "rejected": 0}
ATTESTATION = Fact(
    person_id=1,
    seq=3,
    kind="attestation",
    entry_seq=3,
    credit_year=2018,
    division_code="330500",
    recorded_at=datetime(2026, 11, 21, 1, 2, 3, tzinfo=UTC),
    recorded_by=9,
    outcome="met",
    reason="2018年度证书",
    **NOTE,
)
INTEGRITY_RECORD = Fact(
    person_id=1,
    seq=4,
    kind="integrity_record",
    entry_seq=4,
    credit_year=None,
    division_code="330500",
    recorded_at=datetime(2026, 11, 21, 1, 2, 3, tzinfo=UTC),
    recorded_by=9,
    reason="材料不实",
    entered_on=date(2024, 2, 29),
    **NOTE,
)
WITHDRAWAL = Fact(
    person_id=1,
    seq=5,
    kind="withdrawal",
    entry_seq=4,
    credit_year=None,
    division_code="330500",
    recorded_at=datetime(2026, 11, 21, 1, 2, 3, tzinfo=UTC),
    recorded_by=9,
    reason="复核",
    **NOTE,
)
LINK = Fact(
    person_id=1,
    seq=6,
    kind="link",
    entry_seq=6,
    credit_year=None,
    division_code=None,
    recorded_at=datetime(2026, 11, 21, 1, 2, 3, tzinfo=UTC),
    recorded_by=9,
    reason="同一人",
    other_person_id=2**62,
    **NOTE,
)

GOLDEN = {
    "registration": (
        REGISTRATION,
        GENESIS,
        "447fc2ba6a35fc844a5389f0a68bdfc172e845356c39f1414d6660875c577f39",
    ),
    "reversal": (
        REVERSAL,
        bytes(range(32)),
        "a3a5f8188facc640c1367ea555e5998ea3b77ba29cd68ba39f3167fb78bcc074",
    ),
    "recognition": (
        RECOGNITION,
        b"\xff" * 32,
        "e47ec472db2ed7bbf9b471a574399d201aa7fd472f17e565cf31c47e242f67bd",
    ),
    "attestation": (
        ATTESTATION,
        b"\xff" * 32,
        "fd9a27ce4e4bbe1aed90d5ef62111f3a966753f111e2718d16ac8c542b2b1d80",
    ),
    "integrity_record": (
        INTEGRITY_RECORD,
        b"\xff" * 32,
        "8cb6b6e2601a2d0facbb4d11149d7b139accd831f7d0e7f9b67f6b9e9e8cb0ce",
    ),
    "withdrawal": (
        WITHDRAWAL,
        b"\xff" * 32,
        "9c941579754a45a12b510a9a44c69ad7a3a7c18397fc049c1caea1bc933aff0f",
    ),
    "link": (LINK, b"\xff" * 32, "6426906b121a1c896addfb187f44947eaf5a0cb26baa4ce3764e4dc9e267f68a"),
}


@pytest.mark.parametrize("case", GOLDEN)
def test_golden_vectors(case: str) -> None:
    fact, previous, digest = GOLDEN[case]
    assert fact_digest(fact, previous).hex() == digest


def test_the_hashed_bytes_written_out() -> None:
    text = (
        '{"credit_year":2020,"division_code":"330500","entry_seq":1,"kind":"recognition","outcome":"recognised",'
        '"person_id":1,"previous":"' + "ff" * 32 + '","reason":"材料不全","recognised":120,'
        '"recorded_at":"2021-12-31T23:59:59.999999Z","recorded_by":9,"registered":-180,"rejected":60,'
        '"self_registered":0,"seq":2,"subject":"general_public","v":1}'
    )
    assert fact_digest(RECOGNITION, b"\xff" * 32) == hashlib.sha256(text.encode()).digest()


TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers(-(2**31), 2**31)
FACTS = st.builds(
    Fact,
    person_id=st.integers(0, 2**63 - 1),
    seq=NUMBERS,
    kind=st.sampled_from(["registration", "attestation", "link"]),
    entry_seq=NUMBERS,
    credit_year=st.none() | NUMBERS,
    subject=st.sampled_from(["public", "specialty", None]),
    division_code=st.none() | st.text(max_size=6),
    registered=NUMBERS,
    self_registered=NUMBERS,
    recognised=NUMBERS,
    rejected=NUMBERS,
    recorded_at=st.datetimes(
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]),
        min_value=datetime(1980, 1, 2),  # noqa: DTZ001  # Hypothesis wants it naive
    ),
    recorded_by=NUMBERS,
    hours=st.none() | NUMBERS,
    provider_id=st.none() | NUMBERS,
    external_ref=TEXTS,
    series=TEXTS,
    course_code=TEXTS,
    course_title=TEXTS,
    completed_on=st.none() | st.dates(),
    certificate_no=TEXTS,
    outcome=TEXTS,
    reason=TEXTS,
    note=TEXTS,
    entered_on=st.none() | st.dates(),
    other_person_id=st.none() | NUMBERS,
)


@given(FACTS, st.binary(min_size=32, max_size=32))
def test_the_bytes_are_those_of_the_standard_encoder(fact: Fact, previous: bytes) -> None:
    content = {name: value for name, value in fact._asdict().items() if value is not None}
    content |= {"v": CHAIN_FORMAT, "previous": previous.hex(), "recorded_at": instant_text(fact.recorded_at)}
    content |= {name: value.isoformat() for name, value in content.items() if type(value) is date}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert fact_digest(fact, previous) == hashlib.sha256(text.encode()).digest()


@pytest.mark.parametrize("name", Fact._fields)
def test_every_field_is_hashed(name: str) -> None:
    value = getattr(REGISTRATION, name)
    if isinstance(value, int):
        changed = value + 1
    elif isinstance(value, datetime):
        changed = value + timedelta(microseconds=1)
    elif isinstance(value, date):
        changed = value + timedelta(days=1)
    else:
        changed = f"{value or ''}+"
    other = REGISTRATION._replace(**{name: changed})
    assert fact_digest(other, GENESIS) != fact_digest(REGISTRATION, GENESIS)


def test_the_fact_before_is_hashed() -> None:
    assert fact_digest(REGISTRATION, GENESIS) != fact_digest(REGISTRATION, b"\x01" + GENESIS[1:])


def test_an_instant_has_one_text_whatever_its_offset() -> None:
    in_shanghai = datetime(2026, 11, 21, 9, 2, 3, 456789, tzinfo=timezone(timedelta(hours=8)))
    assert instant_text(in_shanghai) == "2026-11-21T01:02:03.456789Z"
    assert fact_digest(REGISTRATION._replace(recorded_at=in_shanghai), GENESIS) == fact_digest(
        REGISTRATION, GENESIS
    )


def test_the_head_of_several_chains() -> None:
    one, other = (1, 5, b"\x01" * 32), (2, 7, b"\x02" * 32)
    assert joint_head([one]) == one[2]
    text = '[[1,5,"' + "01" * 32 + '"],[2,7,"' + "02" * 32 + '"]]'
    assert joint_head([other, one]) == joint_head([one, other]) == hashlib.sha256(text.encode()).digest()
    assert (
        joint_head([one, other]).hex() == "d92e01d10535cf498e602d3e818647cc94e88787ca36ec6816bc76e06e2bf919"
    )


def test_years_of_one_digit_are_padded() -> None:
    assert instant_text(datetime(1, 1, 2, tzinfo=UTC)) == "0001-01-02T00:00:00.000000Z"


def test_only_facts_of_hours_belong_to_a_group_of_totals() -> None:
    assert REVERSAL.group == (2023, "specialty", "331100")
    for note in (ATTESTATION, INTEGRITY_RECORD, WITHDRAWAL, LINK):
        with pytest.raises(ValueError, match="no hours"):
            _ = note.group
