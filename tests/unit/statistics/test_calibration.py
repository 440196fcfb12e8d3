"""Calibration joins by name, keeps to its bounds, counts the design's weights, and lists what cannot be done."""

import itertools

import numpy as np
import polars as pl
import pytest

from tryghed.definitions.calibration import Distance, Margin
from tryghed.errors import DesignError
from tryghed.statistics import auxiliaries, calibration
from tryghed.statistics.calibration import calibrate
from tryghed.statistics.feasibility import narrowest_bounds

SEX = Margin(("sex",), {("kvinde",): 60.0, ("mand",): 40.0})
AGE = Margin(("age",), {("ung",): 30.0, ("gammel",): 70.0})
RAKING = Distance(method="raking")
ALL = [
    Distance(method="linear"),
    RAKING,
    Distance(method="logit", bounds=[0.2, 4]),
    Distance(method="linear", bounds=[0.2, 4]),
]


def people(*kinds):
    """Return respondents from "km" for women and men, "ug" for young and old."""
    names = {"k": "kvinde", "m": "mand", "u": "ung", "g": "gammel"}
    return pl.DataFrame({"sex": [names[one[0]] for one in kinds], "age": [names[one[1]] for one in kinds]})


def drawn(seed):
    """Return weights, and margins that they meet with other factors."""
    draw = np.random.default_rng(seed)
    n = int(draw.integers(40, 400))
    kinds = dict(zip("abc", (draw.integers(2, 12), draw.integers(2, 6), draw.integers(2, 4)), strict=True))
    rows = pl.DataFrame({name: draw.integers(0, count, n).astype(str) for name, count in kinds.items()})
    weights = np.exp(draw.normal(0, draw.uniform(0, 1.2), n))
    moved = weights * np.exp(draw.normal(0, draw.uniform(0.05, 1), n))
    margins = [
        Margin((name,), {(kind,): moved[(rows[name] == kind).to_numpy()].sum() for kind in rows[name].unique()})
        for name in kinds
    ]
    return weights, auxiliaries.join(rows, margins)


EIGHT = people("ku", "ku", "kg", "kg", "mu", "mu", "mg", "mg")
UNEVEN = np.array([1.0, 9.0, 4.0, 6.0, 10.0, 2.0, 3.0, 5.0])


@pytest.mark.parametrize("distance", ALL, ids=str)
def test_the_sample_adds_up_to_every_margin(distance):
    known = auxiliaries.join(EIGHT, [SEX, AGE])

    found = calibrate(10 * UNEVEN / 4, known, distance)

    for margin in (SEX, AGE):
        for (category,), total in margin.totals.items():
            mine = found.weights[(EIGHT[margin.name] == category).to_numpy()].sum()
            assert mine == pytest.approx(total, rel=1e-9)


def test_raking_is_iterative_proportional_fitting_from_the_design_weights():
    # Guards against raking that begins from equal weights: another table comes out.
    weights = UNEVEN.copy()
    for _, margin in itertools.product(range(200), (SEX, AGE)):
        for (category,), total in margin.totals.items():
            inside = (EIGHT[margin.name] == category).to_numpy()
            weights[inside] *= total / weights[inside].sum()

    known = auxiliaries.join(EIGHT, [SEX, AGE])
    found = calibrate(UNEVEN, known, RAKING)

    assert found.weights == pytest.approx(weights, rel=1e-9)
    assert found.weights != pytest.approx(calibrate(np.ones(8), known, RAKING).weights, rel=1e-2)
    assert found.weights[0] / found.weights[1] == pytest.approx(1 / 9)


def test_one_crossed_margin_is_post_stratification_under_every_method():
    cells = {("kvinde", "ung"): 13.0, ("kvinde", "gammel"): 12.0, ("mand", "ung"): 11.0, ("mand", "gammel"): 9.0}
    known = auxiliaries.join(EIGHT, [Margin(("sex", "age"), cells)])
    sums = {"ku": 10.0, "kg": 10.0, "mu": 12.0, "mg": 8.0}
    expected = UNEVEN * np.repeat([13 / sums["ku"], 12 / sums["kg"], 11 / sums["mu"], 9 / sums["mg"]], 2)

    for distance in ALL:
        assert calibrate(UNEVEN, known, distance).weights == pytest.approx(expected, rel=1e-9)


def test_margins_are_joined_by_name_whatever_their_order():
    # Guards against targets matched by position: women would get the men's total.
    turned = [Margin(one.by, dict(reversed(one.totals.items()))) for one in (AGE, SEX)]

    straight = calibrate(UNEVEN, auxiliaries.join(EIGHT, [SEX, AGE]), RAKING)
    other = calibrate(UNEVEN, auxiliaries.join(EIGHT.select("age", "sex"), turned), RAKING)

    assert other.weights == pytest.approx(straight.weights, rel=1e-9)


def test_the_order_of_respondents_does_not_matter():
    order = np.array([5, 2, 7, 0, 1, 6, 3, 4])

    straight = calibrate(UNEVEN, auxiliaries.join(EIGHT, [SEX, AGE]), RAKING)
    mixed = calibrate(UNEVEN[order], auxiliaries.join(EIGHT[order.tolist()], [SEX, AGE]), RAKING)

    assert mixed.weights == pytest.approx(straight.weights[order], rel=1e-12)


def test_weights_of_any_scale_find_their_way_to_the_population():
    # Weights are often delivered with mean 1: factors are then in the hundreds.
    large = [Margin(one.by, {key: 1e4 * total for key, total in one.totals.items()}) for one in (SEX, AGE)]

    small = calibrate(UNEVEN, auxiliaries.join(EIGHT, [SEX, AGE]), RAKING)
    scaled = calibrate(UNEVEN / UNEVEN.mean(), auxiliaries.join(EIGHT, large), RAKING)

    assert scaled.weights == pytest.approx(1e4 * small.weights, rel=1e-8)


def test_residuals_are_nothing_where_the_auxiliaries_explain_everything():
    known = auxiliaries.join(EIGHT, [SEX, AGE])
    found = calibrate(UNEVEN, known, Distance(method="linear"))
    by_sex = np.where(EIGHT["sex"] == "kvinde", 3.0, -2.0)[:, None]

    assert found.residuals(by_sex) == pytest.approx(np.zeros((8, 1)), abs=1e-14)
    noise = np.arange(8.0)[:, None] ** 2
    left = found.residuals(noise)
    # The regression is under the design's weights, not the calibrated ones.
    assert known.weighted(UNEVEN * left[:, 0]) == pytest.approx(np.zeros(4), abs=1e-11)
    assert known.weighted(found.weights * left[:, 0]) != pytest.approx(np.zeros(4), abs=1e-3)


def test_everything_wrong_with_margins_is_told_at_once():
    # A missing value filled with 0, or a category without respondents left out, gives weights that look right.
    rows = EIGHT.with_columns(sex=pl.Series([None, *EIGHT["sex"][1:]]))
    margins = [
        SEX,
        Margin(("age",), {("ung",): 30.0, ("ældst",): 75.0}),
        Margin(("bydel",), {("1",): 100.0}),
        Margin(("sex", "age"), {("kvinde", "ung"): float("nan")}),
    ]

    with pytest.raises(DesignError) as refused:
        auxiliaries.join(rows, margins)

    told = str(refused.value)
    assert "sex: 1 of 8 respondents have no value" in told
    assert "age: 4 respondents are in gammel, where the margin has nobody" in told
    assert "age: no respondents in ældst, 75 people" in told
    assert "no variable 'bydel'" in told
    assert "sex*age: totals of kvinde*ung are not numbers of people" in told
    assert "age sums to 105, sex to 100" in told


def test_totals_that_differ_by_rounding_are_scaled_to_the_first():
    known = auxiliaries.join(EIGHT, [SEX, Margin(("age",), {("ung",): 30.00001, ("gammel",): 70.00001})])

    assert known.totals[2:].sum() == pytest.approx(100.0, rel=1e-14)


def test_a_category_without_people_and_respondents_is_left_out():
    known = auxiliaries.join(EIGHT, [Margin(("sex",), SEX.totals | {("andet",): 0.0})])

    assert [category for _, category in known.columns] == ["kvinde", "mand"]


def test_margins_that_contradict_each_other_name_themselves():
    # The same people by sex in two margins that disagree: no weights can meet both.
    crossed = {("kvinde", "ung"): 20.0, ("kvinde", "gammel"): 20.0, ("mand", "ung"): 30.0, ("mand", "gammel"): 30.0}
    known = auxiliaries.join(EIGHT, [SEX, Margin(("sex", "age"), crossed)])

    with pytest.raises(DesignError, match=r"no weights meet the margins: they stay 20 % off") as refused:
        calibrate(UNEVEN, known, Distance(method="linear"))

    assert "sex mand: 40 wanted, 20 by design, 48 at best" in str(refused.value)
    assert "sex*age mand*ung: 30 wanted" in str(refused.value)
    assert "contradict" in refused.value.hint


def test_bounds_hold_or_are_refused_with_wider_ones_that_do():
    known = auxiliaries.join(EIGHT, [SEX, AGE])
    weights = UNEVEN * 100 / UNEVEN.sum()

    with pytest.raises(DesignError) as refused:
        calibrate(weights, known, Distance(method="linear", bounds=[0.9, 1.1]))
    narrowest = [float(text) for text in refused.value.hint.partition("[")[2].partition("]")[0].split(",")]
    found = calibrate(weights, known, Distance(method="logit", bounds=narrowest))

    assert narrowest[0] <= found.factors.min() <= found.factors.max() <= narrowest[1]
    tighter = [narrowest[0] + 0.005, narrowest[1] - 0.005]
    with pytest.raises(DesignError):
        calibrate(weights, known, Distance(method="linear", bounds=tighter))


def test_random_margins_within_reach_are_always_met():
    # Newton's method alone can leave the road: bounds as tight as they can be, categories with few respondents.
    for seed in range(25):
        draw = np.random.default_rng(seed)
        rows = pl.DataFrame({name: draw.integers(0, kinds, 150).astype(str) for name, kinds in (("a", 6), ("b", 3))})
        weights = np.exp(draw.normal(0, 0.6, 150))
        moved = weights * np.exp(draw.normal(0, 0.4, 150))
        margins = [
            Margin((name,), {(kind,): moved[(rows[name] == kind).to_numpy()].sum() for kind in rows[name].unique()})
            for name in ("a", "b")
        ]
        known = auxiliaries.join(rows, margins)
        for bounds in ([0.5, 1.6], [0.97, 1.03]):
            try:
                found = calibrate(weights, known, Distance(method="logit", bounds=bounds))
            except DesignError as refused:
                hint = refused.hint.partition("[")[2].partition("]")[0]
                narrowest = [float(text) for text in hint.split(",")]
                found = calibrate(weights, known, Distance(method="logit", bounds=narrowest))
            assert known.weighted(found.weights) == pytest.approx(known.totals, rel=1e-9)


def test_no_bounds_are_narrower_than_those_told_and_a_hair_more_than_them_is_enough():
    # Guards against bounds of the shape asked for that are merely widened: narrower ones of another shape may do.
    for seed in range(30):
        weights, known = drawn(seed)
        cells = known.within_cells(weights)
        narrowest = narrowest_bounds(cells, known)
        assert narrowest is not None
        lower, upper = narrowest
        hair = 1e-6 * (upper - lower)
        for method in ("linear", "logit"):
            wider = Distance(method=method, bounds=[max(0.0, lower - hair), upper + hair])
            found = calibrate(weights, known, wider)
            assert known.weighted(found.weights) == pytest.approx(known.totals, rel=1e-9)
        for shift in (-0.3, 0.0, 0.3):
            tighter = [lower + (shift + 0.005) * (upper - lower), upper + (shift - 0.005) * (upper - lower)]
            if 0 <= tighter[0] < 1 < tighter[1]:
                with pytest.raises(DesignError, match="no weights meet the margins"):
                    calibrate(weights, known, Distance(method="linear", bounds=tighter))


@pytest.mark.parametrize("lower", [0.9, 0.99, 0.999])
def test_logit_finds_weights_that_stay_close_to_a_tight_lower_bound(lower):
    # Guards against whole Newton steps from factors of 1, where logit is steepest: they lead nowhere, and weights that
    # there are were refused with the advice to widen bounds that were wide enough.
    weights, known = drawn(1)

    found = calibrate(weights, known, Distance(method="logit", bounds=[lower, 1.6]))

    assert known.weighted(found.weights) == pytest.approx(known.totals, rel=1e-9)
    assert lower < found.factors.min() < found.factors.max() < 1.6


def test_margins_that_can_be_met_are_never_answered_with_wider_bounds(monkeypatch):
    # Guards against "widen the bounds" where they are wide enough and the method found nothing.
    weights, known = drawn(1)
    monkeypatch.setattr(calibration, "_STEPS", 2)

    with pytest.raises(DesignError, match="no weights found that meet the margins") as refused:
        calibrate(weights, known, Distance(method="logit", bounds=[0.9, 1.6]))

    assert "within the bounds" in refused.value.message
    assert refused.value.hint == "unite small categories"


@pytest.mark.parametrize("distance", [RAKING, Distance(method="logit", bounds=[0, 90])], ids=str)
def test_margins_that_only_weights_of_0_meet_are_refused(distance):
    # Guards against raking with an empty cell, which takes all weight from people bit by bit and calls it done: no old
    # men, and as many old people as women, leave nothing for the young woman.
    five = people("ku", "kg", "kg", "mu", "mu")
    known = auxiliaries.join(five, [SEX, Margin(("age",), {("ung",): 40.0, ("gammel",): 60.0})])

    with pytest.raises(DesignError, match="leave no weight for 1 of 5 respondents: they are in age ung, sex kvinde"):
        calibrate(np.full(5, 20.0), known, distance)


@pytest.mark.parametrize("wrong", [0.0, -1.0, float("nan")])
def test_weights_that_are_none_are_refused(wrong):
    with pytest.raises(DesignError, match="1 of 8 weights are not above 0"):
        calibrate(np.array([wrong, *UNEVEN[1:]]), auxiliaries.join(EIGHT, [SEX]), RAKING)


def test_no_margins_are_no_calibration():
    with pytest.raises(DesignError, match="no margins"):
        auxiliaries.join(EIGHT, [])
