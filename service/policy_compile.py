"""From a checked policy file to the policy the decision applies."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from service.domain.policy import (
    Baseline,
    Citation,
    ConsecutiveYears,
    Counting,
    Cumulative,
    DeemedYears,
    EveryYear,
    Feed,
    IntegrityHold,
    LastYearsWindow,
    Minima,
    Minimum,
    Policy,
    QualifyingYears,
    Reading,
    RecognisingAuthority,
    Recognition,
    Referral,
    ReferredSeries,
    Registration,
    Scope,
    SinceWindow,
    TenureWindow,
    Window,
)
from service.domain.series import normalise_series

Data = Mapping[str, Any]

_LEAST = 1
"""A tenth of an hour: with the figures switched off, a year needs anything recognised at all (H-5)."""


def compile_policy(policy_id: str, data: Data, *, digest: str, text: str) -> Policy:
    """``data`` as checked by PolicySchema; ``digest`` and ``text`` of the file it came from."""
    document = data["document"]
    number = document["number"]
    recognition = _recognition(data["recognition"], number) if "recognition" in data else None
    return Policy(
        id=policy_id,
        division_code=data["division_code"],
        name=data["name"],
        notice_year=data["notice_year"],
        revision=data["revision"],
        document=number,
        title=document["title"],
        issued_by=document["issued_by"],
        issued_on=document["issued_on"],
        digest=digest,
        text=text,
        no_rule=data["no_rule"],
        anomaly_tenths=data.get("anomaly_hours"),
        provincial_committee_advisory=data["provincial_committee_advisory"],
        threshold_by_reference=_by_reference(data),
        counting=_counting(data["counting"], number) if "counting" in data else None,
        scope=_scope(data["scope"], number) if "scope" in data else None,
        window=_window(data["window"]) if "window" in data else None,
        annual=_annual(data["annual_minimum"], recognition, number) if "annual_minimum" in data else None,
        every_year=EveryYear(_cited(data["every_year"], number)) if "every_year" in data else None,
        qualifying_years=(
            QualifyingYears(_cited(data["qualifying_years"], number)) if "qualifying_years" in data else None
        ),
        consecutive_years=(
            ConsecutiveYears(data["consecutive_years"]["count"], _cited(data["consecutive_years"], number))
            if "consecutive_years" in data
            else None
        ),
        deemed_years=(
            DeemedYears(data["deemed_years"]["through"], _cited(data["deemed_years"], number))
            if "deemed_years" in data
            else None
        ),
        cumulative=_cumulative(data["cumulative"], number) if "cumulative" in data else None,
        registration=Registration(_cited(data["registration"], number)) if "registration" in data else None,
        recognition=recognition,
        referral=_referral(data["referral"], number) if "referral" in data else None,
        integrity_hold=(
            IntegrityHold(data["integrity_hold"]["years"], _cited(data["integrity_hold"], number))
            if "integrity_hold" in data
            else None
        ),
        readings=tuple(Reading(row["id"], row["switch"], row["reason"]) for row in data["reading"]),
    )


def compile_baseline(data: Data, *, digest: str, text: str) -> Baseline:
    """``data`` as checked by BaselineSchema; ``digest`` and ``text`` of the file it came from."""
    minima = _minima(data["annual_minimum"]["minimum"], "{}_short", data["document"]["number"])
    return Baseline(minima, digest, text)


def _citation(data: Data, document: str) -> Citation:
    return Citation(data.get("document", document), data["clause"], data["text"], data["basis"])


def _cited(data: Data, document: str) -> Citation:
    return _citation(data["citation"], document)


def _by_reference(data: Data) -> bool:
    annual = data.get("annual_minimum")
    return bool(annual and annual["enabled"] and annual["by_reference"])


def _minima(rows: Iterable[Data], code: str, document: str) -> Minima:
    return Minima(
        tuple(
            Minimum(row["measure"], row["hours"], code.format(row["measure"]), _cited(row, document))
            for row in rows
        )
    )


def _annual(data: Data, recognition: Recognition | None, document: str) -> Minima:
    if data["enabled"] or recognition is None:
        return _minima(data["minimum"], "{}_short", document)
    return Minima((Minimum("total", _LEAST, "not_recognised", recognition.citation),))


def _cumulative(rows: Iterable[Data], document: str) -> Cumulative:
    return Cumulative(
        {row["years"]: _minima(row["minimum"], "cumulative_{}_short", document) for row in rows}
    )


def _counting(data: Data, document: str) -> Counting:
    return Counting(data["registered"], data["own_register"], _cited(data, document))


def _scope(data: Data, document: str) -> Scope:
    reference = data.get("reference_citation")
    return Scope(
        purposes=frozenset(data["purposes"]),
        by_reference=frozenset(data["by_reference"]),
        levels=frozenset(data["levels"]),
        citation=_cited(data, document),
        reference_citation=_citation(reference, document) if reference else None,
    )


def _window(data: Data) -> Window:
    if data["shape"] == "tenure":
        return TenureWindow(data["assumed_years"])
    if data["shape"] == "since":
        return SinceWindow(data["first_year"])
    return LastYearsWindow(data["years"])


def _recognition(data: Data, document: str) -> Recognition:
    authorities = tuple(
        RecognisingAuthority(row["row"], tuple(row["series"]), row["name"]) for row in data["authority"]
    )
    return Recognition(
        general_public_authority=data["general_public_authority"],
        authorities=authorities,
        feeds=tuple(
            Feed(row["feed_id"], row["name"], tuple(row["subjects"]), row["recogniser"])
            for row in data["feed"]
        ),
        citation=_cited(data, document),
        series_index={normalise_series(name): row for row in authorities for name in row.series},
    )


def _referral(data: Data, document: str) -> Referral:
    rows = tuple(
        ReferredSeries(row["row"], row["title"], tuple(row["series"]), frozenset(row["levels"]))
        for row in data["row"]
    )
    index: defaultdict[str, tuple[ReferredSeries, ...]] = defaultdict(tuple)
    for row in rows:
        for name in {normalise_series(name) for name in row.series}:
            index[name] += (row,)
    return Referral(data["refer_to"], data["provincial_review"], _cited(data, document), rows, dict(index))
