"""How likely each type of people is to give each answer: logistic, and calibrated to the city's true shares."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from tryghed.definitions.survey import Indicator, Item, MissingKind, Survey
from tryghed.demo.city import AGES, SEXES, City, Floats, drawn
from tryghed.demo.model import Model, Question

#: Questions that describe who a person is; they are known, not answered by chance.
BACKGROUND = ("sex", "age")

_RODE_SPREAD = 0.08  # how much neighbouring roder differ, in logits
_HALVINGS = 60


@dataclass(frozen=True)
class Chance:
    """The answers of one item in one wave.

    `order` are the answers from the one that counts first; of a numeric item, their places in `numbers`.
    `up_to` is, for each type (rows), the chance of each answer or one before it, the last left out.
    `asked` is the share of each type that the question concerns.
    """

    item: Item
    question: Question
    order: tuple[int, ...]
    up_to: Floats
    asked: Floats

    @property
    def first(self) -> Floats:
        """The chance of each type to give the answer that counts first."""
        return np.asarray(self.up_to[:, 0])

    @property
    def each(self) -> Floats:
        """The chance of each answer, given one: types × answers."""
        return np.diff(self.up_to, axis=1, prepend=0.0, append=1.0)


def missing_code(item: Item, kind: MissingKind) -> int | None:
    """Return the item's code for a kind of missing, if it has one."""
    return next((code for code, missing in item.missing.items() if missing.kind == kind), None)


def of_wave(survey: Survey, wave: str, items: list[str], city: City, model: Model, people: Floats) -> dict[str, Chance]:
    """Return the chances of every answered item of a wave; an item comes after those it depends on."""
    found: dict[str, Chance] = {}
    for name in items:
        if name not in BACKGROUND:
            found[name] = _chance(survey, wave, name, city, model, people, found)
    return found


def logit(share: Floats | float) -> Floats:
    """Return log(share / (1 - share))."""
    return np.asarray(np.log(share) - np.log1p(-np.asarray(share)))


def logistic(value: Floats) -> Floats:
    """Return 1 / (1 + exp(-value))."""
    return np.asarray(1 / (1 + np.exp(-value)))


def _chance(
    survey: Survey, wave: str, name: str, city: City, model: Model, people: Floats, known: Mapping[str, Chance]
) -> Chance:
    item, question = survey.items[name], model.questions[name]
    indicator = next((one for one in survey.indicators.values() if one.item == name), None)
    asked = known[question.among].first if question.among else np.ones_like(people)
    mentioned = given(known[question.within]) if question.within else np.ones_like(people)
    answering = people * asked
    place = city.per_type(city.district).astype(np.int64)
    wanted = _district_shares(question, wave, name, city, model, np.bincount(place, answering).astype(np.float64))
    wanted = wanted * _answers_per_base(item, question, indicator)
    effects = _effects(question, name, city)

    def reached(level: Floats) -> Floats:
        counted = answering * mentioned * logistic(level[place] + effects)
        return np.asarray(np.bincount(place, counted) / np.bincount(place, answering))

    level = _solve(reached, wanted)
    up_to = logistic((level[place] + effects)[:, None] + np.array(question.steps))
    return Chance(item, question, _order(item, question, indicator), up_to, asked)


def given(parent: Chance) -> Floats:
    """Return the chance of each type to give the answer that counts first, don't know and refusals being possible."""
    return np.asarray(parent.first * (1 - parent.question.dont_know - parent.question.refused))


def _order(item: Item, question: Question, indicator: Indicator | None) -> tuple[int, ...]:
    """Return the answers so that those that count come first."""
    if question.numbers:
        return tuple(range(len(question.numbers)))
    codes = sorted(item.codes)
    backwards = indicator is not None and isinstance(indicator.counts, list) and codes[0] not in indicator.counts
    return tuple(reversed(codes) if backwards else codes)


def _answers_per_base(item: Item, question: Question, indicator: Indicator | None) -> float:
    """Return by how much a share among those who answer exceeds the share out of the indicator's base."""
    answering = 1 - question.dont_know - question.refused
    unsure = missing_code(item, "ved ikke")
    if indicator is None or unsure not in indicator.base:
        return 1.0
    return (answering + question.dont_know) / answering


def _effects(question: Question, name: str, city: City) -> Floats:
    women = np.array([1.0, 0.0])[None, :, None]
    young = np.array([1.0, 0, 0, 0, 0, 0])[None, None, :]
    of_rode = question.vulnerable * city.vulnerable + _RODE_SPREAD * drawn(f"rode {name}", len(city.roder))
    parts = question.women * women + np.array(question.ages)[None, None, :] + question.young_women * women * young
    return np.asarray(np.broadcast_to(of_rode[:, None, None] + parts, (len(city.roder), len(SEXES), len(AGES)))).ravel()


def _district_shares(question: Question, wave: str, name: str, city: City, model: Model, people: Floats) -> Floats:
    """Return the districts' true shares, whose mean over the people is the city's."""
    base = _deviations(question, name, city, model)
    years = max(int(one) for one in question.city) - int(wave)
    base += years * _by_district(question.drift, city)
    published = question.known.get(wave, {})
    fixed = np.array([district in published for district in city.districts])
    values = np.array([published.get(district, 50.0) for district in city.districts]) / 100

    def shares(shift: Floats) -> Floats:
        return np.where(fixed, values, logistic(base + shift))

    def mean(shift: Floats) -> Floats:
        return np.array([np.average(shares(shift), weights=people)])

    return shares(_solve(mean, np.array([question.city[wave] / 100])))


def _deviations(question: Question, name: str, city: City, model: Model) -> Floats:
    if question.districts:
        return logit(_by_district(question.districts, city) / 100)
    evening = logit(_by_district(model.questions["safe_evening"].districts, city) / 100) if question.follows else 0.0
    hardship = np.array([model.districts[one].hardship for one in city.districts])
    noise = question.spread * drawn(f"district {name}", len(city.districts))
    return np.asarray(
        question.follows * evening + question.hardship * hardship + _by_district(question.lean, city) + noise
    )


def _by_district(values: Mapping[str, float], city: City) -> Floats:
    return np.array([values.get(district, 0.0) for district in city.districts])


def _solve(rising: Callable[[Floats], Floats], wanted: Floats) -> Floats:
    """Return the arguments at which a function, rising in each of them, gives the wanted values (bisection)."""
    low, high = np.full_like(wanted, -15.0), np.full_like(wanted, 15.0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        above = rising(middle) > wanted
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return (low + high) / 2
