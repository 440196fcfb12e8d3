"""Pages: what they claim, what vanishes, and what points where."""

import copy
import re
from dataclasses import fields, is_dataclass, replace
from types import SimpleNamespace

import pytest
from conftest import TEMPLATES, City, wave
from markupsafe import Markup

from tryghed.definitions.areas import AreaRow, AreaSet
from tryghed.definitions.report import Report
from tryghed.definitions.survey import Indicator, Item, Survey
from tryghed.delivery import numbers
from tryghed.errors import UsageError
from tryghed.frames import EVERYBODY
from tryghed.release.released import Difference, Share, Withheld
from tryghed.reporting import pages, render
from tryghed.reporting.pages import method
from tryghed.reporting.pages.view import View, fits
from tryghed.reporting.words import DIRECTIONAL

CODE = "ydre-noerrebro"


def texts(value, skip=("keys", "method", "signs", "words")):
    """Yield every text a context holds, without the keys and the method page, which explain the words."""
    if isinstance(value, Markup):
        yield from re.findall(r"<title>([^<]*)</title>", value)
    elif isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for one in fields(value):
            if one.name not in skip:
                yield from texts(getattr(value, one.name), skip)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(one, skip)


@pytest.fixture(scope="session")
def made_page(made_project, made_city):
    return pages.district(made_city, made_project, made_project.reports["district"], CODE)


@pytest.fixture(scope="session")
def whole_page(made_project, made_city):
    return pages.city(made_city, made_project, made_project.reports["city"])


def test_a_city_without_differences_earns_no_directional_word(made_project):
    # A page title, an alt text or a note that claims a direction no test has shown.
    released = City(effects=0.0).released(made_project)
    report = made_project.reports["district"]
    for page in (
        pages.district(released, made_project, report, CODE),
        pages.city(released, made_project, made_project.reports["city"]),
    ):
        for text in texts(page.context):
            found = set(re.findall(r"\w+", text.lower())) & (set(DIRECTIONAL) - {"mindre"})
            allowed = "tilfredse" in text or "Trekant" in text or "trekant" in text or "andele" in text
            assert not found or allowed, text


def test_page_one_says_what_the_release_says(made_page, made_city):
    first, share = made_page.context.overview, made_city.share("tryg_aften", CODE)
    assert first.large == f"{share.share:.1f}".replace(".", ",")
    assert f"n\u00a0=\u00a0{share.n}" in first.uncertainty
    assert first.questions[0].answer == "Kan ikke afgøres"
    assert first.questions[1].answer == "Lavere"
    assert len(first.findings.sentences) == 3


def test_sentences_refer_to_figures_that_exist(made_page):
    ids = set(re.findall(r'id="([FT]\d+)"', render.html(made_page, TEMPLATES)))
    references = {sentence.reference for sentence in made_page.context.overview.findings.sentences}
    assert references <= ids


@pytest.mark.parametrize("which", ["made_page", "whole_page"])
def test_ids_run_through_the_report_in_reading_order(which, request):
    # An id given twice, or numbers that jump because a section was built out of order.
    text = render.html(request.getfixturevalue(which), TEMPLATES)
    for letter in "FT":
        found = [int(number) for number in re.findall(rf'id="{letter}(\d+)"', text)]
        assert found == list(range(1, len(found) + 1))


def test_a_small_city_shows_no_claims_but_a_plain_sentence(made_project):
    released = City(effects=0.0, n=60).released(made_project)
    page = pages.district(released, made_project, made_project.reports["district"], CODE)
    assert page.context.overview.findings.sentences == ()
    assert "ikke påvise sikre" in page.context.overview.findings.none


def test_withheld_headline_leaves_no_number_on_page_one(made_project):
    # The large figure, its interval or n of a district whose share is secret.
    released = City(n=20).released(made_project)
    page = pages.district(released, made_project, made_project.reports["district"], CODE)
    first = page.context.overview
    assert released.share("tryg_aften", CODE).withheld is Withheld.SECRET
    assert (first.large, first.level, first.uncertainty) == ("", None, "")
    assert first.withheld == "Vises ikke: diskretion"
    assert "<h1" in render.html(page, TEMPLATES)


@pytest.fixture(scope="session")
def silent_city(made_project):
    return City(silent=(CODE,)).released(made_project)


def test_an_area_without_answers_keeps_its_line_and_gets_no_older_number(made_project, silent_city):
    # The share of 2024 beside the end of a series that is said to reach 2025; twelve of thirteen areas in the ranking.
    page = pages.district(silent_city, made_project, made_project.reports["district"], CODE)
    before = silent_city.share("tryg_aften", CODE, wave="2024")
    older = f"{before.share:.1f}".replace(".", ",")
    first, then, ranked = page.context.overview, page.context.development, page.context.evening.ranked
    assert before.withheld is None
    assert f"{older} %" not in drawn_text(first.questions[0].figure.svg)
    assert f"{older} %" not in drawn_text(then.series.svg)
    assert "ingen svar" in drawn_text(then.series.svg)
    assert all(
        area.name in drawn_text(ranked.svg) for area in made_project.area_sets["survey_districts_13"].areas.values()
    )


def test_the_rest_has_its_number_where_nobody_of_an_area_was_there(made_project):
    # "Resten af byen: ingen svar", where 4,269 people of the rest had answered.
    city = City(absent=(CODE,)).released(made_project)
    page = pages.district(city, made_project, made_project.reports["district"], CODE)
    rest = f"{city.share('tryg_aften').share:.1f}".replace(".", ",")
    assert drawn_text(page.context.development.series.svg).count("ingen svar") == 1
    assert f"{rest} %" in drawn_text(page.context.development.series.svg)


@pytest.mark.parametrize("missing", ["silent", "absent"])
def test_the_city_tells_which_areas_its_numbers_are_without(made_project, missing, whole_page):
    # A number for the whole city that two areas are not in; places among thirteen areas, where twelve have answers.
    page = pages.city(City(**{missing: (CODE,)}).released(made_project), made_project, made_project.reports["city"])
    told = page.context.whole.lead
    assert told.endswith("Tallene er uden Ydre Nørrebro, hvor ingen har svaret.")
    assert "vises sammenligningen ikke" not in told
    assert "i de tolv bydele med svar" in page.context.side.notes[0].text
    assert "uden" not in whole_page.context.whole.lead
    assert "i alle 13 bydele regnes med" in whole_page.context.side.notes[0].text


def test_a_page_speaks_of_the_waves_with_answers_only(made_project, made_city, silent_city):
    # "Her bruges 2023, 2024 og 2025 under ét", where nobody answered in 2025.
    report = made_project.reports["district"]
    asked, silent = (pages.district(one, made_project, report, CODE).context for one in (made_city, silent_city))

    assert asked.people.notes[0].heading == "Tre bølger lagt sammen."
    assert silent.people.notes[0].heading == "To bølger lagt sammen."
    assert "Her bruges 2023 og 2024 under ét" in silent.people.notes[0].text
    assert "2023–2024" in silent.people.groups.caption
    assert (asked.development.notes[0].heading, silent.development.notes[0].heading) == (
        "Fire målinger",
        "Tre målinger",
    )


def test_weights_that_were_calibrated_here_are_not_called_the_provider_s(made_project, made_city):
    # "Vægtene følger med svarene fra leverandøren" on a page whose numbers were made with others.
    calibrated = City().released(made_project, calibration="raking to survey_districts_13, sex*age")
    report = made_project.reports["district"]
    plain, told = (pages.district(one, made_project, report, CODE).context for one in (made_city, calibrated))
    facts = {one.label: one.value for one in told.method.facts}

    assert "Vægtene følger med svarene fra leverandøren." in plain.people.who[0].text
    assert "Leverandørens vægte er her kalibreret til befolkningen." in told.people.who[0].text
    assert facts["Vægtning"].startswith("Fra leverandøren, kalibreret; ")
    assert facts["Kalibrering"].startswith("2025: kalibreret til befolkningen efter ")
    assert " × " in facts["Kalibrering"]
    assert "(raking); usikkerheden tager højde for det" in facts["Kalibrering"]
    assert "sex" not in facts["Kalibrering"]
    assert "Kalibrering" not in {one.label for one in plain.method.facts}


def panel_of(project, *waves):
    """Return the project with these waves in one panel."""
    of_survey = {
        name: one.model_copy(update={"design": one.design.model_copy(update={"panel": "borgere"})})
        if name in waves
        else one
        for name, one in project.waves["tryghed"].items()
    }
    return replace(project, waves={**project.waves, "tryghed": of_survey})


def test_groups_never_pool_two_waves_of_a_panel_nor_pretend_the_year_between(made_project):
    # The same people again are no larger sample, and "2023-2025" would say that 2024 is among them.
    known = panel_of(made_project, "2024", "2025")
    report = known.reports["district"]

    people = pages.district(City().released(known), known, report, CODE).context.people

    assert "Her bruges 2023 og 2025 under ét" in people.notes[0].text
    assert "2023 og 2025" in people.groups.caption
    assert known.pooled("tryghed", report.headline, "2025", 3) == ("2023", "2025")
    assert panel_of(made_project, "2023", "2024", "2025").pooled("tryghed", report.headline, "2025", 3) == ("2025",)


@pytest.mark.parametrize(
    ("followed", "counted"),
    [
        (True, "sammenligningerne med disse år tager højde for det"),
        (False, "sammenligningerne tager ikke højde for det og er derfor forsigtige"),
    ],
)
def test_people_who_were_asked_again_stand_on_the_method_page(made_project, made_city, followed, counted):
    # Guards against waves of a panel whose comparisons count the people in both, without a word of it.
    asked = City().released(made_project, again=(("2023", 812), ("2024", 1204)), followed=followed)
    report = made_project.reports["district"]
    plain, told = (pages.district(one, made_project, report, CODE).context for one in (made_city, asked))
    facts = {one.label: one.value for one in told.method.facts}

    assert facts["Spurgt igen"] == (
        f"Af dem, der svarede i 2025, svarede 812 også i 2023 og 1.204 også i 2024; {counted}"
    )
    assert "Spurgt igen" not in {one.label for one in plain.method.facts}


def test_titles_claim_nothing_of_what_is_not_shown(made_project, silent_city):
    # "No difference can be shown", where nothing was tested: it reads as a result.
    page = pages.district(silent_city, made_project, made_project.reports["district"], CODE)
    part = page.context
    titles = [*part.evening.title, *part.development.title, part.development.changes.title]
    assert not [title for title in titles if "påvises" in title or "påvist" in title]
    assert "Ændringerne vises ikke" in titles
    assert part.overview.withheld == "Ingen svar"


def test_a_headline_nobody_answered_makes_calm_reports(made_project):
    released = City(silent=(EVERYBODY,)).released(made_project)
    for page in (
        pages.district(released, made_project, made_project.reports["district"], CODE),
        pages.city(released, made_project, made_project.reports["city"]),
    ):
        text = render.html(page, TEMPLATES)
        assert "ingen svar" in text
        assert "kan ikke påvises forskelle mellem bydele" not in " ".join(
            texts(page.context.evening if hasattr(page.context, "evening") else page.context.whole)
        )


def test_a_page_without_places_does_not_speak_of_them(made_project, whole_page):
    # A title on intervals of places, and a note on how to read them, over a table that has none.
    released = City(silent=(EVERYBODY,)).released(made_project)
    alone = pages.city(released, made_project, made_project.reports["city"]).context.side
    assert not any("lads" in text for text in texts((alone.title, alone.notes)))
    placed = whole_page.context.side
    assert "Pladser" in placed.title[0]
    assert placed.notes


@pytest.mark.parametrize("direction", [0, None])
def test_titles_of_comparison_and_change_say_what_they_are_of(made_project, direction):
    # "No difference to the rest of the city can be shown": of what?
    silent = () if direction == 0 else (CODE,)
    released = City(effects=0.0, silent=silent).released(made_project)
    part = pages.district(released, made_project, made_project.reports["district"], CODE).context
    for title in (part.evening.title, part.development.title):
        assert "Trygge i aften- og nattetimerne" in " ".join(title)


def drawn_text(svg):
    """Return what a reader sees of a drawing, without its alt text."""
    return " ".join(re.findall(r"<text[^>]*>([^<]*)<", str(svg))).replace("\u00a0", " ")


def test_the_citys_pages_on_indicators_say_what_differs_where_and_which_way(whole_page):
    # "26 of 104 comparisons are sure": a count a reader of titles learns nothing from.
    for page in whole_page.context.comparisons:
        title = " ".join(page.title)
        assert re.search(r"\b([Ff]lere|[Ff]ærre)\b .* end i resten af byen", title), title
        shares = [float(row.share.replace(",", ".")) for row in page.whole.rows]
        assert shares == sorted(shares, reverse=True)
        assert all(cell.limits for row in page.areas.rows for cell in row.cells if cell.text)
        assert "Kort" not in title
    assert " ".join(whole_page.context.inside.title).startswith("Trygge i aften- og nattetimerne: ")


def test_comparisons_are_counted_that_are_shown(made_project):
    # "Twelve of 52 comparisons": one of them was withheld, for the rest of the city could be worked out, and the share
    # of the district stood there all the same.
    released = copy.copy(City(effects=3.0).released(made_project))
    (key, one) = next(
        (key, one) for key, one in released.differences()
        if key[0] == "rest" and key[1][:3] == ("tryghed", "2025", "survey_districts_13")
        and key[1].indicator == "tryg_dag" and one.withheld is None and not one.direction
    )  # fmt: skip
    hidden = Share(None, None, None, None, withheld=Withheld.SECRET)
    gone = Difference(one.this, hidden, one.against, None, None, None, None, 0, one.family, one.tests, None,
                      withheld=Withheld.SECRET)  # fmt: skip
    counts = []
    for differences in (dict(released.differences()), dict(released.differences()) | {key: gone}):
        released._differences = differences
        page = pages.city(released, made_project, made_project.reports["city"]).context.comparisons[0]
        counts.append(int(re.search(r" af (\d+) sammenligninger er sikre", page.lead)[1]))

    assert one.this.share is not None
    assert counts[1] == counts[0] - 1


def test_a_title_on_areas_that_differ_both_ways_tells_how_many_each_way(made_project):
    # "Fewer are content in three districts", where more are in three others: half of the truth reads as all of it.
    released = City(effects=3.0).released(made_project)
    view = View(released, made_project, made_project.reports["city"])
    survey_pages = pages.city(released, made_project, view.report).context.comparisons[
        :-1
    ]  # health has areas of its own
    both = 0
    for page in survey_pages:
        title = " ".join(page.title).lower()
        about = max((name for name in view.survey.indicators if view.phrase(name) in title), key=len)
        ways = [view.rest(about, code).direction for code in view.areas]
        for word, way, other in (("flere", 1, -1), ("færre", -1, 1)):
            if ways.count(way) and ways.count(other):
                assert re.search(rf"\b{word}\b[^,]* i {view.numeral(ways.count(way))}\b", title), title
                both += 1
    assert both >= 2 * len(survey_pages) - 2


@pytest.mark.parametrize("code", ["ydre-noerrebro", "indre-by", "valby"])
def test_the_title_of_a_theme_page_is_a_finding_of_its_lead(made_project, code):
    released = City(effects=2.0).released(made_project)
    view = View(released, made_project, made_project.reports["district"])
    page = pages.district(released, made_project, view.report, code).context.themes
    word, _, said = " ".join(page.title).removesuffix(" end i resten af byen").partition(" ")
    about = next(name for name in view.survey.indicators if view.phrase(name) == said)

    assert word == {1: "Flere", -1: "Færre"}[view.rest(about, code).direction]
    assert all(fits(line) for line in page.title)


def test_a_finding_too_long_for_a_title_leaves_it_to_the_lead(made_project):
    # It ran into a third line, and the last line of the page onto a sheet of its own.
    long = "generes kun lidt eller slet ikke af støj fra den trafik, der kører forbi hver eneste dag"
    survey = made_project.surveys["tryghed"]
    wordy = {name: one.model_copy(update={"phrase": long}) for name, one in survey.indicators.items()}
    surveys = made_project.surveys | {"tryghed": survey.model_copy(update={"indicators": wordy})}
    released = City(effects=2.0).released(made_project)
    view = View(released, made_project, made_project.reports["district"])
    names = [*view.report.worries, *view.report.places, *view.report.attractiveness]
    sure = sum(bool(view.rest(name, CODE).direction) for name in names)
    title = pages.district(released, replace(made_project, surveys=surveys), view.report, CODE).context.themes.title

    assert " ".join(title).lower() == f"{view.numeral(sure)} af 22 forhold adskiller sig fra resten af byen"


def test_a_title_over_areas_of_which_some_are_hidden_speaks_of_those_that_can_be_shown(made_project):
    # "No difference to the rest of the city" over three areas, of which two were never compared.
    released = City(effects=0.0).released(made_project)
    view = View(released, made_project, made_project.reports["district"])
    part = pages.district(released, made_project, view.report, CODE).context.vulnerable
    hidden = [row for row in part.table.rows if row.reason]

    assert 0 < len(hidden) < 3
    assert part.table.title.endswith(", der kan vises")


def test_health_says_that_it_is_not_standardised_for_age(made_page, whole_page):
    told = "ikke korrigeret for alder"
    assert told in made_page.context.health.lead
    assert told in next(page for page in whole_page.context.comparisons if page.subject == "Sundhed").lead


def test_the_whole_city_is_never_drawn_as_what_areas_are_compared_with(whole_page):
    # A diamond is the rest of the city; everybody is not compared with anybody.
    everybody = whole_page.context.side.differences.rows[-1]
    assert everybody.context
    assert "polygon" not in everybody.micro
    assert "circle" in everybody.micro


def test_groups_of_people_are_no_proper_names_in_running_text(made_project):
    # "By og Kvinder ligger lavere".
    project = groups_project(made_project)
    view = View(City().released(project, "helbred", "2018"), project, project.reports["helbred"])
    assert view.named(["unge", "aeldre"]) == "unge og ældre"
    assert view.of_groups
    assert (
        View(City().released(made_project), made_project, made_project.reports["city"]).named([CODE]) == "Ydre Nørrebro"
    )


def test_an_unknown_area_is_a_usage_error_that_lists_the_areas(made_project, made_city):
    with pytest.raises(UsageError, match="no area 'atlantis'") as found:
        pages.district(made_city, made_project, made_project.reports["district"], "atlantis")
    assert "ydre-noerrebro" in found.value.hint


def test_the_mark_stands_above_and_below_or_nowhere(made_project):
    synthetic = City().released(made_project)
    surveys = {name: one.model_copy(update={"synthetic": False}) for name, one in made_project.surveys.items()}
    real_project = replace(made_project, surveys=surveys)
    real = City().released(real_project)
    report = made_project.reports["district"]
    marked = render.html(pages.district(synthetic, made_project, report, CODE), TEMPLATES)
    plain = render.html(pages.district(real, real_project, report, CODE), TEMPLATES)
    assert marked.count('<span class="mark">Syntetiske data</span>') == marked.count('class="header"') == 7
    assert "tallene er opdigtede og må ikke citeres" in marked
    assert "yntetisk" not in plain
    assert "opdigtede" not in plain


def test_an_unverified_delivery_is_told_at_the_foot_of_every_page_and_in_the_numbers(made_project, made_city):
    # Numbers of a file nobody has confirmed once looked like all others, but for a line on the last page.
    doubtful = City().released(made_project, verified=False)
    report = made_project.reports["district"]
    told = render.html(pages.district(doubtful, made_project, report, CODE), TEMPLATES)
    sure = render.html(pages.district(made_city, made_project, report, CODE), TEMPLATES)
    foot = told[told.index('<div class="footer">') : told.index("</div>", told.index('<div class="footer">'))]
    assert "Uverificeret: mindst én leverings kontrolsum er ikke oplyst" in foot
    assert "2 advarsler gennemgået og accepteret" in told
    assert "; leverancens revision 2" in told.replace("\u00a0", " ")
    assert "Erstattet af en senere leverance: " in told
    assert "2022 (revision 2)" in told
    assert "2024 (revision" not in told
    assert "evision 1" not in sure
    assert "senere leverance" not in sure
    assert "verificeret" not in sure
    marks = [set(one.split(", ")) for one in numbers.shares(doubtful, made_project)["bemærk"]]
    assert all({"syntetiske data", "uverificeret"} <= one for one in marks)
    assert not any("uverificeret" in one for one in numbers.shares(made_city, made_project)["bemærk"])


def test_hostile_names_are_escaped(made_project):
    hostile = '<script>alert(1)</script>"onload='
    areas = made_project.area_sets["survey_districts_13"]
    rows = areas.areas | {CODE: areas.areas[CODE].model_copy(update={"name": hostile})}
    changed = replace(
        made_project,
        area_sets=made_project.area_sets | {"survey_districts_13": areas.model_copy(update={"areas": rows})},
    )
    released = City().released(changed)
    text = render.html(pages.district(released, changed, changed.reports["district"], CODE), TEMPLATES)
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def groups_project(made_project):
    """Return a project with another survey: one wave, one indicator, population groups instead of districts."""
    survey = Survey(
        name="helbred", title="Helbredsundersøgelsen", short="Helbred", population="20 år og derover",
        area_sets=["grupper"], items={"helbred": Item(asks="Helbred?", codes={1: "godt", 2: "dårligt"})},
        indicators={"godt": Indicator(item="helbred", counts=[1], label="Godt helbred", phrase="har et godt helbred")},
    )  # fmt: skip
    names = {"unge": "Unge", "voksne": "Voksne", "aeldre": "Ældre"}
    areas = AreaSet(
        name="grupper", label="Grupper", kind="group", version="1", source="", attribution="", unit_set=None,
        areas={code: AreaRow(code=code, name=name) for code, name in names.items()}, members={}, groups={},
        outlines=None,
    )  # fmt: skip
    words = {"one": "gruppe", "the": "gruppen", "many": "grupper", "rest": "resten af befolkningen",
             "whole": "hele befolkningen", "place": "Befolkningen"}  # fmt: skip
    report = Report.model_validate(
        {"name": "helbred", "title": "Helbredsrapport", "subject": "city", "survey": "helbred",
         "area_set": "grupper", "headline": "godt", "words": words}
    )  # fmt: skip
    return replace(
        made_project, surveys={"helbred": survey}, waves={"helbred": {"2018": wave(survey, 2018, {})}},
        area_sets={"grupper": areas}, reports={"helbred": report},
    )  # fmt: skip


@pytest.mark.parametrize("subject", ["city", "area"])
def test_a_survey_of_groups_with_one_wave_and_one_indicator_makes_a_report(made_project, subject):
    # A section that needs a map, an earlier wave, groups or a second indicator and does not vanish without it.
    project = groups_project(made_project)
    released = City().released(project, "helbred", "2018")
    report = project.reports["helbred"].model_copy(update={"subject": subject})
    if subject == "city":
        page = pages.city(released, project, report)
        gone = [page.context.development, page.context.people, page.context.inside, page.context.whole.map]
        assert page.context.comparisons == []
        assert page.context.whole.trends is None
    else:
        page = pages.district(released, project, report, "unge")
        part = page.context
        gone = [part.development, part.people, part.themes, part.health, part.vulnerable, part.evening.levels]
        assert [question.number for question in part.overview.questions] == [2]
    assert gone == [None] * len(gone)
    text = render.html(page, TEMPLATES)
    assert "bydel" not in text
    assert "byen" not in text
    assert "resten af befolkningen" in text


def test_made_city_passes_the_gate_like_a_real_draft(made_city):
    # A fixture that shows what the gate would not: then every test above would prove nothing.
    assert made_city.share("ensomhed", "3", survey="sundhed", area_set="bydele_10").share % 1 == 0
    assert made_city.share("tryg_aften", "c", area_set="udsatte_2025").withheld is Withheld.SECRET


def test_the_method_page_tells_how_uncertainty_was_found_where_it_was_not_the_usual_way():
    # A strategy for strata with one unit, and replicate weights, are footnotes to every number they touch.
    known = [
        SimpleNamespace(wave="2024", lonely_psu="average", lonely_strata=("S5", "S6"), replicates=None),
        SimpleNamespace(wave="2025", lonely_psu="", lonely_strata=(), replicates=("jkn", 80)),
    ]
    view = SimpleNamespace(released=SimpleNamespace(facts=dict(enumerate(known))))

    (lonely,), (replicates,) = method._lonely(view), method._replicates(view)

    assert lonely.value.startswith("I strata S5 og S6 (2024) er der kun udtrukket én enhed.")
    assert "gennemsnittet af de andre strata" in lonely.value
    assert replicates.value == "2025: fra leverandørens 80 sæt replikatvægte (jackknife)"
