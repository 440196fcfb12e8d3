"""Runs the robustness tests of store and intake at the numbers of a release, and prints the figures.

    python bench/robustness.py                     all of them
    python bench/robustness.py -k readers          some, as pytest chooses

1,000 kills of import, revision, erasure, backup and restore; a negative control; 60 disk-full points; 150 damaged
files; 200 readers during 100 imports; 50,000 damaged deliveries. Takes hours on two busy cores. The figures are in
docs/robustness.md.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
TESTS = ("store_crashes", "store_disk", "store_readers", "intake_mutations")


def main(*options: str) -> int:
    """Run pytest with large numbers; further options are handed on. Return its exit code."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures"
        figures.touch()
        files = [str(REPOSITORY / "tests" / "robustness" / f"test_{name}.py") for name in TESTS]
        done = subprocess.run(  # noqa: S603 ourselves
            [sys.executable, "-m", "pytest", "-q", "-n", "0", *files, *options],
            cwd=REPOSITORY,
            env=os.environ | {"TRYGHED_LARGE": "1", "TRYGHED_FIGURES": str(figures)},
            check=False,
        )
        for line in figures.read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            print(one.pop("test"))
            print("    " + ", ".join(f"{name} {value}" for name, value in one.items()))
    print(f"{time.monotonic() - began:.0f} s, exit code {done.returncode}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
