"""``python -m services.validator``: serve verdicts on this host."""

from __future__ import annotations

from services.hostserver import Limits, serve


class Handler:
    """Does the jobs: ``validate`` (blobs: documents) → ``{"verdicts": [...]}``."""

    def __init__(self) -> None:
        from services.validator.engine import Engine

        self.engine = Engine()

    def handle(self, op, params, blobs):
        if op != "validate":
            raise ValueError(f"unknown operation {op!r}")
        context, lang = params.get("context", "fr-ctc"), params.get("lang", "fr")
        verdicts = [self.engine.check(blob, context=context, lang=lang) for blob in blobs]
        return {"verdicts": [verdict.to_dict() for verdict in verdicts]}, ()


if __name__ == "__main__":
    serve("validator", Handler, Limits(queue=64, recycle_mb=900, kill_mb=3000))
