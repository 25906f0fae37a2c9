"""Secrets at rest: what platforms gave us is stored encrypted, the key lives outside the database.

The key comes from, in this order:

- the environment variable ``EFACTURE_SECRET_KEY``: one or several Fernet keys separated by commas;
- the file named by ``EFACTURE_SECRET_KEY_FILE``;
- ``efacture-secret.key`` in Odoo's data folder, made at the first need (mode 0600).

The first key encrypts, all of them decrypt: put a new key in front, keep the old one behind it. The three
places are read at each call, so that a rotated key needs no restart.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from odoo.tools import config

KEY_FILE = "efacture-secret.key"


class SecretUnreadable(Exception):
    """A stored secret does not open with the keys of this server; ``str()`` says why, without the secret."""


def encrypt(text: str) -> str:
    """Return ``text`` encrypted with the first key, as ASCII text.

    :raises SecretUnreadable: the key of this server is not a key.
    """
    return _box().encrypt(text.encode()).decode("ascii")


def decrypt(token: str) -> str:
    """Return the text that :func:`encrypt` was given.

    :raises SecretUnreadable: encrypted elsewhere (a database copied from another server), or damaged.
    """
    try:
        return _box().decrypt(token.encode()).decode()
    except InvalidToken:
        raise SecretUnreadable("it was encrypted with the key of another server") from None


def _box() -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in _keys()])
    except ValueError:
        raise SecretUnreadable("the encryption key of this server is not a valid key") from None


def _keys() -> list[str]:
    text = os.environ.get("EFACTURE_SECRET_KEY", "")
    if not text:
        named = os.environ.get("EFACTURE_SECRET_KEY_FILE")
        path = Path(named) if named else Path(config["data_dir"]) / KEY_FILE
        try:
            if not named:
                _make_key(path)
            text = path.read_text(encoding="ascii")
        except (OSError, UnicodeError):
            raise SecretUnreadable("the file of the encryption key cannot be read") from None
    return [key.strip() for key in text.replace("\n", ",").split(",") if key.strip()]


def _make_key(path: Path) -> None:
    """Make the key file once: complete before it gets its name, and never over one that exists."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(Fernet.generate_key())
        os.fsync(stream.fileno())
    # Another process may have been faster: its key stands.
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
