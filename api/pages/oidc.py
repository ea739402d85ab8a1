"""Sign-in by an OpenID provider: who the provider says somebody is, read from its claims."""

from collections.abc import Mapping
from typing import Any, Final

import requests
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Flask
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
            location: str = self._app.authorize_redirect(return_to).location
        except (requests.RequestException, ValueError, AuthlibBaseError) as error:
            raise _unreachable(error) from None
        return location

    def finish(self, context: Context) -> SignedInPerson | Client:
        """Who came back: a person by their document, or staff by their client's name.

        Refusals: ``sign_in_failed`` (state, code or token don't hold, or the claims name nobody), ``unavailable``.
        """
        try:
            token = self._app.authorize_access_token()
            claims = {**token.get("userinfo", {}), **self._more_claims(token)}
        except (AuthlibBaseError, JoseError) as error:
            log.warning("sign-in refused", error=type(error).__qualname__)
            raise Refusal("sign_in_failed") from None
        except (requests.RequestException, ValueError) as error:
            raise _unreachable(error) from None
        return self._client(context, claims) or self._person(claims)

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
