"""The reference values of the methods paper: R 4.2.2, survey 4.1-1, on the synthetic fixture beside the repository."""

import csv
from pathlib import Path

import numpy as np
import pytest
import sampled

from tryghed.errors import DesignError
from tryghed.statistics import contrasts, estimate, families, folding, functionals, intervals

FIXTURE = Path(__file__).parents[2] / "../shared/golden/fixture.csv"
pytestmark = pytest.mark.skipif(not FIXTURE.exists(), reason="needs ../shared/golden")


def rows(wave, *, clustered=True):
    with FIXTURE.open(encoding="utf-8") as stream:
        found = [row for row in csv.DictReader(stream) if row["wave"] == wave]
    return [
        {**row, "respondent": row["rid"], "weight": float(row["w"]), "safe": int(row["safe"]) if row["safe"] else None,
         "psu": row["psu"] if clustered else None}
        for row in found
    ]  # fmt: skip


def read(*waves, population="fpc_psu", clustered=True, **options):
    samples = {wave: rows(wave, clustered=clustered) for wave in waves}
    sizes = {
        (wave, row["stratum"]): float(row[population]) for wave, part in samples.items() for row in part if population
    }
    # Stratum S5 has one PSU; the reference values leave it out of the variance ("remove").
    return sampled.read(
        samples, indicators=["safe"], areas={"places": "area"}, groups={"sex": "sex"}, population=sizes,
        **{"lonely_psu": "certainty", **options},
    )  # fmt: skip


def close(value):
    return pytest.approx(value, abs=1e-10)


@pytest.mark.parametrize(
    ("options", "se", "df"),
    [
        ({"population": None}, 0.0302147364617, 32),
        ({}, 0.0274253275795, 32),
        ({"population": None, "clustered": False}, 0.0247282459293, 284),
    ],
)
def test_everybody(options, se, df):
    found = sampled.share(estimate.shares(read("2024", **options)), "safe")

    assert found["share"] == close(0.831537244303)
    assert found["se"] == close(se)
    # The reference counts every sampled person; ours only those in the base, which are fewer without clusters.
    assert found["df"] == (df if options.get("clustered", True) else 270 - 5)


def test_jackknife_weights_without_the_stratum_of_one_psu():
    people = [row for row in rows("2024") if row["stratum"] != "S5"]
    units = sorted({(row["stratum"], row["psu"]) for row in people})
    m = {stratum: sum(one[0] == stratum for one in units) for stratum, _ in units}
    for row in people:
        left_out = [(stratum, psu) == (row["stratum"], row["psu"]) for stratum, psu in units]
        own = [stratum == row["stratum"] for stratum, _ in units]
        row["replicate_weights"] = [
            0.0 if out else round(row["weight"] * (m[row["stratum"]] / (m[row["stratum"]] - 1) if mine else 1.0), 9)
            for out, mine in zip(left_out, own, strict=True)
        ]
    factors = [(m[stratum] - 1) / m[stratum] for stratum, _ in units]

    found = sampled.share(
        estimate.shares(sampled.read({"2024": people}, indicators=["safe"], replicates=("jkn", factors, False))), "safe"
    )

    assert (found["share"], found["se"], found["df"]) == (close(0.828638823366), close(0.0332291256603), 32)


def test_design_effect_against_a_sample_without_replacement():
    totals = read("2024", population=None, clustered=False)

    shares = estimate.shares(totals).with_columns(estimate.effects_of(totals, "without"))
    known = sampled.points({"2024": rows("2024", clustered=False)}, "safe", items=("safe",))
    found = functionals.estimate(known, functionals.mean(known), deff="without")

    # The reference is variance over n/(n-1) of a sample of those who answered, not of everybody drawn.
    assert (sampled.share(shares, "safe")["deff"], found.deff[0]) == (close(1.1890632395), close(1.1890632395))


@pytest.mark.parametrize(
    ("strategy", "se"),
    [("remove", 0.0302147364617), ("certainty", 0.0302147364617), ("adjust", 0.0303310762186),
     ("average", 0.0337811023252)],
)  # fmt: skip
def test_strategies_for_a_stratum_with_one_psu(strategy, se):
    found = sampled.share(estimate.shares(read("2024", population=None, lonely_psu=strategy)), "safe")

    assert (found["share"], found["se"], found["df"]) == (close(0.831537244303), close(se), 32)


@pytest.mark.parametrize(
    ("area", "share", "se", "df", "n"),
    [
        ("rest", 0.825729914243, 0.031955981395, 24, 208),
        ("U1", 0.788646086253, 0.0430177898977, 3, 39),
        ("U2", 0.953466728711, 0.0386995311784, 2, 23),
    ],
)
def test_domains(area, share, se, df, n):
    found = sampled.share(estimate.shares(read("2024")), "safe", area)

    assert (found["share"], found["se"]) == (close(share), close(se))
    assert (found["df"], found["n"]) == (df, n)


def test_a_domain_is_not_a_sample_of_its_own():
    # Rows filtered before the design is made: the answer we must not give.
    everybody = read("2024")
    only = [row for row in rows("2024") if row["area"] == "U1"]
    population = {("2024", row["stratum"]): float(row["fpc_psu"]) for row in only}
    filtered = sampled.read({"2024": only}, indicators=["safe"], population=population, lonely_psu="certainty")

    wrong = sampled.share(estimate.shares(filtered), "safe")["se"]
    right = sampled.share(estimate.shares(everybody), "safe", "U1")["se"]

    assert wrong == close(0.0574762154012)
    assert right == close(0.0430177898977)


def test_covariance_and_difference_of_areas():
    totals = read("2024")
    at = totals.positions

    compared = contrasts.between(
        totals, [at["places", "rest", "alle", "alle"]], [at["places", "U1", "alle", "alle"]], 0
    )
    found = contrasts.difference(compared)

    assert compared.covariance[0] == pytest.approx(2.75541839804e-06, abs=1e-16)
    assert (found.gap[0], found.se[0]) == (close(0.0370838279902), close(0.0535369419915))


def test_t_statistic_of_men_and_women():
    found = sampled.share(
        contrasts.between_categories(read("2024"), pairs=[("sex", "M", "K")], power=0.8), "safe",
        dimension="sex", category="M",
    )  # fmt: skip

    assert found["difference"] == close(0.0465961239711)
    assert found["difference"] / found["se"] == close(1.35693637586)


def test_wave_against_wave():
    found = sampled.share(contrasts.against_wave(read("2024"), read("2023"), power=0.8), "safe")

    assert (found["other_share"], found["difference"]) == (close(0.782787410084), close(0.0487498342185))
    assert (found["se"], found["df"]) == (close(0.0375456774384), 64)


def test_intervals_of_everybody_and_of_a_small_area():
    shares = {method: estimate.shares(read("2024"), interval=method) for method in intervals.LIMITS}
    limits = {
        (method, area): tuple(sampled.share(found, "safe", area)[end] for end in ("lower", "upper"))
        for method, found in shares.items()
        for area in ("alle", "U1")
    }

    assert limits == {
        ("korn-graubard", "alle"): (close(0.767492618725), close(0.883919806703)),
        ("logit", "alle"): (close(0.768128290759), close(0.880308021496)),
        ("wilson", "alle"): (close(0.768590393776), close(0.880034186942)),
        ("korn-graubard", "U1"): (close(0.621838322591), close(0.905875988878)),
        ("logit", "U1"): (close(0.621390745095), close(0.894552633674)),
        ("wilson", "U1"): (close(0.626433558908), close(0.892508128492)),
    }
    assert sampled.share(shares["wilson"], "safe")["n_eff"] == close(186.243857893265)


def test_holm_and_benjamini_hochberg():
    p = np.array([0.001, 0.012, 0.02, 0.04, 0.049, 0.2])

    assert families.holm(p) == pytest.approx([0.006, 0.06, 0.08, 0.12, 0.12, 0.2], abs=1e-15)
    assert families.benjamini_hochberg(p) == pytest.approx([0.006, 0.036, 0.04, 0.0588, 0.0588, 0.2], abs=1e-15)
    # What R's p.adjust says of method BY.
    by = families.benjamini_yekutieli(p)
    assert by == pytest.approx([0.0147, 0.0882, 0.098, 0.14406, 0.14406, 0.49], abs=1e-15)


def test_a_stratum_with_one_psu_is_refused_and_named():
    with pytest.raises(DesignError, match=r"2 strata have one PSU.*2023/S5 \(1 of 25\), 2024/S5 \(1 of 25\)"):
        read("2023", "2024", lonely_psu="fail")


def test_the_same_bits_every_time():
    # A set's order once decided the order of a sum: two runs, two standard errors.
    first, second = (estimate.shares(read("2023", "2024", threads=threads)) for threads in (1, 2))

    assert first.equals(second)
    assert folding.variance(read("2024").of([0], 0), read("2024").design).tobytes() == (
        folding.variance(read("2024").of([0], 0), read("2024").design).tobytes()
    )
