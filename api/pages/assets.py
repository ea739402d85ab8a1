"""The files of the pages: styles, scripts, pictures. All of them served by us."""

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from swagger_ui_bundle import swagger_ui_path

MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@cache
def assets() -> dict[str, Path]:
    """Name → file of everything served under /assets."""
    static = Path(str(files("api"))) / "static"
    ours = {path.name: path for path in static.rglob("*") if path.suffix in MEDIA_TYPES}
    swagger = Path(swagger_ui_path)
    return ours | {name: swagger / name for name in ("swagger-ui-bundle.js", "swagger-ui.css")}


@cache
def asset_address(name: str) -> str:
    """Where a page finds a file. The address changes with the file, so that browsers may keep it."""
    digest = hashlib.sha256(assets()[name].read_bytes()).hexdigest()[:12]
    return f"/assets/{name}?v={digest}"
