"""Draws who answers, as a stratified sample with uneven willingness, and weights them as the institute would."""

from dataclasses import dataclass

import numpy as np

from tryghed.definitions.wave import Wave
from tryghed.demo.city import AGES, SEXES, UNITS, City, Floats, Ints, people, strata
from tryghed.demo.model import Model

_EQUAL = 0.65  # the part of a sample that is divided evenly over the strata; the rest follows their size
_ROUNDS = 40


@dataclass(frozen=True)
class Sample:
    """Those who answered: their type in the city, and what is known of them. One value per respondent.

    `sex` and `age_group` count from 0; `weight` sums to the people, or to the answers where strata are districts.
    """

    type: Ints
    rode: Ints
    stratum: Ints
    sex: Ints
    age_group: Ints
    age: Ints
    weight: Floats

    @property
    def size(self) -> int:
        """Number of respondents."""
        return len(self.type)


def draw(city: City, wave: Wave, model: Model, answered: int, youngest: int, rng: np.random.Generator) -> Sample:
    """Return `answered` respondents of a wave, in the order they answered, with calibrated weights."""
    size = people(city, wave, model)
    strata_of_roder = np.array([int(one) for one in strata(city, wave, model)])
    stratum_of = np.asarray(city.per_type(strata_of_roder), dtype=np.int64)
    willing = size * np.tile(willingness(model), len(city.roder))
    types = rng.permutation(np.concatenate(_drawn_types(stratum_of, size, willing, answered, rng)))
    rode, sex, age_group = (np.asarray(one, dtype=np.int64) for one in np.unravel_index(types, city.types))
    stratum = stratum_of[types]
    weight = _weights(city, size, stratum_of, types, stratum)
    if wave.area is not None and wave.area.set == UNITS:
        weight = weight * answered / weight.sum()
    return Sample(types, rode, stratum, sex, age_group, _ages(age_group, youngest, rng), np.round(weight, 6))


def willingness(model: Model) -> Floats:
    """Return how readily each sex × age group answers, relative to the others, flattened."""
    by_sex = np.array([model.response.women, model.response.men])
    return np.asarray(by_sex[:, None] * np.array(model.response.ages)).ravel()


def _drawn_types(
    stratum_of: Ints, size: Floats, willing: Floats, answered: int, rng: np.random.Generator
) -> list[Ints]:
    names = np.unique(stratum_of)
    found = []
    for stratum, n in zip(names, _allocation([size[stratum_of == one].sum() for one in names], answered), strict=True):
        members = np.flatnonzero(stratum_of == stratum)
        chance = willing[members] / willing[members].sum()
        found.append(np.repeat(members, rng.multinomial(n, chance)))
    return found


def _allocation(sizes: list[float], answered: int) -> list[int]:
    """Return how many answers each stratum gives; they sum to `answered`."""
    share = np.array(sizes) / np.sum(sizes)
    exact = answered * (_EQUAL / len(sizes) + (1 - _EQUAL) * share)
    whole = np.floor(exact).astype(int)
    left = np.argsort(whole - exact, kind="stable")[: answered - whole.sum()]
    whole[left] += 1
    return [int(n) for n in whole]


def _ages(age_group: Ints, youngest: int, rng: np.random.Generator) -> Ints:
    first = np.array([youngest, *(low for low, _ in AGES[1:])])[age_group]
    last = np.array([high for _, high in AGES])[age_group]
    return rng.integers(first, last, endpoint=True)


def _weights(city: City, size: Floats, stratum_of: Ints, types: Ints, stratum: Ints) -> Floats:
    """Return weights raked to stratum × sex and stratum × age, starting from the stratum's sampling fraction."""
    _, sex_of, age_of = np.unravel_index(np.arange(len(size)), city.types)
    margins = (stratum_of * len(SEXES) + sex_of, stratum_of * len(AGES) + age_of)
    weight = (np.bincount(stratum_of, size) / np.maximum(np.bincount(stratum, minlength=stratum_of.max() + 1), 1))[
        stratum
    ]
    for _ in range(_ROUNDS):
        for margin in margins:
            wanted = np.bincount(margin, size)
            found = np.bincount(margin[types], weight, minlength=len(wanted))
            weight = weight * (wanted / np.where(found > 0, found, 1.0))[margin[types]]
    return np.asarray(weight, dtype=np.float64)
