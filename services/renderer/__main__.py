"""`python -m services.renderer`: the page renderer of this host."""

from services.hostserver import Limits, serve
from services.renderer.handler import Renderer

if __name__ == "__main__":
    # Memory here is resident and counts what the browser's processes share once for each of them.
    serve("renderer", Renderer, Limits(queue=64, job_seconds=120.0, recycle_mb=2200, kill_mb=6000))
