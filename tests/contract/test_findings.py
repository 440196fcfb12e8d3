"""Every code that a finding can have is in the catalogue."""

import ast
import re
from pathlib import Path

from tryghed.intake.catalogue import CODES

INTAKE = Path(__file__).parents[2] / "src" / "tryghed" / "intake"


def test_findings_have_codes_of_the_catalogue():
    # Guards against a code that no reader of docs/findings.md can look up, and that nobody can accept.
    source = "\n".join(path.read_text(encoding="utf-8") for path in INTAKE.glob("*.py") if path.name != "catalogue.py")
    made = set(re.findall(r'[Ff]inding\(\s*"([a-z_]+)"', source)) | set(re.findall(r'\bfound\(\s*"([a-z_]+)"', source))

    assert made
    assert made <= set(CODES)


def test_every_refusal_of_a_file_says_where_and_what_to_do():
    # Guards against a person with a damaged file and no idea whom to ask for what.
    calls = [
        (name, call)
        for name in ("formats", "geojson", "isolation", "kinds", "readers", "text")
        for call in ast.walk(ast.parse((INTAKE / f"{name}.py").read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "DataError"
    ]

    assert calls
    assert [
        f"{name}.py:{call.lineno}"
        for name, call in calls
        if not {"where", "hint"} <= {one.arg for one in call.keywords}
    ] == []
