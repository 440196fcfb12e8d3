"""Writes the store files of earlier layouts that the tests open: python tests/unit/store/layouts/make.py

Each is made once, by the SQL beside it, when its layout is left behind; then both stay as they are.
"""

from pathlib import Path

import duckdb

HERE = Path(__file__).parent


def make(script, target):
    """Run a script on a new file, in small blocks to keep it small in the repository."""
    target.unlink(missing_ok=True)
    with duckdb.connect(":memory:", config={"storage_compatibility_version": "v1.5.0"}) as connection:
        connection.execute(f"attach '{target}' as old (block_size 16384)")
        connection.execute("use old")
        connection.execute(script.read_text(encoding="utf-8"))
        connection.execute("checkpoint old")


if __name__ == "__main__":
    for script in sorted(HERE.glob("layout_*.sql")):
        if not script.with_suffix(".duckdb").exists():
            make(script, script.with_suffix(".duckdb"))
