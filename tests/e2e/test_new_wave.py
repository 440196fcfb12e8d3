"""The draft of a new wave: once confirmed it reads the file to the same scores as the definition somebody wrote."""

import re
import shutil

import pytest

from tests.e2e.conftest import REPOSITORY, tryghed
from tryghed.definitions.project import load
from tryghed.errors import DataError, DefinitionError, UsageError
from tryghed.intake.accept import accept
from tryghed.waves.draft import draft

WAVES = [*(("tryghed", str(year)) for year in range(2019, 2026)), ("sundhed", "2017"), ("sundhed", "2021")]


def confirm(path, **corrected):
    """Delete the marks as a person does who agrees with everything but what is `corrected`."""
    lines = [re.sub(r"\s*# CONFIRM.*", "", line) for line in path.read_text(encoding="utf-8").splitlines()]
    kept = [f"{line.split(' = ')[0]} = {corrected[line.split(' = ')[0]]}" if line.split(" = ")[0] in corrected else line
            for line in lines]  # fmt: skip
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")


@pytest.fixture
def city(demo, tmp_path):
    for part in ("surveys", "deliveries"):
        shutil.copytree(demo / part, tmp_path / part)
    return tmp_path


@pytest.mark.parametrize(("survey", "wave"), WAVES)
def test_a_confirmed_draft_reads_a_wave_as_its_committed_definition_does(city, survey, wave):
    project = load(city)
    expected = accept(project, survey, wave)
    file = city / project.waves[survey][wave].delivery.file
    (city / "surveys" / survey / f"{wave}.toml").unlink()

    done = draft(load(city), survey, wave, [file])
    confirm(done.path)
    found = accept(load(city), survey, wave)

    assert found.scores.equals(expected.scores.select(found.scores.columns))
    assert set(found.scores.columns) == set(expected.scores.columns)
    assert found.answers.equals(expected.answers.select(found.answers.columns))  # kinds of missing too
    assert found.respondents.equals(expected.respondents)
    assert found.membership.equals(expected.membership)
    assert done.missing == ()


def test_a_draft_is_refused_until_every_mark_is_gone(city):
    path = city / "surveys" / "tryghed" / "2025.toml"
    path.unlink()

    told = tryghed("wave", "new", "tryghed", "2025", "deliveries/tryghed_2025.sav", cwd=city).stderr
    text = path.read_text(encoding="utf-8")
    check = tryghed("check", cwd=city, code=3).stderr
    ingest = tryghed("ingest", "tryghed/2025", cwd=city, code=3).stderr
    confirm(path)
    with path.open("a", encoding="utf-8") as stream:
        stream.write("# CONFIRM: one is left\n")
    one_left = tryghed("check", cwd=city, code=3).stderr
    confirm(path)
    tryghed("check", cwd=city)

    assert "guesses to confirm" in told
    assert 'safe_evening = "q7_2"  # CONFIRM: 2024 had q8_2; same question' in text
    assert "start = 2024-12-02  # CONFIRM: first day in column svardato" in text
    assert "surveys/tryghed/2025.toml: is a draft" in check
    assert "surveys/tryghed/2025.toml: is a draft" in ingest
    assert "guesses to confirm: 1 " in one_left


def test_changed_words_are_told_with_how_alike_they_are(city):
    (city / "surveys" / "tryghed" / "2022.toml").unlink()

    text = draft(load(city), "tryghed", "2022", [city / "deliveries" / "tryghed_2022.sav"]).path.read_text("utf-8")

    assert "2021 had q5_2; question changed since 2021, 69 % alike" in text
    assert 'safe_stop = "q7_4"  # CONFIRM: 2021 had q5_4; same question' in text
    assert "#   metode  Svarmetode" in text


def test_an_item_that_is_gone_is_told_with_the_nearest_column(city):
    other = city / "deliveries" / "tryghed_2018.sav"  # has no question on stops

    done = draft(load(city), "tryghed", "2099", [other])

    assert "safe_stop" in done.missing
    assert "# CONFIRM: not found: safe_stop, q7_4 in 2025" in done.path.read_text("utf-8")


def test_nothing_is_overwritten_and_all_that_is_wrong_is_told_at_once(city, tmp_path_factory):
    outside = tmp_path_factory.mktemp("elsewhere") / "x.sav"
    outside.write_bytes(b"x")
    before = (city / "surveys" / "tryghed" / "2025.toml").read_bytes()

    with pytest.raises(UsageError) as told:
        draft(load(city), "tryghed", "2025", [city / "none.sav", outside])

    assert "2025.toml: exists already" in str(told.value)
    assert "none.sav: no such file" in str(told.value)
    assert "x.sav: is not in the project folder" in str(told.value)
    assert (city / "surveys" / "tryghed" / "2025.toml").read_bytes() == before


def test_a_file_of_something_else_is_refused_without_a_draft(city):
    (city / "deliveries" / "other.csv").write_text("a;b\n1;2\n", encoding="utf-8")

    with pytest.raises(DataError, match="no column of 2 fits an item of tryghed"):
        draft(load(city), "tryghed", "2026", [city / "deliveries" / "other.csv"])

    assert not (city / "surveys" / "tryghed" / "2026.toml").exists()


def test_a_text_file_is_drafted_by_its_names(city):
    lines = ["lbnr|bydel|koen|alder|vaegt_kbh|ryger|sf1", "1|1|1|44|1,5|1|2", "2|2|2|61|0,5|5|3"]
    (city / "deliveries" / "sundhed.csv").write_text("\n".join(lines), encoding="utf-8")

    done = draft(load(city), "sundhed", "2025", [city / "deliveries" / "sundhed.csv"], separator="|")
    text = done.path.read_text("utf-8")

    assert 'csv = { separator = "|" }' in text
    assert 'weight = "vaegt_kbh"' in text
    assert 'smoking = "ryger"  # CONFIRM: the file has no question text' in text
    assert "bmi" in done.missing


def example(tmp_path, name, data, *files):
    shutil.copytree(REPOSITORY / "docs" / "examples" / name / "surveys", tmp_path / "surveys")
    (tmp_path / "deliveries").mkdir()
    for file in files:
        shutil.copy(data / name / file, tmp_path / "deliveries")
    return tmp_path


def test_the_crime_survey_is_drafted_from_its_questions_alone(tmp_path, shared_data):
    folder = example(tmp_path, "csew", shared_data, "crime-survey-csew1314teachingopen.sav")
    expected = accept(load(folder), "csew", "2013-14")
    (folder / "surveys" / "csew" / "2013-14.toml").unlink()

    done = draft(load(folder), "csew", "2013-14", [folder / "deliveries" / "crime-survey-csew1314teachingopen.sav"])
    text = done.path.read_text("utf-8")
    confirm(done.path)
    found = accept(load(folder), "csew", "2013-14")

    assert found.scores.equals(expected.scores.select(found.scores.columns))
    assert found.answers.equals(expected.answers.select(found.answers.columns))
    assert "blank for nearly everybody with split = 1, 2, 3" in text


def test_nhanes_is_drafted_from_three_files_and_says_what_it_cannot_know(tmp_path, shared_data):
    files = ("P_DEMO.xpt", "P_BMX.xpt", "P_SLQ.xpt")
    folder = example(tmp_path, "nhanes", shared_data, *files)
    expected = accept(load(folder), "nhanes", "2017-20")
    definition = (folder / "surveys" / "nhanes" / "2017-20.toml").read_text("utf-8")
    (folder / "surveys" / "nhanes" / "2017-20.toml").unlink()

    paths = [folder / "deliveries" / file for file in files]
    with pytest.raises(DataError, match="rows"):
        draft(load(folder), "nhanes", "2017-20", paths)
    done = draft(load(folder), "nhanes", "2017-20", paths, rows=[15560, 14300, 10195])
    text = done.path.read_text("utf-8")
    with pytest.raises(DefinitionError, match="is a draft"):
        load(folder).wave("nhanes", "2017-20")
    confirm(done.path, weight='"WTMECPRP"\nzero_weight = "outside"')
    with done.path.open("a", encoding="utf-8") as stream:  # what a person looked at and accepted
        stream.write(definition[definition.index("[[accepted]]") :])
    found = accept(load(folder), "nhanes", "2017-20")

    # two columns look like weights: a person decides
    assert re.search(r'weight = "WTINTPRP"  # CONFIRM: .*; or WTMECPRP \(1,260 of them are 0: zero_weight', text)
    assert found.respondents.equals(expected.respondents)
    assert found.scores.equals(expected.scores.select(found.scores.columns))
