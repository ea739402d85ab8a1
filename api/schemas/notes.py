"""How fields are described in openapi.yaml."""

from typing import Any

from marshmallow import fields


def note(description: str, **more: Any) -> dict[str, Any]:
    """Marshmallow's ``metadata`` for a field: its description, and other members of its JSON schema."""
    return {"description": description, **more}


class AnsweredHours(fields.Float):
    """Hours in an answer: a number with one decimal at most."""
