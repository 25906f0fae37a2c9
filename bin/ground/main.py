"""How every command begins and ends: one clear sentence instead of a traceback."""

import errno
import functools
import subprocess
import sys

import psycopg2

from .paths import INSTANCE, GroundError


def entry(function):
    """Call `function(argv)`; turn what a person can act on into a sentence and exit status 2."""

    @functools.wraps(function)
    def run(argv: list[str] | None = None) -> int:
        try:
            return function(sys.argv[1:] if argv is None else argv) or 0
        except GroundError as error:
            return _stop(str(error))
        except OSError as error:
            if error.errno == errno.ENOSPC:
                return _stop(
                    f"the disk is full ({error.filename or INSTANCE}). Free some room and run the command again."
                )
            raise
        except psycopg2.OperationalError as error:
            return _stop(f"the database server does not answer: {error}".strip())
        except subprocess.TimeoutExpired as error:
            return _stop(f"{error.cmd[0]} did not answer in {error.timeout:.0f} s.")
        except KeyboardInterrupt:
            return _stop("interrupted; the next run goes on from here.", 130)

    return run


def _stop(text: str, status: int = 2) -> int:
    print(f"\nStopped: {text}", file=sys.stderr)
    return status
