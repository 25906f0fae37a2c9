"""Long-lived processes of a run: started apart from the terminal, found again by their pid file."""

import os
import signal
import subprocess
import time
from pathlib import Path

import psutil

from . import paths


class Process:
    """One named process with a pid file and a log in the instance folder."""

    def __init__(self, name: str):
        self.name = name
        self.pid_file = paths.INSTANCE / "pids" / name
        self.log = paths.LOGS / f"{name}.log"

    def pid(self) -> int | None:
        """The running process, or None; a re-used process number is not taken for ours."""
        try:
            pid, started = self.pid_file.read_text().split()
            if abs(psutil.Process(int(pid)).create_time() - float(started)) < 2:
                return int(pid)
        except (OSError, ValueError, psutil.Error):
            pass
        return None

    def start(self, command: list[str], env: dict | None = None, cwd: Path | None = None) -> int:
        self.pid_file.parent.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as out:
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                start_new_session=True, env={**os.environ, **(env or {})}, cwd=cwd or paths.ROOT,
            )  # fmt: skip
        self.pid_file.write_text(f"{child.pid} {psutil.Process(child.pid).create_time()}")
        self._child = child
        return child.pid

    def stop(self, timeout: float = 20) -> bool:
        pid = self.pid()
        if not pid:
            return False
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        process.send_signal(signal.SIGTERM)
        _gone, alive = psutil.wait_procs(family, timeout=timeout)
        for left in alive:
            try:
                left.kill()
            except psutil.Error:
                continue
        self.pid_file.unlink(missing_ok=True)
        return True

    def wait(self, ready, seconds: float, what: str):
        """Call `ready` until it answers something; a dead process or the time limit is an error."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            answer = ready()
            if answer:
                return answer
            if not self.pid() or (getattr(self, "_child", None) and self._child.poll() is not None):
                raise paths.GroundError(
                    f"{what} stopped while starting. Its log says why: {self.log}\n{self.tail()}"
                )
            time.sleep(0.1)
        raise paths.GroundError(
            f"{what} did not answer within {seconds:.0f} s. Its log: {self.log}\n{self.tail()}"
        )

    def tail(self, lines: int = 15) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""
