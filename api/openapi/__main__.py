"""``python -m api.openapi``: asks the engine for the examples and writes openapi.yaml beside the packages."""

import logging
from pathlib import Path
from typing import Final

import orjson
import structlog

from api.openapi.document import openapi_document
from api.openapi.examples import make_examples
from api.openapi.yaml_text import yaml_text

ROOT: Final = Path(__file__).parents[2]
EXAMPLES: Final = Path(__file__).with_name("examples.json")


def write() -> None:
    """Writes api/openapi/examples.json (what /openapi.yaml is served with) and openapi.yaml."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    examples = make_examples()
    EXAMPLES.write_bytes(orjson.dumps(examples, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    (ROOT / "openapi.yaml").write_text(yaml_text(openapi_document(examples)), encoding="utf-8")


if __name__ == "__main__":
    write()
