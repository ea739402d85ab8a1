"""Keys that are made once, in a file beside the database that nobody else may read."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def make_key_file(path: Path, content: Mapping[str, Any]) -> bool:
    """Writes fresh keys whole or not at all (mode 0600); of several processes at once, the first one's stay.

    Whether these are the ones that stand there now.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(
        os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump(content, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True
