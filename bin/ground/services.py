"""Start and stop the validator and the renderer of this checkout."""

from . import paths

NAMES = ("validator", "renderer")


def start_all() -> dict[str, int | None]:
    """Start each service that is not running; an absent one is said, and is not fatal."""
    from hostservice.client import HostServiceError, ServiceClient

    pids = {}
    for name in NAMES:
        try:
            pids[name] = ServiceClient(name).ensure().get("pid")
        except HostServiceError as error:
            paths.say(f"  the {name} does not start: {error}")
            pids[name] = None
    return pids


def stop_all() -> None:
    from hostservice.client import ServiceClient

    for name in NAMES:
        ServiceClient(name).stop()
