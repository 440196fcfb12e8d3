"""A draft of a few cells through the gate, and an empty project to freeze it in."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from tests.made_atoms import atoms_of
from tests.made_cells import RULES, SURVEY, contrast, estimate
from tryghed.definitions.project import Project
from tryghed.frames import CONTRAST, ESTIMATE, RANK
from tryghed.release.gate import Draft, release
from tryghed.release.released import WaveFacts

FACTS = WaveFacts(
    "s", "2025", date(2024, 12, 2), date(2025, 1, 31), "Epinion", ("web", "telefon"), 14400, 5210, 1.2, "x.sav",
    "0" * 64, verified=True,
)  # fmt: skip


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path, {"s": SURVEY}, {"s": {}}, {}, RULES, {}, (), ())


@pytest.fixture
def let_through():
    """Return a function that passes a draft through the gate: area `a` with its share, `b` withheld, and a rank."""

    def through(share=0.71249, *, facts=FACTS, extra=(), direction=1):
        rows = [estimate(share=share), estimate(area="b", n=12), *extra]
        rank = {name: value for name, value in estimate().items() if name in RANK}
        return release(
            Draft(
                "s", "2025", "set",
                pl.DataFrame(rows, schema_overrides=dict(ESTIMATE)),
                pl.DataFrame([contrast(share=share, direction=direction)], schema=CONTRAST),
                pl.DataFrame([rank | {"first": 2, "last": 5, "areas": 13}], schema=RANK),
                {("s", "2025"): replace(facts)}, atoms_of(rows, {"s": SURVEY}),
            ),
            RULES, {"s": SURVEY},
        )  # fmt: skip

    return through
