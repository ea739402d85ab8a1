"""The statements by which a ledger is filled from ``bench_person`` (number, person_id): each person's twenty entries,
what follows from them, and two questions that were asked about the person within the time that records are kept."""

from typing import Final

from bench.seeded import LISHUI, YEARS
from service.domain.amounts import Amounts
from service.domain.series import normalise_series
from service.store.kept_totals import totals_text

PEOPLE: Final = "CREATE TABLE bench_person (number integer NOT NULL, person_id bigint NOT NULL)"

_SERIES: Final = "建设工程"
_HALF_OF_KEPT_S: Final = 90 * 86_400
_ENTRIES_OF_A_YEAR: Final = 4
_LAST_YEAR: Final = YEARS[-1]
_TURNS: Final = (
    "(VALUES (1, 'general_public', 120), (2, 'industry_public', 60), (3, 'specialty', 360), (4, 'specialty', 360))"
    " AS turn (place, subject, tenths)"
)
_SUMS: Final = {"general_public": 120, "industry_public": 60, "specialty": 720}


def fillings(providers: list[int], platform: int) -> dict[str, list[str]]:
    """Statements by table, the longest work first. The last year's entries wait, the others are recognised."""
    return {
        "ledger": [_ledger(year, providers) for year in YEARS],
        "entry_state": [_entry_state(year, providers) for year in YEARS],
        "entry_reference": [_entry_reference(year, providers) for year in YEARS],
        "import_entry": [_import_entry(year, providers) for year in YEARS],
        "access_record": [_access_record(platform)],
        "chain_head": [_chain_head()],
        "import": [_imports(year, providers) for year in YEARS],
    }


def _provider(year: int, providers: list[int]) -> str:
    return f"(ARRAY{providers})[1 + (number + {year}) % {len(providers)}]"


def _seq(year: int) -> str:
    return f"{_ENTRIES_OF_A_YEAR * (year - YEARS[0])} + place"


def _hash(seq: str) -> str:
    return f"sha256(int8send(person_id) || int4send({seq}))"


def _recorded_at(year: int) -> str:
    return f"timestamptz '{year}-11-01T00:00Z' + number * interval '1 second'"


def _reference(year: int) -> str:
    return f"'ZJ-' || number || '-{year}-' || place"


def _import_id(year: int, providers: list[int]) -> str:
    return f"{_provider(year, providers)}::bigint * 10000 + {year}"


def _course(prefix: str) -> str:
    return f"'{prefix}-' || 1000 * place + number % 500"


def _ledger(year: int, providers: list[int]) -> str:
    seq, provider = _seq(year), _provider(year, providers)
    counts = "tenths, 0, 0" if year == _LAST_YEAR else "0, 0, tenths"
    previous = f"CASE WHEN {seq} = 1 THEN decode(repeat('00', 32), 'hex') ELSE {_hash(f'{seq} - 1')} END"
    return f"""
        INSERT INTO ledger (person_id, seq, kind, entry_seq, credit_year, subject, division_code,
            registered, self_registered, recognised, rejected, recorded_at, recorded_by, hours, provider_id,
            external_ref, series, course_code, course_title, completed_on, certificate_no, prev_hash, hash)
        SELECT person_id, {seq}, 'registration', {seq}, {year}, subject, '{LISHUI}',
            {counts}, 0, {_recorded_at(year)}, {provider}, tenths, {provider},
            {_reference(year)}, '{_SERIES}', {_course("K")}, {_course("课程")},
            make_date({year}, 5, 1 + number % 28), {_reference(year)}, {previous}, {_hash(seq)}
        FROM bench_person CROSS JOIN {_TURNS}"""  # noqa: S608  # constants of this package, and numbers


def _entry_state(year: int, providers: list[int]) -> str:
    status, recognised = ("registered", "0") if year == _LAST_YEAR else ("recognised", "tenths")
    return f"""
        INSERT INTO entry_state (person_id, entry_seq, status, recognised, provider_id, course_key, credit_year,
            subject, series_key, division_code, hours, last_seq, self_registered, registered_at)
        SELECT person_id, {_seq(year)}, '{status}', {recognised}, {_provider(year, providers)}, {_course("k")}, {year},
            subject, '{normalise_series(_SERIES)}', '{LISHUI}', tenths, {_seq(year)}, false, {_recorded_at(year)}
        FROM bench_person CROSS JOIN {_TURNS}"""  # noqa: S608  # as above


def _entry_reference(year: int, providers: list[int]) -> str:
    return f"""
        INSERT INTO entry_reference (provider_id, external_ref, person_id, seq)
        SELECT {_provider(year, providers)}, {_reference(year)}, person_id, {_seq(year)}
        FROM bench_person CROSS JOIN {_TURNS}"""  # noqa: S608  # as above


def _totals() -> str:
    """Everybody's, as the service keeps them."""
    groups = {(year, subject, LISHUI): tenths for year in YEARS for subject, tenths in _SUMS.items()}
    return totals_text(
        {
            key: Amounts(registered=tenths) if key[0] == _LAST_YEAR else Amounts(recognised=tenths)
            for key, tenths in groups.items()
        }
    )


def _import_entry(year: int, providers: list[int]) -> str:
    return f"""
        INSERT INTO import_entry (import_id, place, person_id, seq)
        SELECT {_import_id(year, providers)}, number / {len(providers)} * {_ENTRIES_OF_A_YEAR} + place,
            person_id, {_seq(year)}
        FROM bench_person CROSS JOIN {_TURNS}"""  # noqa: S608  # as above


def _imports(year: int, providers: list[int]) -> str:
    rows = f"{_ENTRIES_OF_A_YEAR} * count(*)"
    return f"""
        INSERT INTO import (import_id, client_id, file_name, file_digest, layout, rows, created, replayed, refused,
            faults_total, faults, skipped, created_at)
        SELECT {_import_id(year, providers)}, {_provider(year, providers)}, '{year}.csv', sha256('{year}'),
            'standard', {rows}, {rows}, 0, 0, 0, '[]', '[]', timestamptz '{year}-12-31T00:00Z'
        FROM bench_person GROUP BY 1, 2"""  # noqa: S608  # as above


def _access_record(platform: int) -> str:
    return f"""
        INSERT INTO access_record (at, client_id, person_id, purpose, request_id, as_of, position, settles)
        SELECT at, {platform}, person_id, 'eligibility', md5(number || '-' || half), at,
            {_ENTRIES_OF_A_YEAR * len(YEARS)}, true
        FROM bench_person CROSS JOIN (VALUES (0), (1)) AS turn (half) CROSS JOIN LATERAL (
            SELECT now() - interval '1 second'
                * (half * {_HALF_OF_KEPT_S} + 1 + number::bigint * 7919 % {_HALF_OF_KEPT_S})
        ) AS moment (at)
        ORDER BY at"""  # noqa: S608  # as above


def _chain_head() -> str:
    last = str(_ENTRIES_OF_A_YEAR * len(YEARS))
    return f"""
        INSERT INTO chain_head (person_id, seq, hash, recorded_at, totals)
        SELECT person_id, {last}, {_hash(last)}, {_recorded_at(_LAST_YEAR)}, '{_totals()}' FROM bench_person"""  # noqa: S608  # as above
