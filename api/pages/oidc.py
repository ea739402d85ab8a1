"""Sign-in by an OpenID provider: who the provider says somebody is, read from its claims."""

from collections.abc import Mapping
from typing import Any, Final

import requests
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Flask, session
from joserfc.errors import JoseError
from marshmallow import ValidationError

from api.schemas.person import NamedPersonSchema
from service.context import Context
from service.domain.client import Client
from service.domain.errors import Refusal
from service.domain.session import SignedInPerson
from service.operations.clients import find_active_client
from service.settings import Settings

_NAME: Final = "identity_provider"
_TIMEOUT_SECONDS: Final = 10
_BEGUN: Final = f"_state_{_NAME}_"
"""What authlib's keys of sign-ins that were begun start with in the cookie."""

_BEGUN_MAX: Final = 3
"""Sign-ins that were begun and may still be finished, in as many windows. A cookie of many is too large for browsers,
which then drop it and with it every further sign-in."""

log = structlog.get_logger("api.pages")


class IdentityProvider:
    """The provider of the settings. State, nonce and PKCE are authlib's."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        assert settings.oidc_issuer is not None  # noqa: S101  # the caller saw it
        secret = settings.oidc_client_secret
        self._settings = settings
        self._app: FlaskOAuth2App = OAuth(app).register(
            _NAME,
            client_id=settings.oidc_client_id,
            client_secret=None if secret is None else secret.get_secret_value(),
            server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": settings.oidc_scope,
                "code_challenge_method": "S256",
                "timeout": _TIMEOUT_SECONDS,
                **({"token_endpoint_auth_method": "none"} if secret is None else {}),
            },
        )

    def start(self, return_to: str) -> str:
        """The provider's address to send the browser to. Refusal ``unavailable``: the provider doesn't answer."""
        try:
            self._require_issuer()
            location: str = self._app.authorize_redirect(return_to).location
        except (requests.RequestException, ValueError, AuthlibBaseError) as error:
            raise _unreachable(error) from None
        begun = sorted(
            (key for key in session if key.startswith(_BEGUN)), key=lambda key: session[key]["exp"]
        )
        for key in begun[:-_BEGUN_MAX]:
            del session[key]
        return location

    def finish(self, context: Context) -> SignedInPerson | Client:
        """Who came back: a person by their document, or staff by their client's name.

        Refusals: ``sign_in_failed`` (state, code or token don't hold, or the claims name nobody), ``unavailable``.
        """
        try:
            self._require_issuer()
            token = self._app.authorize_access_token()
            if "sub" not in token.get(
                "userinfo", {}
            ):  # no ID token, and thus no nonce: nobody vouches for the rest
                raise Refusal("sign_in_failed")
            claims = {**token.get("userinfo", {}), **self._more_claims(token)}
        except (AuthlibBaseError, JoseError) as error:
            log.warning("sign-in refused", error=type(error).__qualname__)
            raise Refusal("sign_in_failed") from None
        except (requests.RequestException, ValueError) as error:
            raise _unreachable(error) from None
        return self._client(context, claims) or self._person(claims)

    def _require_issuer(self) -> None:
        """Raises ValueError unless the provider's description is that of the issuer of the settings (OpenID Connect
        Discovery 4.3): authlib holds tokens against the description, and against nothing if it names no issuer."""
        told = self._app.load_server_metadata().get("issuer")
        if not isinstance(told, str) or told.rstrip("/") != str(self._settings.oidc_issuer).rstrip("/"):
            raise ValueError("another issuer")

    def _more_claims(self, token: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the provider tells only at its userinfo endpoint, when it has one."""
        own = token.get("userinfo", {})
        wanted = (self._settings.oidc_number_claim, self._settings.oidc_client_claim)
        if any(claim in own for claim in wanted):
            return {}
        if "userinfo_endpoint" not in self._app.load_server_metadata():
            return {}
        told = dict(self._app.userinfo(token=token))
        if told.get("sub") != own.get("sub"):  # OpenID Connect Core 5.3.2: it may be somebody else's
            raise Refusal("sign_in_failed")
        return told

    def _client(self, context: Context, claims: Mapping[str, Any]) -> Client | None:
        name = claims.get(self._settings.oidc_client_claim)
        if name is None:
            return None
        client = find_active_client(context, name) if isinstance(name, str) else None
        if client is None:
            raise Refusal("sign_in_failed")
        return client

    def _person(self, claims: Mapping[str, Any]) -> SignedInPerson:
        document = {
            "id_type": "resident_id",
            "id_number": claims.get(self._settings.oidc_number_claim),
            "name": claims.get(self._settings.oidc_name_claim),
        }
        try:
            identity, name = NamedPersonSchema().load(document)
        except ValidationError:
            raise Refusal("sign_in_failed") from None
        return SignedInPerson(identity, name)


def _unreachable(error: Exception) -> Refusal:
    log.error("identity provider", error=type(error).__qualname__)
    return Refusal("unavailable")
