"""Identities that hold for every sample."""

import polars as pl
import pytest
import sampled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.special import stdtrit

from tryghed.definitions.policy import Families
from tryghed.frames import CONTRAST
from tryghed.statistics import contrasts, estimate, families

COLUMNS = ("share", "se", "df", "n_eff", "lower", "upper")
many = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def samples(draw, clustered=None):
    """Draw people with weights of 0.5 to 40 in three strata, each with at least two PSUs; some do not answer."""
    inside = draw(st.booleans()) if clustered is None else clustered
    person = st.tuples(
        st.integers(0, 2), st.integers(0, 2), st.integers(500_000, 40_000_000),
        st.sampled_from(["nord", "syd", None]), st.sampled_from(["mand", "kvinde"]),
        st.sampled_from([0, 1, 1, None, 0]),
    )  # fmt: skip
    people = draw(st.lists(person, min_size=4, max_size=40))
    fixed = [(stratum, psu, 3_000_000, "nord", "mand", None) for stratum in range(3) for psu in range(2)]
    return [
        {"respondent": f"r{number}", "stratum": str(stratum), "psu": str(psu) if inside else None,
         "weight": weight / 1_000_000, "area": area, "sex": sex, "safe": safe,
         "unsafe": None if safe is None else 1 - safe}
        for number, (stratum, psu, weight, area, sex, safe) in enumerate([*people, *fixed])
    ]  # fmt: skip


def read(rows, **options):
    return sampled.read(
        {"2025": rows}, indicators=["safe", "unsafe"], areas={"places": "area"}, groups={"sex": "sex"}, **options
    )


def numbers(rows):
    return [row[name] for row in rows.to_dicts() for name in COLUMNS]


def near(values):
    return [value if value is None else pytest.approx(value, rel=1e-6, abs=1e-8) for value in values]


@many
@given(samples(), st.sampled_from([0.5, 2, 4]))
def test_weights_matter_relative_to_each_other_only(rows, factor):
    # Percent and share once gave different standard errors elsewhere: a scale that leaked.
    heavier = [{**row, "weight": round(row["weight"] * factor, 9)} for row in rows]

    assert numbers(estimate.shares(read(heavier))) == near(numbers(estimate.shares(read(rows))))


@many
@given(samples())
def test_a_share_and_its_complement_add_up(rows):
    found = estimate.shares(read(rows)).sort("area", "dimension", "category")
    safe, unsafe = (found.filter(indicator=name).to_dicts() for name in ("safe", "unsafe"))

    for one, other in zip(safe, unsafe, strict=True):
        if one["n"]:
            assert one["share"] + other["share"] == pytest.approx(1, abs=1e-12)
            assert one["se"] == pytest.approx(other["se"], abs=1e-7)
        if one["lower"] is not None:
            assert one["lower"] + other["upper"] == pytest.approx(1, abs=1e-6)


@many
@given(samples())
def test_an_area_of_everybody_is_everybody(rows):
    found = estimate.shares(read([{**row, "area": "nord"} for row in rows]))

    assert numbers(found.filter(area="nord")) == numbers(found.filter(area="alle"))


@many
@given(samples(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(rows, random):
    # Floating sums depend on order and threads; decimal sums do not, so the bits must be the same.
    mixed = random.sample(rows, len(rows))

    assert estimate.shares(read(mixed, threads=2)).equals(estimate.shares(read(rows)))


@many
@given(samples())
def test_limits_enclose_the_share_and_have_width(rows):
    for row in estimate.shares(read(rows)).to_dicts():
        if row["df"] > 0:
            assert 0 <= row["lower"] <= row["share"] <= row["upper"] <= 1
            assert row["lower"] < row["upper"]
        else:
            # One PSU says nothing about its uncertainty: no interval, rather than one of no width.
            assert row["lower"] is None
            assert row["upper"] is None


@many
@given(samples())
def test_an_area_and_the_rest_make_the_whole(rows):
    totals = read(rows)
    whole = sampled.share(estimate.shares(totals), "safe")
    part = sampled.share(estimate.shares(totals), "safe", "nord")
    against = sampled.share(contrasts.against_rest(totals, power=0.8), "safe", "nord")

    assert part["n"] + against["other_n"] == whole["n"]
    assert part["positives"] + against["other_positives"] == whole["positives"]
    outside = [{**row, "area": "syd" if row["area"] != "nord" else None} for row in rows]
    rest = sampled.share(estimate.shares(read(outside)), "safe", "syd") if any(row["area"] for row in outside) else None
    if rest and rest["n"]:
        assert against["other_share"] == pytest.approx(rest["share"], abs=1e-12)
        limits = {name: against[f"other_{name}"] for name in ("lower", "upper")}
        assert limits == {name: near([rest[name]])[0] for name in limits}


@many
@given(samples())
def test_a_difference_has_the_same_size_from_both_sides(rows):
    totals = read(rows)
    pairs = [("sex", "mand", "kvinde"), ("sex", "kvinde", "mand")]
    found = contrasts.between_categories(totals, pairs=pairs, power=0.8)
    one = found.filter(category="mand").sort("area", "indicator").to_dicts()
    other = found.filter(category="kvinde").sort("area", "indicator").to_dicts()

    for this, that in zip(one, other, strict=True):
        if this["difference"] is not None:
            assert this["difference"] == pytest.approx(-that["difference"], abs=1e-12)
            assert this["se"] == pytest.approx(that["se"], abs=1e-7)
        assert this["df"] == that["df"]


@many
@given(st.lists(st.one_of(st.none(), st.floats(1e-9, 1)), min_size=1, max_size=60), st.data())
def test_adjusted_p_values_are_no_smaller_and_keep_their_order(p, data):
    headline = data.draw(st.lists(st.booleans(), min_size=len(p), max_size=len(p)))

    found = families.correct(made(p), headline, Families())

    for family in ("headline", "other"):
        rows = found.filter(family=family).sort("p", nulls_last=True).to_dicts()
        adjusted = [row["p_adjusted"] for row in rows]
        assert adjusted == sorted(adjusted)
        assert all(row["p_adjusted"] >= (1 if row["p"] is None else row["p"]) for row in rows)
        assert all(row["tests"] == len(rows) for row in rows)
        # What a page calls detectable must not be smaller than a difference it could not claim.
        assert all(row["direction"] or row["p"] is None or abs(row["difference"]) < row["detectable"] for row in rows)


def made(p):
    """Return contrasts with these p values, of 30 degrees of freedom and a standard error of 2 percentage points."""
    df, se = 30, 0.02
    rows = [
        dict.fromkeys(CONTRAST)
        if one is None
        else dict.fromkeys(CONTRAST)
        | {"difference": stdtrit(df, 1 - one / 2) * se, "se": se, "df": df, "p": one,
           "detectable": (stdtrit(df, 0.975) + stdtrit(df, 0.8)) * se}
        for one in p
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=CONTRAST)
