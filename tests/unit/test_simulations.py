"""The simulations behind the figures of docs/methods.md run, with what the program computes."""

import numpy as np
import pytest

from bench import coverage, releases, simulations
from tryghed.frames import EVERYBODY
from tryghed.statistics import estimate


def chance():
    return np.random.default_rng(2035)


def even(share=0.7):
    return np.full((len(releases.DISTRICTS), len(releases.INDICATORS)), share)


def test_a_wave_is_a_stratified_sample_of_people():
    found = releases.wave("2025", even(), chance())

    shares = estimate.shares(found).filter(indicator="i00")
    everybody = shares.filter(area=EVERYBODY)
    districts = shares.filter(shares["area"] != EVERYBODY)
    assert everybody["n"][0] == districts["n"].sum()
    assert everybody["df"][0] == everybody["n"][0] - len(releases.DISTRICTS)
    # Answers of people sampled directly with weights of design effect 1.2.
    assert everybody["share"][0] == pytest.approx(0.7, abs=0.03)
    assert everybody["se"][0] == pytest.approx((1.2 * 0.7 * 0.3 / everybody["n"][0]) ** 0.5, rel=0.1)


def test_a_release_where_nothing_differs_claims_next_to_nothing():
    found = releases.release(even(), even(), chance())

    comparisons = len(releases.DISTRICTS) * (len(releases.INDICATORS) + len(releases.FOLLOWED))
    assert len(found.ours) == comparisons
    assert not found.true.any()
    assert np.count_nonzero(found.ours) <= 1
    assert 0.02 < np.count_nonzero(found.plain) / comparisons < 0.25


def test_planted_differences_are_found():
    shares = even(0.5)
    shares[::5] += 0.2

    found = releases.release(shares, even(0.5), chance())

    moved = releases._of_planted(shares, even(0.5))
    assert (found.ours[moved] == 1).mean() > 0.9
    assert found.ranked


@pytest.mark.parametrize("kind", ["district", "group"])
@pytest.mark.parametrize("draws", [40, 540])
def test_coverage_of_as_many_draws_as_asked_for(kind, draws):
    # Guards against draws in whole blocks: fewer than a block were none, and others were not told of.
    held = coverage._held(kind, 300, 0.5, draws, chance())

    assert all(0.8 < part <= 1 for part in held.values())
    assert all(part * draws == pytest.approx(round(part * draws), abs=1e-9) for part in held.values())


def test_one_command_makes_every_figure(capsys):
    # The city's own part takes a minute: it is built by the demo's tests and estimated by bench/coverage.py.
    simulations.main(["--releases", "1", "--draws", "40", "--cities", "0"])

    told = capsys.readouterr().out
    assert "nothing differs: 1 releases of 676 comparisons" in told
    for told_of in ("8 points in 3 of 13 districts: 1 releases", "12 points in", "drawn, a district: 40", "a group: 40",
                    "Holm over all", "no correction", "Korn-Graubard", "logit", "Wilson"):  # fmt: skip
        assert told_of in told
