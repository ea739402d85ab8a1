from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from service.domain.identifiers import (
    PERSON_ID_MAX,
    decode_entry_id,
    decode_person_id,
    encode_entry_id,
    encode_person_id,
)
from service.domain.identity import Identity, id_number_fault, mask_id_number, mask_name, normalise_id_number

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    "number",
    [
        "110101202311012176",
        "330500199001010011",
        "331100199202290039",
        "33060419791115004X",
        "810000199001010019",
        "933840198507040012",
    ],
)
def test_sound_numbers(number):
    assert id_number_fault(number, TODAY) is None


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("360426199101010072", "id_number_check_digit"),
        ("331100199102290031", "id_number_birth_date"),
        ("330500209912310011", "id_number_birth_date"),
        ("33050019900101001", "id_number_form"),
        ("3305001990010100111", "id_number_form"),
        ("33050019900101001A", "id_number_form"),
        ("X30500199001010011", "id_number_form"),
        ("", "id_number_form"),
        ("３３０５００１９９００１０１００１１", "id_number_form"),
    ],
)
def test_unsound_numbers(number, code):
    assert id_number_fault(number, TODAY) == code


def test_other_forms_are_normalised():
    assert normalise_id_number("33060419791115004x") == "33060419791115004X"
    assert normalise_id_number("３３０５００ １９９００１０１００１１") == "330500199001010011"


def test_a_birth_tomorrow_is_in_the_future():
    body = "33050020261122001"
    number = body + mod_11_2.calc_check_digit(body)
    assert id_number_fault(number, TODAY) == "id_number_birth_date"
    assert id_number_fault(number, date(2026, 11, 22)) is None


@given(
    st.integers(100000, 999999),
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 999),
    st.sampled_from("0123456789X"),
)
def test_the_check_agrees_with_iso_7064(place, born_on, serial, check):
    body = f"{place}{born_on:%Y%m%d}{serial:03}"
    assert (id_number_fault(body + check, TODAY) is None) == mod_11_2.is_valid(body + check)


def test_masks():
    assert mask_id_number("330500199001010011") == "3305**********0011"
    assert (mask_name("测试人"), mask_name("王五"), mask_name("王")) == ("测**", "王*", "王*")
    assert "330500199001010011" not in repr(Identity("resident_id", "330500199001010011"))


@given(st.integers(0, PERSON_ID_MAX), st.integers(1, 10**9 - 1))
def test_names_of_persons_and_entries_are_read_back(person_id, seq):
    assert decode_person_id(encode_person_id(person_id)) == person_id
    assert decode_entry_id(encode_entry_id(person_id, seq)) == (person_id, seq)


@pytest.mark.parametrize(
    "text", ["", "x", "0" * 12, "0" * 14, "z" * 13, "U" * 13, "0000000000000-0", "0000000000000-1-2"]
)
def test_other_texts_name_nobody(text):
    assert decode_person_id(text) is None
    assert decode_entry_id(text) is None
