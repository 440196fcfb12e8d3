"""Ids, and the look-ups that belong to them."""

import re

import pytest
from conftest import TEMPLATES

from tryghed.reporting import pages, render
from tryghed.reporting.pages.register import Register, report_code
from tryghed.reporting.trace import trace

CODE = "ydre-noerrebro"


@pytest.fixture
def made(made_city):
    register = Register("k7q2")
    return register, register.watch(made_city)


def test_what_is_looked_up_inside_a_figure_belongs_to_the_figure(made):
    register, released = made
    released.share("tryg_aften")
    with register.figure("Niveau") as identity:
        released.share("tryg_aften", CODE)
        released.rest("tryg_aften", CODE)
    released.places("tryg_aften", CODE)

    seen = {item.id: [(lookup.kind, lookup.cell.area) for lookup in item.seen] for item in register.items}
    assert identity == "F1"
    assert seen == {"S1": [("share", "alle"), ("places", CODE)], "F1": [("share", CODE), ("rest", CODE)]}


def test_what_the_release_does_not_have_is_not_remembered(made):
    register, released = made
    released.share("findes_ikke")
    released.places("findes_ikke", CODE)
    assert register.items == []


def test_a_release_that_is_watched_leaves_the_other_alone(made, made_city):
    register, _ = made
    made_city.share("tryg_aften")
    assert register.items == []


def test_ids_count_by_their_letter(made):
    register, _ = made
    given = []
    for kind in (register.figure, register.table, register.figure):
        with kind("x") as identity:
            given.append(identity)
    assert given == ["F1", "T1", "F2"]
    register.page = 3
    assert register.text == "S3"


def test_a_sentence_rests_on_the_comparison_it_tells_and_on_no_other_of_its_figure(made):
    register, released = made
    with register.figure("Forskelle") as identity:
        told = released.rest("tryg_dag", CODE)
        released.rest("tryg_aften", CODE)
    register.page = 4
    sentence = register.sentence("I dagtimerne", identity, told)

    item = next(item for item in register.items if item.id == sentence)
    assert (sentence, item.page) == ("U1", 1)
    assert [lookup.cell.indicator for lookup in item.seen] == ["tryg_dag"]


def test_a_figure_that_fails_does_not_keep_what_comes_after(made):
    register, released = made
    with pytest.raises(ZeroDivisionError), register.figure("Niveau"):
        raise ZeroDivisionError
    released.share("tryg_aften")
    assert [item.id for item in register.items if item.seen] == ["S1"]


def test_every_report_of_a_release_has_a_code_of_its_own(made_project, made_city):
    reports = made_project.reports
    codes = {report_code(made_city, made_project, reports["city"], "")}
    areas = made_project.area_sets[reports["district"].area_set].areas
    codes |= {report_code(made_city, made_project, reports["district"], code) for code in areas}
    assert len(codes) == 1 + len(areas)
    assert all(re.fullmatch("[bcdfghjkmnpqrstvwxz][bcdfghjkmnpqrstvwxz2-9]{3}", code) for code in codes)


@pytest.mark.parametrize("name", ["district", "city"])
def test_every_id_on_the_pages_is_traced_and_every_traced_id_is_on_a_page(made_project, made_city, name):
    # A figure that is drawn but not traced, a trace of what was never printed, an id nobody can read.
    report = made_project.reports[name]
    area = "" if name == "city" else CODE
    page = (
        pages.district(made_city, made_project, report, CODE) if area else pages.city(made_city, made_project, report)
    )
    found = trace(page, name, area, made_city.release_id, {})
    html = render.html(page, TEMPLATES)

    assert sorted(re.findall(r' id="([FTUS]\d+)"', html)) == sorted(item.id for item in found.items)
    for item in found.items:
        if item.id[0] in "FT":
            assert f'<span class="id">{item.id}<span class="code">·{found.code}</span>' in html
            assert item.lookups
        elif item.id[0] == "U":
            assert f"[{item.id}, " in html
            assert len(item.lookups) == 1


def test_the_same_figure_of_two_districts_rests_on_its_own_district(made_project, made_city):
    report = made_project.reports["district"]
    for area in (CODE, "valby"):
        page = pages.district(made_city, made_project, report, area)
        level = next(item for item in trace(page, "district", area, "", {}).items if item.what == "Niveau")
        assert {lookup.cell.area for lookup in level.lookups} == {area}
