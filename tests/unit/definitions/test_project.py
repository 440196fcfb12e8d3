import pytest

from tryghed.definitions.project import find, load
from tryghed.definitions.starting import begin
from tryghed.errors import DefinitionError, UsageError

SURVEY = """
title = "T"
short = "t"
population = "p"
area_sets = ["byer"]
[items.q]
asks = "?"
codes = { 1 = "ja", 2 = "nej" }
[indicators.tryg]
item = "q"
counts = [1]
label = "trygge"
"""
WAVE = """
year = {year}
[delivery]
file = "d.csv"
[privacy]
legal_basis = "§ 10"
retain_until = 2099-12-31
[design]
respondent = "id"
weight = "w"
[columns]
q = "q1"
{more}
"""
AREAS = 'label = "Byer"\nkind = "district"\nversion = "1"\nareas = "byer.csv"\n'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "surveys" / "areas").mkdir(parents=True)
    (tmp_path / "surveys" / "areas" / "byer.toml").write_text(AREAS, encoding="utf-8")
    (tmp_path / "surveys" / "areas" / "byer.csv").write_text("code;name\na;Åby\nb;Ølby\n", encoding="utf-8")
    (tmp_path / "surveys" / "s").mkdir()
    (tmp_path / "surveys" / "s" / "survey.toml").write_text(SURVEY, encoding="utf-8")
    return tmp_path


def wave(folder, name, more="", year=None):
    text = WAVE.format(year=year or name, more=more)
    (folder / "surveys" / "s" / f"{name}.toml").write_text(text, encoding="utf-8")


def test_a_project_has_what_its_files_say(folder):
    wave(folder, "2024")
    wave(folder, "2023")

    project = load(folder)

    assert list(project.waves["s"]) == ["2023", "2024"]
    assert [area.name for area in project.area_sets["byer"].areas.values()] == ["Åby", "Ølby"]
    assert project.rules.secrecy.min_base == 30  # from the starting project


def test_waves_are_comparable_from_the_last_break(folder):
    wave(folder, "2022")
    wave(folder, "2023", '[breaks.tryg]\nsince = "2023"\nwhy = "ny ordlyd"')
    wave(folder, "2024")

    project = load(folder)

    assert project.comparable("s", "tryg", "2024") == ("2023", "2024")
    assert project.comparable("s", "tryg", "2022") == ("2022",)


def test_every_problem_of_every_file_is_told(folder):
    wave(folder, "2024", "[breaks.nix]\nsince = '2024'\nwhy = ''")
    wave(folder, "2023", "[area]\ncolumn = 'rode'\nset = 'nix'")

    with pytest.raises(DefinitionError) as told:
        load(folder)

    assert "2024.toml: breaks.nix: no such indicator" in str(told.value)
    assert "2023.toml: area.set: no area set 'nix'" in str(told.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("year = ", "not valid TOML"),
        ('survey = "other"', "follows from the file's place"),
        ("year = 2024\nfarve = 1", "farve: unknown key"),
        ("year = 2024", "delivery: Field required"),
    ],
)
def test_a_wave_that_does_not_hold_names_file_and_key(folder, text, message):
    (folder / "surveys" / "s" / "2024.toml").write_text(text, encoding="utf-8")

    with pytest.raises(DefinitionError, match=message) as told:
        load(folder)

    assert "2024.toml" in str(told.value)


@pytest.mark.parametrize(
    ("csv", "message"),
    [
        ("code;name\na;A\na;B\n", r"byer.csv:3: code 'a' occurs twice"),
        ("code;name\na\n", r"byer.csv:2: has fewer than 2 values"),
        ("kode;navn\na;A\n", r"columns \['code', 'name'\] are missing"),
    ],
)
def test_areas_that_do_not_hold_name_the_line(folder, csv, message):
    (folder / "surveys" / "areas" / "byer.csv").write_text(csv, encoding="utf-8")

    with pytest.raises(DefinitionError, match=message):
        load(folder)


def test_unknown_names_list_the_known(folder):
    wave(folder, "2024")

    with pytest.raises(UsageError, match="waves here: 2024"):
        load(folder).wave("s", "2019")
    with pytest.raises(UsageError, match="surveys here: s"):
        load(folder).wave("x", "2024")


def test_the_project_is_found_from_below(folder):
    below = folder / "out" / "2024"
    below.mkdir(parents=True)

    assert find(below) == folder


def test_no_project_says_how_to_make_one(tmp_path):
    with pytest.raises(UsageError, match="tryghed init"):
        find(tmp_path)


def test_a_new_project_can_be_loaded(tmp_path):
    begin(tmp_path / "new")

    assert "tryghed" in load(tmp_path / "new").surveys


def test_a_new_project_overwrites_nothing(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(UsageError, match="not an empty folder"):
        begin(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_that_does_not_hold_hides_no_other_files_problems(folder):
    # Guards against a reader who mends one file only to be told of the next.
    wave(folder, "2023", year='"x"')
    wave(folder, "2024", more='nope = "q9"')
    (folder / "surveys" / "areas" / "byer.toml").write_text(AREAS + "colour = 1\n", encoding="utf-8")
    (folder / "surveys" / "s" / "survey.toml").write_text(SURVEY + "[items.r]\nasks = 1\n", encoding="utf-8")
    (folder / "surveys" / "t").mkdir()
    (folder / "surveys" / "t" / "survey.toml").write_text(
        SURVEY.replace('"byer"', '"byer", "lande"'), encoding="utf-8"
    )  # fmt: skip

    with pytest.raises(DefinitionError) as refused:
        load(folder)

    told = str(refused.value)
    for file in ("s/2023.toml", "areas/byer.toml", "s/survey.toml", "t/survey.toml"):
        assert file in told
    assert "no area set 'lande'" in told
    assert "no area set 'byer'" not in told  # it is there, and told for its own fault


def test_a_project_that_is_there_already_is_gone_on_with(folder):
    with pytest.raises(UsageError, match="not an empty folder") as refused:
        begin(folder)

    assert f"tryghed run --project {folder}" in refused.value.hint
