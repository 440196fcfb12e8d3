"""What is delivered of how people were drawn: households, replicate weights, strata with one unit."""

import dataclasses
from pathlib import Path

import polars as pl
import pytest
from made_waves import wave as made_wave

from tryghed.definitions.replicates import Replicates
from tryghed.frames import ReplicateWeights
from tryghed.statistics import estimate, totals
from tryghed.store import query, warehouse
from tryghed.store.reader import open_reader

ROOT = Path(__file__).parents[3]
ROWS = """nr;vaegt;lag;rode;koen;alder;q1;del
a;1,5;1;101;1;39,5;1;1
b;0,25;1;101;2;40;8;1
c;2;2;201;2;999;9;1
d;1.000,5;2;201;1;80;;2
e;1;2;;2;;;1
f;1;2;202;2;18;3;1
"""
REPLICATED = """nr;vaegt;lag;rode;koen;alder;q1;del;rep_1;rep_2;rep_10
a;1,5;1;101;1;39,5;1;1;0;3;1,5
b;0,25;1;101;2;40;8;1;0,5;0;0,25
c;2;2;201;2;999;9;1;2;2;4
d;1.000,5;2;201;1;80;;2;1000,5;1000,5;0
e;1;2;;2;;;1;1;1;2
f;1;2;202;2;18;3;1;1;1;2
"""
JKN = '[design.replicates]\nkind = "jkn"\ncolumns = "rep_[0-9]+"\nrscales = [0.5]\n\n[design.population]\n1 = 100'


def declared(text):
    return [("[design.population]\n1 = 100", text)]


def test_a_household_is_the_sampling_unit_where_there_is_no_psu(taken):
    rows = "".join(f"{line};{home}\n" for line, home in zip(ROWS.splitlines(), ["hus", *"112343"], strict=False))
    wave = taken(rows, wave=[('stratum = "lag"', 'stratum = "lag"\nhousehold = "hus"')])

    assert wave.respondents["psu"].to_list() == ["1/1", "1/1", "2/2", "2/3", "2/4", "2/3"]


def test_a_household_lies_within_one_psu(refused):
    found = refused(wave=[('stratum = "lag"', 'stratum = "lag"\npsu = "koen"\nhousehold = "del"')])

    assert "household_split" in found


def test_rows_without_a_household_are_refused(refused):
    found = refused(wave=[('stratum = "lag"', 'stratum = "lag"\nhousehold = "rode"')])

    assert found["missing_household"].count == 1


def test_replicate_weights_are_taken_in_the_order_of_their_numbers(taken):
    # rep_10 comes after rep_2, though not in the alphabet: factors belong to replicates by their order.
    found = taken(REPLICATED, wave=declared(JKN)).replicates

    assert (found.kind, found.factors, found.mse) == ("jkn", (0.5, 0.5, 0.5), False)
    assert [[float(one) for one in row] for row in found.weights["weights"]][:2] == [[0, 3, 1.5], [0.5, 0, 0.25]]


def test_replicate_factors_are_multiplied_with_the_final_weight(taken):
    found = taken(REPLICATED, wave=declared(JKN.replace('kind = "jkn"', 'kind = "jkn"\ncombined = false'))).replicates

    assert [float(one) for one in found.weights["weights"][0]] == [0, 4.5, 2.25]


@pytest.mark.parametrize(
    ("changes", "rows", "code"),
    [
        (("rep_[0-9]+", "wt_[0-9]+"), REPLICATED, "replicates_missing"),
        (("[0.5]", "[0.5, 0.6]"), REPLICATED, "replicates_scales"),
        (("", ""), REPLICATED.replace(";0;3;", ";x;3;"), "replicate_not_weight"),
        (("", ""), REPLICATED.replace(";0;3;", ";-1;3;"), "replicate_not_weight"),
    ],
)
def test_unusable_replicate_weights_are_refused(refused, changes, rows, code):
    found = refused(rows, wave=declared(JKN.replace(*changes)))

    assert code in found


@pytest.mark.parametrize(
    ("given", "factors"),
    [
        ({"kind": "jk1"}, [0.75] * 4),
        ({"kind": "jkn", "rscales": [0.5, 0.5, 0.8, 0.8]}, [0.5, 0.5, 0.8, 0.8]),
        ({"kind": "brr"}, [0.25] * 4),
        ({"kind": "fay", "rho": 0.5}, [1.0] * 4),
        ({"kind": "bootstrap"}, [1 / 3] * 4),
        ({"kind": "other", "scale": 2, "rscales": [0.1]}, [0.2] * 4),
    ],
)
def test_factors_follow_from_the_kind(given, factors):
    assert Replicates(columns="rep_.*", **given).factors(4) == pytest.approx(factors)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "fay"}, "rho belongs"), ({"kind": "brr", "rho": 0.5}, "rho belongs"),
        ({"kind": "jkn"}, "needs rscales"), ({"kind": "other", "rscales": [1]}, "needs scale"),
        ({"kind": "brr", "scale": 1}, "follow from the number"),
    ],
)  # fmt: skip
def test_what_a_kind_needs_is_asked_for(given, said):
    with pytest.raises(ValueError, match=said):
        Replicates(columns="rep_.*", **given)


def test_the_store_keeps_replicate_weights_and_estimates_from_them(tmp_path):
    plain = made_wave(eights=2)
    ids = plain.respondents["respondent"]
    lists = [[0.0, 2 * float(w)] if at % 2 else [2 * float(w), 0.0] for at, w in enumerate(plain.respondents["weight"])]
    weights = pl.DataFrame({"respondent": ids, "weights": lists}).cast({"weights": pl.List(pl.Decimal(18, 9))})
    wave = dataclasses.replace(plain, replicates=ReplicateWeights("brr", (0.5, 0.5), False, weights))
    warehouse.publish(tmp_path, wave)

    with open_reader(tmp_path, "tryghed") as reader:
        known = totals.read(
            reader, query.load_all([ROOT / "queries"]), survey="tryghed", waves=["2025"],
            area_sets=["survey_districts_13"], dimensions=["alle"], indicators=["tryg_aften"],
        )  # fmt: skip
    (row,) = estimate.shares(known).filter(area="alle").to_dicts()

    assert row["df"] == 1
    assert row["se"] > 0
