"""The demo's files: what an institute would send, byte for byte the same for the same seed."""

import hashlib
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from tryghed.demo.build import build
from tryghed.demo.model import load
from tryghed.errors import UsageError

SAFETY = [("tryghed", str(year)) for year in range(2018, 2026)]
HEALTH = [("sundhed", year) for year in ("2013", "2017", "2021")]
WAVES = SAFETY + HEALTH


def checksums(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def column(delivered, project, survey, wave, item):
    return delivered[survey, wave][0][project.waves[survey][wave].columns[item]]


def test_the_same_seed_gives_the_same_bytes_in_another_second(built, tmp_path):
    # Guards against the clock that the SPSS writer puts into the header, and against sets iterated in hash order.
    build(tmp_path / "again")
    assert checksums(tmp_path / "again") == checksums(built)


def test_another_seed_draws_another_sample_of_the_same_city(built, tmp_path):
    # Guards against a truth that moves with the sample: coverage over seeds would then mean nothing.
    build(tmp_path / "other", seed=7)
    one, other = checksums(built), checksums(tmp_path / "other")
    assert one.keys() == other.keys()
    assert one["truth.csv"] == other["truth.csv"]
    assert all(one[name] != other[name] for name in one if name.endswith("sav"))


def test_a_folder_with_something_in_it_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="not an empty folder"):
        build(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(("survey", "name"), WAVES)
def test_each_definition_names_the_file_it_was_sealed_with(built, project, delivered, survey, name):
    wave = project.waves[survey][name]
    content = (built / wave.delivery.file).read_bytes()
    assert wave.delivery.sha256 == hashlib.sha256(content).hexdigest()
    assert wave.delivery.rows == delivered[survey, name][0].height
    assert content[:4] == (b"$FL3" if wave.delivery.format == "zsav" else b"$FL2")
    day = wave.fieldwork.end + timedelta(days=21)
    month = ("Feb", "Mar", "Apr", "May", "Jun")[day.month - 2]  # English, whatever the language of the machine
    assert content[92:109].decode("ascii") == f"{day:%d} {month} {day:%y}09:00:00"


@pytest.mark.parametrize(("survey", "name"), WAVES)
def test_files_fit_their_definitions(project, delivered, survey, name):
    # Guards against a renamed column, a reworded label or an undeclared missing code slipping into only one of the two.
    wave, (rows, codebook) = project.waves[survey][name], delivered[survey, name]
    for item, column in wave.columns.items():
        definition = project.surveys[survey].items[item]
        labels = definition.codes | {code: missing.label for code, missing in definition.missing.items()}
        assert codebook.column_names_to_labels[column] == wave.wording.get(item, definition.asks)
        assert codebook.variable_value_labels.get(column, {}) == labels
        declared = {span["lo"] for span in codebook.missing_ranges.get(column, [])}
        assert declared == set(definition.missing)
        if not definition.numeric:
            assert set(rows[column].drop_nulls().unique()) <= set(labels)


@pytest.mark.parametrize(("survey", "name"), WAVES)
def test_who_answered(project, delivered, survey, name):
    wave, rows = project.waves[survey][name], delivered[survey, name][0]
    response = rows.height / wave.fieldwork.invited
    assert 0.27 < response < 0.36 if survey == "tryghed" else 0.36 < response < 0.48
    assert rows[wave.design.respondent].n_unique() == rows.height
    stratum = rows[wave.design.stratum].cast(pl.Int64).cast(pl.String)
    assert set(stratum) == set(wave.design.population)
    n = stratum.value_counts()["count"]
    assert (n.min() >= 200 and n.max() <= 500) if survey == "tryghed" else n.min() > 600
    days = rows["svardato"]
    assert wave.fieldwork.start <= days.min() <= days.max() <= wave.fieldwork.end


def test_published_numbers_of_answers_are_kept(delivered):
    published = {"2018": 3863, "2019": 3833, "2020": 4880, "2022": 3596}
    assert {wave: delivered["tryghed", wave][0].height for wave in published} == published


@pytest.mark.parametrize(("survey", "name"), WAVES)
def test_weights_are_calibrated_and_as_uneven_as_real_ones(project, delivered, survey, name):
    wave, rows = project.waves[survey][name], delivered[survey, name][0]
    design = wave.design
    weight = rows[design.weight].to_numpy()
    kish = len(weight) * (weight**2).sum() / weight.sum() ** 2
    assert 1.1 < kish < 1.3
    total = sum(design.population.values())
    expected = rows.height if survey == "tryghed" else total
    assert weight.sum() == pytest.approx(expected, rel=1e-5)
    by_stratum = rows.group_by(pl.col(design.stratum).cast(pl.Int64).cast(pl.String)).agg(pl.col(design.weight).sum())
    for stratum, sum_of_weights in by_stratum.iter_rows():
        assert sum_of_weights * total / expected == pytest.approx(design.population[stratum], rel=1e-4)


def test_the_kinds_of_missing_of_a_real_delivery_are_there(project, delivered):
    answers = column(delivered, project, "tryghed", "2025", "satisfied_shops")
    assert answers.is_in([8.0]).sum() > 10  # ved ikke
    assert answers.is_in([9.0]).sum() > 2  # ønsker ikke at svare
    assert 20 < answers.null_count() < 120  # broke off
    assert column(delivered, project, "tryghed", "2025", "sex").is_in([3.0]).sum() > 2


def test_half_the_sample_of_2021_was_not_asked_where_they_feel_unsafe(project, delivered):
    rows, wave = delivered["tryghed", "2021"][0], project.waves["tryghed"]["2021"]
    for item in ("unsafe_any", "unsafe_stop", "unsafe_parking"):
        asked = rows.filter(pl.col("split").is_in([1.0]))[wave.columns[item]]
        assert rows.filter(~pl.col("split").is_in([1.0]))[wave.columns[item]].null_count() == rows.height - len(asked)
        assert asked.null_count() < 0.05 * len(asked)
    assert "split" not in delivered["tryghed", "2022"][0].columns


def test_playgrounds_are_asked_of_their_users_only(project, delivered):
    uses = column(delivered, project, "tryghed", "2025", "uses_playground").to_numpy()
    satisfied = column(delivered, project, "tryghed", "2025", "satisfied_playgrounds")
    assert satisfied.filter(pl.Series(uses != 1)).null_count() == (uses != 1).sum()
    assert len(satisfied) - satisfied.null_count() > 1500


def test_a_place_is_named_only_by_those_who_feel_unsafe_somewhere(project, delivered):
    anywhere = column(delivered, project, "tryghed", "2025", "unsafe_any").to_numpy()
    for item in ("unsafe_stop", "unsafe_street"):
        named = column(delivered, project, "tryghed", "2025", item).to_numpy()
        assert not (named[anywhere != 1] == 1).any()


def test_answers_of_one_person_hang_together(project, delivered):
    # Guards against answers drawn independently, which would make every difference between items look too sure.
    evening = column(delivered, project, "tryghed", "2025", "safe_evening").to_numpy()
    groups = column(delivered, project, "tryghed", "2025", "worry_groups").to_numpy()
    both = (evening <= 5) & (groups <= 4)
    assert np.corrcoef(evening[both], groups[both])[0, 1] < -0.15


def test_roder_lie_in_the_district_the_stratum_names(project, delivered):
    districts = {one.stratum: name for name, one in load().districts.items()}
    members = project.area_sets["survey_districts_13"].members
    rows = delivered["tryghed", "2025"][0].select("bydel_nr", "rode").unique()
    assert all(members[rode] == (districts[int(number)],) for number, rode in rows.iter_rows())
    assert rows.height > 250


def test_old_waves_have_their_own_columns_and_wording(project, delivered):
    columns = {wave: one.columns["safe_evening"] for wave, one in project.waves["tryghed"].items()}
    assert (columns["2021"], columns["2023"], columns["2024"]) == ("q5_2", "q7_2", "q8_2")
    assert "alene" in delivered["tryghed", "2021"][1].column_names_to_labels["q5_2"]
    assert project.comparable("tryghed", "tryg_aften", "2025") == ("2022", "2023", "2024", "2025")


def test_everything_says_that_it_is_synthetic(project, delivered):
    assert all(survey.synthetic for survey in project.surveys.values())
    assert all("syntetiske data" in codebook.file_label for _, codebook in delivered.values())


def test_register_tables_have_danish_habits(built):
    folder = built / "deliveries" / "registre"
    income = (folder / "indkomst_bydel.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        income.decode("utf-8")
    lines = income.decode("cp1252").splitlines()
    assert lines[0] == "Område;Kode;År;Gennemsnitlig bruttoindkomst, kr."
    assert lines[1].startswith("Indre By;indre-by;2018;3")
    assert lines[1].count(".") == 1
    assert (folder / "grundskole_bydel.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    shares = (folder / "boernefattigdom_udsatte.csv").read_text(encoding="cp1252").splitlines()[1:]
    assert len(shares) == 15 * 7
    assert all(0 < float(line.split(";")[3].replace(",", ".")) < 40 for line in shares)


def test_a_demo_that_cannot_be_finished_leaves_nothing(tmp_path, monkeypatch):
    # Guards against half a project that the next `tryghed demo` refuses to write into.
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tryghed.demo.build.registers.write", full)
    with pytest.raises(OSError, match="No space left"):
        build(tmp_path / "city")

    assert list(tmp_path.iterdir()) == []
