"""Sentences say what the corrected test allows, and no more."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tryghed.release.released import Difference, Places, Share, Withheld
from tryghed.reporting import words

LABEL, PHRASE, REST = "Trygge om aftenen", "er trygge om aftenen", "resten af byen"
HIDDEN = Share(None, None, None, 34, withheld=Withheld.UNRELIABLE)


def share(value=71.2, half=4.5, n=486):
    return Share(value, value - half, value + half, n)


def difference(size, half, direction, *, withheld=None, against="2022", detectable=9.0, p=0.001):
    other = HIDDEN if withheld else share(71.2 - size)
    shown = (None, None, None) if withheld else (size, size - half, size + half)
    return Difference(share(), other, against, *shown, detectable, direction, "other", 100, p, withheld)


def everything(one):
    """Return every text a difference can lead to."""
    claims = [
        words.rest_claim(PHRASE, "higher", "x", one, REST, "F1"),
        words.change_claim(PHRASE, "higher", "x", one, "F1"),
        words.group_claim(PHRASE, "x", "Kvinder", "Mænd", one, "F1"),
    ]
    told = [
        words.short_rest(one, REST), words.short_change(one), *words.rest_title(LABEL, PHRASE, one, REST),
        words.rest_text(one), *words.change_title(LABEL, PHRASE, one), words.change_text(one), words.change_answer(one),
        words.rest_answer(one), words.trend_answer(one), words.detectable_change(one), words.signed_size(one),
    ]  # fmt: skip
    return told + [claim.before + claim.verb + claim.after for claim in claims if claim]


@given(st.floats(-60, 60), st.floats(0, 40), st.sampled_from([None, *Withheld]), st.floats(0, 30))
def test_without_a_direction_no_text_has_a_directional_word(size, half, withheld, detectable):
    # A verb of change, "flere" or "lavere" where the corrected test found nothing, however large the difference looks.
    one = difference(size, half, 0, withheld=withheld, detectable=detectable)
    for text in everything(one):
        assert not set(re.findall(r"\w+", text.lower())) & set(words.DIRECTIONAL), text


@given(st.sampled_from([-1, 1]), st.floats(0.1, 60))
def test_the_words_follow_the_direction_of_the_test(direction, size):
    # "Flere" for a fall, or both directions in one sentence.
    one = difference(direction * size, size / 2, direction)
    up, down = {"flere", "steget", "højere"}, {"færre", "faldet", "lavere"}
    for text in everything(one):
        found = set(re.findall(r"\w+", text.lower()))
        assert not found & (down if direction > 0 else up), text
    assert "er statistisk sikker" in words.rest_text(one) or "og statistisk sikker" in words.rest_text(one)


@given(st.sampled_from([-1, 0, 1]))
def test_a_withheld_difference_shows_no_number(direction):
    # The direction of a withheld difference, or its size, in a sentence.
    one = difference(5.0, 1.0, direction, withheld=Withheld.SECRET)
    for text in everything(one):
        assert not re.search(r"\d", text.replace("2022", "").replace("ca. 9", "")), text
        assert "steget" not in text.lower()


def test_levels_in_words_or_in_percent():
    assert words.level(PHRASE, share()) == "Omkring syv ud af ti er trygge om aftenen."
    assert words.level(PHRASE, share(74.9, 2)) == "74,9\u00a0% er trygge om aftenen."
    assert words.level(PHRASE, HIDDEN) == "Hvor mange der er trygge om aftenen, vises ikke: tallet er for usikkert."


def test_sure_differences_are_told_with_size_and_interval():
    one = difference(-7.4, 4.6, -1)
    assert " ".join(words.rest_title(LABEL, PHRASE, one, REST)) == "Færre er trygge om aftenen end i resten af byen"
    assert words.rest_text(one) == (
        "Forskellen er 7,4\u00a0procentpoint (95\u00a0%-interval 2,8–12,0) og statistisk sikker."
    )
    assert words.change_text(one) == (
        "Andelen er faldet med 7,4\u00a0procentpoint (2,8–12,0) siden 2022. Ændringen er statistisk sikker."
    )


def test_no_shown_change_tells_what_could_have_been_seen():
    one = difference(1.6, 6.6, 0)
    assert words.short_change(one) == "Om andelen har ændret sig siden 2022, kan ikke afgøres."
    assert words.change_text(one).endswith("Undersøgelsen kan påvise ændringer på ca. 9 procentpoint.")


def test_a_difference_that_is_not_that_of_the_printed_numbers_is_explained():
    # 71,6 against 80,8, and "9,1 procentpoint" beside them.
    one = difference(-9.1, 4.0, -1)
    assert words.precise(one) == ""
    assert words.precise(replace(one, difference=-9.2)) == "Forskelle er regnet med alle decimaler."
    assert words.precise(difference(-9.1, 4.0, -1, withheld=Withheld.SECRET)) == ""


def test_the_surest_difference_is_named():
    sure, surer, unsure = (
        difference(-9.0, 4.0, -1, p=0.01),
        difference(9.0, 4.0, 1, p=0.001),
        difference(20.0, 30.0, 0, p=0.9),
    )
    assert words.surest_of({"a": [unsure, sure], "b": [surer], "c": [unsure]}) == "b"
    assert words.surest_of({"a": [unsure]}) is None


def test_a_rank_is_an_interval_unless_only_one_place_is_left():
    assert words.rank("Valby", Places(5, 13, 13)) == "Valbys plads ligger et sted mellem nr.\u00a05 og nr.\u00a013"
    assert words.rank("Valby", Places(13, 13, 13)) == "Valby kan kun have plads nr.\u00a013"


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (HIDDEN, "for usikkert til at vise (n\u00a0=\u00a034)"),
        (Share(None, None, None, 34, withheld=Withheld.DECIDED), "udeladt (n\u00a0=\u00a034)"),
        (Share(None, None, None, None, withheld=Withheld.SECRET), "vises ikke: diskretion"),
    ],
)
def test_secrecy_tells_no_n(one, text):
    assert words.withheld(one) == text


def claim(about, p, *, strength=False, size=10.0):
    return words.Claim("", "Flere", "", "F1", strength, about, difference(size, 3.0, 1, p=p))


def test_the_surest_claims_are_chosen_and_strengths_come_first():
    # A strength pushed out by three surer weaknesses, or a weak finding told before a strength.
    weak = [claim(f"w{at}", 0.001 * at) for at in range(1, 5)]
    strong = claim("s", 0.04, strength=True)
    assert [one.about for one in words.surest([*weak, strong])] == ["s", "w1", "w2"]


def test_an_indicator_speaks_once_and_by_its_surest_claim():
    chosen = words.surest([claim("a", 0.03), claim("a", 0.001), claim("b", 0.01)])
    assert [(one.about, one.difference.p_adjusted) for one in chosen] == [("a", 0.001), ("b", 0.01)]


def test_fewer_claims_where_fewer_are_earned():
    assert words.surest([]) == ()
    assert len(words.surest([claim("a", 0.01)])) == 1


def test_equal_p_is_settled_by_the_larger_difference():
    chosen = words.surest([claim("small", 0.01, size=4.0), claim("large", 0.01, size=20.0)])
    assert [one.about for one in chosen] == ["large", "small"]


def test_what_is_wished_for_decides_what_is_a_strength():
    fall = difference(-9.0, 3.0, -1)
    assert words.change_claim("er bekymrede", "lower", "x", fall, "F8").strength
    assert not words.change_claim("er trygge", "higher", "x", fall, "F8").strength
    assert not words.change_claim("er andet", "neither", "x", fall, "F8").strength


@pytest.mark.parametrize(
    ("count", "of", "all_known", "told"),
    [
        (22, 22, True, "For ingen af de 22 forhold kan der påvises en forskel."),
        (20, 22, True, "For de øvrige 20 forhold kan der ikke påvises en forskel."),
        (20, 22, False, "For 20 forhold kan der ikke påvises en forskel."),
    ],
)
def test_the_undecided_are_not_told_as_if_there_were_others(count, of, all_known, told):
    # "For 22 forhold kan der ikke påvises en forskel" of 22: a reader looks for the ones where it can.
    assert words.undecided(count, of, f"{count} forhold", all_known=all_known) == told


@pytest.mark.parametrize(
    ("size", "half", "direction", "told"), [(5.0, 3.0, 0, True), (5.0, 6.0, 0, False), (5.0, 3.0, 1, False)]
)
def test_where_the_correction_is_stricter_than_the_interval_the_text_says_so(size, half, direction, told):
    # An interval that leaves out zero beside "kan ikke påvises", unexplained: a reader sees a contradiction.
    one = difference(size, half, direction)
    assert words.stricter_than_interval(one) is told
    assert ("når der rettes" in words.rest_text(one)) is told
