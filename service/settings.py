"""Every setting, named once. Values come from environment variables of the same name in upper case."""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Port = Annotated[int, Field(ge=0, le=65535)]
Count = Annotated[int, Field(ge=1)]
_ISSUER: Final = r"^(https://|http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?(/|$))[^\s?#]*$"
"""Who somebody is comes from there: over TLS, or from this very machine."""


class Settings(BaseSettings):
    """The service's settings; the README's table is made from the descriptions here."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    database_url: str = Field(
        default="sqlite:///var/hours-ledger.sqlite3",
        repr=False,
        description="Database: `sqlite:///PATH` or, for production, `postgresql+psycopg://USER:PASSWORD@HOST/NAME`.",
    )
    database_url_read: str | None = Field(
        default=None,
        repr=False,
        description=(
            "Streaming standby of that PostgreSQL database, in the same form: questions are read from it as far as it "
            "has come, and from `DATABASE_URL` where it lags or gives no answer. None: everything is read there."
        ),
    )
    identity_keys: SecretStr | None = Field(
        default=None,
        description=(
            "Keys that seal names and identity numbers (AES-256-GCM): `ID:BASE64[,ID:BASE64…]`, 32 bytes "
            "each. The first seals, all of them open. With SQLite and none given, made once beside the "
            "database file; with PostgreSQL required."
        ),
    )
    lookup_key: SecretStr | None = Field(
        default=None,
        description=(
            "Key of the hash by which people are found (HMAC-SHA256), 32 bytes in base64. Never changes: "
            "with another key nobody is found. Given together with `IDENTITY_KEYS` or not at all."
        ),
    )
    signing_keys: SecretStr | None = Field(
        default=None,
        description=(
            "Keys that sign certificates (Ed25519): `ID:BASE64[,ID:BASE64…]`, seeds of 32 bytes. The first signs, "
            "what any of them signed verifies: an old one stays in the list. With SQLite and none given, made once "
            "beside the database file; with PostgreSQL and none given, no certificate is issued."
        ),
    )
    session_hours: Annotated[int, Field(ge=1, le=24 * 7)] = Field(
        default=8, description="Hours after which a sign-in on the pages ends."
    )
    trusted_proxies: Annotated[int, Field(ge=0, le=5)] = Field(
        default=0,
        description=(
            "Reverse proxies in front of the server whose `X-Forwarded-For`, `-Proto` and `-Host` are believed."
        ),
    )
    oidc_issuer: Annotated[str, Field(pattern=_ISSUER)] | None = Field(
        default=None,
        description=(
            "OpenID provider by which people sign in: its address, below which "
            "`/.well-known/openid-configuration` lies. None: no such sign-in."
        ),
    )
    oidc_client_id: str = Field(default="hours-ledger", description="Our client id at the OpenID provider.")
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="Our secret there; none for a public client (PKCE is always used)."
    )
    oidc_scope: str = Field(default="openid profile", description="Scopes asked for at sign-in.")
    oidc_number_claim: str = Field(
        default="id_number", description="Claim that carries the identity number of who signs in."
    )
    oidc_name_claim: str = Field(default="name", description="Claim that carries their name.")
    oidc_client_claim: str = Field(
        default="hours_ledger_client",
        description=(
            "Claim of staff: the name of the client (training provider, authority, administration) they work for."
        ),
    )
    demo: bool = Field(
        default=False, description="Demo mode: made-up people and printed keys. Never in production."
    )
    host: str = Field(default="127.0.0.1", description="Address the server listens on.")
    port: Port = Field(default=8000, description="Port the server listens on.")
    public_url: Annotated[str, Field(pattern=r"^https?://[^\s?#]+[^\s?#/]$")] | None = Field(
        default=None,
        description=(
            "Address at which the outside reaches the service, without a slash at the end: stands on certificates "
            "and in their QR codes, and is where an identity provider leads back to. None: `http://HOST:PORT`."
        ),
    )
    web_concurrency: Count = Field(default=2, description="Server processes.")
    threads: Count = Field(default=8, description="Threads in each server process.")
    pool_size: Count = Field(
        default=8,
        description=(
            "Database connections a process keeps open for reading, as many for writing, half as many for questions and"
            " single entries."
        ),
    )
    body_size_max: Count = Field(
        default=4 * 1024 * 1024, description="Largest request body in bytes (imports apart)."
    )
    import_size_max: Count = Field(default=16 * 1024 * 1024, description="Largest roster file in bytes.")
    evidence_dir: Path | None = Field(
        default=None,
        description=(
            "Directory of the files that people add to hours they register alone, and of rosters that wait an hour "
            "to be sent from the pages, each sealed; all processes share it. "
            "None: with SQLite beside the database file (`PATH.evidence/`), else `var/evidence`."
        ),
    )
    evidence_size_max: Count = Field(
        default=5 * 1024 * 1024, description="Largest file of evidence in bytes."
    )
    retention_years: Annotated[int, Field(ge=1, le=100)] = Field(
        default=30,
        description=(
            "Years after a person's last fact before their name and number may be erased. 30 is the longer fixed "
            "term that archives of public bodies are kept for."
        ),
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Least level that is logged."
    )

    @property
    def reached_at(self) -> str:
        """``public_url``, or where the server listens."""
        return self.public_url or f"http://{self.host}:{self.port}"


def load_settings() -> Settings:
    """The settings of this process. Raises pydantic's ValidationError, which names the variable at fault."""
    return Settings()
