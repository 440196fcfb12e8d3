"""Register tables from the demo's files to the store, and out again through the named query."""

import pytest
from made_waves import wave

from tryghed import registration
from tryghed.definitions.project import load
from tryghed.errors import DataError, UsageError
from tryghed.store import adhoc, query, registers, warehouse
from tryghed.store.reader import open_reader

TABLE = "Kode;År;Tal\n1;2020;10,5\n1;2021;11\n"


def quiet(_):
    """Tell nobody."""


@pytest.fixture
def folder(tmp_path):
    """A project with a small area set and two register tables."""
    areas = tmp_path / "surveys" / "areas"
    areas.mkdir(parents=True)
    (areas / "places.toml").write_text('label = "Steder"\nkind = "district"\nversion = "7"\nareas = "places.csv"\n')
    (areas / "places.csv").write_text("code;name\n1;Her\n")
    (tmp_path / "surveys" / "registers").mkdir()
    for name in ("first", "second"):
        (tmp_path / "surveys" / "registers" / f"{name}.toml").write_text(
            f'label = "L"\nunit = "pct."\nsource = "S"\ndenominator = "børn"\narea_set = "places"\n'
            f'[delivery]\nfile = "{name}.csv"\n[columns]\narea = "Kode"\nyear = "År"\nvalue = "Tal"\n'
            '[[breaks]]\nsince = 2021\nwhy = "ny opgørelse"\n',
            encoding="utf-8",
        )
        (tmp_path / f"{name}.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


def loaded(folder, *names):
    project = load(folder)
    return registration.load_registers(project, registration.named_registers(project, names), quiet)


def test_tables_are_published_together_and_only_once(folder):
    assert [(one.name, one.changed, one.generation) for one in loaded(folder)] == [
        ("first", True, 1), ("second", True, 1),
    ]  # fmt: skip
    assert not any(one.changed for one in loaded(folder))

    (folder / "second.csv").write_text(TABLE + "1;2022;12\n", encoding="utf-8")

    assert [(one.name, one.changed, one.generation) for one in loaded(folder)] == [
        ("first", False, 2), ("second", True, 2),
    ]  # fmt: skip
    warehouse.verify(warehouse.required(folder))


def test_another_definition_reads_the_same_file_anew(folder):
    loaded(folder)
    definition = folder / "surveys" / "registers" / "first.toml"
    definition.write_text(definition.read_text(encoding="utf-8").replace("ny opgørelse", "nye kilder"))

    assert "definition changed since" in registration.overview(load(folder))[0]
    assert [one.changed for one in loaded(folder, "first")] == [True]


def test_a_table_that_is_refused_does_not_keep_the_others_out(folder):
    (folder / "first.csv").write_text(TABLE + "1;2022;mange\n", encoding="utf-8")

    with pytest.raises(DataError, match="mange"):
        loaded(folder)

    assert list(registers.loaded(folder)) == ["second"]


def test_a_table_nobody_defined_is_told(folder):
    with pytest.raises(UsageError, match="no register 'third'"):
        loaded(folder, "third")


def test_waves_and_register_tables_leave_each_other_alone(folder):
    # Guards against a wave that is replaced with the tables beside it, and the other way round.
    warehouse.publish(folder, wave("2024"))
    loaded(folder)
    warehouse.publish(folder, wave("2025"))

    assert list(registers.loaded(folder)) == ["first", "second"]
    assert registers.values(folder, "first").height == 2
    assert len(warehouse.loaded(folder)) == 2
    warehouse.verify(warehouse.required(folder))


def test_the_named_query_needs_no_wave(folder):
    # Guards against register tables that nobody can look at before the first survey is loaded.
    loaded(folder)
    one = query.load_all(load(folder).queries)["analysis/register_series"]

    answer = adhoc.run_named(folder, "tryghed", one, {"register": "first"})

    assert answer.rows["value"].to_list() == [10.5, 11.0]


def test_the_named_query_tells_the_series_and_its_breaks(folder):
    warehouse.publish(folder, wave("2024"))
    loaded(folder)
    shelf = query.load_all(load(folder).queries)

    with open_reader(folder, "tryghed") as reader:
        rows = reader.run(shelf["analysis/register_series"], register="first", area="%").to_dicts()

    told = [(one["area"], one["year"], one["value"], one["series"], one["break_why"]) for one in rows]
    assert told == [("1", "2020", 10.5, 1, None), ("1", "2021", 11.0, 2, "ny opgørelse")]
    assert {(one["unit"], one["out_of"], one["source"], one["area_version"]) for one in rows} == {
        ("pct.", "børn", "S", "7")
    }
