"""Made-up people, entries and questions."""

from typing import Any

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def resident_id(number: int, division: str = "331100", born: str = "19900101") -> str:
    """A sound identity number of nobody: ``number`` 0 … 999 makes it another person's."""
    body = f"{division}{born}{number:03}"
    remainder = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11
    return body + "10X98765432"[remainder]


def person(number: int = 1, name: str = "测试人") -> dict[str, Any]:
    return {"id_type": "resident_id", "id_number": resident_id(number), "name": name}


def document(number: int = 1) -> dict[str, Any]:
    return {"id_type": "resident_id", "id_number": resident_id(number)}


def entry(reference: str = "ZJ-1", number: int = 1, **changes: Any) -> dict[str, Any]:
    """An entry; a course of its own unless one is given, so that it repeats no other."""
    return {
        "external_ref": reference,
        "person": person(number),
        "division_code": "331100",
        "credit_year": 2023,
        "subject": "specialty",
        "hours": 72,
        "course": {"code": f"course-{reference}"},
        **changes,
    }


def question(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "person": document(number),
        "division_code": "331100",
        "declaration_year": 2023,
        "level": "intermediate",
        **changes,
    }


def attestation(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "person": person(number),
        "division_code": "331100",
        "year": 2018,
        "met": True,
        "basis": "2018年度证书",
        **changes,
    }


def integrity_record(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "person": person(number),
        "division_code": "331100",
        "entered_on": "2026-03-02",
        "basis": "材料不实",
        **changes,
    }
