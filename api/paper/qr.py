"""The QR code of a certificate: where to verify it, and the signed claim itself."""

import io
from typing import Final

import segno

VERSION_WANTED: Final = 25
"""Up to here a code keeps the better correction: it still scans from a worn sheet at the size we print."""


def qr_svg(text: str) -> str:
    """The code as SVG, one unit a module, without its quiet zone. For 2,953 bytes at most."""
    code = segno.make_qr(text, error="m", boost_error=False)
    if int(code.version) > VERSION_WANTED:
        code = segno.make_qr(text, error="l", boost_error=False)
    drawn = io.BytesIO()
    code.save(drawn, kind="svg", border=0, xmldecl=False, svgclass=None, lineclass=None, omitsize=True)
    return drawn.getvalue().decode()
