"""Puts the pages into the application: their cookie, their token, their addresses."""

from flask import Flask, Request, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from werkzeug.middleware.proxy_fix import ProxyFix

from api.pages.entrance import CSRF_FIELD, PageEntrance
from api.pages.rendering import prepare_templates
from api.pages.site import all_pages
from service.context import Context


class PageCookies(SecureCookieSessionInterface):
    """Flask's signed cookie. ``Secure`` always, save that the demo can be tried over plain HTTP on any browser."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """None for the API, which knows keys and no cookies: nothing is read there and nothing set."""
        return None if request.path.startswith("/v1/") else super().open_session(app, request)

    def get_cookie_secure(self, app: Flask) -> bool:
        return not app.config["DEMO"] or request.is_secure


def wire_pages(app: Flask, context: Context) -> None:
    """Adds every page. The cookie holds a sign-in's random token, never who it is."""
    settings = context.settings
    app.config.update(
        DEMO=settings.demo,
        SECRET_KEY=context.vault.derived_key("pages"),
        SESSION_COOKIE_NAME="hours-ledger",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",  # strict would lose the state of a sign-in that comes back from elsewhere
        WTF_CSRF_FIELD_NAME=CSRF_FIELD,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the cookie: a form may lie open over lunch
    )
    app.session_interface = PageCookies()
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    prepare_templates(app)
    for page in all_pages(app, context):
        app.add_url_rule(page.path, page.name, PageEntrance(page, context), methods=[page.method])
