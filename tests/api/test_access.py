"""Deny by default: every door without a key, with a wrong key and with every role that may not come in."""

import pytest
from flask import Flask

from api.app import LedgerApp, create_app
from api.door import OPEN, Access, Door, only
from api.metrics import Metrics
from api.pages.site import all_pages
from api.routes import all_doors
from service.context import Context
from service.domain.client import ROLES, Role
from service.operations.clients import create_client, revoke_client
from tests.api.calls import Caller, refused

DOORS = all_doors(Metrics())

OPEN_TO_ALL = {
    "evaluatePolicy", "listPolicies", "readPolicy", "listAuthorities", "listReviewPlans",
    "health", "readiness", "version", "metrics", "docs", "openapi", "problem", "asset",
    "readRosterTemplate",
}  # fmt: skip
ROLES_OF = {
    "registerEntry": {"provider"},
    "registerEntries": {"provider"},
    "listEntries": {"provider", "authority", "admin"},
    "readEntry": {"provider", "authority", "admin"},
    "reverseEntry": {"provider", "authority", "admin"},
    "listEvidence": {"authority", "admin"},
    "readEvidence": {"authority", "admin"},
    "recogniseEntry": {"authority"},
    "recogniseEntries": {"authority"},
    "readRecognitionQueue": {"authority"},
    "countRecognitionQueue": {"authority"},
    "readEntryHistory": {"provider", "authority", "admin"},
    "checkEligibility": {"platform", "admin"},
    "checkEligibilityBatch": {"platform", "admin"},
    "attestYear": {"authority", "admin"},
    "withdrawAttestation": {"authority", "admin"},
    "recordIntegrity": {"authority", "admin"},
    "withdrawIntegrityRecord": {"authority", "admin"},
    "linkPersons": {"admin"},
    "listAccessRecords": {"admin"},
    "determine": {"platform", "admin"},
    "readDetermination": {"platform", "authority", "admin"},
    "replayDetermination": {"platform", "authority", "admin"},
    "openDispute": {"authority", "admin"},
    "listDisputes": {"provider", "authority", "admin"},
    "readDispute": {"provider", "authority", "admin"},
    "answerDispute": {"provider", "authority"},
    "closeDispute": {"authority", "admin"},
    "exportPerson": {"authority", "admin"},
    "erasePerson": {"admin"},
    "lookUpPerson": {"platform", "authority", "admin"},
    "readTranscript": {"platform", "authority", "admin"},
    "issueCertificate": {"platform", "authority", "admin"},
    "verifyCertificate": set(),
    "readPublicKeys": set(),
    "importRoster": {"provider"},
    "listImports": {"provider", "admin"},
    "readImport": {"provider", "admin"},
    "readImportFaults": {"provider", "admin"},
    "reverseImport": {"provider"},
    "markRoster": {"provider"},
}


def path_of(door: Door) -> str:
    return door.path.replace("{entry_id}", "0" * 13 + "-1").replace("{", "").replace("}", "")


def test_the_doors_and_who_may_come_in_are_the_agreed_ones() -> None:
    declared = {door.name: set(door.access.roles) for door in DOORS}
    assert declared == ROLES_OF | {name: set() for name in OPEN_TO_ALL}


def test_walk(app: Flask, context: Context) -> None:
    callers = {role: Caller(app, create_client(context, role, role)[1]) for role in ROLES}
    _, revoked_key = create_client(context, "admin", "gone")
    revoke_client(context, "gone")
    strangers = [None, "", "hl_" + "x" * 43, "x", revoked_key]
    for door in DOORS:
        if door.access == OPEN:
            continue
        for key in strangers:
            refused(Caller(app, key).send(door.method, path_of(door)), 401, "unauthenticated")
        for role, caller in callers.items():
            answer = caller.send(door.method, path_of(door))
            if role in door.access.roles:
                assert answer.status_code not in (401, 403), door.name
            else:
                refused(answer, 403, "forbidden_role")


def test_every_route_of_the_application_is_a_door_or_a_page(app: Flask, context: Context) -> None:
    routes = {(method, rule.rule) for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    declared = {(door.method, door.rule) for door in DOORS}
    declared |= {(page.method, page.path) for page in all_pages(app, context)}
    assert {route for route in routes if route[0] not in ("HEAD", "OPTIONS")} == declared


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_view_without_an_access_rule_cannot_be_registered(context: Context) -> None:
    app = create_app(context)
    assert isinstance(app, LedgerApp)
    with pytest.raises(TypeError, match="no access rule"):
        app.add_url_rule("/secret", "secret", lambda: "secret")
    with pytest.raises(TypeError, match="no access rule"):
        app.route("/secret")(lambda: "secret")
    with pytest.raises(ValueError, match="OPEN"):
        only()
    roles: tuple[Role, ...] = ("admin",)
    assert only("admin") == Access(roles)
