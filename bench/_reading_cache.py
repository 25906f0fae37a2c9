"""What a bench keeps between runs, in `$EFACTURE_CACHE_DIR`: drawn documents, and the words that OCR found.

Each is filed under the hash of its input and of the code that made it, so that a change of the code makes it anew. Anybody may delete the folder.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def folder(name: str) -> Path:
    """`$EFACTURE_CACHE_DIR/name`, made if absent; without the variable, below `~/.cache/efacture`."""
    base = os.environ.get("EFACTURE_CACHE_DIR") or Path.home() / ".cache" / "efacture"
    path = Path(base) / name
    path.mkdir(parents=True, exist_ok=True)
    return path


@cache
def code_hash(*places: str) -> str:
    """Hash of source files; a place is a file or a folder below the project."""
    digest = hashlib.sha256()
    for place in places:
        path = ROOT / place
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(file.relative_to(ROOT).as_posix().encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def kept(kind: str, keys: Iterable[str | bytes], make: Callable[[], Any]) -> Any:
    """What `make` gives, from the disk when it is there (pickled: the folder is ours alone)."""
    digest = hashlib.sha256()
    for key in keys:
        digest.update(key if isinstance(key, bytes) else key.encode())
        digest.update(b"\0")
    name = digest.hexdigest()
    path = folder(kind) / name[:2] / f"{name[2:]}.pickle"
    if path.is_file():
        try:
            return pickle.loads(path.read_bytes())
        except Exception:  # noqa: BLE001 a damaged or outdated file is made again
            path.unlink(missing_ok=True)
    value = make()
    path.parent.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(pickle.dumps(value))
    os.replace(file.name, path)
    return value


def drawn_cache(layout: Any, seed: int) -> Any:
    """`layout.draw(seed)`, kept."""
    code = code_hash("tests/documents")
    return kept("drawn", (code, layout.name, str(seed)), lambda: layout.draw(seed))
