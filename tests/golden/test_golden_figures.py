import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit/reporting"))

from figure_samples import SAMPLES

GOLDEN = Path(__file__).parent / "figures"
UPDATE = "TRYGHED_UPDATE_GOLDEN"


@pytest.mark.parametrize("name", ["F1", "F3", "F4", "F6", "F9", "F10", "F13", "sign-secret"])
def test_the_figure_is_drawn_as_before(name: str) -> None:
    # A change nobody meant, such as a new Vega that draws the grid over the marks, shows as a line of this file.
    drawn = SAMPLES[name]().replace("><", ">\n<") + "\n"
    kept = GOLDEN / f"{name}.svg"
    if os.environ.get(UPDATE):
        kept.write_text(drawn, encoding="utf-8")

    assert drawn == kept.read_text(encoding="utf-8"), f"set {UPDATE}=1 to accept, then look at the figure"
