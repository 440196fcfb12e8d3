import duckdb
import polars as pl
from made_waves import wave

from tryghed.store import numbering, warehouse
from tryghed.store.numbering import NUMBERINGS

LOCATION = NUMBERINGS[0]


def membership(**people):
    rows = [(person, "sites", area) for person, areas in people.items() for area in areas]
    return pl.DataFrame(rows, schema=["respondent", "area_set", "area"], orient="row")


def test_those_with_the_same_areas_have_one_number():
    numbers, meanings = numbering.numbered(membership(a=["x", "y"], b=["y", "x"], c=["x"]), LOCATION)

    of = dict(numbers.iter_rows())
    assert of["a"] == of["b"] != of["c"]
    assert meanings.filter(location=of["a"]).rows() == [(of["a"], "sites", "x"), (of["a"], "sites", "y")]
    assert meanings.filter(location=of["c"]).rows() == [(of["c"], "sites", "x")]


def test_areas_that_look_alike_side_by_side_are_kept_apart():
    # Joined without care, areas 1 and 12 are areas 11 and 2.
    names = [f"{place:02}" for place in range(13)]
    people = membership(every=names, one=[names[1], names[12]], other=[names[11], names[2]])

    assert numbering.numbered(people, LOCATION)[0]["location"].n_unique() == 3


def test_the_order_of_rows_does_not_matter():
    rows = membership(**{f"p{place}": [f"a{place % 3}", f"b{place % 5}"] for place in range(30)})
    shuffled = rows.sample(fraction=1, shuffle=True, seed=1)

    one, other = (numbering.numbered(given, LOCATION) for given in (rows, shuffled))

    assert one[0].sort("respondent").equals(other[0].sort("respondent"))
    assert one[1].equals(other[1])


def test_a_wave_is_stored_with_its_numbers(tmp_path):
    accepted = wave("2025", eights=2)
    generation, _ = warehouse.publish(tmp_path, accepted)

    with duckdb.connect(str(generation.path), read_only=True) as connection:
        for one, given in zip(NUMBERINGS, (accepted.membership, accepted.grouping), strict=True):
            stored = connection.execute(
                f"select respondent, {', '.join(one.key)} from tryghed.score "  # noqa: S608 our own names
                f"join tryghed.{one.name} using (wave, {one.name}) order by all"
            ).fetchall()
            assert stored == sorted(given.rows())
