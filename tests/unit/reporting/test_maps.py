import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import shapely

from tryghed.definitions.areas import read_area_set
from tryghed.errors import RenderError
from tryghed.release.released import Withheld
from tryghed.reporting import maps, outlines, theme
from tryghed.reporting.labels import Block, place

AREAS = Path(__file__).parents[3] / "surveys" / "areas"
SET = read_area_set(AREAS / "survey_districts_13.toml")
DISTRICTS = outlines.load(SET.outlines)
SPOTS = outlines.load(AREAS / "udsatte_2025.geojson", beside=DISTRICTS)
SVG = "{http://www.w3.org/2000/svg}"


def city(**special):
    areas = [
        maps.CityArea(code, area.short or area.name, *special.get(code.replace("-", "_"), ("71,2", "none")))
        for code, area in SET.areas.items()
    ]
    return ET.fromstring(maps.city(DISTRICTS, areas, title="Kort over byen", prefix="k"))  # noqa: S314


def texts(root):
    return [(node, "".join(node.itertext())) for node in root.iter(f"{SVG}text")]


def box(node):
    """Left, top, right, bottom of one line of text."""
    size, weight = float(node.get("font-size")), int(node.get("font-weight") or 400)
    width = theme.text_width("".join(node.itertext()), size, weight)
    left = float(node.get("x")) - {"middle": width / 2, "end": width}.get(node.get("text-anchor"), 0)
    return left, float(node.get("y")) - size, left + width, float(node.get("y"))


def test_a_map_begins_with_its_alt_text():
    assert city()[0].tag == f"{SVG}title"
    assert city()[0].text == "Kort over byen"


def test_every_area_is_drawn_and_named_inside_the_map():
    root = city()
    width, height = map(float, root.get("viewBox").split()[2:])

    assert len(list(root.iter(f"{SVG}path"))) == 13
    for node, _ in texts(root):
        left, top, right, bottom = box(node)
        assert left >= -0.5
        assert top >= -0.5
        assert right <= width + 0.5
        assert bottom <= height + 0.5


def test_no_two_labels_lie_on_each_other():
    seen = {box(node) for node, _ in texts(city())}  # a halo is the same text at the same place

    for one in seen:
        for other in seen - {one}:
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert apart, (one, other)


def labels_in(code):
    """Return how much of an area's name and share lies inside it on the city's map, None where a line leads to it."""
    width, height = 86 * theme.POINTS_PER_MM, 80 * theme.POINTS_PER_MM
    shapes = outlines.main_land(DISTRICTS.shapes, 60_000)
    window = outlines.fit(shapes.values(), 6, 6, width - 12, height - 12)
    placed = {one: window.place(shape) for one, shape in shapes.items()}
    blocks = {
        one: Block(
            max(theme.text_width(name, 8.5, 500) for name in theme.wrap(area.short or area.name, 58, 8.5)) + 2, 23
        )
        for one, area in SET.areas.items()
        for name in [area.short or area.name]
    }
    at = place(placed, blocks, width, height)[code]
    box = shapely.box(at.x - blocks[code].width / 2, at.y - 11.5, at.x + blocks[code].width / 2, at.y + 11.5)
    return None if at.leader_from else shapely.intersection(box, placed[code]).area / box.area


@pytest.mark.parametrize("code", ["bispebjerg", "kgs-enghave", "valby", "indre-by", "vesterbro"])
def test_a_name_on_the_map_lies_in_its_area_or_has_a_line_to_it(code):
    # Half of "Bispebjerg" over Brønshøj-Husum.
    share = labels_in(code)
    assert share is None or share >= 0.85


def test_the_hole_in_the_city_is_named():
    areas = [maps.CityArea(code, area.short or area.name, "71,2", "none") for code, area in SET.areas.items()]
    drawn = ET.fromstring(maps.city(DISTRICTS, areas, enclave="Frederiksberg", title="", prefix="k"))  # noqa: S314
    assert "Frederiksberg" in [text for _, text in texts(drawn)]


@pytest.mark.parametrize("code", ["bispebjerg", "kgs-enghave", "ydre-noerrebro"])
def test_the_areas_inside_are_drawn_whole_where_they_leave_the_district(code):
    # Ryparken cut off at the edge of Bispebjerg's map.
    known = read_area_set(AREAS / "udsatte_2025.toml")
    units = {unit for unit, areas in SET.members.items() if code in areas}
    inside = sorted({one for unit in units for one in known.members.get(unit, ())})
    drawn = ET.fromstring(  # noqa: S314
        maps.district(
            DISTRICTS, code, {one: area.name for one, area in SET.areas.items()},
            [maps.InsideArea(one, "A", "66,8") for one in inside], SPOTS, enclave="", title="", prefix="d",
        )
    )  # fmt: skip
    width, height = map(float, drawn.get("viewBox").split()[2:])
    spots = [node for node in drawn.iter(f"{SVG}path") if node.get("stroke") == theme.ACC]
    numbers = [float(one) for node in spots for one in re.findall(r"[\d.]+", node.get("d"))]
    assert len(spots) == len(inside)
    assert max(numbers[::2]) < width - 1
    assert max(numbers[1::2]) < height - 1
    assert min(numbers) > 1


def test_a_sure_difference_has_a_triangle_besides_its_colour():
    plain, sure = city(), city(valby=("77,2", "higher"))

    assert len(list(sure.iter(f"{SVG}polygon"))) == len(list(plain.iter(f"{SVG}polygon"))) + 1
    assert theme.T1 in {node.get("fill") for node in sure.iter(f"{SVG}path")}


def test_a_withheld_area_has_no_number():
    drawn = maps.city(
        DISTRICTS,
        [maps.CityArea("valby", "Valby", "", "withheld", Withheld.SECRET)],
        title="",
        prefix="k",
    )

    assert not re.search(r"\d", "".join(text for _, text in texts(ET.fromstring(drawn))))  # noqa: S314


def test_no_text_is_too_small_to_read():
    assert all(float(node.get("font-size")) >= theme.SMALLEST for node, _ in texts(city()))


@pytest.mark.parametrize("code", SET.areas)
def test_each_district_has_a_locator_and_a_map(code):
    names = {one: area.name for one, area in SET.areas.items()}
    inside = [maps.InsideArea(spot, "A", "66,8 %") for spot in SPOTS.shapes]
    small = ET.fromstring(maps.locator(DISTRICTS, code, title="l", prefix="l"))  # noqa: S314
    large = ET.fromstring(  # noqa: S314
        maps.district(DISTRICTS, code, names, inside, SPOTS, enclave="Frederiksberg", title="d", prefix="d")
    )
    width, height = map(float, large.get("viewBox").split()[2:])

    assert [node.get("fill") for node in small.iter(f"{SVG}path")].count(theme.ACC) == 1
    assert "500 m" in [text for _, text in texts(large)]
    for node, text in texts(large):
        left, top, right, bottom = box(node)
        assert min(left, top) >= -0.5, text
        assert right <= width + 0.5, text
        assert bottom <= height + 0.5, text


def test_the_same_map_twice_is_the_same_text():
    assert ET.tostring(city()) == ET.tostring(city())


def test_areas_and_districts_lie_on_one_plane():
    # guards against two files measured at two latitudes: a shift of hundreds of metres
    assert SPOTS.shapes["ydre-noerrebro"].centroid.distance(DISTRICTS.shapes["ydre-noerrebro"].centroid) < 700


def test_a_file_without_outlines_is_told(tmp_path):
    (tmp_path / "x.geojson").write_text("{}", encoding="utf-8")

    with pytest.raises(RenderError, match="not outlines"):
        outlines.load(tmp_path / "x.geojson")


def test_all_outlines_together_are_small():
    assert sum(path.stat().st_size for path in AREAS.glob("*.geojson")) < 300_000
