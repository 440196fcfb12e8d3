"""Every number on a page is a released one of the id it belongs to, or of a scale, a wave, a rule, a definition."""

import re
from dataclasses import replace

import pytest
from conftest import TEMPLATES, City

from tryghed.reporting import danish, pages, render
from tryghed.reporting.constants import constants
from tryghed.reporting.pages.register import Register
from tryghed.reporting.printed import RELEASED, UNEXPLAINED, printed
from tryghed.reporting.words import DIRECTIONAL
from tryghed.reporting.written import written

CODE = "ydre-noerrebro"
REPORTS = [("district", CODE), ("district", "christianshavn"), ("city", "")]


def made(project, released, name, area):
    report = project.reports[name]
    page = pages.district(released, project, report, area) if area else pages.city(released, project, report)
    html = render.html(page, TEMPLATES)
    return html, page.register.items, printed(html, page.register.items, constants(released, project, report))


@pytest.mark.parametrize("effects", [1.0, 0.0])
@pytest.mark.parametrize(("name", "area"), REPORTS)
def test_no_digit_stands_in_a_report_that_nothing_accounts_for(made_project, name, area, effects):
    # A number computed in a page, typed into a template, or of another area than the one looked up.
    _, items, found = made(made_project, City(effects=effects).released(made_project), name, area)

    assert set(found) == {item.id for item in items}
    assert [(identity, one) for identity, those in found.items() for one in those if one.source == UNEXPLAINED] == []
    assert sum(one.source == RELEASED for those in found.values() for one in those) > 500


@pytest.mark.parametrize(("name", "area"), REPORTS)
def test_people_who_were_asked_again_are_accounted_for(made_project, name, area):
    # "a number without a source: 1.137" on the method page of every report about a panel.
    released = City().released(made_project, again=(("2024", 1137),))

    html, _, found = made(made_project, released, name, area)

    assert "svarede 1.137 også i 2024" in html
    assert [one for those in found.values() for one in those if one.source == UNEXPLAINED] == []


@pytest.mark.parametrize(("name", "area"), REPORTS)
def test_every_released_number_is_written_as_what_was_looked_up_says(made_project, made_city, name, area):
    _, items, found = made(made_project, made_city, name, area)
    seen = {item.id: item.seen for item in items}
    for identity, those in found.items():
        for one in those:
            if one.lookup is not None:
                assert one.text in written(seen[identity][one.lookup], one.name)


def test_a_number_with_a_decimal_is_always_a_released_one_but_for_the_fieldwork(made_project, made_city):
    # Scales, rules and definitions are whole numbers, so that none of them can hide a share that is wrong.
    _, _, found = made(made_project, made_city, "district", CODE)
    others = {one.text: one.source for those in found.values() for one in those if "," in one.text}
    assert set(others.values()) == {RELEASED, "fieldwork"}


@pytest.mark.parametrize("which", ["share", "n", "difference"])
def test_a_changed_number_is_not_accounted_for(made_project, made_city, which):
    report = made_project.reports["district"]
    page = pages.district(made_city, made_project, report, CODE)
    html = render.html(page, TEMPLATES)
    share, rest = made_city.share("tryg_aften", CODE), made_city.rest("tryg_aften", CODE)
    told, wrong = {
        "share": (danish.decimal(share.share), danish.decimal(share.share + 9.7)),
        "n": (f">{share.n}<", f">{share.n + 4321}<"),
        "difference": (danish.signed(rest.difference), danish.signed(-rest.difference)),
    }[which]
    assert told in html

    found = printed(html.replace(told, wrong), page.register.items, constants(made_city, made_project, report))
    assert [one.text for those in found.values() for one in those if one.source == UNEXPLAINED]


def test_a_number_outside_every_id_is_not_accounted_for(made_city):
    register = Register("k7q2")
    with register.figure("Niveau"):
        share = register.watch(made_city).share("tryg_aften", CODE)
    told = f"{share.share:.1f}".replace(".", ",")
    svg = f'<svg><title>{told}</title><text class="tick">60</text></svg>'
    html = f'<body><p>{told}</p><figure id="F1">{svg}</figure></body>'

    found = printed(html, register.items, {})
    assert [(one.text, one.source) for one in found[""]] == [(told, UNEXPLAINED)]
    assert [(one.text, one.source, one.spoken) for one in found["F1"]] == [
        (told, RELEASED, True),
        ("60", "scale", False),
    ]


def test_the_same_words_twice_in_a_figure_are_two_areas(made_city):
    register = Register("k7q2")
    watched = register.watch(made_city)
    with register.figure("Niveau"):
        one, other = (watched.share("tryg_aften", code) for code in (CODE, "valby"))
    seen = register.items[0].seen
    lookups = list(seen)
    register.items[0].seen = {lookups[0]: one, lookups[1]: replace(one, n=other.n)}
    told = f"{one.share:.1f}".replace(".", ",")

    found = printed(f'<p id="F1">{told} {told}</p>', register.items, {})["F1"]
    assert [number.lookup.cell.area for number in found] == [CODE, "valby"]


@pytest.mark.parametrize(("name", "area"), REPORTS)
def test_a_directional_word_stands_only_where_a_test_of_that_direction_was_looked_up(
    made_project, made_city, name, area
):
    # METHODS: a verb of direction sits in an element whose id rests on a test that passes.
    html, items, _ = made(made_project, made_city, name, area)
    earned = {item.id: {getattr(value, "direction", 0) for value in item.seen.values()} for item in items}
    sections = re.split(r'(?= id="[FTSU]\d+")', html)
    for part in sections[1:]:
        identity = re.match(r' id="([FTSU]\d+)"', part)[1]
        titles = re.findall(r'class="(?:figtitle|title|line)">([^<]*)<', part) + re.findall(
            r"<strong>([^<]*)</strong>", part
        )
        for title in titles:
            words = set(re.findall(r"\w+", title.lower())) & set(DIRECTIONAL)
            if words & {"flere", "steget", "højere"} and "andele" not in title:
                assert 1 in earned[identity] or identity == items[-1].id, (identity, title)
            if words & {"færre", "faldet", "lavere"}:
                assert -1 in earned[identity] or identity == items[-1].id, (identity, title)
