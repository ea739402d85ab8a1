"""What every operation works with, passed first to each of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from service.annexes import AnnexBook, load_annexes
from service.domain.access import Credential
from service.domain.zone import SHANGHAI
from service.evidence_files import EvidenceFiles, evidence_directory
from service.held_rosters import HeldRosters
from service.policy_book import PolicyBook, load_policy_book
from service.settings import Settings
from service.signing import Signer, make_signer
from service.store.database import Database
from service.vault import Vault, make_vault


@dataclass(frozen=True)
class Context:
    """``clock`` returns aware datetimes; tests set their own. A ``signer`` without keys signs nothing.
    ``credentials``: clients by the hash of their key, as this process last saw them. Never enough to answer by: what
    is found there has to be confirmed by the database."""

    settings: Settings
    database: Database
    policy_book: PolicyBook
    vault: Vault
    clock: Callable[[], datetime]
    annex_book: AnnexBook = field(default_factory=load_annexes)
    signer: Signer = field(default_factory=lambda: Signer({}))
    credentials: dict[bytes, Credential] = field(default_factory=dict)

    @property
    def evidence_files(self) -> EvidenceFiles:
        return EvidenceFiles(evidence_directory(self.settings), self.vault)

    @property
    def held_rosters(self) -> HeldRosters:
        return HeldRosters(evidence_directory(self.settings) / "rosters", self.vault)


def utc_now() -> datetime:
    return datetime.now(UTC)


def open_context(settings: Settings) -> Context:
    """Everything wired for these settings, the database untouched. Raises VaultError or PolicyFileError."""
    return Context(
        settings=settings,
        database=Database(
            settings.database_url, pool_size=settings.pool_size, read_url=settings.database_url_read
        ),
        policy_book=load_policy_book(),
        vault=make_vault(settings),
        clock=utc_now,
        signer=make_signer(settings),
    )


def today(context: Context) -> date:
    """The day in Zhejiang, whatever the server's own zone."""
    return context.clock().astimezone(SHANGHAI).date()
