"""Start and stop the validator and the renderer of this checkout."""

import contextlib

from . import paths

NAMES = ("validator", "renderer")


def start_all() -> dict:
    """Ask each service for its process number, which starts it; an absent one is said, not fatal."""
    from hostservice.client import HostServiceError, ServiceClient

    pids = {}
    for name in NAMES:
        try:
            answer, _blobs = ServiceClient(name).call("ping", {}, timeout=60)
            pids[name] = answer.get("pid")
        except HostServiceError as error:
            paths.say(f"  the {name} does not start: {error}")
            pids[name] = None
    return pids


def stop_all() -> None:
    from hostservice.client import HostServiceError, ServiceClient

    for name in NAMES:
        with contextlib.suppress(HostServiceError):
            ServiceClient(name, start=False).call("stop", {}, timeout=10)
