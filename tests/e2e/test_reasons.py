"""Reasons are kept in the audit log and some are printed: nothing in them may tell who somebody is."""

import pytest

from tests.e2e.conftest import tryghed

COMMANDS = {
    "ingest": ("ingest", "tryghed/2025", "--revision"),
    "erase": ("erase", "tryghed/2025"),
    "texts": ("texts", "tryghed/2025"),
    "build": ("release", "build"),
    "withdraw": ("release", "withdraw", "2025"),
    "except": ("release", "except", "withhold", "tryg_aften"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_reason_that_names_somebody_is_refused_before_anything_is_done(command, tmp_path):
    # Guards against a number that stands in an audit log from which nothing is ever taken away.
    reason = "Svaret fra 1.1.90-1234 er rettet"

    told = tryghed(*COMMANDS[command], "--because", reason, cwd=tmp_path, code=2).stderr

    assert "--because: holds what looks like a CPR number" in told
    assert "1234" not in told


@pytest.mark.parametrize("reason", ["skriv til bo@kk.dk", "ring 33 66 33 66"])
def test_addresses_and_telephone_numbers_are_refused_in_every_reason(reason, tmp_path):
    both = ("--accept", "weight_sum", "--because", "ok", "--accept", "weight_extreme", "--because", reason)

    told = tryghed("ingest", "t/2025", *both, cwd=tmp_path, code=2).stderr

    assert "--because: holds" in told


def test_other_reasons_go_through(tmp_path):
    reason = "Epinion rettede 12 vægte 03-03-2026"

    told = tryghed("ingest", "t/2025", "--revision", "--because", reason, cwd=tmp_path, code=2).stderr

    assert "--because" not in told
