import shutil
from pathlib import Path

import polars as pl
import pytest

from tryghed.definitions import project
from tryghed.intake.accept import accept

ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared" / "data"


def accepted(name, wave, folder):
    if not (DATA / name).is_dir():
        pytest.skip(f"needs ../shared/data/{name}")
    shutil.copytree(ROOT / "docs" / "examples" / name, folder / name)
    (folder / name / "deliveries").symlink_to(DATA / name)
    return accept(project.load(folder / name), name, wave)


@pytest.fixture(scope="module")
def csew(tmp_path_factory):
    return accepted("csew", "2013-14", tmp_path_factory.mktemp("csew"))


@pytest.fixture(scope="module")
def nhanes(tmp_path_factory):
    return accepted("nhanes", "2017-20", tmp_path_factory.mktemp("nhanes"))


def share(wave, indicator, area):
    """The weighted share and the unweighted answers of an area."""
    members = wave.membership.filter(area=area).select("respondent")
    rows = wave.scores.join(wave.respondents, on="respondent").join(members, on="respondent").drop_nulls(indicator)
    weight = rows["weight"].cast(pl.Float64)
    return (rows[indicator] * weight).sum() / weight.sum(), rows.height


@pytest.mark.parametrize(
    ("area", "reference", "n"),
    [
        ("alle", 0.712847, 2057), ("maend", 0.867719, 930), ("kvinder", 0.567258, 1127), ("by", 0.683395, 1585),
        ("land", 0.835681, 472), ("16-24", 0.683798, 169), ("25-34", 0.708317, 312), ("35-44", 0.727702, 313),
        ("45-54", 0.789451, 393), ("55-64", 0.755438, 313), ("65-74", 0.668825, 297), ("75-plus", 0.569834, 260),
    ],
)  # fmt: skip
def test_csew_gives_the_shares_of_r(csew, area, reference, n):
    # Guards against weights, routing or areas mapped wrongly in a real file. Reference: R survey.
    assert share(csew, "tryg_moerke", area) == (pytest.approx(reference, abs=5e-7), n)


def test_csew_tells_those_not_asked_from_those_who_did_not_know(csew):
    # Guards against 6,769 people counted as refusals.
    counts = dict(csew.answers["walk_dark"].value_counts().rows())
    assert (counts[-93], counts[-91], counts.get(-95, 0)) == (6769, 17, 0)
    assert [one.code for one in csew.findings] == ["extra_column"]


def test_nhanes_goes_through_with_the_warning_its_definition_accepts(nhanes):
    # Guards against an acceptance that a later delivery, with more such weights, would hide behind.
    warnings = [one for one in nhanes.findings if one.severity == "warning"]
    assert [(one.code, one.count, one.accepted.count) for one in warnings] == [("weight_extreme", 5, 5)]


@pytest.mark.parametrize(("indicator", "reference"), [("tryg_dag", 0.97414), ("tryg_hjemme", 0.93405)])
def test_csew_by_day_and_at_home(csew, indicator, reference):
    assert share(csew, indicator, "alle")[0] == pytest.approx(reference, abs=5e-6)


@pytest.mark.parametrize(
    ("area", "reference"),
    [
        ("alle", 0.419558), ("maend", 0.415837), ("kvinder", 0.423000), ("mexicansk", 0.502885),
        ("latinamerikansk", 0.403199), ("hvid", 0.415841), ("sort", 0.497411), ("asiatisk", 0.161408),
        ("anden", 0.502939),
    ],
)  # fmt: skip
def test_nhanes_gives_the_shares_of_r(nhanes, area, reference):
    # Guards against a join that mixes people up, and a base that forgets the age limit. Reference: R survey.
    assert share(nhanes, "svaer_overvaegt", area)[0] == pytest.approx(reference, abs=5e-7)


def test_nhanes_keeps_its_design(nhanes):
    # Guards against PSUs merged across strata, and people of weight 0 dropped or counted.
    assert share(nhanes, "svaer_overvaegt", "alle")[1] == 8381
    design = nhanes.respondents
    assert (design.height, design["stratum"].n_unique(), design["psu"].n_unique()) == (15560, 24, 49)
    nobody = design.filter(pl.col("weight") == 0).join(nhanes.scores, on="respondent")
    assert (nobody.height, nobody["svaer_overvaegt"].count()) == (1260, 0)
