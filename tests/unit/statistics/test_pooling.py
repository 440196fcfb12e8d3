import pytest
import sampled

from tryghed.errors import DesignError
from tryghed.statistics import estimate, pooling


def people(wave, share, weight=10.0):
    return [
        {"respondent": f"{wave}{place}", "weight": weight, "stratum": "12"[place % 2], "psu": None,
         "safe": int(place < share * 40)}
        for place in range(40)
    ]  # fmt: skip


WAVES = {"2022": people("2022", 0.5), "2023": people("2023", 0.6), "2024": people("2024", 0.7)}


def test_runs_of_waves():
    assert pooling.windows(["a", "b", "c", "d"], 3) == (("a", "b", "c"), ("b", "c", "d"))


@pytest.mark.parametrize("length", [1, 4])
def test_there_must_be_waves_enough(length):
    # After a break fewer waves are left than a pooled share takes: the ones before it must not fill up.
    with pytest.raises(DesignError, match=f"{length} waves taken together, of 3 comparable ones: a, b, c"):
        pooling.windows(["a", "b", "c"], length)


def test_pooled_waves_are_one_design():
    both = sampled.read(WAVES, indicators=["safe"], wanted=["2023", "2024"])
    row = estimate.shares(both).row(0, named=True)

    pooling.expect_one_scale(both)
    assert (row["wave"], row["n"], row["df"]) == ("2023+2024", 80, 76)
    assert row["share"] == pytest.approx(0.65)


def test_weights_to_answers_and_to_people_are_not_pooled():
    # 40 answers with weights that sum to 40 beside 40 that sum to 400,000: the second wave would be the share.
    samples = {**WAVES, "2024": people("2024", 0.7, weight=10_000.0)}

    with pytest.raises(DesignError, match="weights of 2024 sum to 1e\\+03 times those of 2023"):
        pooling.expect_one_scale(sampled.read(samples, indicators=["safe"], wanted=["2023", "2024"]))
