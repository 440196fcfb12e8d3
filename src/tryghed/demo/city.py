"""The demo city's people: how many of each sex and age live in each rode, and which areas a rode is in."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tryghed.definitions.project import Project
from tryghed.definitions.wave import Wave
from tryghed.demo.model import Model

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DISTRICTS = "survey_districts_13"
UNITS = "roder"
#: The first and last year of each age group; the youngest begin where the survey's population does.
AGES = ((18, 24), (25, 34), (35, 49), (50, 64), (65, 79), (80, 96))
SEXES = (1, 2)

_WOMEN = (0.52, 0.51, 0.49, 0.5, 0.54, 0.63)
_DRAWN = 13  # the city is the same whichever sample is drawn from it


@dataclass(frozen=True)
class City:
    """Roder and the types of people in them.

    A type is rode × sex × age group, in that order, flattened. `weight` is a rode's size relative to the others.
    """

    roder: tuple[str, ...]
    districts: tuple[str, ...]
    district: Ints
    bydel: tuple[str, ...]
    vulnerable: npt.NDArray[np.bool_]
    weight: Floats
    sex_age: Floats

    @property
    def types(self) -> tuple[int, int, int]:
        """Number of roder, sexes and age groups."""
        return len(self.roder), len(SEXES), len(AGES)

    def per_type(self, of_rode: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        """Return a value of each rode repeated for its types."""
        return np.repeat(of_rode, len(SEXES) * len(AGES))


def settle(project: Project, model: Model) -> City:
    """Return the city on the project's area sets."""
    units, districts = project.area_sets[UNITS], project.area_sets[DISTRICTS]
    names = tuple(model.districts)
    roder = tuple(sorted(code for code in units.areas if districts.members.get(code)))
    district = np.array([names.index(districts.members[code][0]) for code in roder])
    size = np.array([units.areas[code].population or 1.0 for code in roder])
    weight = _within(size, district) * np.array([districts.areas[name].population or 1.0 for name in names])[district]
    return City(
        roder=roder,
        districts=names,
        district=district,
        bydel=tuple(districts.areas[names[place]].parent for place in district),
        vulnerable=np.array([_in_vulnerable(project, code) for code in roder]),
        weight=weight,
        sex_age=_sex_age(model),
    )


def strata(city: City, wave: Wave, model: Model) -> tuple[str, ...]:
    """Return the stratum of each rode, in the numbers the wave's design uses."""
    if wave.area is not None and wave.area.set == UNITS:
        return tuple(str(model.districts[city.districts[place]].stratum) for place in city.district)
    return city.bydel


def people(city: City, wave: Wave, model: Model) -> Floats:
    """Return the number of people of each type, as many as the wave's design says there are in each stratum."""
    names = list(wave.design.population)
    stratum = np.array([names.index(one) for one in strata(city, wave, model)])
    in_rode = _within(city.weight, stratum) * np.array(list(wave.design.population.values()))[stratum]
    return np.asarray(in_rode[:, None] * city.sex_age[city.district], dtype=np.float64).ravel()


def drawn(label: str, size: int) -> Floats:
    """Return standard normal numbers that belong to the city, not to a sample."""
    return np.random.default_rng([_DRAWN, *label.encode()]).standard_normal(size)


def _within(size: Floats, group: Ints) -> Floats:
    return np.asarray(size / np.bincount(group, weights=size)[group], dtype=np.float64)


def _in_vulnerable(project: Project, code: str) -> bool:
    return any(code in one.members for one in project.area_sets.values() if one.kind == "vulnerable")


def _sex_age(model: Model) -> Floats:
    """Return the share of each sex × age group among a district's people: districts × (sexes × ages)."""
    women = np.array(_WOMEN)
    ages = np.array([model.ages[one.ages] for one in model.districts.values()]) / 100
    return np.concatenate([ages * women, ages * (1 - women)], axis=1)
