import pytest
import sampled

from tryghed.errors import DesignError, QueryError
from tryghed.statistics import contrasts, estimate


def people(strata=("a", "a", "b", "b"), psu=None, **columns):
    return [
        {"respondent": f"r{number}", "weight": 1.5 + number, "stratum": stratum, "psu": psu and psu[number],
         "safe": number % 2, **{name: values[number] for name, values in columns.items()}}
        for number, stratum in enumerate(strata)
    ]  # fmt: skip


def test_every_stratum_with_one_psu_is_listed():
    rows = people(strata=("a", "b", "c", "c"))

    with pytest.raises(DesignError, match=r"2 strata have one PSU.*2025/a \(1 of an unknown number\), 2025/b"):
        sampled.read({"2025": rows}, indicators=["safe"])


def test_a_stratum_whose_only_psu_was_taken_is_no_sample():
    # One PSU of one: nothing was left to chance there, so there is nothing to refuse.
    totals = sampled.read({"2025": people(strata=("a", "b", "b", "b"))}, indicators=["safe"],
                          population={("2025", "a"): 1.0})  # fmt: skip

    assert totals.design.factor[0] == 0


def test_more_psus_than_there_are():
    with pytest.raises(DesignError, match=r"1 strata have more PSUs sampled than their population: 2025/a \(2 of 1\)"):
        sampled.read({"2025": people()}, indicators=["safe"], population={("2025", "a"): 1.0})


def test_a_wave_that_is_not_loaded():
    with pytest.raises(DesignError, match="no respondents in wave 2019, 2020"):
        sampled.read({"2025": people()}, indicators=["safe"], wanted=["2019", "2025", "2020"])


@pytest.mark.parametrize("asked", [["unknown"], ["safe", "unknown"]])
def test_an_indicator_that_is_not_there(asked):
    with pytest.raises((DesignError, QueryError), match="unknown"):
        sampled.read({"2025": people()}, indicators=["safe"], asked=asked)


def test_sampling_fractions_belong_to_a_wave_and_a_stratum():
    # Keyed by label alone, the population of one stratum was once used for another of the same name.
    rows = {"2024": people(), "2025": people()}
    totals = sampled.read(rows, indicators=["safe"], population={("2024", "a"): 4.0})

    assert dict(zip(totals.design.strata, totals.design.factor, strict=True)) == {
        ("2024", "a"): 1.0, ("2024", "b"): 2.0, ("2025", "a"): 2.0, ("2025", "b"): 2.0,
    }  # fmt: skip


def test_psus_of_the_same_number_in_two_strata_are_two():
    totals = sampled.read({"2025": people(psu=("1", "2", "1", "2"))}, indicators=["safe"])

    assert sampled.share(estimate.shares(totals), "safe")["df"] == 2


def test_people_without_an_answer_stay_in_the_design():
    # Dropped, their PSU leaves the stratum and the standard error is too small.
    rows = people(strata=("a",) * 6)
    silent = [*rows, *({**row, "respondent": f"s{row['respondent']}", "safe": None} for row in rows)]

    alone, among = (sampled.read({"2025": part}, indicators=["safe"]) for part in (rows, silent))

    assert (alone.design.psus[0], among.design.psus[0]) == (6, 12)
    found = sampled.share(estimate.shares(among), "safe")
    assert (found["n"], found["df"]) == (6, 5)
    assert found["se"] / sampled.share(estimate.shares(alone), "safe")["se"] == pytest.approx(
        ((12 / 11) / (6 / 5)) ** 0.5
    )


def test_waves_with_and_without_clusters_are_pooled():
    rows = {"2024": people(psu=("1", "2", "1", "2")), "2025": people()}
    pooled = sampled.read(rows, indicators=["safe"])

    assert pooled.wave == "2024+2025"
    assert sampled.share(estimate.shares(pooled), "safe")["n"] == 8
    # Every PSU of 2024 holds one person, so the design is that of people in both.
    plain = sampled.read({"2024": people(), "2025": people()}, indicators=["safe"])
    assert estimate.shares(pooled).equals(estimate.shares(plain))


def test_indicators_read_a_few_at_a_time(monkeypatch):
    # Guards against a second run's indicators in the place of the first's.
    names = [f"i{number}" for number in range(7)]
    columns = {name: [(row * number // 3) % 2 for row in range(1, 41)] for number, name in enumerate(names, 2)}
    rows = people(strata=["a", "b"] * 20, psu=[str(row // 5) for row in range(40)], **columns)
    at_once = estimate.shares(sampled.read({"2025": rows}, indicators=names, threads=2))

    monkeypatch.setattr(sampled.totals, "_PSUS_TOGETHER", 1)

    assert estimate.shares(sampled.read({"2025": rows}, indicators=names, threads=2)).equals(at_once)
    assert at_once["share"].n_unique() > 3


def test_an_area_nobody_answered_in():
    rows = people(area=["x", "x", "y", "y"])
    rows[2]["safe"] = rows[3]["safe"] = None
    totals = sampled.read({"2025": rows}, indicators=["safe"], areas={"places": "area"})

    found = sampled.share(estimate.shares(totals), "safe", "y")
    assert (found["n"], found["share"], found["se"], found["lower"], found["n_eff"]) == (0, None, None, None, None)
    against = sampled.share(contrasts.against_rest(totals, power=0.8), "safe", "y")
    assert (against["difference"], against["p"], against["other_n"]) == (None, None, 2)
