"""openapi.yaml: valid, up to date, complete, and what the service really answers fits it."""

from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
import yaml
from flask import Flask
from openapi_spec_validator import validate

from api.metrics import Metrics
from api.openapi.document import openapi_document, openapi_text, packaged_examples
from api.openapi.examples import make_examples
from api.openapi.yaml_text import yaml_text
from api.routes import all_doors
from tests.api.calls import Caller

ROOT = Path(__file__).parents[2]
DOCUMENT = yaml.safe_load((ROOT / "openapi.yaml").read_text("utf-8"))
DOORS = all_doors(Metrics())
WRITE = "stale: run `python -m api.openapi`"


def operations() -> list[tuple[str, dict[str, Any]]]:
    return [(path, operation) for path, item in DOCUMENT["paths"].items() for operation in item.values()]


def fits(schema: dict[str, Any], value: Any) -> None:
    """Checks a value against a schema of the document."""
    whole = {**schema, "components": DOCUMENT["components"]}
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(whole, format_checker=checker).validate(value)


def test_it_is_valid() -> None:
    validate(DOCUMENT)
    assert DOCUMENT["openapi"].startswith("3.1")


def test_the_file_is_what_the_code_says() -> None:
    examples = make_examples()
    assert orjson.loads(orjson.dumps(examples)) == packaged_examples(), WRITE
    assert (ROOT / "openapi.yaml").read_text("utf-8") == yaml_text(openapi_document(examples)), WRITE


def test_our_yaml_reads_back() -> None:
    odd = {
        "a: b": ["yes", "1", "~", "", "#x", "- y", "2023-05-04", "é\n中\u2028\U00020bb7", None, 1.5, [], {}],
        "on": {"x": [[1], {"y": 2}]},
    }
    assert yaml.safe_load(yaml_text(odd)) == odd
    assert yaml.safe_load(openapi_text()) == openapi_document(packaged_examples())


def test_it_is_served(anyone: Caller) -> None:
    answer = anyone.get("/openapi.yaml")
    assert (answer.status_code, answer.mimetype) == (200, "application/yaml")
    assert yaml.safe_load(answer.text) == DOCUMENT


def test_every_operation_is_complete() -> None:
    assert len(operations()) == len(DOORS)
    for path, operation in operations():
        name = operation["operationId"]
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name
        assert "security" in operation, name
        assert all(parameter["description"] for parameter in operation["parameters"]), name
        assert {"500"} <= set(operation["responses"]), name
        if path.startswith("/v1/") and "requestBody" in operation:
            assert {"400", "413", "415", "422"} <= set(operation["responses"]), name
        if operation["security"]:
            assert {"401", "403"} <= set(operation["responses"]), name
        for status, response in operation["responses"].items():
            assert response["description"], (name, status)
            assert "X-Request-Id" in response["headers"], (name, status)
            content = response["content"]
            assert ("application/problem+json" in content) == (int(status) >= 400), (name, status)


def test_every_property_says_what_it_is() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        for field, described in schema["properties"].items():
            assert described.get("description"), f"{name}.{field}"


def test_examples_are_there_and_fit() -> None:
    for _, operation in operations():
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body is not None:
            assert "example" in body, operation["operationId"]
            if operation["operationId"] != "registerEntries":  # shows a refused entry too
                fits(body["schema"], body["example"])
        for status, response in operation["responses"].items():
            for media_type, content in response["content"].items():
                if media_type == "application/json":
                    assert "example" in content, (operation["operationId"], status)
                    fits(content["schema"], content["example"])
                for shown in content.get("examples", {}).values():
                    fits(content["schema"], shown["value"])


def test_the_check_itself_can_fail() -> None:
    schema = {"$ref": "#/components/schemas/EligibilityAnswer"}
    good = packaged_examples()["checkEligibility"]["answers"]["200"]
    fits(schema, good)
    for change in ({"outcome": "maybe"}, {"more": 1}, {"as_of": "yesterday"}, {"years": [{}]}):
        with pytest.raises(jsonschema.ValidationError):
            fits(schema, {**good, **change})


def test_examples_hold_no_whole_identity_number_in_an_answer() -> None:
    """But for the export, which is for the person."""
    for name, told in packaged_examples().items():
        if name == "exportPerson":
            continue
        answers = orjson.dumps(told if name == "problems" else told["answers"])
        assert b"331100199202290039" not in answers, name
        assert b"33060419791115004X" not in answers, name


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_docs_load_nothing_from_elsewhere(app: Flask, anyone: Caller) -> None:
    page = anyone.get("/docs")
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "http" not in page.text.replace("http-equiv", "")
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "docs.js", "pages.css"):
        answer = anyone.get(f"/assets/{name}")
        assert answer.status_code == 200
        assert len(answer.data) > 100
        assert "max-age" in answer.headers["Cache-Control"]
    assert anyone.get("/assets/../app.py").status_code == 404
    assert anyone.get("/assets/app.py").status_code == 404
