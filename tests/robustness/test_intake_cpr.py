"""No CPR number enters: 22,000 synthetic ones in eleven notations are caught, 200,000 other values are let through.

Half of the numbers hold modulus 11, half do not: numbers without it have been issued since 2007.
"""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from tryghed.intake import cpr, privacy
from tryghed.intake.delivered import Delivered

EACH = 2_000
WEIGHTS = np.array([4, 3, 2, 7, 6, 5, 4, 3, 2, 1])


def people(count, seed):
    """Return ten digits of `count` made-up people born 1900 to 2025, in a seventh digit that fits their century."""
    rng = np.random.default_rng(seed)
    born = [date(1900, 1, 1) + timedelta(days=int(day)) for day in rng.integers(0, 46_000, count)]
    found = []
    for place, day in enumerate(born):
        while True:
            seventh = int(rng.choice(_sevenths(day.year)))
            digits = f"{day:%d%m%y}{seventh}{int(rng.integers(0, 1000)):03}"
            holds = int(WEIGHTS @ np.array(list(digits), dtype=int)) % 11 == 0
            if holds == (place % 2 == 0):
                found.append(digits)
                break
    return found


def _sevenths(year):
    if year < 2000:
        return [0, 1, 2, 3] if year < 1937 else [0, 1, 2, 3, 4, 9]
    return [5, 6, 7, 8] if year > 2036 else [4, 5, 6, 7, 8, 9]


NOTATIONS = {
    "0101901234": lambda d: d,
    "010190-1234": lambda d: f"{d[:6]}-{d[6:]}",
    "010190 1234": lambda d: f"{d[:6]} {d[6:]}",
    "010190 - 1234": lambda d: f"{d[:6]} - {d[6:]}",
    "01 01 90 1234": lambda d: f"{d[:2]} {d[2:4]} {d[4:6]} {d[6:]}",
    "01.01.90-1234": lambda d: f"{d[:2]}.{d[2:4]}.{d[4:6]}-{d[6:]}",
    "01/01/90-1234": lambda d: f"{d[:2]}/{d[2:4]}/{d[4:6]}-{d[6:]}",
    "010190–1234": lambda d: f"{d[:6]}–{d[6:]}",
    "CPR: 010190-1234.": lambda d: f"CPR: {d[:6]}-{d[6:]}.",
    "101901234 (text)": lambda d: d.lstrip("0"),
    "101901234 (number)": float,
}


#: What copying, keyboards and word processors make of a number, beside the eleven notations.
DISGUISED = {
    "digits of full width": lambda d: "".join(chr(0xFF10 + int(one)) for one in d[:6]) + f"-{d[6:]}",
    "all of full width": lambda d: "".join(chr(0xFF10 + int(one)) for one in d),
    "tab": lambda d: f"{d[:6]}\t{d[6:]}",
    "line break": lambda d: f"{d[:6]}\n{d[6:]}",
    "soft hyphen": lambda d: f"{d[:6]}\u00ad{d[6:]}",
    "not seen": lambda d: f"{d[:3]}\u200b{d[3:]}",
    "narrow blank": lambda d: f"{d[:6]}\u202f{d[6:]}",
    "wide gap": lambda d: f"{d[:6]} -  {d[6:]}",
    "colon": lambda d: f"{d[:6]}:{d[6:]}",
    "brackets": lambda d: f"({d[:6]}) {d[6:]}",
    "formula of Excel": lambda d: f'="{d}"',
}

#: Ways to write a number that people have beside those.
OTHERWISE = {
    "1.1.90-1234": lambda d: f"{int(d[:2])}.{int(d[2:4])}.{d[4:6]}-{d[6:]}",
    "1/1 90 - 1234": lambda d: f"{int(d[:2])}/{int(d[2:4])} {d[4:6]} - {d[6:]}",
    "1. 1. 1990 1234": lambda d: f"{int(d[:2])}. {int(d[2:4])}. {year_of(d)} {d[6:]}",
    "01-01-1990-1234": lambda d: f"{d[:2]}-{d[2:4]}-{year_of(d)}-{d[6:]}",
    "19900101-1234": lambda d: f"{year_of(d)}{d[2:4]}{d[:2]}-{d[6:]}",
    "1990-01-01-1234": lambda d: f"{year_of(d)}-{d[2:4]}-{d[:2]}-{d[6:]}",
}


def year_of(digits):
    """Return the year of birth by CPR-kontoret's table."""
    year, seventh = int(digits[4:6]), int(digits[6])
    if seventh <= 3 or (seventh in (4, 9) and year > 36):
        return 1900 + year
    return 2000 + year if seventh in (4, 9) or year <= 57 else 1800 + year


@pytest.fixture(scope="module")
def numbers():
    return people(EACH, 11)


def found_in(name, values):
    rows = pl.DataFrame({name: values})
    return {one.code: one for one in privacy.found(Delivered(rows), respondent="nr", free_text=())}


def test_cpr_numbers_are_caught_in_every_notation_with_and_without_modulus_11(numbers):
    caught = {name: cpr.found(pl.Series([write(one) for one in numbers])) for name, write in NOTATIONS.items()}
    assert len(caught) == 11
    total = sum(hits.count() for hits in caught.values())
    assert total >= 0.999 * EACH * len(NOTATIONS), {name: hits.count() for name, hits in caught.items()}
    for name, hits in caught.items():
        assert hits.drop_nulls().to_list() == [one for one, hit in zip(numbers, hits, strict=True) if hit], name


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("part", [1.0, 0.25])
def test_a_column_of_them_is_refused_also_where_most_left_it_blank(numbers, notation, part):
    values = [NOTATIONS[notation](one) for one in numbers]
    kept = int(len(values) * part)
    found = found_in("x", [*values[:kept], *([None] * (len(values) - kept))])
    assert found["cpr_column"].count >= 0.999 * kept


@pytest.mark.parametrize("disguise", DISGUISED)
def test_numbers_in_disguise_are_caught_and_masked(numbers, disguise):
    # Guards against a sign nobody sees that lets a number in, and one that ended the program.
    written = [DISGUISED[disguise](one) for one in numbers[:200]]

    assert cpr.found(pl.Series(written)).to_list() == numbers[:200]
    masked = privacy.masked(pl.Series([f"jeg er {one}!" for one in written]))
    assert masked.count == 200
    assert not [text for text in masked.text if any(sign.isdigit() for sign in text)]


@pytest.mark.parametrize("way", OTHERWISE)
def test_numbers_written_without_noughts_or_year_first_are_caught_and_masked(numbers, way):
    # Guards against "1.1.90-1234" in somebody's remark, which every reader of the texts would see.
    written = [OTHERWISE[way](one) for one in numbers]

    assert cpr.found(pl.Series(written)).to_list() == numbers
    masked = privacy.masked(pl.Series([f"jeg er {one}, tak" for one in written[:100]]))
    assert set(masked.text) == {"jeg er [cpr], tak"}


def test_numbers_that_a_program_wrote_as_decimals_are_caught(numbers):
    # Guards against a text file of a program that keeps the numbers as doubles.
    whole = [one for one in numbers if not one.endswith("00")]
    for write in (lambda n: f"{n:.9E}", lambda n: f"{n:.9e}".replace(".", ",")):
        assert cpr.found(pl.Series([write(int(one)) for one in whole])).to_list() == whole


def test_text_without_numbers_is_kept_sign_by_sign():
    text = "to linjer\nmed\u00a0faste\u202fblanktegn og ½ – ３ gange"

    assert privacy.masked(pl.Series([text])).text.to_list() == [text]


def test_integers_without_their_leading_zero_are_caught(numbers):
    assert found_in("x", [int(one) for one in numbers])["cpr_column"].count == EACH


def clean():
    """Return columns of values that are no CPR numbers, 200,000 in all."""
    rng = np.random.default_rng(12)
    n = 10_000
    days = [date(2024, 12, 2) + timedelta(days=int(one)) for one in rng.integers(0, 60, n)]
    seconds = 1_733_000_000 + np.sort(rng.integers(0, 5_000_000, n))
    words = ["der", "er", "mørkt", "på", "stien", "ved", "Jagtvej", "120", "2200", "København", "3-4", "siden", "2019"]
    return {
        "codes": rng.integers(1, 6, n).astype(float),
        "ages": rng.integers(16, 97, n),
        "years": rng.integers(1925, 2010, n),
        "weights": rng.lognormal(0, 1, n).round(9),
        "weights_text": [f"{one:.9f}".replace(".", ",") for one in rng.lognormal(8, 1, n)],
        "sequence": 1_012_250_001 + np.arange(n),
        "sequence_text": [f"{one:010}" for one in 101_250_001 + np.arange(n)],
        "cvr": rng.integers(10_000_000, 99_999_999, n),
        "ean": [f"57{one:011}" for one in rng.integers(0, 10**11, n)],
        "epoch": seconds,
        "epoch_2024": 1_706_000_000 + np.sort(rng.integers(0, 5_000_000, n)),
        "epoch_ms": seconds * 1000 + 123,
        "stamps": [f"{day:%Y%m%d}{int(hour):04}" for day, hour in zip(days, rng.integers(0, 2400, n), strict=True)],
        "danish_stamps": [f"{day:%d-%m-%Y} 12:30" for day in days],
        "iso": [f"{day}T08:15:00" for day in days],
        "roder": [f"{one:04}" for one in rng.integers(1, 3000, n)],
        "random_10": rng.integers(10**9, 10**10, n),
        "random_10_text": [f"{one:010}" for one in rng.integers(0, 10**10, n)],
        "random_9": rng.integers(10**8, 10**9, n),
        "text": [" ".join(rng.choice(words, 8)) for _ in range(n)],
    }


def test_other_numbers_are_let_through():
    # Guards against a check that refuses every delivery with long numbers in it, and is then switched off.
    columns = clean()
    assert sum(len(values) for values in columns.values()) == 200_000
    alarms = {
        name: found[code].count
        for name, values in columns.items()
        for found in [found_in(name, values)]
        for code in ("cpr_column", "cpr_in_text")
        if code in found
    }
    assert sum(alarms.values()) <= 0.001 * 200_000, alarms


def test_days_with_times_postal_codes_and_years_are_let_through():
    # Guards against notations so wide that every column of dates is one of births.
    rng = np.random.default_rng(13)
    n = 10_000
    days = [date(2000, 1, 1) + timedelta(days=int(one)) for one in rng.integers(0, 9_500, n)]
    times = [
        f"{hour:02}{minute:02}" for hour, minute in zip(rng.integers(0, 24, n), rng.integers(0, 60, n), strict=True)
    ]
    pairs = list(zip(days, times, strict=True))
    columns = {
        "stamp": [f"{day:%Y%m%d} {time}" for day, time in pairs],
        "file": [f"{day:%Y-%m-%d}-{time}" for day, time in pairs],
        "time": [f"{day.day}.{day.month}.{day.year} {time}" for day, time in pairs],
        "place": [f"{day.day}/{day.month} {day.year} {post} København" for day, post in
                  zip(days, rng.integers(1000, 3000, n), strict=True)],
        "period": [f"{day.day}.{day.month}.{day.year}-{day.year + 1}" for day in days],
        "weights": [f"{one:.8f}" for one in rng.uniform(8, 95, n)],
        "amounts": [f"{one:.3f}" for one in rng.uniform(10**5, 10**7, n)],
        "decimals": [f"{one:.9E}" for one in rng.lognormal(8, 3, n)],
        "rounded": [f"{one:.2E}" for one in rng.integers(10**8, 10**10, n)],
        "versions": [f"{a}.{b}.{c}" for a, b, c in rng.integers(0, 30, (n, 3))],
    }  # fmt: skip
    found = {name: cpr.found(pl.Series(values)).count() for name, values in columns.items()}

    assert sum(found.values()) <= 0.001 * n * len(columns), found


def test_impossible_days_and_centuries_are_no_births():
    wrong = ["3002901234", "0013901234", "3113901234", "2902011234", "0101900", "20101901234", "010190-12345"]
    assert cpr.found(pl.Series(wrong)).null_count() == len(wrong)
    right = ["2902004234", "2902960000", "6101901234", "0101010000"]
    assert cpr.found(pl.Series(right)).to_list() == right


def test_respondents_known_by_cpr_get_one_pseudonym_however_it_is_written(numbers):
    # Guards against one person counted as two in a panel, and against a number that reaches the store.
    written = pl.Series("nr", [write(one) for one, write in zip(numbers, [*NOTATIONS.values()] * 182, strict=False)
                               if not isinstance(write(one), float)])  # fmt: skip
    assert set(privacy.numbers(written)) <= set(numbers)
    plain = pl.Series("nr", ["a1", "a2", "0101901234"] * 10)
    assert privacy.numbers(plain).to_list()[:2] == ["a1", "a2"]
