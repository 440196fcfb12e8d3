import numpy as np
import polars as pl
import pytest

from tryghed.errors import DesignError
from tryghed.frames import ESTIMATE
from tryghed.statistics import small_areas, smoothing
from tryghed.statistics.intervals import effective_n

NUMBER = 13
DRAW = np.random.default_rng(8).normal(size=(2, NUMBER))
POOR = np.linspace(0.05, 0.29, NUMBER)
D = np.geomspace(4e-4, 6e-3, NUMBER)[[*range(0, NUMBER, 2), *range(1, NUMBER, 2)]]
Y = 0.93 - 0.9 * POOR + 0.05 * DRAW[0] + np.sqrt(D) * DRAW[1]
X = np.column_stack([np.ones(NUMBER), POOR])


def test_predictions_lie_between_the_direct_estimate_and_the_model():
    found = small_areas.fit(Y, D, X)

    assert not found.boundary
    assert ((found.prediction - Y) * (found.prediction - found.fixed) <= 0).all()
    assert (np.argsort(found.weight) == np.argsort(-D)).all()  # the uncertain are drawn further
    assert found.mse[np.argmax(D)] < D.max()


def test_the_order_of_areas_does_not_matter():
    turned = np.arange(NUMBER)[::-1]
    one, other = small_areas.fit(Y, D, X), small_areas.fit(Y[turned], D[turned], X[turned])

    assert one.prediction == pytest.approx(other.prediction[turned], rel=1e-9)


def test_scale_does_not_matter():
    one, hundred = small_areas.fit(Y, D, X), small_areas.fit(100 * Y, 1e4 * D, X)

    assert 100 * one.prediction == pytest.approx(hundred.prediction, rel=1e-9)
    assert 1e4 * one.mse == pytest.approx(hundred.mse, rel=1e-9)


def test_areas_on_the_line_are_at_the_boundary():
    # REML is 0 here: every area would be given the model's share, with an error that is too small.
    y = 0.93 - 0.9 * POOR + 0.2 * np.sqrt(D) * DRAW[1]
    found = small_areas.fit(y, D, X)

    assert found.boundary
    assert found.between > 0
    assert (found.weight > 0).all()
    plain = found.weight * D + (1 - found.weight) ** 2 * np.einsum(
        "ai,ij,aj->a", X, np.linalg.inv((X.T / (found.between + D)) @ X), X
    )
    assert (found.mse > plain).all()


@pytest.mark.parametrize(
    ("y", "d", "x", "says"),
    [
        (Y[:4], D[:4], X[:4], "4 areas for 2 columns: 5 are needed"),
        (Y, np.where(D > 5e-3, 0.0, D), X, "1 sampling variances that are not above 0"),
        (Y, D, np.column_stack([X, 2 * POOR]), "auxiliary columns that say the same"),
        (np.where(POOR > 0.28, np.nan, Y), D, X, "not numbers"),
        (Y, D[:-1], X, "13 estimates, 12 variances"),
    ],
)
def test_what_cannot_be_fitted(y, d, x, says):
    with pytest.raises(DesignError, match=says):
        small_areas.fit(y, d, x)


SHARES = np.clip(Y, 0.02, 0.98)
ANSWERS = np.array([310, 60, 250, 45, 180, 420, 380, 90, 70, 55, 40, 200, 30])
AREAS = [f"B{number:02}" for number in range(1, NUMBER + 1)]


def estimates(shares=SHARES):
    positives = np.round(shares * ANSWERS)
    share = positives / ANSWERS
    variance = 1.3 * share * (1 - share) / ANSWERS
    frame = {
        "survey": "s", "wave": "2025", "area_set": "b", "area": AREAS, "dimension": "alle", "category": "alle",
        "indicator": "safe", "n": ANSWERS, "positives": positives.astype(int), "share": share, "se": np.sqrt(variance),
        "df": ANSWERS - 1, "n_eff": effective_n(share, variance, ANSWERS), "lower": share - 0.05, "upper": share + 0.05,
    }  # fmt: skip
    return pl.DataFrame(frame).select(pl.col(name).cast(kind) for name, kind in ESTIMATE.items())


def auxiliaries():
    return pl.DataFrame({"area": AREAS, "people": 1000 * ANSWERS, "poor": POOR})


def smoothed(rows=None, known=None, whole=0.78):
    rows, known = estimates() if rows is None else rows, auxiliaries() if known is None else known
    return smoothing.smoothed(rows, known, people="people", whole=whole).rows


def test_a_modelled_share_stands_beside_the_direct_one_and_says_so():
    found = smoothed()

    assert found["model_based"].all()
    assert found["direct"].to_list() == estimates()["share"].to_list()
    assert found["area"].to_list() == AREAS
    assert ((found["lower"] < found["share"]) & (found["share"] < found["upper"])).all()
    assert found["direct_lower"].null_count() + found["direct_se"].null_count() == 0


def test_modelled_shares_add_up_to_the_city():
    found = smoothed(whole=0.77)
    parts = ANSWERS / ANSWERS.sum()

    assert float((found["share"] * parts).sum()) == pytest.approx(0.77, abs=1e-12)
    assert abs(float((found["predicted"] * parts).sum()) - 0.77) > 1e-3


def test_values_are_joined_by_area():
    turned = auxiliaries().reverse()

    assert smoothed(known=turned).equals(smoothed())


def test_an_areas_own_design_effect_is_not_taken_as_known():
    # 30 answers of which 29 count look far more certain than 30 answers are.
    n, n_eff = np.array([100.0, 30.0, 200.0, 50.0]), np.array([80.0, 60.0, 160.0, 50.0])

    found = smoothing.smoothed_n(n, n_eff, np.array([0.7, 0.97, 0.8, 1.0]))

    deff = (100 / 80 * 30 / 60 * 200 / 160) ** (1 / 3)
    assert found == pytest.approx(n / deff)


def test_sine_squared_of_the_prediction_is_biased():
    fitted = small_areas.fit(np.arcsin(np.sqrt(SHARES)), 1 / (4 * ANSWERS / 1.3), X)
    back, plain = smoothing.backtransformed(fitted), np.sin(fitted.prediction) ** 2

    assert (plain[plain > 0.6] > back[plain > 0.6]).all()
    draws = np.random.default_rng(1).normal(size=400_000)
    spread = np.sqrt(fitted.weight / (4 * ANSWERS / 1.3))
    assert np.mean(np.sin(fitted.prediction[0] + spread[0] * draws) ** 2) == pytest.approx(back[0], abs=2e-4)
    assert ((back > 0) & (back < 1)).all()


def test_everybody_safe_in_an_area_can_be_modelled():
    found = smoothed(estimates(np.where(np.arange(NUMBER) == 12, 1.0, SHARES)))

    row = found.row(12, named=True)
    assert (row["direct"], row["share"] < 1) == (1.0, True)
    assert row["rmse"] > 0


@pytest.mark.parametrize(
    ("rows", "known", "says"),
    [
        (pl.concat([estimates(), estimates().with_columns(indicator=pl.lit("other"))]), auxiliaries(),
         "rows of several indicator"),
        (estimates(), auxiliaries().head(12), "no people of B13; no poor of B13"),
        (estimates(), pl.concat([auxiliaries(), auxiliaries().head(1)]), "areas that are there twice"),
        (estimates().with_columns(share=pl.when(pl.col("area") != "B02").then("share")), auxiliaries(),
         "no direct estimate of B02"),
        (estimates().drop("se"), auxiliaries(), "estimates have no column se"),
    ],
)  # fmt: skip
def test_what_is_not_one_indicator_of_every_area(rows, known, says):
    with pytest.raises(DesignError, match=says):
        smoothed(rows, known)


def test_a_whole_that_the_areas_cannot_be():
    with pytest.raises(DesignError, match="do the areas make up the whole"):
        smoothed(whole=0.99)


def test_limits_hold_the_true_share_and_there_are_none_at_the_boundary():
    # Areas as the model has them. Limits at the boundary would hold 78 % of the true shares.
    draw, held, without = np.random.default_rng(21), [], 0
    for _ in range(150):
        truth = np.sin(np.clip(1.25 - 0.9 * POOR + 0.06 * draw.normal(size=NUMBER), 0, np.pi / 2)) ** 2
        asked = draw.binomial(ANSWERS, truth) / ANSWERS
        found = smoothed(estimates(asked), whole=float(truth @ ANSWERS / ANSWERS.sum()))
        if found["boundary"][0]:
            without += 1
            assert found["lower"].null_count() == found["upper"].null_count() == NUMBER
        else:
            held.append(((found["lower"].to_numpy() < truth) & (truth < found["upper"].to_numpy())).mean())

    assert 0.94 < np.mean(held) < 0.97
    assert 0 < without < 20
