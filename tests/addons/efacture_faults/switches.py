"""What goes wrong in the servers of the fault suite: one JSON file, read again whenever it changes.

`{"kill": {POINT: probability}, "stop": {POINT: [NAME, …]}, "unfenced": bool, "broken": [invoice, …]}`. Where
the file is says `$EFACTURE_FAULTS`, a folder; what happened is appended there to `happened.log`.
"""

import json
import os
import random
import signal
import time
from pathlib import Path

_read = {"at": None, "values": {}}


def folder():
    place = os.environ.get("EFACTURE_FAULTS")
    return Path(place) if place else None


def switches():
    """The present switches; none outside the fault suite."""
    place = folder()
    if place is None:
        return {}
    try:
        found = os.stat(place / "switches.json")
        mark = (found.st_mtime_ns, found.st_ino)
        if mark != _read["at"]:
            _read.update(at=mark, values=json.loads((place / "switches.json").read_text()))
    except (OSError, ValueError):
        return {}
    return _read["values"]


def say(*words):
    """One line of the log; written before the process dies, whole or not at all."""
    line = " ".join(map(str, (*words, os.getpid(), f"{time.time():.3f}"))) + "\n"
    handle = os.open(folder() / "happened.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)


def pass_by(point):
    """A process comes by a named point: it may die or freeze here."""
    present = switches()
    for name in present.get("stop", {}).get(point, ()):
        try:
            os.close(os.open(folder() / f"stopped-{name}", os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            continue
        say("stop", point, name)
        os.kill(os.getpid(), signal.SIGSTOP)
        say("woke", point, name)
        return
    # A generator of its own: forked workers share the state of the module's.
    if random.SystemRandom().random() < present.get("kill", {}).get(point, 0.0):
        say("kill", point)
        os.kill(os.getpid(), signal.SIGKILL)
