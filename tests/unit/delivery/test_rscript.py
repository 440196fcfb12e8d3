"""The R script says the design that the numbers were computed with."""

import polars as pl
import pytest

from tryghed.definitions.calibration import Distance, Margin
from tryghed.delivery import rscript
from tryghed.delivery.recalibration import Recalibration, totals
from tryghed.delivery.rscript import Line
from tryghed.errors import DeliveryError
from tryghed.statistics.respondents import Domain

LINES = (Line("everybody", "tryg", Domain(("2025",), "alle", "alle")),)


def rows(**columns):
    plain = {
        "wave": ["2025", "2025"], "stratum": ["1", "1"], "psu": ["1/a", "1/b"], "size": [None, None],
        "weight": [1.0, 2.0], "lonely_psu": ["fail", "fail"], "factors": [None, None], "mse": [None, None],
        "calibration": [None, None], "delivered": [1.0, 2.0], "known": [[], []],
        "replicates": [None, None], "areas": [";alle;"] * 2, "categories": [";alle;"] * 2, "y_tryg": [1, 0],
    }  # fmt: skip
    lists = {"factors": pl.List(pl.Float64), "replicates": pl.List(pl.Float64), "size": pl.Float64, "mse": pl.Boolean}
    return pl.DataFrame(plain | columns, schema_overrides=lists)


def written(tmp_path, known):
    data = rscript.write(known, LINES, tmp_path / "numbers.R", calibrations=())
    return (tmp_path / "numbers.R").read_text(encoding="utf-8"), pl.read_csv(data)


def test_replicate_weights_make_a_design_of_their_own(tmp_path):
    # Strata and PSUs in the rows would give another standard error than the one that was told.
    known = rows(factors=[[0.5, 0.5]] * 2, mse=[True, True], replicates=[[0.0, 2.0], [4.0, 0.0]])

    script, data = written(tmp_path, known)

    assert "svrepdesign(" in script
    assert "rscales = c(0.5, 0.5), mse = TRUE" in script
    assert "svydesign(" not in script
    assert data["rep_2"].to_list() == [2.0, 0.0]


def test_a_strategy_for_strata_with_one_psu_is_set(tmp_path):
    script, data = written(tmp_path, rows(lonely_psu=["adjust", "adjust"]))

    assert 'options(survey.lonely.psu = "adjust")' in script
    assert "lonely_psu" not in data.columns


def test_weights_calibrated_here_are_calibrated_anew_from_those_delivered(tmp_path):
    # Guards against a script that takes them for the design's weights, whose standard errors are too large.
    known = rows(
        calibration=["logit to sex"] * 2, weight=[300.0, 500.0], known=[["sex=k"], ["sex=m", 'x="1"']],
        delivered=[1.0, 1.5],
    )  # fmt: skip
    sexes = totals([Margin(("sex",), {("k",): 300, ("m",): 500})])
    fit = Recalibration("2025", Distance(method="logit", bounds=[0.5, 2.0]), sexes, scale=320.0)

    data = pl.read_csv(rscript.write(known, LINES, tmp_path / "numbers.R", calibrations=[fit]))
    script = (tmp_path / "numbers.R").read_text(encoding="utf-8")

    assert (data["weight"].to_list(), data["calibrated"].to_list()) == ([320.0, 480.0], [300.0, 500.0])
    assert data["known"].to_list() == [";sex=k;", ';sex=m;x="1";']
    assert '"sex=k" = 300.0,\n  "sex=m" = 500.0\n), "logit", bounds = c(0.5, 2.0))' in script
    assert "delivered" not in data.columns


def test_weights_as_delivered_are_calibrated_to_nothing(tmp_path):
    script, data = written(tmp_path, rows())

    assert "calibrate(" not in script
    assert not {"known", "calibrated", "delivered"} & set(data.columns)


def test_designs_that_r_cannot_hold_in_one_are_refused(tmp_path):
    two = {"wave": ["2024", "2025"]}
    with pytest.raises(DeliveryError, match="not as adjust and average"):
        written(tmp_path, rows(**two, lonely_psu=["adjust", "average"]))
    with pytest.raises(DeliveryError, match="no one design"):
        written(tmp_path, rows(**two, factors=[[0.5], None], mse=[False, None], replicates=[[1.0], None]))
    assert not (tmp_path / "numbers.R").exists()
