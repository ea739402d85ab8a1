"""Every page there is: one module an audience, one list a module."""

from flask import Flask

from api.pages import (
    admin,
    admin_clients,
    admin_policies,
    authority,
    home,
    me,
    notices,
    own_certificates,
    own_data,
    own_disputes,
    own_hours,
    provider_entries,
    provider_imports,
    try_out,
)
from api.pages.own_register import register_pages
from api.pages.page import Page
from api.pages.provider_rosters import Rosters
from api.pages.sign_in import SignIn
from api.pages.verify import Verify
from service.context import Context


def all_pages(app: Flask, context: Context) -> tuple[Page, ...]:
    """The pages for these settings."""
    return (
        *home.PAGES,
        *authority.PAGES,
        *me.PAGES,
        *own_hours.PAGES,
        *notices.PAGES,
        *try_out.PAGES,
        *SignIn(app, context).pages(),
        *register_pages(context),
        *own_disputes.PAGES,
        *own_certificates.PAGES,
        *own_data.PAGES,
        *Rosters(context.settings).pages(),
        *provider_imports.PAGES,
        *provider_entries.PAGES,
        *admin.PAGES,
        *admin_clients.PAGES,
        *admin_policies.PAGES,
        *Verify().pages(),
    )
