"""`bin/bench verdict`: milliseconds of a verdict at 1, 5, 50 and 500 lines, generated sheets beside
the official ones in the same run."""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time

from ground import paths

sys.path.insert(0, str(paths.ROOT / "tests" / "pure"))

SIZES = (1, 5, 50, 500)
CASES = (("cii", "en16931"), ("cii", "extended-ctc-fr"), ("ubl", "en16931"), ("ubl", "extended-ctc-fr"))  # fmt: skip


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/bench verdict", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("EFACTURE_CACHE_DIR", folder)
        result = measure()
    if options.json:
        print(json.dumps(result))
        return 0
    print(f"{'CPU ms at ' + ' / '.join(map(str, SIZES)) + ' lines':<36}{'official':<34}generated")
    for name, figures in result["figures"].items():
        official = " / ".join(f"{value:.1f}" for value in result["baseline"].get(name, {}).values())
        print(f"{name:<36}{official:<34}{' / '.join(f'{v:.1f}' for v in figures.values())}")
    return 0


def measure() -> dict:
    """Return figures (generated sheets), baseline (official ones) and ratios, in CPU milliseconds."""
    from en16931 import kinds, rulesets
    from en16931.validator import validate
    from en16931.write import write_xml
    from sample_invoice import invoice

    from services.validator.engine import Engine
    from services.validator.saxon import text_of

    quick, official = Engine(), Engine(fast=False)
    figures: dict[str, dict[str, float]] = {}
    baseline: dict[str, dict[str, float]] = {}

    def note(table, name, size, value):
        table.setdefault(name, {})[str(size)] = round(value, 2)

    for syntax, profile in CASES:
        for size in SIZES:
            content = write_xml(invoice(size), syntax, profile)
            root = kinds.parse_xml(content)
            node = quick.saxon.parse(text_of(root))
            turns = 3 if size > 50 else 9
            for sheet in rulesets.sheets_for(kinds.detect_root(root), "fr-ctc"):
                note(figures, sheet.name, size, cpu(turns, quick.fast.run, sheet, node))
                note(baseline, sheet.name, size, cpu(turns, quick.saxon.official, sheet, node))
            name = f"whole verdict, {syntax} {profile}"
            note(figures, name, size, cpu(turns, quick.check, content))
            note(baseline, name, size, cpu(turns, official.check, content))
    for size in SIZES:
        content = write_xml(invoice(size), "cii")
        validate(content)
        waits = []
        for _turn in range(5):
            start = time.perf_counter()
            validate(content)
            waits.append((time.perf_counter() - start) * 1000)
        note(figures, "through the service, wall", size, statistics.median(waits))
    ratios = {
        name: {
            size: round(baseline[name][size] / max(value, 0.01), 1) for size, value in row.items()
        }
        for name, row in figures.items()
        if name in baseline
    }
    machine = {"cpus": os.cpu_count(), "python": platform.python_version()}
    return {"name": "verdict", "machine": machine, "figures": figures, "baseline": baseline, "ratios": ratios}  # fmt: skip


def cpu(turns: int, action, *arguments) -> float:
    """Return the median CPU milliseconds of ``action``, after a first time that is not counted."""
    action(*arguments)
    times = []
    for _turn in range(turns):
        start = time.process_time()
        action(*arguments)
        times.append(time.process_time() - start)
    return statistics.median(times) * 1000
