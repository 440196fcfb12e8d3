"""How many the institute invited, by district, sex and age: a table beside the delivery, in counts alone."""

import numpy as np

from tryghed.definitions.project import Project
from tryghed.definitions.wave import Wave
from tryghed.demo.city import AGES, DISTRICTS, SEXES, UNITS, City, Floats, Ints, people, strata
from tryghed.demo.model import Model
from tryghed.demo.people import Sample, willingness


def write(project: Project, city: City, model: Model, wave: Wave, sample: Sample) -> None:
    """Write the table that the wave's definition names, where it names one and says how many were invited."""
    invited, target = wave.fieldwork.invited, wave.fieldwork.invited_by
    if invited is None or not isinstance(target, str) or not target:
        return
    cells = _cells(city, model, wave, sample, invited)
    areas, groups = _areas(city, model, wave), project.surveys[wave.survey].groups
    by_area = {code: int(cells[place].sum()) for place, code in enumerate(areas)}
    by_sex = dict(zip(groups["sex"].categories, cells.sum(axis=(0, 2)).tolist(), strict=True))
    by_age = dict(zip(groups["age"].categories, cells.sum(axis=(0, 1)).tolist(), strict=True))
    divisions = {_area_set(wave): by_area, "sex": by_sex, "age": by_age}
    lines = ["division;category;invited"] + [
        f"{division};{category};{count}" for division, counts in divisions.items() for category, count in counts.items()
    ]
    path = project.folder / target
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8", newline="")


def _area_set(wave: Wave) -> str:
    return DISTRICTS if wave.area is None or wave.area.set == UNITS else wave.area.set


def _areas(city: City, model: Model, wave: Wave) -> list[str]:
    """Return the strata as areas of the set the table counts by, in the order of their numbers."""
    names = sorted(set(strata(city, wave, model)), key=int)
    codes = {str(one.stratum): code for code, one in model.districts.items()}
    return [codes[name] for name in names] if _area_set(wave) == DISTRICTS else names


def _cells(city: City, model: Model, wave: Wave, sample: Sample, invited: int) -> Ints:
    """Return the invited as stratum × sex × age: drawn at random in each stratum, as many as its answers took."""
    size = people(city, wave, model)
    stratum = np.array([int(one) for one in strata(city, wave, model)])
    of_type = np.asarray(city.per_type(stratum), dtype=np.int64)
    _, sex, age = np.unravel_index(np.arange(len(size)), city.types)
    numbers = np.unique(stratum)
    shape = (len(numbers), len(SEXES), len(AGES))
    cell = np.ravel_multi_index((np.searchsorted(numbers, of_type), sex, age), shape)
    living = np.bincount(cell, size, minlength=int(np.prod(shape))).reshape(shape)
    share = living / living.sum(axis=(1, 2), keepdims=True)
    answered = np.array([(sample.stratum == one).sum() for one in numbers], dtype=np.float64)
    needed = answered / (share * willingness(model).reshape(shape[1:])).sum(axis=(1, 2))
    return _whole(share * (invited * needed / needed.sum())[:, None, None], invited)


def _whole(exact: Floats, total: int) -> Ints:
    """Return whole numbers that sum to `total`, the largest remainders rounded up."""
    whole = np.floor(exact).astype(np.int64)
    left = np.argsort((whole - exact).ravel(), kind="stable")[: total - whole.sum()]
    whole.ravel()[left] += 1
    return whole
