"""Register tables: files as offices send them, and what is found in those that do not hold."""

from pathlib import Path

import polars as pl
import pytest

from tryghed.definitions.project import load
from tryghed.errors import DefinitionError
from tryghed.intake import registers
from tryghed.intake.findings import Refused

ROOT = Path(__file__).parents[3]
STATS = ROOT.parent / "shared" / "data" / "stats"
needs_stats = pytest.mark.skipif(not STATS.is_dir(), reason="needs ../shared/data/stats beside the repository")

#: All ages and 18 and over in 2020, as data/README.md beside the files has them.
POPULATION = {
    "1": (55_858, 47_673), "2": (79_798, 66_156), "3": (80_255, 67_127), "4": (72_686, 60_291), "5": (60_319, 48_957),
    "6": (41_191, 33_307), "7": (44_788, 34_366), "8": (55_178, 46_733), "9": (59_798, 49_853), "10": (78_973, 63_774),
    "uden_for_inddeling": (3_452, 3_229),
}  # fmt: skip
BE62 = """
unit = "personer"
adds_up = true
[delivery]
file = "Be62.xlsx"
rows = 33144
header_row = 3
[columns]
area = "Bydel"
year = "aar"
value = "Antal - Personer 1år"
"""
LONG = """
unit = "pct."
[delivery]
file = "table.csv"
[columns]
area = "sted"
year = "år"
value = "tal"
"""


def project(folder, definition, *, table=None, files=(), encoding="utf-8"):
    """Return a project of one register, `table`, with the area sets that come with the software."""
    places = folder / "surveys"
    (places / "registers").mkdir(parents=True)
    (places / "areas").symlink_to(ROOT / "surveys" / "areas")
    about = 'label = "Tal"\nsource = "et kontor"\n'
    about += "" if "area_set" in definition else 'area_set = "bydele_10"\n'
    (places / "registers" / "table.toml").write_text(about + definition, encoding="utf-8")
    for file in files:
        (folder / file.name).symlink_to(file)
    if table is not None:
        (folder / "table.csv").write_text(table, encoding=encoding)
    return load(folder)


def accepted(*given, **more):
    return registers.accept(project(*given, **more), "table")


def figures(rows):
    return {(one["area"], one["year"]): one["value"] for one in rows.to_dicts()}


def refused(folder, table, definition=LONG, **more):
    """Return the findings that refuse a table, by code."""
    with pytest.raises(Refused) as told:
        accepted(folder, definition, table=table, **more)
    return {one.code: one for one in told.value.findings if one.severity != "info"}


def whole(year=2020, value="1,5", *, but=()):
    """Return the lines of all ten bydele."""
    return "".join(f"{code};{year};{value}\n" for code in range(1, 11) if code not in but)


@needs_stats
def test_the_forecast_workbook_gives_the_reference_populations(tmp_path):
    # Guards against a reader that sees one row (the sheet states no size), and against rows left out.
    everybody = accepted(tmp_path / "a", BE62, files=[STATS / "Be62.xlsx"])
    adults = accepted(
        tmp_path / "b", BE62 + '[[rows]]\ncolumn = "1 års alder"\nnumber = { min = 18 }\n', files=[STATS / "Be62.xlsx"]
    )

    assert everybody.source.rows == 33_144
    for place, one in enumerate((everybody, adults)):
        found = figures(one.values)
        assert {area: round(found[area, 2020]) for area in POPULATION} == {
            area: known[place] for area, known in POPULATION.items()
        }
    assert everybody.values["year"].unique().sort().to_list() == list(range(2020, 2036))


@needs_stats
def test_sex_and_age_stay_apart_where_they_are_categories(tmp_path):
    divided = BE62.replace("adds_up = true\n", "") + 'category = ["Køn", "1 års alder"]\n'
    found = accepted(tmp_path, divided, files=[STATS / "Be62.xlsx"]).values

    assert found.height == 33_144
    boys = found.filter(pl.col("area") == "1", pl.col("year") == 2020, pl.col("category") == "Mænd*0 år")
    assert boys["value"].to_list() == [360]


@needs_stats
def test_a_wide_table_in_latin_1_is_read_by_its_years(tmp_path):
    name = "avg-income-districts-cph.csv"
    found = accepted(
        tmp_path, f'unit = "kr."\n[delivery]\nfile = "{name}"\n[columns]\narea = "district"\n', files=[STATS / name]
    )

    assert found.values.height == 10 * 10
    assert figures(found.values)["2", 2019] == 392_504  # Østerbro, whose first letter is one byte of ISO-8859-1
    assert figures(found.values)["4", 2010] == 267_431


@needs_stats
def test_a_column_that_mixes_levels_gives_those_asked_for(tmp_path):
    # Guards against kvarterer and bydele of one name ("Valby") added up, or one taken for the other.
    name = "kkbyg1_before_1850.csv"
    definition = f"""
unit = "bygninger"
[delivery]
file = "{name}"
[columns]
area = "OMRKK"
year = "TID"
value = "INDHOLD"
[[rows]]
column = "OMRKK"
begins = ["Bydel - ", "København i alt"]
"""
    found = accepted(tmp_path, definition, files=[STATS / name])
    values = figures(found.values)

    assert found.values.height == (10 + 2) * 28
    assert values["alle", 1991] == 1653
    districts = [*map(str, range(1, 11)), "uden_for_inddeling"]
    assert sum(values[one, 1991] for one in districts) == 1653


@pytest.mark.parametrize(
    "name",
    [
        "Vesterbro-Kongens Enghave", "Vesterbro/Kongens Enghave", "4. Vesterbro/Kongens Enghave",
        "Bydel - 4. Vesterbro/Kongens Enghave", "District - Vesterbro/Kongens Enghave",
        "Bydel - Vesterbro/Kongens Enghave", "Vesterbro-Kgs. Enghave", " vesterbro-kongens  enghave ", "4",
    ],
)  # fmt: skip
def test_every_spelling_of_a_bydel_is_the_bydel(name):
    assert load(ROOT).area_sets["bydele_10"].named(name) == "4"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Uden for inddeling", "uden_for_inddeling"), ("Bydel - Uden for inddeling", "uden_for_inddeling"),
        ("København i alt", "alle"), ("Lokaludvalg - Valby", None), ("Valby - Syd", None), ("Vesterbro", None),
    ],
)  # fmt: skip
def test_other_levels_are_not_taken_for_a_bydel(name, code):
    assert load(ROOT).area_sets["bydele_10"].named(name) == code


def test_a_table_in_danish_habits_is_read(tmp_path):
    table = "sted;år;tal\nØsterbro;2020;1.234.567,5\n" + whole(but=[2])
    found = accepted(tmp_path, LONG.replace("pct.", "kr."), table=table, encoding="cp1252")

    assert figures(found.values)["2", 2020] == 1_234_567.5
    assert figures(found.values)["3", 2020] == 1.5


def test_points_between_thousands_must_be_told(tmp_path):
    # 402.000 alone may be 402: read so, an income would be a thousandth of itself.
    table = "sted;år;tal\n" + whole(value="402.000")
    kroner = LONG.replace("pct.", "kr.")

    assert "register_not_a_number" in refused(tmp_path / "a", table, kroner)
    told = accepted(tmp_path / "b", kroner + 'thousands = "."\n', table=table)
    assert figures(told.values)["1", 2020] == 402_000


@pytest.mark.parametrize(
    ("line", "code", "part"),
    [
        ("Vesterbro;2020;1\n", "register_area_unknown", "'Vesterbro'"),
        (";2020;1\n", "register_area_unknown", "blank"),
        ("Valby;2020;9\n", "register_twice", "5 2020"),
        ("Valby;2021;mange\n", "register_not_a_number", "'mange'"),
        ("Valby;2021;100,5\n", "register_out_of_range", "at most 100"),
        ("Valby;20210;1\n", "register_year", "'20210'"),
        ("Valby;2021;1\n", "register_area_missing", "1 (2021)"),
    ],
)
def test_what_does_not_hold_is_found_with_its_row(tmp_path, line, code, part):
    found = refused(tmp_path, "sted;år;tal\n" + whole() + line)[code]

    assert part in found.message
    if code not in ("register_area_missing", "register_twice"):
        assert found.rows == (11,)


def test_everything_is_told_at_once(tmp_path):
    found = refused(tmp_path, "sted;år;tal\nMåne;2020;x\nValby;1800;200\n", LONG + "denominator = 'n'\n")
    assert set(found) == {"register_column"}
    found = refused(tmp_path / "b", "sted;år;tal\nMåne;2020;x\nValby;1800;200\n")
    assert set(found) == {
        "register_area_unknown", "register_not_a_number", "register_year", "register_out_of_range",
    }  # fmt: skip


def test_a_figure_that_is_not_known_stays_unknown(tmp_path):
    found = accepted(tmp_path, LONG, table="sted;år;tal\n" + whole(value=".."))

    assert found.values["value"].null_count() == 10
    assert [one.count for one in found.findings if one.code == "register_blank"] == [10]


def test_a_sum_with_an_unknown_part_is_unknown(tmp_path):
    # Guards against half a population printed as the whole.
    found = accepted(tmp_path, "adds_up = true\n" + LONG, table="sted;år;tal\n" + whole() + "1;2020;-\n2;2020;4\n")

    assert figures(found.values)["1", 2020] is None
    assert figures(found.values)["2", 2020] == 5.5


def test_figures_that_were_revised_need_acceptance(tmp_path):
    before = accepted(tmp_path / "a", LONG, table="sted;år;tal\n" + whole()).values
    table = "sted;år;tal\n" + whole(but=[3]) + "3;2020;2\n" + whole(2021)

    with pytest.raises(Refused, match=r"1 figures are revised, such as 3 2020: 1.5 is 2"):
        registers.accept(project(tmp_path / "b", LONG, table=table), "table", known=before)
    taken = '[[accepted]]\ncode = "register_revised"\nbecause = "rettet"\nby = "A"\ndate = 2026-01-02\n'
    now = registers.accept(project(tmp_path / "c", LONG + taken, table=table), "table", known=before)
    assert figures(now.values)["3", 2020] == 2


def test_all_that_is_wrong_with_definitions_is_told(tmp_path):
    with pytest.raises(DefinitionError) as told:
        project(tmp_path, "unknown = 1\n" + LONG.replace('year = "år"\n', "") + '[[breaks]]\nsince = 12\nwhy = ""\n')

    for part in ("year and value", "unknown: unknown key", "breaks.0.since", "breaks.0.why"):
        assert part in str(told.value)
    with pytest.raises(DefinitionError, match="no area set 'byer'"):
        project(tmp_path / "b", 'area_set = "byer"\n' + LONG)
