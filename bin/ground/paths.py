"""Where everything of this checkout lives; the values come from bootstrap.sh."""

import hashlib
import os
import sys
from functools import cache
from pathlib import Path

ROOT = Path(os.environ.get("EFACTURE_ROOT") or Path(__file__).resolve().parents[2])
CHECKOUT = Path(os.environ.get("EFACTURE_CHECKOUT") or ROOT)
HOME = Path(os.environ.get("EFACTURE_HOME", "/var/lib/efacture"))
INSTANCE = Path(os.environ.get("EFACTURE_INSTANCE_DIR") or HOME / "instances" / "default")
RUN_DIR = Path(os.environ.get("EFACTURE_RUN_DIR") or INSTANCE / "run")
ODOO_PATH = Path(
    os.environ.get("EFACTURE_ODOO_PATH") or HOME / "odoo/usr/lib/python3/dist-packages"
)
SHARED = Path(os.environ.get("EFACTURE_SHARED") or ROOT.parent / "shared")
LOGS = INSTANCE / "log"
ADDONS = ROOT / "addons"


class GroundError(Exception):
    """A sentence for the person at the terminal: what went wrong and what to do."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def our_addons() -> list[str]:
    return sorted(p.parent.name for p in ADDONS.glob("*/__manifest__.py"))


def addons_path() -> str:
    # In Debian's package the modules are inside the `odoo` package, which Odoo adds by itself; in a
    # source checkout they are beside it.
    beside = ODOO_PATH / "addons"
    places = [beside] if (beside / "web/static/src").exists() else []
    return ",".join(map(str, [*places, ADDONS]))


def digest(*parts: object) -> str:
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:10]


@cache
def addons_digest() -> str:
    """A short hash of every file of our addons that changes an installed database."""
    seen = hashlib.sha256()
    for path in sorted(ADDONS.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
            seen.update(str(path.relative_to(ADDONS)).encode() + b"\0" + path.read_bytes())
    return seen.hexdigest()[:10]
