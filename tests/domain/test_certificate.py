"""Codes and claims of certificates."""

import json
from datetime import UTC, date, datetime
from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.domain.amounts import Amounts
from service.domain.certificate import (
    CLAIM_BYTES_MAX,
    Attested,
    AttestedOutcome,
    as_listed,
    claim_bytes,
    entry_sums,
    listing_digest,
    make_code,
    read_code,
)
from service.domain.entry import Entry

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DIGESTS = st.binary(min_size=32, max_size=32)


def attested(**changes: Any) -> Attested:
    plain: dict[str, Any] = {
        "code": make_code(bytes(range(32))),
        "name_masked": "㐀**",
        "id_number_masked": "3305**********0011",
        "issued_on": date(2026, 11, 20),
        "year": None,
        "position": 17,
        "head": bytes(32),
        "listing": bytes(range(32)),
        "sums": {2023: {"specialty": Amounts(120, 5, 725, 30), "general_public": Amounts(recognised=180)}},
        "outcome": None,
    }
    return Attested(**{**plain, **changes})


def entry(seq: int = 1, **changes: Any) -> Entry:
    plain: dict[str, Any] = {
        "person_id": 5,
        "seq": seq,
        "external_ref": "R",
        "provider_id": 1,
        "division_code": "331100",
        "credit_year": 2023,
        "subject": "specialty",
        "hours": 720,
        "status": "registered",
        "recognised_hours": 0,
        "self_registered": False,
        "recorded_at": datetime(2023, 6, 1, tzinfo=UTC),
    }
    return Entry(**{**plain, **changes})


def test_golden_code() -> None:
    assert make_code(bytes(range(32))) == "000G-40R4-0M30-E200"
    assert make_code(b"\xff" * 32) == "ZZZZ-ZZZZ-ZZZZ-ZZZN"


@given(DIGESTS)
def test_a_code_is_read_however_it_is_typed(digest: bytes) -> None:
    code = make_code(digest)
    spoken = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert read_code(code) == read_code(code.replace("-", "")) == read_code(spoken) == code


@given(DIGESTS, st.data())
def test_a_typo_is_seen(digest: bytes, data: st.DataObject) -> None:
    plain = make_code(digest).replace("-", "")
    place = data.draw(st.integers(0, 15))
    other = data.draw(st.sampled_from(ALPHABET))
    wrong = plain[:place] + other + plain[place + 1 :]
    assert (read_code(wrong) is None) == (wrong != plain)
    for left, right in combinations(range(16), 2):
        swapped = list(plain)
        swapped[left], swapped[right] = swapped[right], swapped[left]
        assert (read_code("".join(swapped)) is None) == (swapped != list(plain))


def test_what_is_no_code() -> None:
    for text in (
        "",
        "0",
        "000G-40R4-0M30-E20",
        "000G-40R4-0M30-E200-0",
        "000G-40R4-0M30-E20U",
        "測" * 16,
        "ﬁ" * 16,
    ):
        assert read_code(text) is None


def test_golden_claim() -> None:
    outcome = AttestedOutcome(
        "eligible", "331100", 2023, "intermediate", "review", "lishui-2023", f"sha256:{'00' * 32}"
    )
    empty, counted = "A" * 22, "AAECAwQFBgcICQoLDA0ODw"
    assert claim_bytes(attested(year=2023, outcome=outcome)).decode() == (
        '{"code":"000G-40R4-0M30-E200","head":"' + empty + '",'
        '"hours":{"2023":{"g":[18,0],"s":[72.5,12.5]}},"list":"' + counted + '","name":"㐀**",'
        '"no":"3305**********0011","on":"2026-11-20",'
        '"out":{"at":"331100","for":"review","in":2023,"is":"eligible","level":"intermediate",'
        '"policy":"lishui-2023","text":"' + empty + '"},"pos":17,"v":1,"year":2023}'
    )


def test_a_long_life_is_told_by_year() -> None:
    sums = {
        year: {"specialty": Amounts(recognised=725), "public": Amounts(registered=15)}
        for year in range(1990, 2027)
    }
    encoded = claim_bytes(attested(sums=sums))
    assert json.loads(encoded)["hours"]["1990"] == [72.5, 1.5]
    few = claim_bytes(attested(sums=dict(list(sums.items())[:15])))
    assert len(few) <= CLAIM_BYTES_MAX
    assert json.loads(few)["hours"]["1990"] == {"p": [0, 1.5], "s": [72.5, 0]}


def test_the_listing() -> None:
    early, late = entry(2, completed_on=date(2023, 1, 1)), entry(1, completed_on=date(2023, 5, 4))
    past = entry(3, credit_year=2022, status="reversed")
    assert as_listed([early, late, past]) == [past, early, late]
    assert listing_digest([]).hex() == "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
    digests = {listing_digest(each) for each in ([], [early], [late], [early, late], [late, early])}
    assert len(digests) == 5


def test_sums() -> None:
    entries = [
        entry(1, status="recognised", recognised_hours=700),
        entry(2, self_registered=True, hours=5),
        entry(3, status="reversed", credit_year=2020),
    ]
    assert entry_sums(entries) == {2023: {"specialty": Amounts(0, 5, 700, 20)}}
