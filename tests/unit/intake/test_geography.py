import json
from pathlib import Path

import pytest
import shapely
from shapely.geometry import mapping

from tryghed.definitions.areas import read_area_set
from tryghed.errors import DataError
from tryghed.intake import geography
from tryghed.intake.geography import Outline, SetDescription

GEO = Path(__file__).parents[4] / "shared" / "data" / "geo"
AREAS = Path(__file__).parents[3] / "surveys" / "areas"
needs_geo = pytest.mark.skipif(not GEO.is_dir(), reason="needs ../shared/data/geo beside the repository")


def write(path, *features):
    content = [
        {"type": "Feature", "properties": p, "geometry": mapping(g) if g is not None else None} for p, g in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": content}), encoding="utf-8")
    return path


def square(west=12.50, south=55.60, side=0.01):
    return shapely.box(west, south, west + side, south + side)


def test_features_with_one_code_become_one_area(tmp_path):
    file = write(
        tmp_path / "a.geojson", ({"c": "Åby", "n": "Åby "}, square()), ({"c": "Åby", "n": "Åby"}, square(12.6))
    )

    (area,) = geography.read(file, code="c", name="n")

    assert (area.code, area.name) == ("aaby", "Åby")
    assert len(shapely.get_parts(area.shape)) == 2


def test_an_invalid_polygon_is_repaired(tmp_path):
    bow = shapely.Polygon([(12.5, 55.6), (12.6, 55.7), (12.6, 55.6), (12.5, 55.7)])

    (area,) = geography.read(write(tmp_path / "a.geojson", ({"c": 1, "n": "x"}, bow)), code="c", name="n")

    assert area.shape.is_valid
    assert area.shape.area > 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "not JSON"),
        ("[1]", "no features"),
        ('{"type": "FeatureCollection", "features": []}', "no features"),
        ('{"type": "FeatureCollection", "features": [7]}', "no features"),
        (
            '{"features": [{"properties": {"c": 1, "n": 1}, "geometry": {"type": "Polygon", "coordinates": [[[1]]]}}]}',
            "a shape that cannot be read in all 1 features",
        ),
    ],
)
def test_what_is_not_geojson_is_told(tmp_path, content, message):
    (tmp_path / "a.geojson").write_text(content, encoding="utf-8")

    with pytest.raises(DataError, match=message):
        geography.read(tmp_path / "a.geojson", code="c", name="n")


def test_every_problem_of_a_file_is_told(tmp_path):
    file = write(
        tmp_path / "a.geojson",
        ({"n": "x"}, square()),
        ({"c": 1, "n": "x"}, shapely.Point(12, 55)),
        ({"c": 2, "n": "x"}, shapely.box(724000, 6170000, 725000, 6171000)),
        ({"c": 3, "n": "x"}, shapely.box(55.6, 12.5, 55.7, 12.6)),
    )

    with pytest.raises(DataError) as told:
        geography.read(file, code="c", name="n")

    for part in (
        "no c in 1 of 4 features (1)",
        "no polygon in 1 of 4 features (2): it is Point",
        "coordinates that are not degrees in 1 of 4 features (3): up to 725000, 6171000",
        "latitude and longitude swapped in 1 of 4 features (4): 55.60, 12.50",
    ):
        assert part in str(told.value)


def test_a_wrong_property_is_told_once_with_those_there_are(tmp_path):
    # Guards against 399 lines that all say the same.
    file = write(tmp_path / "a.geojson", *(({"nr": number, "navn": "x"}, square()) for number in range(399)))

    with pytest.raises(DataError) as told:
        geography.read(file, code="code", name="navn")

    assert (told.value.message, told.value.hint) == ("no property 'code'", "the file's properties: navn, nr")


def test_neighbours_share_their_edge_after_simplifying():
    left = shapely.segmentize(square(), 0.0007)
    right = shapely.segmentize(square(12.51002), 0.0004)  # a slit of one metre, other points along it

    thin = geography.simplify([Outline("a", "A", "", left), Outline("b", "B", "", right)])

    assert shapely.coverage_is_valid([one.shape for one in thin])
    assert sum(len(shapely.get_coordinates(one.shape)) for one in thin) < 30


def test_a_new_set_can_be_read_back(tmp_path):
    description = SetDescription("byer", "Byer", "district", "2026", "here", "Kort: mig")

    path = geography.save_set(tmp_path, description, [Outline("a", "Åby", "x", square())])

    made = read_area_set(path)
    assert (made.areas["a"].name, made.areas["a"].parent, made.attribution) == ("Åby", "x", "Kort: mig")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["byer.csv", "byer.geojson", "byer.toml"]


def test_districts_are_the_unions_of_their_kvarterer():
    united = {one.code: one.shape for one in geography.union(read_area_set(AREAS / "kvarterer.toml"))}
    kept = {
        one.code: one.shape for one in geography.read(AREAS / "survey_districts_13.geojson", code="code", name="name")
    }

    assert united.keys() == kept.keys()
    for code, shape in united.items():
        assert shapely.symmetric_difference(shape, kept[code]).area < 0.01 * kept[code].area


@needs_geo
@pytest.mark.parametrize(
    ("file", "code", "name", "areas"),
    [
        ("bydel.json", "bydel_nr", "navn", 10),
        ("kvarter.geojson", "kvarternr", "kvarternavn", 67),
        ("rode.geojson", "rode_nr", "rodenavn", 399),  # two of them are invalid polygons
        ("f_udsatte_byomraader.json", "delomraade", "delomraade", 15),  # 17 features, two areas in two parts
    ],
)
def test_official_files_load(file, code, name, areas):
    found = geography.read(GEO / file, code=code, name=name)

    assert len(found) == areas
    assert all(one.shape.is_valid for one in found)


@needs_geo
def test_areas_measured_here_are_the_official_ones():
    stated = {
        str(f["properties"]["bydel_nr"]): f["properties"]["areal_m2"]
        for f in json.loads((GEO / "bydel.json").read_text())["features"]
    }

    for one in geography.read(GEO / "bydel.json", code="bydel_nr", name="navn"):
        plane = geography.Plane(one.shape.centroid.y)
        assert plane.metres(one.shape).area == pytest.approx(stated[one.code], rel=0.002)


@needs_geo
def test_what_was_done_to_the_official_polygons_is_told():
    roder = geography.read(GEO / "rode.geojson", code="rode_nr", name="rodenavn")
    vulnerable = geography.read(GEO / "f_udsatte_byomraader.json", code="delomraade", name="delomraade")

    assert geography.remarks(roder) == ["2 invalid polygons repaired: feature 89 (278), feature 141 (262)"]
    assert geography.remarks(vulnerable) == [
        "2 areas made of several features: ved-bispebjerg-parkalle of 2, ved-jagtvej of 2"
    ]
    assert geography.overlaps(roder) == []
    assert geography.overlaps(vulnerable) == [("nordvest", "ydre-noerrebro", pytest.approx(0.045, abs=0.001))]


@needs_geo
def test_roder_lie_where_the_city_says_they_do():
    # The file of roder has each one's bydel and kvarter; the members are found without looking at them.
    stated = {
        geography.slug(one["properties"]["rode_nr"]): one["properties"]
        for one in json.loads((GEO / "rode.geojson").read_text(encoding="utf-8"))["features"]
    }
    roder = geography.read(GEO / "rode.geojson", code="rode_nr", name="rodenavn")
    bydele = geography.read(GEO / "bydel.json", code="bydel_nr", name="navn")
    kvarterer = geography.read(GEO / "kvarter.geojson", code="kvarternr", name="kvarternavn")
    names = {one.code: one.name.casefold() for one in bydele}

    for rode, (bydel,) in geography.members(roder, bydele, overlapping=False).items():
        assert names[bydel] == stated[rode]["bydel"].strip().casefold()  # "Indre by" there, "Indre By" here
    for rode, (kvarter,) in geography.members(roder, kvarterer, overlapping=False).items():
        assert kvarter == geography.slug(stated[rode]["kvarternr"])


def test_a_unit_is_in_every_overlapping_area_that_holds_half_of_it():
    # Guards against a respondent who counts in one of two areas that lie across each other, and against neighbours.
    units = [Outline(str(place), "", "", square(12.50 + place / 100)) for place in range(4)]
    areas = [
        Outline("a", "", "", shapely.box(12.50, 55.60, 12.517, 55.61)),
        Outline("b", "", "", square(12.51, 55.604)),
    ]

    assert geography.members(units, areas, overlapping=True) == {"0": ("a",), "1": ("a", "b"), "2": (), "3": ()}
    assert geography.members(units, areas, overlapping=False) == {"0": ("a",), "1": ("a",), "2": (), "3": ()}
