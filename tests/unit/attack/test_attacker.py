from dataclasses import replace
from pathlib import Path

import pytest

from tryghed.attack.attacker import Target, attack, ranges, refuse
from tryghed.attack.published import OUTSIDE, Number, read
from tryghed.definitions.areas import AreaRow, AreaSet
from tryghed.definitions.policy import ReleaseRules
from tryghed.definitions.project import Project
from tryghed.definitions.survey import Survey
from tryghed.errors import ReleaseError

SURVEY = Survey.model_validate(
    {
        "name": "s", "title": "", "short": "Sund", "population": "", "area_sets": ["bydele", "udsatte"],
        "items": {
            "q": {"asks": "?", "codes": {1: "ja", 2: "nej"}}, "p": {"asks": "?", "codes": {1: "ja", 2: "nej"}},
            "sex": {"asks": "", "codes": {1: "k", 2: "m"}},
        },
        "indicators": {
            "syg": {"item": "q", "counts": [1], "label": "Syge", "sensitive": True},
            "tryg": {"item": "p", "counts": [1], "label": "Trygge"},
        },
        "groups": {"sex": {"item": "sex", "label": "", "categories": {
            "k": {"label": "", "codes": [1]}, "m": {"label": "", "codes": [2]}}}},
    }
)  # fmt: skip


def area_set(name, areas, members):
    return AreaSet(
        name=name, label=name.capitalize(), kind="district", version="1", source="", attribution="", unit_set=None,
        areas={code: AreaRow(code=code, name=code) for code in areas}, members=members, groups={}, outlines=None,
    )  # fmt: skip


PROJECT = Project(
    Path(), {"s": SURVEY}, {"s": {}},
    {
        "bydele": area_set("bydele", "ab", {"1": ("a",), "2": ("a",), "3": ("b",)}),
        "udsatte": area_set("udsatte", "v", {"2": ("v",)}),
    },
    ReleaseRules(version="1"), {}, (), (),
)  # fmt: skip


def number(area, percent=None, n=None, *, indicator="syg", area_set="bydele", waves=("2025",), group=("alle", "alle")):
    return Number("s", waves, area_set, area, *group, indicator, percent, n, secret=n is None)


def learned(*numbers):
    return [str(one) for one in attack(PROJECT, numbers, 5)]


def test_a_withheld_number_that_follows_from_the_others_is_found():
    found = learned(number("alle", 14.0, 100), number("a"), number("b", 20.0, 60))

    assert len(found) == 1
    assert found[0].startswith("s 2025 syg, bydele a: between 0.0 and 4.")


def test_two_withheld_numbers_keep_each_other():
    assert learned(number("alle", 14.0, 100), number("a"), number("b")) == []


def test_the_rest_of_the_city_gives_an_area_away():
    assert len(learned(number("alle", 14.0, 100), number("a"), number("b"), number(OUTSIDE + "a", 20.0, 60))) == 1


def test_what_is_left_of_a_district_outside_a_vulnerable_area_is_found_though_nobody_printed_it():
    district, inside = number("a", 50.0, 100, indicator="tryg"), {"indicator": "tryg", "area_set": "udsatte"}

    assert learned(district, number("v", 50.5, 97, **inside)) == [
        "s 2025 tryg, bydele a outside v: what all 3 people answered is known"
    ]
    assert learned(district, number("v", 50.0, 90, **inside)) == []


def before(*numbers):
    return [replace(one, before=True) for one in numbers]


def test_what_one_late_answer_says_is_found_between_two_editions():
    # 15 of 30, then 16 of 31: neither tells of anybody, both tell what the one who came late answered
    old, new = number("a", 50.0, 30, indicator="tryg"), number("a", 51.6, 31, indicator="tryg")

    assert learned(new, *before(old)) == [
        "s 2025 tryg, bydele a, those who are not in the earlier edition: what all 1 people answered is known"
    ]
    assert learned(new) == learned(old) == []
    assert learned(replace(new, n=50), *before(old)) == []


def test_late_answers_are_found_by_subtraction_though_no_page_tells_of_them():
    # three came late in the district, one of them in the vulnerable area: what the two outside it answered follows
    old = [number("a", 50.0, 100, indicator="tryg"), number("v", 50.0, 40, indicator="tryg", area_set="udsatte")]
    new = [number("a", 51.5, 103, indicator="tryg"), number("v", 51.2, 41, indicator="tryg", area_set="udsatte")]

    late = "those who are not in the earlier edition"
    assert learned(*new, *before(*old)) == [
        f"s 2025 tryg, bydele a, {late}: what all 3 people answered is known",
        f"s 2025 tryg, bydele a outside v, {late}: what all 2 people answered is known",
        f"s 2025 tryg, bydele a and udsatte v, {late}: what all 1 people answered is known",
        f"s 2025 tryg, udsatte v, {late}: what all 1 people answered is known",
    ]


def test_few_late_answers_to_a_sensitive_question_are_found():
    old, new = number("a", 10.0, 100), number("a", 13.0, 110)

    assert learned(new, *before(old)) == []
    # under half a percent of 95 to 104 is nobody; 3 % of 105 to 114 are three or four
    assert (
        "those who are not in the earlier edition: between"
        in learned(number("a", 3.0, 110), *before(number("a", 0.0, 110)))[0]
    )


def test_what_somebody_answered_who_was_taken_out_is_found_between_two_editions():
    # guards against the correction that removes one answer given twice, and so tells what it was
    old, new = number("a", 51.6, 31, indicator="tryg"), number("a", 50.0, 30, indicator="tryg")

    assert learned(new, *before(old)) == [
        "s 2025 tryg, bydele a, those who are in the earlier edition only: what all 1 people answered is known"
    ]
    assert learned(replace(new, n=20), *before(old)) == []


def test_people_who_came_where_others_went_tell_nothing_certain():
    old = [number(area, 50.0, 30, indicator="tryg") for area in "ab"]
    new = [number("a", 50.0, 28, indicator="tryg"), number("b", 50.0, 32, indicator="tryg")]

    assert learned(*new, *before(*old)) == []


def test_a_share_that_only_one_edition_prints_tells_of_nobody():
    # guards against minutes of programmes for an exemption, after which n is the same everywhere
    old, new = number("a", 50.0, 30, indicator="tryg"), number("a", None, 30, indicator="tryg")

    assert learned(new, *before(old)) == learned(old, *before(new)) == []


def test_boundaries_that_moved_tell_of_those_between_them_and_of_nobody_who_came_late():
    # guards against reading an earlier edition with today's boundaries, as if those between had gone or come
    moved = {**PROJECT.area_sets, "udsatte (2025)": area_set("udsatte", "v", {"2": ("v",), "3": ("v",)})}
    now = number("v", 50.0, 90, indicator="tryg", area_set="udsatte")
    then = number("v", 51.1, 92, indicator="tryg", area_set="udsatte (2025)")

    city = number("alle", 50.0, 900, indicator="tryg")
    numbers = [now, city, *before(then, city)]
    found = [str(one) for one in attack(replace(PROJECT, area_sets=moved), numbers, 5)]

    assert found == ["s 2025 tryg, udsatte (2025) v outside v: what all 2 people answered is known"]


def test_everybody_alike_is_found():
    # 19 % of about 400 are no more than 30 % of about 270 of them: nobody else is ill, whoever they are
    whole, part = number("a", 19.0, 400), number("v", 30.0, 270, area_set="udsatte")

    assert [one.split(": ")[1] for one in learned(whole, part)] == ["nobody of at least 5 people count"]


def test_pooled_waves_and_their_parts_give_the_missing_one_away():
    waves = ("2023", "2024", "2025")
    shown = [number("a", 10.0, 60, waves=(wave,)) for wave in waves[:2]]

    assert len(learned(number("a", 8.0, 160, waves=waves), *shown, number("a", waves=("2025",)))) == 1
    assert learned(number("a", 8.0, 160, waves=waves), shown[0], number("a", waves=("2025",))) == []


def test_groups_and_areas_are_read_together():
    men, women = ("sex", "m"), ("sex", "k")
    shown = [number("alle", 14.0, 100, group=men), number("b", 20.0, 60, group=men), number("alle", 20.0, 200)]

    assert len(learned(*shown, number("a", group=men))) == 1
    assert learned(*shown, number("a", group=women)) == []


def test_weighted_shares_that_do_not_add_up_are_no_proof():
    # 18 % of 100 cannot be 10 % of 40 and 10 % of 60; with weights it can, and nothing more is known for certain
    numbers = [number("alle", 18.0, 100), number("a", 10.0, 40), number("b", 10.0, 60)]
    target = Target("s", ("2025",), (("bydele", "a"),), (), ("alle", "alle"), "syg")

    least, most = ranges(PROJECT, numbers, [target])[target].positives

    assert least < 4 < most


def test_numbers_of_answers_that_contradict_one_another_are_told():
    numbers = [number("a", 50.0, 30, indicator="tryg"), number("v", indicator="tryg", area_set="udsatte"),
               number("v", 50.0, 40, indicator="tryg", area_set="udsatte")]  # fmt: skip

    with pytest.raises(ReleaseError, match="contradict"):
        attack(PROJECT, numbers, 5)


def test_a_release_that_gives_something_away_is_refused():
    found = attack(PROJECT, [number("alle", 14.0, 100), number("a"), number("b", 20.0, 60)], 5)

    with pytest.raises(ReleaseError, match=r"1 protected number can be worked out[\s\S]*bydele a: between"):
        refuse(found)
    refuse(())


HEAD = "undersøgelse;bølge;områdesæt;områdekode;område;opdeling;gruppe;indikator;andel;pct;nedre;øvre;n;vises_ikke\n"


def test_the_files_are_read_as_a_reader_would(tmp_path):
    rows = "Sund;2023, 2024;Bydele;a;A;alle;alle;syg;Syge;9,0;8,0;10,0;1050;\n"
    rows += "Sund;2025;Bydele;b;B;alle;alle;syg;Syge;;;;;vises ikke: diskretion\n"
    (tmp_path / "tal.csv").write_text(HEAD + rows, encoding="utf-8-sig")

    assert read(PROJECT, tmp_path) == (number("a", 9.0, 1050, waves=("2023", "2024")), number("b"))


def test_the_rest_of_the_city_is_read_from_the_comparisons(tmp_path):
    head = HEAD.replace("pct;", "sammenlignet_med;art;pct;pct_anden;").replace(";n;", ";n;n_anden;")
    (tmp_path / "tal_forskelle.csv").write_text(
        head + "Sund;2025;Bydele;a;A;alle;alle;syg;Syge;resten af byen;resten af byen;9,0;12,0;1,0;5,0;90;600;\n",
        encoding="utf-8-sig",
    )

    assert read(PROJECT, tmp_path) == (number(OUTSIDE + "a", 12.0, 600),)


def test_without_files_there_is_nothing_to_attack(tmp_path):
    with pytest.raises(ReleaseError, match="no published numbers"):
        read(PROJECT, tmp_path)


def test_groups_are_read_by_their_names(tmp_path):
    row = "Sund;2025;Bydele;a;A;sex;k;syg;Syge;9,0;8,0;10,0;100;\n"
    (tmp_path / "tal.csv").write_text(HEAD + row, encoding="utf-8-sig")

    assert read(PROJECT, tmp_path) == (number("a", 9.0, 100, group=("sex", "k")),)
