"""``python -m services.validator``: serve verdicts on this host."""

from __future__ import annotations

import os

from services.hostserver import Limits, serve

# A sheet costs 0.1 to 1 s to compile, and cannot be kept compiled on disk.
WARM = ("fx-en16931", "br-fr-cii", "cen-cii", "ubl-en16931", "br-fr-ubl", "ctc-ubl", "ctc-cii")


class Handler:
    """Does the jobs: ``validate`` (blobs: documents) → ``{"verdicts": [...]}``."""

    def __init__(self) -> None:
        from services.validator.engine import Engine

        self.engine = Engine()
        self.to_warm = list(WARM)

    def idle(self) -> bool:
        """Compile the sheets and schemas most asked for, one at each pause."""
        if self.to_warm:
            self.engine.warm(self.to_warm.pop(0))
        return bool(self.to_warm)

    def handle(self, op, params, blobs):
        if op != "validate":
            raise ValueError(f"unknown operation {op!r}")
        context, lang = params.get("context", "fr-ctc"), params.get("lang", "fr")
        verdicts = [self.engine.check(blob, context=context, lang=lang) for blob in blobs]
        return {"verdicts": [verdict.to_dict() for verdict in verdicts]}, ()


if __name__ == "__main__":
    # One worker keeps one core busy and 200 to 300 MB; a second one only where there is room.
    workers = 2 if (os.cpu_count() or 1) >= 4 else 1
    serve("validator", Handler, Limits(workers=workers, queue=64, recycle_mb=900, kill_mb=3000))
