"""A sandbox as a child process, with its switches at hand: for tests and benches."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).parents[1]


class Sandbox:
    """A running sandbox. `facts` is what it printed; the other methods turn its switches."""

    def __init__(self, facts: dict[str, Any], process: subprocess.Popen[str]) -> None:
        self.facts = facts
        self.process = process

    def root(self, server: str) -> str:
        """Where a server's `/_sandbox/…` pages are."""
        return "/".join(self.facts[server]["url"].split("/")[:3])

    def fault(self, server: str, *faults: str | dict[str, Any], **options: Any) -> None:
        """Arm faults by name, `options` (operation, count, seconds…) going to each; none clears."""
        rows = [
            {"fault": fault, **options} if isinstance(fault, str) else fault for fault in faults
        ]
        requests.post(
            self.root(server) + "/_sandbox/faults", json=rows, timeout=5
        ).raise_for_status()

    def get(self, server: str, page: str) -> Any:
        """A page of `/_sandbox/` as JSON."""
        return requests.get(f"{self.root(server)}/_sandbox/{page}", timeout=5).json()

    def post(self, server: str, page: str, body: Any) -> Any:
        """POST to a page of `/_sandbox/`."""
        answer = requests.post(f"{self.root(server)}/_sandbox/{page}", json=body, timeout=5)
        answer.raise_for_status()
        return answer.json()

    def calls(self, server: str, operation: str) -> int:
        """How many requests an operation has had."""
        return self.get(server, "calls").get(operation, 0)


def start_sandbox(state: Path, *options: str) -> Sandbox:
    """Start a sandbox of one's own; end it with `.process.terminate()`."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "sandbox",
            "--state",
            str(state),
            "--json",
            "--with-parent",
            *options,
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Sandbox(json.loads(process.stdout.readline()), process)
