"""Which column holds which item, and what a column looks like."""

from datetime import date

import polars as pl
import pytest

from tryghed.definitions.areas import AreaRow, AreaSet
from tryghed.definitions.survey import Item
from tryghed.intake.delivered import Delivered
from tryghed.intake.guesses import Guess, area_column, dates, design_column, filter_of
from tryghed.intake.matching import Wanted, match, nearest

YES = {1: "Ja", 2: "Nej"}


def item(codes=YES):
    return Item(asks="?", codes=codes)


def wanted(text, column="", codes=YES):
    return Wanted(item(codes), (text,), column)


def file(labels, codes=None):
    names = ["nr", *labels]
    rows = pl.DataFrame({name: [1.0, 2.0] for name in names})
    return Delivered(rows, labels=labels, value_labels=codes or {})


def test_the_question_counts_for_more_than_the_name():
    # Guards against following a number that came back with another question behind it.
    delivered = file({"q1": "Er du tryg om natten?", "q2": "Er du tryg om dagen?"})

    found = match({"day": wanted("Er du tryg om dagen?", "q1")}, delivered, ["nr"])

    assert found["day"].column == "q2"
    assert not found["day"].same_name


def test_each_column_serves_one_item_and_the_best_division_wins():
    delivered = file({"q1": "Er du bekymret for tyveri?", "q2": "Er du bekymret for vold?"})
    both = {"theft": wanted("Er du bekymret for tyveri?"), "assault": wanted("Er du bekymret for vold?")}

    found = match(both, delivered, ["nr"])

    assert {name: one.column for name, one in found.items()} == {"theft": "q1", "assault": "q2"}
    only = match({"assault": both["assault"], "theft": both["theft"]}, file({"q1": "Er du bekymret for vold?"}), ["nr"])
    assert list(only) == ["assault"]


def test_other_labels_are_another_question_unless_name_and_text_agree():
    turned = {"q1": {1.0: "Nej", 2.0: "Ja"}}
    delivered = file({"q1": "Er du tryg?"}, turned)

    assert match({"safe": wanted("Er du tryg?", "x9")}, delivered, ["nr"]) == {}
    found = match({"safe": wanted("Er du tryg?", "q1")}, delivered, ["nr"])
    assert found["safe"].labels is False


def test_a_file_without_texts_is_matched_by_name():
    delivered = file({"q1": "", "SAFE": ""})

    found = match({"safe": wanted("Er du tryg?"), "other": wanted("Noget andet", "q1")}, delivered, ["nr"])

    assert {name: one.column for name, one in found.items()} == {"safe": "SAFE", "other": "q1"}


def test_a_label_that_was_cut_off_is_the_same_question():
    whole = "Hvor tryg eller utryg føler du dig i dit nabolag i aften- og nattetimerne?"
    delivered = file({"q1": whole[:45]})

    assert match({"safe": wanted(whole)}, delivered, ["nr"])["safe"].alike == 1


def test_the_nearest_column_is_told_with_how_near_it_is():
    delivered = file({"q1": "Hvor glad er du?", "q2": "Har du bil?"})

    assert nearest(wanted("Hvor tryg er du?"), delivered, ["q1", "q2"]) == ("q1", pytest.approx(0.75))
    assert nearest(wanted("Hvor tryg er du?"), delivered, []) is None


def test_design_columns_are_those_of_before_else_known_by_name_and_values():
    delivered = Delivered(
        pl.DataFrame({"lbnr": [7.0, 8.0, 9.0], "vaegt": [1.0, 0.5, 1.5], "vaegt2": [1.0, 1.0, 2.0], "ens": [1.0] * 3})
    )

    assert design_column("respondent", delivered, None) == Guess("lbnr", "by its name and values")
    assert design_column("weight", delivered, None) == Guess("vaegt", "by its name and values", ("vaegt2",))
    assert design_column("weight", delivered, "vaegt2").column == "vaegt2"
    assert design_column("respondent", delivered, "ens").column == "lbnr"  # values that occur twice are nobody's number
    assert design_column("psu", delivered, None) is None


def test_days_are_read_from_seconds_of_spss_and_from_text():
    seconds = [(date(2025, 1, day) - date(1582, 10, 14)).days * 86_400.0 for day in (3, 1)]
    spss = Delivered(pl.DataFrame({"svardato": seconds, "dato_fejl": [1.0, 2.0]}))
    text = Delivered(pl.DataFrame({"x": ["03-01-2025", "31.12.2024"]}), labels={"x": "Dato for svar"})

    assert dates(spss) == (date(2025, 1, 1), date(2025, 1, 3), "svardato")
    assert dates(text) == (date(2024, 12, 31), date(2025, 1, 3), "x")
    assert dates(Delivered(pl.DataFrame({"dato": [1.0, 2.0]}))) is None


def test_a_filter_is_seen_by_the_blanks_it_leaves():
    asked = [1.0, 2.0] * 50
    answers = [1.0 if one == 1.0 else None for one in asked]
    delivered = Delivered(pl.DataFrame({"filter": asked, "q": answers, "noise": [1.0, 1.0, 2.0, 2.0] * 25}))

    found = filter_of(delivered, "q", ["noise", "filter"])

    assert (found.column, found.codes) == ("filter", (1,))
    assert filter_of(delivered, "q", ["noise"]) is None
    assert filter_of(delivered, "noise", ["filter"]) is None  # nobody is blank


def test_areas_are_known_by_their_codes_and_strangers_are_told():
    names = {code: AreaRow(code=code, name=code) for code in "abcdefghij"}
    units = AreaSet(name="roder", label="Roder", kind="unit", version="1", source="", attribution="", unit_set=None,
                    areas=names, members={}, groups={}, outlines=None)  # fmt: skip
    values = [*"abcdefghij", "å"]
    delivered = Delivered(pl.DataFrame({"nr": list(range(11)), "rode": values}))

    guess, found = area_column(delivered, [units], None)

    assert (guess.column, found) == ("rode", "roder")
    assert "90.9 %" in guess.why
    assert guess.why.endswith("unknown: å")
