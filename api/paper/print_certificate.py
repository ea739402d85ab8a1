"""From a certificate to its file: sets the page and seals it."""

from datetime import UTC, datetime, time
from importlib.resources import files
from typing import Final

import orjson
import typst

from api.paper.content import paper_content
from api.paper.font import FAMILY, fonts
from api.paper.seal import sealed
from service.context import Context
from service.domain.zone import SHANGHAI
from service.operations.issue_certificate import Certificate
from service.wording import Language

_STANDARDS: Final = ("a-2a", "ua-1")
"""For archives (every character can be read back as text) and for programs that read aloud."""


def print_certificate(context: Context, certificate: Certificate, language: Language) -> bytes:
    """The certificate as a PDF file with its seal: the same bytes for the same certificate and language."""
    content = orjson.dumps(paper_content(context, certificate, language)).decode()
    document = typst.compile(
        (files("api.paper") / "certificate.typ").read_bytes(),
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"content": content, "family": FAMILY},
        pdf_standards=list(_STANDARDS),
        timestamp=datetime.combine(certificate.issued_on, time(), SHANGHAI).astimezone(UTC),
    )
    return sealed(document, certificate.claim, context.signer, certificate.key_id)
