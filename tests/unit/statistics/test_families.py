from math import exp

import polars as pl
import pytest

from tryghed.definitions.policy import Families
from tryghed.frames import CONTRAST
from tryghed.statistics import families

RULES = Families(headline=0.02, ranks=0.01, other=0.02)


def made(p, difference=0.1, df=50):
    rows = [
        dict.fromkeys(CONTRAST) | {"kind": "rest", "difference": difference, "se": 0.02, "df": df, "p": one,
                                   "detectable": 0.06}
        for one in p
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=CONTRAST)


def test_two_families_at_their_own_levels():
    # 0.012 of two is 0.024 with Holm (no claim), 0.012 with Benjamini-Hochberg of two equal (a claim).
    found = families.correct(made([0.012, 0.5, 0.012, 0.012]), [True, True, False, False], RULES)

    assert found["family"].to_list() == ["headline", "headline", "other", "other"]
    assert found["p_adjusted"].to_list() == pytest.approx([0.024, 0.5, 0.012, 0.012])
    assert found["tests"].to_list() == [2, 2, 2, 2]
    assert found["direction"].to_list() == [0, 0, 1, 1]


def test_the_other_family_is_corrected_as_the_rules_say():
    p = [0.001, 0.012, 0.02, 0.04, 0.049, 0.2]
    rules = Families(other_correction="Benjamini-Yekutieli")

    found = families.correct(made(p), [False] * 6, rules)

    assert found["p_adjusted"].to_list() == pytest.approx([0.0147, 0.0882, 0.098, 0.14406, 0.14406, 0.49])
    assert (found["detectable"] > families.correct(made(p), [False] * 6, Families())["detectable"]).all()


def test_the_sign_of_the_difference_is_the_direction():
    found = families.correct(made([1e-9], difference=-0.1), [False], RULES)

    assert found["direction"].to_list() == [-1]


def test_a_contrast_that_could_not_be_tested_counts_in_its_family():
    # Leaving it out would make the family depend on the data, and the claims of the others easier.
    found = families.correct(made([0.012, None]), pl.col("kind") == "rest", RULES)

    assert found["p_adjusted"].to_list() == pytest.approx([0.024, 1.0])
    assert found["direction"].to_list() == [0, 0]
    assert found["tests"].to_list() == [2, 2]


def test_detectable_is_what_the_corrected_test_finds():
    alone = families.correct(made([0.5]), [True], RULES)["detectable"][0]
    among_many = families.correct(made([0.5] * 40), [True] * 40, RULES)["detectable"][0]

    # At 2 % instead of 5 % more is needed, and among forty tests more again.
    assert 0.06 < alone < among_many
    assert alone == pytest.approx(0.06 + 0.02 * (2.4032719 - 2.0085591), abs=1e-6)


def test_a_claim_needs_an_interval_that_leaves_out_zero():
    # The test is of log odds, the printed interval of the difference: a page must not say "higher" beside -1 to +5.
    rows = made([1e-9, 1e-9]).with_columns(lower=pl.Series([-0.01, 0.01]), upper=pl.Series([0.05, 0.05]))

    assert families.correct(rows, [True, True], RULES)["direction"].to_list() == [0, 1]


def test_detectable_is_of_the_log_odds_the_test_uses():
    # 9 points below a share of 12 % is nearly nobody: the log odds reach further up than the standard error says.
    rows = made([0.5]).with_columns(other_share=pl.lit(0.12), log_odds_se=pl.lit(0.2))
    found = families.correct(rows, [True], RULES)["detectable"][0]

    steps = 0.06 / 0.02 + (2.4032719 - 2.0085591)
    odds = 0.12 / 0.88 * exp(steps * 0.2)
    assert found == pytest.approx(odds / (1 + odds) - 0.12, abs=1e-7)


def test_no_contrasts():
    assert families.correct(CONTRAST.to_frame(), [], RULES).schema == CONTRAST
