"""A certificate's paper as a door answers it."""

from typing import Final

from api.door import Reply
from api.paper.print_certificate import print_certificate
from service.context import Context
from service.operations.issue_certificate import Certificate
from service.wording import Language

PDF: Final = "application/pdf"
VARY: Final = "Accept, Accept-Language"


def paper_reply(context: Context, certificate: Certificate, language: Language, status: int = 200) -> Reply:
    """The PDF file, to be saved under its code."""
    headers = {"Vary": VARY, "Content-Disposition": f'attachment; filename="{certificate.code}.pdf"'}
    return Reply(print_certificate(context, certificate, language), status, headers, PDF)
