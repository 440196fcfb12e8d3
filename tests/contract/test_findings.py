"""Every code that a finding can have is in the catalogue."""

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
