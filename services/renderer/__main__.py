"""`python -m services.renderer`: the page renderer of this host."""

from services.hostserver import Limits, serve
from services.renderer.handler import Renderer

if __name__ == "__main__":
    # These count what the browser's processes share once for each of them, so they are only the last
    # resort: the printer itself watches what the browser really holds (PSS).
    serve("renderer", Renderer, Limits(queue=64, job_seconds=120.0, recycle_mb=5000, kill_mb=10000))
