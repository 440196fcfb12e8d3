"""Official outlines become area sets of a project, and units get their place in them."""

import json
import shutil
from pathlib import Path

import pytest
import shapely
from shapely.geometry import mapping

from tryghed import area_sets
from tryghed.definitions.project import load
from tryghed.errors import DataError, UsageError
from tryghed.intake import geography
from tryghed.intake.geography import SetDescription

ROOT = Path(__file__).parents[2]
NAMES = {1: "Her", 2: "Der/Derovre"}


@pytest.fixture
def folder(tmp_path):
    areas = tmp_path / "surveys" / "areas"
    areas.mkdir(parents=True)
    (areas / "places.toml").write_text(
        '# ours\nlabel = "Steder"\nkind = "district"\nversion = "2023"\nareas = "places.csv"\n'
        'aliases = "spelled.csv"\ntitles = ["Sted - "]\n',
        encoding="utf-8",
    )
    (areas / "places.csv").write_text("code;name\n1;Her\n2;Der og derovre\n", encoding="utf-8")
    (areas / "spelled.csv").write_text("alias;area\nDer/Derovre;2\n", encoding="utf-8")
    return tmp_path


def delivered(folder, *areas, **properties):
    """Write squares side by side: (id, name), or (id, name, its place on the map)."""
    features = [
        {
            "type": "Feature", "properties": {"id": one[0], "navn": one[1], **properties},
            "geometry": mapping(shapely.box(12.5 + x / 100, 55.6, 12.51 + x / 100, 55.61)),
        }
        for place, one in enumerate(areas)
        for x in [one[2] if len(one) > 2 else place]
    ]  # fmt: skip
    file = folder / "official.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return file


def loaded(folder, file, *, name="places", version="", kind="district", overlapping=False):
    outlines = geography.read(file, code="id", name="navn")
    about = SetDescription(name, name, kind, version, "here")
    area_sets.load_areas(load(folder), about, outlines, tolerance_m=5, overlapping=overlapping)
    return load(folder).area_sets[name]


def codes(area_set):
    return [one.code for one in geography.read(area_set.outlines, code="code", name="name")]


def test_areas_are_known_by_any_spelling_where_the_codes_are_others(folder):
    file = delivered(folder, (30, "Sted - 1. Her "), (31, "Sted - Der/Derovre"))

    assert codes(loaded(folder, file)) == ["1", "2"]


def test_a_code_that_is_another_area_s_is_refused(folder):
    # Guards against the property id of bydele, which has the numbers of other districts.
    with pytest.raises(DataError, match="code 1 is Her, in the file it is Der/Derovre"):
        loaded(folder, delivered(folder, (1, "Der/Derovre"), (2, "Her")))

    assert load(folder).area_sets["places"].outlines is None


def test_new_outlines_carry_their_version(folder):
    file = delivered(folder, (1, "Her"), (2, "Der/Derovre"))

    assert loaded(folder, file, version="2026").version == "2026"
    assert loaded(folder, file).version == "2026"  # not told: as it was
    assert (folder / "surveys" / "areas" / "places.toml").read_text(encoding="utf-8").startswith("# ours\nlabel")
    assert loaded(folder, file, name="others", version="2017").version == "2017"


def test_areas_that_overlap_are_loaded_only_as_such(folder):
    # Guards against the common part given to the first of two vulnerable areas.
    file = delivered(folder, ("a", "A", 0), ("b", "B", 0.5))

    with pytest.raises(DataError, match=r"a and b by 50.0%"):
        loaded(folder, file, name="udsatte", kind="vulnerable")
    made = loaded(folder, file, name="udsatte", kind="vulnerable", overlapping=True)

    a, b = (one.shape for one in geography.read(made.outlines, code="code", name="name"))
    assert shapely.intersection(a, b).area == pytest.approx(a.area / 2, rel=0.01)


def test_units_get_their_place_in_every_version(folder):
    loaded(folder, delivered(folder, (1, "Her"), (2, "Der/Derovre")))
    loaded(folder, delivered(folder, ("u", "U", 0), ("v", "V", 1)), name="units", kind="unit")
    for version, place in (("2017", 0), ("2025", 1)):
        file = delivered(folder, ("x", "X", place))
        loaded(folder, file, name=f"udsatte_{version}", version=version, kind="vulnerable", overlapping=True)

    for name in ("places", "udsatte_2017", "udsatte_2025"):
        area_sets.place_units(load(folder), name, "units")

    sets = load(folder).area_sets
    assert sets["places"].members == {"u": ("1",), "v": ("2",)}
    assert sets["udsatte_2017"].members == {"u": ("x",)}
    assert sets["udsatte_2025"].members == {"v": ("x",)}
    assert sets["places"].unit_set == "units"


def test_units_without_outlines_are_told(folder):
    with pytest.raises(UsageError, match="no area set 'units' with outlines"):
        area_sets.place_units(load(folder), "places", "units")


def test_all_spellings_of_the_file_s_bydele_are_those_of_the_project(tmp_path):
    source = ROOT.parent / "shared" / "data" / "geo" / "bydel.json"
    if not source.is_file():
        pytest.skip("needs ../shared/data/geo beside the repository")
    shutil.copytree(ROOT / "surveys" / "areas", tmp_path / "surveys" / "areas")
    for code in ("bydel_nr", "id", "navn"):  # id has 30, 31, 32 for three of them
        outlines = geography.read(source, code=code, name="navn")
        about = SetDescription("bydele_10", "Bydele", "district", "2023-08-01")
        area_sets.load_areas(load(tmp_path), about, outlines, tolerance_m=100, overlapping=False)
        made = load(tmp_path).area_sets["bydele_10"]
        named = {one.code: one.name for one in geography.read(made.outlines, code="code", name="name")}
        assert named == {one: area.name for one, area in made.areas.items()}
