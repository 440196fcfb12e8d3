"""Areas with one another, equivalence, and differences of differences at the terminal, on the demo city."""

import re
import shutil

import pytest
from scipy import stats

from tests.e2e.conftest import tryghed
from tests.e2e.test_share_and_compare import assert_r_agrees, rows, run_in_r
from tryghed import evidence
from tryghed.definitions.project import load
from tryghed.release.draft import draft
from tryghed.release.plan import plan
from tryghed.release.released import CellKey, Lookup
from tryghed.store import query as queries
from tryghed.store import rounds


def test_areas_are_compared_with_one_another_by_code_or_name(demo):
    (found,) = rows("compare", "tryg_aften", "--area", "Valby", "--area", "vanloese", cwd=demo)
    shares = {row["survey_districts_13"]: row for row in rows("share", "tryg_aften", "--by", "district", cwd=demo)}
    said = tryghed("compare", "tryg_aften", "--area", "valby", "--area", "vanloese", cwd=demo).stderr

    assert (found["survey_districts_13"], found["against"]) == ("Valby", "Vanløse")
    assert found["difference"] == pytest.approx(shares["Valby"]["share"] - shares["Vanløse"]["share"], abs=1e-14)
    # No people in common and sampled directly: the variances add.
    assert found["se"] == pytest.approx((shares["Valby"]["se"] ** 2 + shares["Vanløse"]["se"] ** 2) ** 0.5, rel=1e-10)
    assert "1 difference, Valby against Vanløse; two-sided t tests of log odds at 5 %, Holm over 1" in said


def test_three_areas_make_three_pairs_within_every_category(demo):
    areas = ("--area", "valby", "--area", "vanloese", "--area", "bispebjerg")

    assert len(rows("compare", "tryg_aften", *areas, cwd=demo)) == 3
    assert len(rows("compare", "tryg_aften", *areas, "--by", "sex", cwd=demo)) == 6


def test_one_area_is_compared_with_everybody_outside_it_as_among_the_others(demo):
    (alone,) = rows("compare", "tryg_aften", "--area", "valby", cwd=demo)
    all_of_them = rows("compare", "tryg_aften", "--by", "district", "--correct", "none", cwd=demo)

    known = next(row for row in all_of_them if row["survey_districts_13"] == "Valby")
    assert (alone["difference"], alone["se"], alone["p"]) == (known["difference"], known["se"], known["p"])


def test_an_area_that_there_is_not_is_told(demo):
    refused = tryghed("compare", "tryg_aften", "--area", "nowhere", "--area", "valby", cwd=demo, code=2).stderr

    assert "no 'nowhere' in survey_districts_13" in refused
    assert "area valby is named 2 times" in tryghed(
        "compare", "tryg_aften", "--area", "valby", "--area", "Valby", cwd=demo, code=2
    ).stderr  # fmt: skip


def test_equivalence_is_claimed_by_both_one_sided_tests_corrected_together(demo):
    # Guards against "no difference shown" being taken for "alike".
    found = rows("compare", "tryg_aften", "--by", "district", "--margin", "8", cwd=demo)
    said = tryghed("compare", "tryg_aften", "--by", "district", "--margin", "8", cwd=demo).stderr

    single = [stats.t.cdf((abs(row["difference"]) - 0.08) / row["se"], row["df"]) for row in found]
    order = sorted(range(len(found)), key=lambda place: single[place])
    largest = 0.0
    for step, place in enumerate(order):
        largest = max(largest, min(1.0, (len(found) - step) * single[place]))
        assert found[place]["p_equivalence"] == pytest.approx(largest, rel=1e-9)
    for row in found:
        half = stats.t.ppf(0.95, row["df"]) * row["se"]
        assert row["needed"] == pytest.approx(abs(row["difference"]) + half, rel=1e-10)
        assert ("equivalent" in row["verdict"]) == (row["p_equivalence"] < 0.05)
    assert {"equivalent", "not shown"} <= {row["verdict"] for row in found}
    assert "within 8 percentage points by two one-sided t tests at 5 %, Holm over 13" in said


def test_a_difference_of_differences_is_what_two_comparisons_say(demo):
    asked = ("compare", "tryg_aften", "--by", "district")
    found = rows(*asked, "--since", "2022", "--changes", cwd=demo)
    now, then = (rows(*asked, "--wave", wave, cwd=demo) for wave in ("2025", "2022"))
    said = tryghed(*asked, "--since", "2022", "--changes", cwd=demo).stderr

    for row, one, other in zip(found, now, then, strict=True):
        assert row["difference"] == pytest.approx(one["difference"] - other["difference"], abs=1e-13)
        assert row["se"] == pytest.approx((one["se"] ** 2 + other["se"] ** 2) ** 0.5, rel=1e-9)
        assert row["df"] == one["df"] + other["df"]
        assert row["difference"] == pytest.approx(row["change"] - row["other_change"], abs=1e-13)
        assert row["p"] == pytest.approx(2 * stats.t.sf(abs(row["difference"]) / row["se"], row["df"]), rel=1e-9)
    assert "13 differences of changes, wave 2025 less 2022" in said
    assert "whether both sides would otherwise have changed alike is not tested" in said


def test_changes_obey_breaks_and_need_a_wave(demo):
    broken = tryghed("compare", "tryg_aften", "--by", "sex", "--since", "2021", "--changes", cwd=demo, code=2).stderr
    alone = tryghed("compare", "tryg_aften", "--by", "sex", "--changes", cwd=demo, code=2).stderr

    assert "a break lies between them" in broken
    assert "--changes takes --since WAVE" in alone


@pytest.mark.parametrize(
    "asked",
    [
        ("--area", "valby", "--area", "vanloese", "--area", "bispebjerg", "--by", "sex"),
        ("--by", "district", "--since", "2022", "--changes"),
        ("--by", "sex", "--since", "2022", "--changes"),
    ],
)
def test_r_recomputes_comparisons(demo, tmp_path, asked):
    script = tmp_path / "again.R"
    found = rows("compare", "tryg_aften", *asked, "--r", script, cwd=demo)

    assert_r_agrees(script, found, "difference")


@pytest.fixture(scope="module")
def panel(demo, tmp_path_factory):
    """The demo with two waves of one panel: the numbers of some respondents come again."""
    city = tmp_path_factory.mktemp("panel") / "city"
    shutil.copytree(demo, city, ignore=shutil.ignore_patterns("out"))
    for wave in ("2024", "2025"):
        definition = city / "surveys" / "tryghed" / f"{wave}.toml"
        plain = definition.read_text(encoding="utf-8")
        definition.write_text(
            re.sub(r"^\[design\]", '[design]\npanel = "borgere"', plain, flags=re.M), encoding="utf-8"
        )
        tryghed("ingest", f"tryghed/{wave}", "-q", cwd=city)
    return city


@pytest.mark.parametrize("asked", [("--since", "2024"), ("--by", "sex", "--since", "2024", "--changes")])
def test_people_asked_in_both_waves_are_found_and_counted_once(panel, tmp_path, asked):
    # Guards against a panel whose waves are taken for independent samples.
    script = tmp_path / "again.R"
    found = rows("compare", "tryg_aften", *asked, "--r", script, cwd=panel)
    said = tryghed("compare", "tryg_aften", *asked, cwd=panel).stderr

    assert re.search(r"1,\d\d\d people asked in several of waves 2025 and 2024, each of them one sampling unit", said)
    assert "independent" not in said
    assert_r_agrees(script, found, "difference")


def drafted(city):
    known = rounds.informed(load(city))
    return known, draft(known, plan(known, "tryghed", "2025"), queries.Shelf(known.queries))


def test_a_release_counts_people_asked_in_both_waves_as_a_comparison_does(panel):
    # Guards against releases that take the waves of a panel as independent samples: the standard errors of their
    # changes were too large, and the reports said nothing of it.
    known, found = drafted(panel)
    asked = {"indicator": "tryg_aften", "kind": "wave", "against": "2024", "dimension": "alle"}
    own = {row["area"]: row for row in found.contrasts.filter(**asked).iter_rows(named=True)}
    areas = known.area_sets["survey_districts_13"].areas
    codes = {one.name: code for code, one in areas.items()}
    compared = rows("compare", "tryg_aften", "--by", "district", "--since", "2024", cwd=panel)
    apart = rows("compare", "tryg_aften", "--by", "district", "--since", "2023", cwd=panel)
    earlier = found.contrasts.filter(**asked | {"against": "2023"}).rows_by_key("area", named=True, unique=True)

    for row in compared:
        one = own[codes[row["survey_districts_13"]]]
        for name in ("difference", "se", "df", "p", "lower", "upper"):
            assert one[name] == pytest.approx(row[name], rel=1e-9, abs=1e-12), name
    for row in apart:
        assert earlier[codes[row["survey_districts_13"]]]["se"] == pytest.approx(row["se"], rel=1e-9)
    facts = found.facts["tryghed", "2025"]
    ((since, shared),) = facts.again
    assert (since, facts.followed) == ("2024", True)
    assert 1000 < shared < 2000
    assert found.facts["tryghed", "2024"].again == ()
    assert "2024+2025" not in set(found.estimates["wave"])  # the same people again are no larger sample
    lookup = Lookup(
        "wave", CellKey("tryghed", "2025", "survey_districts_13", "valby", "alle", "alle", "tryg_aften"), "2024"
    )
    told = evidence.gather(known, lookup)
    assert told.values.filter(of="difference")["se"].item() == pytest.approx(own["valby"]["se"], rel=1e-12)
    assert told.followed
    assert len(told.lines) == 1


def test_waves_of_no_panel_are_independent(demo):
    assert "independent samples" in tryghed("compare", "tryg_aften", "--since", "2024", cwd=demo).stderr


def test_a_line_through_waves_of_a_panel_counts_people_once(panel, demo, tmp_path):
    # Guards against waves of a panel taken as independent, which makes changes look less certain than they are.
    script = tmp_path / "again.R"
    asked = ("trend", "tryg_aften", "--by", "sex")
    found = rows(*asked, "--r", script, cwd=panel)
    apart = rows(*asked, cwd=demo)
    said = tryghed(*asked, cwd=panel).stderr

    assert re.search(r"1,\d\d\d people asked in several of the waves, each of them one sampling unit across", said)
    assert "people asked" not in tryghed(*asked, cwd=demo).stderr
    for one, other, again in zip(found, apart, run_in_r(script), strict=False):
        assert one["waves"] == 4
        assert abs(one["se"] / other["se"] - 1) > 1e-3
        assert float(again["value"]) == pytest.approx(one["slope"], abs=1e-10)
        assert float(again["se"]) == pytest.approx(one["se"], abs=1e-10)
        assert float(again["p"]) == pytest.approx(one["p"], rel=1e-7)


def test_pooled_waves_of_a_panel_have_design_effects(panel):
    # n counts answers: the design effect tells what the same people asked twice cost.
    (found,) = rows("share", "tryg_aften", "--wave", "2024,2025", cwd=panel)
    (plain,) = rows("share", "tryg_aften", "--wave", "2024,2025", "--deff", "without", cwd=panel)

    reference = found["share"] * (1 - found["share"]) / (found["n"] - 1)
    assert found["deff"] == pytest.approx(found["se"] ** 2 / reference, rel=1e-12)
    assert found["cv"] == pytest.approx(found["se"] / found["share"], rel=1e-12)
    assert plain["deff"] is None or plain["deff"] > found["deff"]


def test_a_line_without_numbers_says_which_wave_has_no_variance(demo):
    # Guards against empty rows that a reader takes for areas nobody asked about.
    lines = rows("trend", "tryg_dag", "--by", "udsatte_2025", cwd=demo)
    empty = [row for row in lines if row["slope"] is None]
    told = {row["udsatte_2025"]: re.search(r"0 or 100 % in (\d+)", row["flags"])[1] for row in empty}

    assert told
    assert {row["verdict"] for row in empty} == {"no line"}  # nothing was tested: "not shown" would say that it was
    area, wave = next(iter(told.items()))
    own = rows("share", "tryg_dag", "--by", "udsatte_2025", "--wave", wave, cwd=demo)
    assert [one["share"] in (0, 1) for one in own if one["udsatte_2025"] == area] == [True]
    assert not any("100 % in" in row["flags"] for row in lines if row["slope"] is not None)


def test_two_waves_are_told_with_both_their_designs(demo):
    # Guards against a sample of clusters that is compared with one of people, and the newer alone is told.
    told = tryghed("compare", "tryg_aften", "--since", "2022", cwd=demo).stderr

    assert re.search(
        r"strata, [^;]*wave 2025; 13 strata, [^;]*wave 2022, independent samples", re.sub(r"\s+", " ", told)
    )


def test_everybody_of_eleven_is_no_proof_of_equivalence(demo):
    # 11 of 11 has no variance, so the interval of its difference is narrow; the true share may be 72 %.
    asked = ("compare", "tilfreds_transport", "--by", "udsatte_2025", "--margin", "80")
    found = rows(*asked, cwd=demo)

    assert any(row["share"] == 1 for row in found)
    for row in found:
        assert ("equivalent" in row["verdict"]) == (row["share"] < 1), row


def test_a_change_from_or_to_everybody_is_as_unsure_as_the_shares_it_is_made_of(demo):
    # Guards against intervals of changes in which 11 of 11 are a known share.
    found = rows("compare", "tryg_dag", "--by", "udsatte_2025", "--since", "2024", "--changes", cwd=demo)

    extreme = [row for row in found if "0 or 100 %" in row["flags"]]
    assert extreme
    for row in extreme:
        assert row["lower"] < row["difference"] - 2 * row["se"] or row["upper"] > row["difference"] + 2 * row["se"]
        assert row["verdict"] == "not shown"
