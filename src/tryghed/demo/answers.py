"""Draws what respondents answer: each has a leaning of their own that runs through all their answers."""

from collections.abc import Mapping

import numpy as np

from tryghed.definitions.wave import Wave
from tryghed.demo.chances import Chance, missing_code
from tryghed.demo.city import Floats, Ints
from tryghed.demo.people import Sample

_BROKE_OFF = 0.012  # those who stop before the last third of the questions


def draw(known: Mapping[str, Chance], wave: Wave, sample: Sample, rng: np.random.Generator) -> dict[str, Floats]:
    """Return the answers to each item of a wave: codes, numbers, codes of missing, and NaN where nothing was asked.

    The first column is "split", the half of the sample a respondent belongs to.
    """
    split = rng.integers(1, 2, size=sample.size, endpoint=True).astype(np.float64)
    leaning = rng.standard_normal(sample.size)
    broke_off = rng.random(sample.size) < _BROKE_OFF
    late = list(known)[2 * len(known) // 3 :]
    found = {"split": split}
    for name, chance in known.items():
        answers = _answers(chance, sample.type, leaning, rng)
        answers = _depending(chance, answers, known, found)
        routing = wave.routing.get(name)
        if routing is not None and routing.column == "split":
            answers = np.where(np.isin(split, routing.codes), answers, np.nan)
        found[name] = np.where(broke_off, np.nan, answers) if name in late else answers
    return found


def _answers(chance: Chance, types: Ints, leaning: Floats, rng: np.random.Generator) -> Floats:
    from scipy.special import ndtr

    question = chance.question
    own = rng.standard_normal(len(types))
    uniform = ndtr(question.loading * leaning + np.sqrt(1 - question.loading**2) * own)
    place = (uniform[:, None] >= chance.up_to[types]).sum(axis=1)
    answers = _numbers(chance, place, rng) if question.numbers else np.array(chance.order, dtype=np.float64)[place]
    chosen = rng.random(len(types))
    for code, part in (
        (missing_code(chance.item, "vil ikke svare"), question.dont_know + question.refused),
        (missing_code(chance.item, "ved ikke"), question.dont_know),
    ):
        if code is not None:
            answers = np.where(chosen < part, float(code), answers)
    return answers


def _numbers(chance: Chance, place: Ints, rng: np.random.Generator) -> Floats:
    """Return numbers inside the drawn interval, most of them near the cut-off."""
    ends = np.array(chance.question.numbers)[place]
    numbers = ends[:, 0] + (ends[:, 1] - ends[:, 0]) * rng.random(len(place)) ** 2
    return np.asarray(np.round(numbers, chance.question.decimals))


def _depending(chance: Chance, answers: Floats, known: Mapping[str, Chance], found: Mapping[str, Floats]) -> Floats:
    """Return the answers of those whose answer to the question before leads here."""
    question = chance.question
    if question.among:
        return np.where(found[question.among] == known[question.among].order[0], answers, np.nan)
    if question.within:
        parent = found[question.within]
        named = np.where(parent == known[question.within].order[0], answers, float(chance.order[1]))
        return np.where(np.isnan(parent), np.nan, named)
    return answers
