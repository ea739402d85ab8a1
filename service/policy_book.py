"""Every policy file, read and checked at start-up: division code and year → the policy in force.

Nothing else lists the cities. A policy's id is its file's name.
"""

import csv
from dataclasses import dataclass, field
from pathlib import Path

from service.domain.client import Client
from service.domain.competence import Scope, recogniser_of, scope_of
from service.domain.policy import Baseline, Ground, Policy, Recognition
from service.policy_file import PolicyFile, PolicyFileError, read_baseline, read_policy_file

PACKAGED_POLICIES = Path(__file__).parent / "policies"


@dataclass(frozen=True, slots=True)
class Division:
    """A GB/T 2260 code. ``successor``: the code that took its place, for a code no longer in use."""

    code: str
    name: str
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyBook:
    """All loaded policies. ``files`` in the order of their names."""

    files: tuple[PolicyFile, ...]
    divisions: dict[str, Division]
    baseline: Baseline
    _by_place: dict[str, tuple[Policy, ...]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    _grounds: dict[tuple[str, int], Ground] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        for policy in sorted(self.policies, key=lambda policy: (policy.notice_year, policy.revision)):
            self._by_place[policy.division_code] = (*self._by_place.get(policy.division_code, ()), policy)

    @property
    def policies(self) -> tuple[Policy, ...]:
        return tuple(file.policy for file in self.files)

    def division(self, code: str) -> Division | None:
        """The division of a code, former codes included, or None for a code that is unknown."""
        return self.divisions.get(code)

    def current_code(self, code: str) -> str:
        """The code in use today for a known code (330682 → 330604)."""
        return self.divisions[code].successor or code

    def versions_for(self, code: str) -> tuple[Policy, ...]:
        """Policies that speak for a division, oldest first: its own if it has any, else its city's."""
        return self._by_place.get(code) or self._by_place.get(f"{code[:4]}00", ())

    def policy_for(self, code: str, declaration_year: int) -> Policy | None:
        """The newest policy whose notice is not later than the year, or None (domain.md §8)."""
        return next(
            (it for it in reversed(self.versions_for(code)) if it.notice_year <= declaration_year), None
        )

    def ground(self, division_code: str, declaration_year: int) -> Ground:
        """What a question for a place and a year stands on.

        Raises KeyError for an unknown division: the doors refuse those before.
        """
        ground = self._grounds.get((division_code, declaration_year))
        if ground is None:
            ground = self._grounds[division_code, declaration_year] = self._ground(
                division_code, declaration_year
            )
        return ground

    def _ground(self, division_code: str, declaration_year: int) -> Ground:
        code = self.current_code(division_code)
        versions = self.versions_for(code)
        policy = self.policy_for(code, declaration_year)
        silent = (policy or versions[0]).no_rule if versions else True
        return Ground(
            policy=policy or (versions[0] if versions and silent else None),
            bar="no_local_rule" if silent else "no_policy_for_year" if policy is None else None,
            extrapolated=policy is not None and declaration_year > policy.notice_year,
            renamed_from=division_code if code != division_code else None,
            division_code=code,
            division_name=self.divisions[code].name,
            settled_by=self._settled_by(code, versions),
            baseline=self.baseline,
        )

    def feed_recogniser(self, division_code: str, feed_id: str | None, subject: str) -> str | None:
        """Who recognises a feed's hours on arrival in a division (H-3), or None: they wait for recognition."""
        if feed_id is None or division_code not in self.divisions:
            return None
        for policy in reversed(self.versions_for(self.current_code(division_code))):
            if policy.recognition:
                for feed in policy.recognition.feeds:
                    if feed.feed_id == feed_id and subject in feed.subjects:
                        return feed.recogniser
        return None

    def recognition_in(self, division_code: str) -> Recognition | None:
        """The rule on recognition of a division's newest policy that has one, or None."""
        if division_code not in self.divisions:
            return None
        versions = self.versions_for(self.current_code(division_code))
        return next((policy.recognition for policy in reversed(versions) if policy.recognition), None)

    def recognising_authority(self, division_code: str, subject: str, series: str | None) -> str | None:
        """Who recognises hours of a subject and series in a division (H-2), or None where no notice names anybody."""
        return recogniser_of(self.recognition_in(division_code), subject, series)

    def recognising_scope(self, client: Client, division_code: str) -> Scope:
        """What of a division's hours an authority may recognise; whether the division is its own is not asked."""
        return scope_of(client, self.recognition_in(division_code))

    def _settled_by(self, code: str, versions: tuple[Policy, ...]) -> str:
        if versions:
            return versions[-1].issued_by
        if code.endswith("0000"):
            return f"{self.divisions[code].name}人力资源和社会保障厅"
        city = self.divisions.get(f"{code[:4]}00") or self.divisions[code]
        return f"{city.name}人力资源和社会保障局"


def load_policy_book(directory: Path = PACKAGED_POLICIES) -> PolicyBook:
    """Reads ``divisions.csv``, ``baseline.toml`` and every other ``*.toml`` below ``directory`` (names that begin
    with ``_`` are templates).

    Raises PolicyFileError for the first faulty file, with everything that is wrong with it.
    """
    baseline_path = directory / "baseline.toml"
    baseline = read_baseline(baseline_path)
    divisions = read_divisions(directory / "divisions.csv")
    paths = [
        path
        for path in sorted(directory.rglob("*.toml"), key=lambda path: path.name)
        if path != baseline_path and not path.name.startswith("_")
    ]
    files = tuple(read_policy_file(path) for path in paths)
    _refuse_repeats(files)
    for file in files:
        divisions.setdefault(file.policy.division_code, Division(file.policy.division_code, file.policy.name))
    return PolicyBook(files, divisions, baseline)


def read_divisions(path: Path) -> dict[str, Division]:
    """Code → division. Raises PolicyFileError naming the line of a faulty row."""
    divisions: dict[str, Division] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for line, row in enumerate(csv.DictReader(file, strict=True), start=2):
                code, name = row.get("code") or "", row.get("name") or ""
                if len(code) != 6 or not code.isdecimal() or not name or code in divisions:
                    raise PolicyFileError(
                        path, [(f"line {line}", "a new six-digit code and a name are wanted")]
                    )
                divisions[code] = Division(code, name, row.get("successor") or None)
    except OSError as fault:
        raise PolicyFileError(path, [("file", f"cannot be read: {fault}")]) from fault
    for division in divisions.values():
        if division.successor and division.successor not in divisions:
            raise PolicyFileError(
                path, [(division.code, f"successor {division.successor} is not in the list")]
            )
    return divisions


def _refuse_repeats(files: tuple[PolicyFile, ...]) -> None:
    seen: dict[tuple[str, int, int], Path] = {}
    names: dict[str, Path] = {}
    for file in files:
        policy = file.policy
        key = (policy.division_code, policy.notice_year, policy.revision)
        if key in seen:
            wrong = f"{seen[key].name} speaks for the same division, year and revision"
            raise PolicyFileError(file.path, [("revision", wrong)])
        if policy.id in names:
            raise PolicyFileError(file.path, [("file", f"another file has this name: {names[policy.id]}")])
        seen[key] = file.path
        names[policy.id] = file.path
