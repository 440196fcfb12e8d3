"""Every query file keeps what its header says, and the named ones give the numbers a reader can recompute."""

from pathlib import Path

import pytest
from made_waves import wave

from tryghed.errors import DefinitionError
from tryghed.store import query, warehouse
from tryghed.store.reader import open_reader

SHELF = Path(__file__).parents[2] / "queries"
QUERIES = query.load_all([SHELF])

#: Required parameters of the named queries, as an analyst would give them.
GIVEN = {
    "wave": "2025",
    "indicator": "tryg_aften",
    "indicators": ["tryg_aften", "tryg_dag"],
    "item": "safe_evening",
    "by": "safe_day",
    "register": "income",
}
#: Those that have nothing to tell of the store they run on here.
NOTHING = {"analysis/overlap_of_areas", "analysis/register_series"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("project")
    warehouse.publish(made, wave("2024", eights=2))
    warehouse.publish(made, wave("2025"))
    return made


def run(folder, name, **given):
    one = QUERIES[name]
    needed = {key: GIVEN[key] for key, known in one.params.items() if known.required}
    with open_reader(folder, "tryghed") as reader:
        return reader.run(one, **(needed | given))


@pytest.mark.parametrize("name", QUERIES)
def test_the_header_is_true(name):
    query.check({name: QUERIES[name]})


def test_a_false_header_is_found(tmp_path):
    # Guards against a check that passes whatever it is given.
    true = QUERIES["analysis/share_by_area"]
    (tmp_path / "false.sql").write_text(true.sql.replace("positives =", "counted =", 1), encoding="utf-8")

    with pytest.raises(DefinitionError, match=r"positives .* is not in the header"):
        query.check(query.load_all([tmp_path]))


@pytest.mark.parametrize("name", [name for name in QUERIES if name.startswith(("analysis/", "checks/"))])
def test_it_runs_on_a_store_and_keeps_its_order(folder, name):
    rows = run(folder, name)

    assert rows.columns == list(QUERIES[name].result)
    assert rows.equals(run(folder, name))
    if name.startswith("analysis/") and name not in NOTHING:
        assert rows.height > 0


def test_unit_nonresponse_is_out_of_those_invited(folder):
    # Guards against rates out of the respondents, and against a stratum nobody answered from that is left out.
    assert run(folder, "analysis/unit_nonresponse").rows() == [
        ("alle", "alle", 20, 8, 0.4),
        ("sex", "kvinde", 8, 4, 0.5),
        ("sex", "mand", 12, 4, pytest.approx(1 / 3)),
        ("stratum", "9", 5, 0, 0.0),
    ]


def test_item_nonresponse_keeps_those_who_do_not_know_apart(folder):
    # Answers 1 2 3 4 5 -91 -92 1; women are respondents 1, 2, 5, 6. Guards against "ved ikke" counted as no answer.
    rows = run(folder, "analysis/item_nonresponse", items=["safe_evening"])
    assert rows.filter(division="alle").row(0)[2:] == ("safe_evening", 8, 1, 1, 0, 0.125, 0.125)
    assert rows.filter(category="kvinde").row(0)[3:] == (4, 1, 0, 0, 0.0, 0.25)
    assert rows.filter(category="mand").row(0)[3:] == (4, 0, 1, 0, 0.25, 0.0)
    assert set(rows["division"]) == {"alle", "sex", "survey_districts_13"}


def test_share_by_area(folder):
    rows = run(folder, "analysis/share_by_area")

    # amager-vest: 1, 0, 0 at weight 2.5 (one has no base); vesterbro: 1, 0, 0, 1 at weight 1.5.
    assert rows.rows() == [
        ("alle", "alle", 7, 3, pytest.approx(5.5 / 13.5, abs=1e-15)),
        ("amager-vest", "alle", 3, 1, pytest.approx(1 / 3, abs=1e-15)),
        ("vesterbro", "alle", 4, 2, 0.5),
    ]


def test_share_by_area_and_sex(folder):
    rows = run(folder, "analysis/share_by_area", dimension="sex")

    assert rows.filter(area="vesterbro").rows() == [
        ("vesterbro", "kvinde", 2, 1, 0.5), ("vesterbro", "mand", 2, 1, 0.5),
    ]  # fmt: skip


def test_an_indicator_is_meant_by_its_whole_name(folder):
    # As a regular expression "tryg_" would select both indicators, and "tryg_aften" also utryg_aften.
    with pytest.raises(Exception, match="tryg_"):
        run(folder, "analysis/share_by_area", indicator="tryg_")


def test_answers_by_area(folder):
    rows = run(folder, "analysis/answers_by_area").filter(area="vesterbro")

    assert rows.rows() == [
        ("vesterbro", -91, 1, None, 0.25),
        ("vesterbro", 1, 1, pytest.approx(1 / 3), 0.25),
        ("vesterbro", 2, 1, pytest.approx(1 / 3), 0.25),
        ("vesterbro", 4, 1, pytest.approx(1 / 3), 0.25),
    ]


def test_numbers_are_counted_by_their_whole_part(folder):
    rows = run(folder, "analysis/answers_by_area", item="age_years").filter(area="alle")

    assert rows["answer"].to_list() == list(range(20, 28))


def test_missing_by_item(folder):
    rows = run(folder, "analysis/missing_by_item", waves=["2025"]).filter(item="safe_evening")

    assert rows.rows() == [("2025", "safe_evening", 8, 6, 1, 1, 0, 0, 0, 0.75)]


def test_response_by_district(folder):
    rows = run(folder, "analysis/response_by_district").filter(area="amager-vest")

    assert rows.rows() == [("amager-vest", 4, 0.5, 0.625, 0.8)]


def test_weights_by_stratum(folder):
    rows = run(folder, "analysis/weights_by_stratum")

    assert rows.select("stratum", "n", "kish", "n_kish", "population").rows() == [
        ("1", 4, 1.0, 4.0, 10.0), ("2", 4, 1.0, 4.0, 6.0),
    ]  # fmt: skip
    assert [str(total) for total in rows["weight_sum"]] == ["10.000000000", "6.000000000"]


def test_indicator_series(folder):
    rows = run(folder, "analysis/indicator_series", area="vesterbro")

    assert rows.rows() == [
        ("tryg_aften", "2024", 8, 4, 0.5), ("tryg_aften", "2025", 4, 2, 0.5),
        ("tryg_dag", "2024", 8, 8, 1.0), ("tryg_dag", "2025", 4, 4, 1.0),
    ]  # fmt: skip


def test_items_crossed(folder):
    rows = run(folder, "analysis/items_crossed")

    third = pytest.approx(1 / 3)
    assert rows.rows() == [
        (1, 1, 1, third), (1, 3, 1, third), (1, 5, 1, third), (2, 1, 1, third), (2, 2, 1, third), (2, 4, 1, third),
    ]  # fmt: skip


def test_overlap_of_areas(folder):
    rows = run(folder, "analysis/overlap_of_areas", area_set="survey_districts_13")

    assert rows.rows() == [("amager-vest", "amager-vest", 4, 1.0), ("vesterbro", "vesterbro", 4, 1.0)]


def test_waves_loaded(folder):
    rows = run(folder, "analysis/waves_loaded").drop("loaded_at")

    assert rows.rows() == [
        ("tryghed", "2024", "tryghed.sav", 1, "", True, 16, 5, 1, 0),
        ("tryghed", "2025", "tryghed.sav", 1, "", True, 8, 5, 1, 0),
    ]  # fmt: skip


def test_checks_find_nothing_in_a_sound_store_and_what_is_wrong_in_another(folder, tmp_path):
    for name in ("lonely_strata", "weights_against_population", "respondents_left_out"):
        assert run(folder, f"checks/{name}").height == 0
    sick = wave("2025")
    sick.respondents[0, "stratum"] = "9"
    sick.population["2"] = 60.0
    sick.membership[0, "area_set"] = "udsatte_2025"
    warehouse.publish(tmp_path, sick)

    assert run(tmp_path, "checks/lonely_strata").rows() == [("2025", "9", 1)]
    assert run(tmp_path, "checks/weights_against_population")["stratum"].to_list() == ["1", "2"]
    assert run(tmp_path, "checks/respondents_left_out").rows() == [("2025", "udsatte_2025", 8)]


def test_a_person_has_another_checksum_in_another_wave(tmp_path):
    # A person of a panel has one pseudonym in all its waves. Guards against checksums of pooled waves in which such a
    # person cancels out, or which stay the same where two waves have changed people.
    for name in ("2024", "2025"):
        warehouse.publish(tmp_path, wave(name))
    given = {
        "waves": ["2024", "2025"], "area_sets": ["survey_districts_13"], "dimensions": ["alle"],
        "pattern": "^(tryg_aften)$",
    }  # fmt: skip

    with open_reader(tmp_path, "tryghed") as reader:
        rows = reader.run(QUERIES["release/atoms"], **given)

    assert rows["mark"].n_unique() == rows.height
    assert "0" not in set(rows["mark"])
