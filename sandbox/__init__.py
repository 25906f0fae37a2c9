"""Loopback platforms: real HTTP servers that play the outside world, with fault switches.

`python -m sandbox` starts them; `sandbox/data/*.json` holds the invented companies they know.
"""
