"""`bin/test`: pure-Python tests, addon tests in real Odoo, faults, end-to-end stories; one closing line."""

import argparse
import ast
import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import odoo_server, paths
from .cluster import free_port, server
from .databases import Databases
from .main import entry

RESULT = re.compile(r"odoo\.tests\.result: (\d+) failed, (\d+) error\(s\) of (\d+) tests")
LOG_LINE = re.compile(
    r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (INFO|WARNING|ERROR|CRITICAL) (\S+) (\S+?): (.*)$"
)


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, other: "Count") -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.problems += other.problems


@entry
def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/test", description="Run the tests.")
    parser.add_argument("names", nargs="*", help="an addon, a test file, or a word as with -k")
    parser.add_argument(
        "-k", dest="word", help="only tests whose file, class or method holds this word"
    )
    parser.add_argument("--full", action="store_true", help="the sizes of the acceptance runs")
    parser.add_argument("--lint", action="store_true", help="house rules instead of tests")
    parser.add_argument("--db", help="keep this test database between runs (quick cycles)")
    options = parser.parse_args(argv)
    if options.lint:
        from .lint import run_lint

        return run_lint()
    began = time.monotonic()
    os.environ["EFACTURE_TEST_FULL"] = "1" if options.full else ""
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    choice = Choice(options)
    total = Count()
    if choice.pure:
        total.add(run_pytest("pure-Python tests", choice.pure, choice.word, options.full))
    if choice.odoo_tags:
        total.add(run_odoo(choice.odoo_tags, options.db))
    if choice.faults:
        total.add(run_pytest("fault suite", choice.faults, choice.word, options.full))
    if choice.e2e:
        total.add(run_pytest("end-to-end tests", choice.e2e, choice.word, options.full))
    for problem in total.problems:
        print(f"FAILED {problem}")
    print(f"{time.monotonic() - began:.0f} s")
    skipped = f", {total.skipped} skipped" if total.skipped else ""
    print(f"{total.passed} passed, {total.failed} failed{skipped}", flush=True)
    if not total.passed + total.failed:
        print("No test has this name.", file=sys.stderr)
        return 2
    return 1 if total.failed else 0


class Choice:
    """Which tests the names on the command line mean."""

    def __init__(self, options):
        addons, files, words = [], [], [options.word] if options.word else []
        for name in options.names:
            if (paths.ADDONS / name / "__manifest__.py").exists():
                addons.append(name)
            elif (paths.ROOT / name).exists():
                files.append(name)
            else:
                words.append(name)
        everything = not (addons or files or words)
        self.word = " or ".join(words) or None
        self.pure = [f for f in files if "tests/pure" in f or f == "tests"]
        self.faults = [f for f in files if "tests/faults" in f]
        self.e2e = [f for f in files if "tests/e2e" in f]
        if everything or (words and not (addons or files)):
            self.pure, self.e2e = ["tests/pure"], ["tests/e2e"]
            self.faults = ["tests/faults"]
        self.pure = [p for p in self.pure if _has_tests(paths.ROOT / p)]
        self.e2e = [p for p in self.e2e if _has_tests(paths.ROOT / p)]
        self.faults = [p for p in self.faults if _has_tests(paths.ROOT / p)]
        if words and not files:
            self.odoo_tags = odoo_tags(addons or paths.our_addons(), words)
            found = set(words)
            self.e2e = [p for p in self.e2e if _mentions(paths.ROOT / p, found)]
            self.faults = [p for p in self.faults if _mentions(paths.ROOT / p, found)]
            self.pure = [p for p in self.pure if _mentions(paths.ROOT / p, found)]
        else:
            self.odoo_tags = [f"/{a}" for a in (paths.our_addons() if everything else addons)]


def _has_tests(place: Path) -> bool:
    return place.is_file() or any(place.rglob("test_*.py"))


def _mentions(place: Path, words: set[str]) -> bool:
    files = [place] if place.is_file() else place.rglob("test_*.py")
    return any(w.lower() in f"{f.name} {f.read_text()}".lower() for f in files for w in words)


def odoo_tags(addons: list[str], words: list[str]) -> list[str]:
    """Odoo's test tags of the classes and methods whose names hold one of `words`."""
    tags = []
    for addon in addons:
        for file in sorted((paths.ADDONS / addon / "tests").glob("test_*.py")):
            for node in ast.parse(file.read_text()).body:
                if not isinstance(node, ast.ClassDef):
                    continue
                methods = [
                    n.name
                    for n in node.body
                    if isinstance(n, ast.FunctionDef) and n.name.startswith("test")
                ]
                for word in map(str.lower, words):
                    if word in file.stem.lower() or word in node.name.lower():
                        tags.append(f"/{addon}:{node.name}")
                    else:
                        tags += [f"/{addon}:{node.name}.{m}" for m in methods if word in m.lower()]
    return sorted(set(tags))


# -- pytest --------------------------------------------------------------------


def run_pytest(title: str, places: list[str], word: str | None, full: bool) -> Count:
    print(f"== {title}", flush=True)
    report = paths.INSTANCE / "pytest-report.json"
    report.unlink(missing_ok=True)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "ground.pytest_count",
        "-o",
        f"cache_dir={paths.INSTANCE}/pytest-cache",
    ]
    if word:
        command += ["-k", word]
    if not full:
        command += ["-m", "not full"]
    env = {
        **os.environ,
        "EFACTURE_PYTEST_REPORT": str(report),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(paths.INSTANCE / "hypothesis"),
    }
    done = subprocess.run([*command, *places], cwd=paths.ROOT, env=env, check=False)
    try:
        facts = json.loads(report.read_text())
    except (OSError, ValueError):
        return Count(
            failed=1, problems=[f"{title}: pytest ended with {done.returncode} and no report"]
        )
    count = Count(facts["passed"], facts["failed"], facts["skipped"], facts["problems"])
    if done.returncode not in (0, 1, 5) and not count.failed:
        count.failed += 1
        count.problems.append(f"{title}: pytest ended with {done.returncode}")
    return count


# -- Odoo ----------------------------------------------------------------------


def run_odoo(tags: list[str], keep: str | None) -> Count:
    print(
        f"== addon tests ({len(tags)} selections)"
        if len(tags) > 3
        else f"== addon tests {' '.join(tags)}",
        flush=True,
    )
    postgres = server("postgres-test", durable=False)
    postgres.start()
    databases = Databases(postgres)
    name = keep or f"test_{os.getpid()}"
    _prepare(databases, name, bool(keep))
    config = odoo_server.write_config(
        postgres,
        f"test-{name}",
        http_port=free_port(),
        gevent_port=free_port(),
        max_cron_threads=0,
        workers=0,
    )
    log = paths.LOGS / f"test-{name}.log"
    command = odoo_server.command(
        config, "-d", name, "--test-tags", ",".join(tags), "--stop-after-init"
    )
    count = _watch(command, log)
    if not keep:
        databases.drop(name)
    return count


def _prepare(databases: Databases, name: str, keep: bool) -> None:
    """Make the database, or bring a kept one to the present code."""
    if keep:
        if not databases.server.exists(name):
            # A developer's own database starts from Odoo's template, so that each cycle only updates.
            databases.clone(databases.odoo_template(), name)
        if not databases.is_current(name):
            databases.update(name, paths.LOGS / f"update-{name}.log")
        return
    for old in databases.server.databases():
        # Left by a killed run: its number is no living process.
        if re.fullmatch(r"test_\d+", old) and not Path(f"/proc/{old[5:]}").exists():
            databases.drop(old)
    databases.clone(databases.addons_template(), name)


def _watch(command: list[str], log: Path) -> Count:
    """Run Odoo's tests; show what goes wrong as it happens; every warning or error line is a failure."""
    count = Count()
    tests = failures = 0
    shown = False
    with (
        log.open("w") as out,
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
        ) as child,
    ):
        for line in child.stdout:
            out.write(line)
            found = LOG_LINE.match(line)
            if found:
                level, logger, text = found[1], found[3], found[4]
                shown = level in ("ERROR", "CRITICAL", "WARNING")
                if level in ("ERROR", "CRITICAL") and text.startswith(("FAIL:", "ERROR:")):
                    count.problems.append(text.split(": ", 1)[1].strip())
                elif shown and not logger.startswith("odoo.tests"):
                    count.problems.append(f"log line {level} {logger}: {text[:200]}")
                result = RESULT.search(line)
                if result:
                    failures += int(result[1]) + int(result[2])
                    tests += int(result[3])
                if text.startswith("skipped") or "skipped :" in text:
                    count.skipped += 1
                if text.startswith("EFACTURE-COUNT"):
                    print(text.removeprefix("EFACTURE-COUNT").strip(), flush=True)
            if shown:
                print(line, end="", flush=True)
    unexplained = [p for p in count.problems if p.startswith("log line")]
    count.failed = max(failures, 0) + len(unexplained)
    count.passed = max(tests - failures, 0)
    if child.returncode and not count.failed:
        count.failed = 1
        count.problems.append(
            f"Odoo ended with {child.returncode}: see {log}\n{odoo_server.tail(log)}"
        )
    if not tests and not count.failed:
        count.failed = 1
        count.problems.append(f"Odoo ran no test of {command[-2:]}: see {log}")
    return count


if __name__ == "__main__":
    sys.exit(main())
