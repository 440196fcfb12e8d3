import pytest

from tryghed.errors import DataError
from tryghed.statistics import populations


def people(*groups):
    return populations.european(groups)["people"].to_list()


def test_ages_share_the_people_of_the_standard():
    assert people("0-17 år", "18-24 år", "25-34 år", "35-49 år", "50-64 år", "65 år og derover") == [
        pytest.approx(1000 + 4000 + 5500 + 5500 + 5500 * 3 / 5),
        pytest.approx(5500 * 2 / 5 + 6000),
        12_500, 21_000, 19_500, 19_500,
    ]  # fmt: skip


def test_all_ages_of_a_sex_are_the_whole_standard():
    ages = ("under 16 år", "16–64 år", "65-89 år", "90+")

    assert sum(people(*(f"{sex}*{age}" for sex in ("Kvinder", "Mænd") for age in ages))) == pytest.approx(200_000)


def test_single_years_are_a_fifth_of_five():
    assert people("18 år", "20 år", "1 år", "0 år") == [1100, 1200, 1000, 1000]


@pytest.mark.parametrize(
    ("groups", "says"),
    [
        (("Kvinder", "Mænd"), "no age in Kvinder; no age in Mænd"),
        (("85-94 år",), "people of 90 and more are not parted"),
        (("95+",), "people of 90 and more are not parted"),
        (("Kvinder*16-24 år", "Kvinder*20-29 år", "Mænd*16-24 år"), r"Kvinder\*16-24 år and Kvinder\*20-29 år overlap"),
    ],
)
def test_groups_that_the_standard_does_not_know_are_named(groups, says):
    # Guards against a group that silently gets no weight, or the weight of another.
    with pytest.raises(DataError, match=says):
        populations.european(groups)
