from dataclasses import replace
from datetime import date

import pytest
from figure_samples import SAMPLES

from tests.unit.reporting.conftest import City
from tryghed.release.changes import compare
from tryghed.release.released import CellKey, Change, Edition, Exemption, Share, Withheld
from tryghed.reporting import corrections
from tryghed.reporting.pages import city, district

HEADLINE = CellKey("tryghed", "2025", "survey_districts_13", "valby", "alle", "alle", "tryg_aften")


@pytest.fixture(scope="module")
def changed(made_project):
    """The city with another n in every area, as a correction of the city as it was."""
    old, new = City().released(made_project), City(n=600, effects=0.9).released(made_project)
    new.edition = Edition("2025-2", 2, date(2026, 5, 12), "2025", "Vægten for Valby var forkert.", compare(old, new))
    return new


def texts(notes):
    return {note.heading: note.text for note in notes}


def test_page_1_says_what_it_replaces_with_both_values_of_the_headline(made_project, changed):
    page = district(changed, made_project, made_project.reports["district"], "valby").context
    told = texts(page.overview.reading)["Rettet udgave"]

    assert told.startswith("Erstatter udgave 2025. Vægten for Valby var forkert. Trygge i aften- og nattetimerne, ")
    assert "før 78,2\u00a0% (74,0–82,4), nu 78,2\u00a0% (74,7–81,7)" in told
    assert page.head.release.startswith("Udgivelse 2025-2 ·")


def test_the_method_page_lists_the_largest_changes(made_project, changed):
    page = district(changed, made_project, made_project.reports["district"], "valby").context
    told = texts(page.method.notes)["Rettelse"]

    assert told.startswith("Udgave 2025-2 af 12.\u00a0maj 2026. Erstatter udgave 2025. Vægten for Valby")
    assert told.count("før") == 4
    assert told.endswith("Alle står i rettelse.md.")


def test_the_city_report_says_so_too(made_project, changed):
    page = city(changed, made_project, made_project.reports["city"]).context

    assert "Rettet udgave" in texts(page.whole.notes)
    assert "Rettelse" in texts(page.method.notes)


def test_a_report_that_is_not_touched_says_so(made_project, changed):
    # Guards against a note on every report that something somewhere was changed, which nobody could check.
    only = [one for one in changed.edition.changes if one.cell.area == "valby"]
    elsewhere = City(n=600, effects=0.9).released(made_project)
    elsewhere.edition = replace(changed.edition, changes=tuple(only))
    page = district(elsewhere, made_project, made_project.reports["district"], "bispebjerg").context

    assert texts(page.overview.reading)["Rettet udgave"].endswith("Ingen tal i denne rapport er ændret.")
    assert texts(page.method.notes)["Rettelse"].endswith("Ingen tal i denne rapport er ændret.")


def test_a_first_edition_tells_of_other_waves_that_were_computed_again(made_project, changed):
    page = district(changed, made_project, made_project.reports["district"], "valby").context
    assert "regnet om" not in texts(page.overview.reading)["Rettet udgave"]
    changed_first = City(n=600, effects=0.9).released(made_project)
    changed_first.edition = replace(changed.edition, name="2025", number=1, corrects="")
    page = district(changed_first, made_project, made_project.reports["district"], "valby").context

    assert texts(page.overview.reading)["Rettet udgave"].startswith(
        "Nogle tal, der er udgivet før, er regnet om. Vægten"
    )


def test_a_first_edition_says_nothing(made_project, made_city):
    page = district(made_city, made_project, made_project.reports["district"], "valby").context

    assert "Rettet udgave" not in texts(page.overview.reading)
    assert "Rettelse" not in texts(page.method.notes)


def test_the_list_has_every_printed_change_once(made_project, changed):
    text = corrections.errata(changed.edition, made_project)
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| tal ")]

    assert len(rows) == len(changed.edition.changes)
    assert "# Rettelse i udgave 2025-2" in text
    assert "Erstatter udgave 2025." in text
    assert "## Andele" in text
    assert "procentpoint |" in text


def test_an_exemption_is_a_footnote_in_the_reports_it_concerns(made_project):
    released = City().released(made_project)
    exempt = Exemption(HEADLINE, "show", "Anna Holm", "Tallet er ventet", date(2026, 5, 1), "Bo")
    released.edition = Edition("2025", 1, date(2026, 5, 1), exemptions=(exempt,))
    valby, other = (
        texts(district(released, made_project, made_project.reports["district"], code).context.method.notes)
        for code in ("valby", "bispebjerg")
    )

    assert valby["Undtagelser fra reglerne"] == (
        "Trygge i aften- og nattetimerne, Valby (2025): tallet vises, selv om det er usikkert. "
        "Tallet er ventet. Besluttet af Anna Holm og Bo."
    )
    assert "Undtagelser fra reglerne" not in other


def test_what_two_people_withheld_has_a_sign_and_words_of_its_own(made_project):
    # Guards against a page that tells a citizen the number is too uncertain, where two people decided to leave it out.
    released = City().released(made_project)
    shown = district(released, made_project, made_project.reports["district"], "valby").context.method.withheld
    exempt = Exemption(HEADLINE, "withhold", "Anna Holm", "Skemaet var forkert", date(2026, 5, 1), "Bo")
    released.edition = Edition("2025", 1, date(2026, 5, 1), exemptions=(exempt,))

    method = district(released, made_project, made_project.reports["district"], "valby").context.method

    assert [key.name for key in shown] == ["Diskretion.", "Usikkerhed.", "Brud."]
    assert [key.name for key in method.withheld] == ["Diskretion.", "Usikkerhed.", "Udeladt.", "Brud."]
    assert texts(method.notes)["Undtagelser fra reglerne"] == (
        "Trygge i aften- og nattetimerne, Valby (2025): tallet og de andre svar på spørgsmålet er udeladt. "
        "Skemaet var forkert. Besluttet af Anna Holm og Bo."
    )
    signs = {SAMPLES[one]() for one in ("sign-secret", "sign-unsure", "sign-decided")}
    assert len({sign.partition("</title>")[2] for sign in signs}) == 3


def test_a_change_of_n_alone_is_listed_with_n_and_on_no_page(made_project):
    # "før 78,7 % (77,9–79,4), nu 78,7 % (77,9–79,4)": a correction that corrects nothing, as a reader sees it.
    old, new = (Share(78.7, 77.9, 79.4, n) for n in (5023, 5022))
    edition = Edition("2025-2", 2, date(2026, 5, 1), "2025", "En dublet er fjernet",
                      (Change("share", HEADLINE, "", old, new),))  # fmt: skip

    for told in (
        corrections.brief(edition, made_project, edition.changes, HEADLINE),
        corrections.listed(edition, made_project, edition.changes),
    ):
        assert "før" not in told
        assert "En dublet er fjernet." in told
    assert "I denne rapport er ét tal ændret. Alle står i rettelse.md." in told
    assert "| 78,7\u00a0% (77,9–79,4), n = 5.023 | 78,7\u00a0% (77,9–79,4), n = 5.022 |" in corrections.errata(
        edition, made_project
    )


def test_a_number_that_is_secret_now_is_not_printed_again(made_project):
    old, new = Share(None, None, None, None), Share(None, None, None, None, withheld=Withheld.SECRET)
    edition = Edition("2025-2", 2, date(2026, 5, 1), "2025", "Tallet skulle ikke have været vist",
                      (Change("share", HEADLINE, "", old, new),))  # fmt: skip

    told = corrections.brief(edition, made_project, edition.changes, HEADLINE)

    assert "før blev vist, nu vises ikke: diskretion" in told
    assert "| blev vist | vises ikke: diskretion | – |" in corrections.errata(edition, made_project)


def test_what_is_no_longer_shown_stands_before_what_moved(made_project, changed):
    # Guards against the number a correction was made for, last of hundreds, with a change of 0,0 percentage points.
    share = next(one for one in changed.edition.changes if one.kind == "share" and one.cell.area == "bispebjerg")
    old, new = Share(None, None, None, None), Share(None, None, None, None, withheld=Withheld.SECRET)
    edition = replace(changed.edition, changes=(share, Change("share", HEADLINE, "", old, new)))

    rows = [line for line in corrections.errata(edition, made_project).splitlines() if "procent" in line or "–" in line]

    assert ["Valby" in row for row in rows] == [True, False]
    assert "0,0 procentpoint" not in rows[0].replace("\u00a0", " ")
