"""`bin/bench NAME [--json]`: run one module of bench/ and print its figures."""

import importlib
import sys

from . import paths
from .main import entry


@entry
def main(argv: list[str]) -> int:
    names = sorted(
        p.stem for p in (paths.ROOT / "bench").glob("*.py") if not p.stem.startswith("_")
    )
    if not argv or argv[0] not in names:
        paths.say(f"Usage: bin/bench NAME [--json]; known: {', '.join(names) or 'none yet'}")
        return 2
    return importlib.import_module(f"bench.{argv[0]}").main(argv[1:])


if __name__ == "__main__":
    sys.exit(main())
