"""The demo city's true shares, area by area and group by group, for tests of what the estimates should find.

They are the expected shares of the people, not those of a sample: another seed draws another sample of the same truth.
"""

from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np
import numpy.typing as npt
import polars as pl

from tryghed.definitions.project import Project
from tryghed.definitions.survey import Indicator, Range, Survey
from tryghed.definitions.wave import Wave
from tryghed.demo.chances import Chance, given, missing_code, of_wave
from tryghed.demo.city import AGES, DISTRICTS, SEXES, City, Floats, people
from tryghed.demo.model import Model
from tryghed.frames import EVERYBODY

#: One true share. Groups are given for the whole city, and in each survey district for the levels of safety.
TRUTH = pl.Schema(
    dict.fromkeys(("survey", "wave", "area_set", "area", "dimension", "category", "indicator"), pl.String)
    | {"share": pl.Float64}
)

Mask = npt.NDArray[np.bool_]

_LEVELS = "tryghed"  # the topic whose groups are given by district


def true_shares(project: Project, city: City, model: Model) -> pl.DataFrame:
    """Return the true shares (`TRUTH`, shares in 0-1) of every wave of every survey in the model."""
    parts = [
        _of_wave(project, project.surveys[survey], wave, city, model)
        for survey in model.answered
        for wave in project.waves[survey].values()
    ]
    return pl.concat(parts).cast(TRUTH)


def _of_wave(project: Project, survey: Survey, wave: Wave, city: City, model: Model) -> pl.DataFrame:
    size = people(city, wave, model)
    known = of_wave(survey, wave.wave, list(wave.columns), city, model, size)
    scores = {name: one for name, one in survey.scores.items() if one.item in known}
    counted = [_counted(one, known[one.item], known) for one in scores.values()]
    sums = np.stack([np.stack(pair) * size for pair in counted])  # indicators × (positives, base) × types
    parts = []
    for (area_set, area, inside), (dimension, category, group) in product(
        _areas(project, survey, city), _groups(survey, city)
    ):
        shown = [name for name, one in scores.items() if _given_for(area_set, area, dimension, one)]
        if not shown:
            continue
        positives, base = sums[:, :, inside & group].sum(axis=2).T
        shares = dict(zip(scores, (positives / base).tolist(), strict=True))
        parts.append(
            {"area_set": area_set, "area": area, "dimension": dimension, "category": category}
            | {"indicator": shown, "share": [shares[name] for name in shown]}
        )
    rows = pl.DataFrame(parts).explode("indicator", "share").drop_nulls("indicator")
    return rows.select(pl.lit(survey.name).alias("survey"), pl.lit(wave.wave).alias("wave"), pl.all())


def _given_for(area_set: str, area: str, dimension: str, indicator: Indicator) -> bool:
    if EVERYBODY in (area, dimension):
        return True
    return area_set == DISTRICTS and indicator.topic == _LEVELS


def _counted(indicator: Indicator, chance: Chance, known: Mapping[str, Chance]) -> tuple[Floats, Floats]:
    """Return the chance of each type to count, and to be in the base."""
    each = _each(chance, known)
    if isinstance(indicator.counts, Range):
        counts = [place for place, ends in enumerate(chance.question.numbers) if _lie(ends, indicator.counts)]
        return _sum(each, counts), _sum(each, list(each))
    return _sum(each, indicator.counts), _sum(each, indicator.base or list(chance.item.codes))


def _each(chance: Chance, known: Mapping[str, Chance]) -> dict[int, Floats]:
    """Return the chance of each type to give each answer, don't know included, were everybody asked or not."""
    question = chance.question
    answering = chance.asked * (1 - question.dont_know - question.refused)
    found = {code: chance.each[:, place] * answering for place, code in enumerate(chance.order)}
    if question.within:
        mentioned, not_mentioned = chance.order
        found[mentioned] = found[mentioned] * given(known[question.within])
        found[not_mentioned] = answering - found[mentioned]
    unsure = missing_code(chance.item, "ved ikke")
    if unsure is not None:
        found[unsure] = chance.asked * question.dont_know
    return found


def _sum(each: Mapping[int, Floats], codes: list[int]) -> Floats:
    return np.asarray(np.sum([each[code] for code in codes if code in each], axis=0), dtype=np.float64)


def _lie(ends: tuple[float, float], within: Range) -> bool:
    return all(
        (within.min is None or end >= within.min) and (within.below is None or end < within.below) for end in ends
    )


def _areas(project: Project, survey: Survey, city: City) -> Iterator[tuple[str, str, Mask]]:
    """Yield each area of the survey's sets with the types that live there, and the whole city of each set."""
    for name in survey.area_sets:
        area_set = project.area_sets[name]
        yield name, EVERYBODY, np.ones(int(np.prod(city.types)), dtype=np.bool_)
        for area in area_set.areas:
            inside = [area in area_set.members.get(code, ()) for code in city.roder]
            if any(inside):
                yield name, area, np.asarray(city.per_type(np.array(inside)), dtype=np.bool_)


def _groups(survey: Survey, city: City) -> Iterator[tuple[str, str, Mask]]:
    """Yield everybody, each sex, each age group and each crossing with the types that belong to it."""
    roder = len(city.roder)

    def types(of_sex_age: Mask) -> Mask:
        return np.tile(of_sex_age.ravel(), roder)

    sex = np.arange(len(SEXES))[:, None] + np.zeros(len(AGES))
    age = np.arange(len(AGES))[None, :] + np.zeros((len(SEXES), 1))
    yield EVERYBODY, EVERYBODY, types(np.ones_like(sex, dtype=np.bool_))
    sexes, ages = list(survey.groups["sex"].categories), list(survey.groups["age"].categories)
    for place, name in enumerate(sexes):
        yield "sex", name, types(sex == place)
    for place, name in enumerate(ages):
        yield "age", name, types(age == place)
    for (i, one), (j, other) in product(enumerate(sexes), enumerate(ages)):
        yield "sex*age", f"{one}*{other}", types((sex == i) & (age == j))
