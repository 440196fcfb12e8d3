"""Loaded waves as they were asked, and the stored verdicts on comparing them.

Waves loaded by an earlier version of the software have neither; they are known by their definitions alone.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from tryghed.definitions.comparability import Comparability, Comparison, Reason, compare
from tryghed.definitions.project import Project
from tryghed.definitions.questionnaire import Question, Round, Weights
from tryghed.definitions.survey import MISSING_CODES
from tryghed.definitions.unanswered import Unanswered
from tryghed.frames import COMPARABILITY, Accepted
from tryghed.store import query as queries
from tryghed.store import warehouse
from tryghed.store.reader import open_reader


def loaded(project: Project, survey: str) -> dict[str, Round]:
    """Return the loaded waves of a survey that the project defines, oldest first.

    Raises:
        StoreError: The store cannot be read.
    """
    there = {wave for name, wave in warehouse.loaded(project.folder) if name == survey}
    if not there:
        return {}
    shelf = queries.Shelf(project.queries)
    with open_reader(project.folder, survey) as reader:
        weights = {row.pop("wave"): Weights(**row) for row in reader.run(shelf["waves/weights"]).to_dicts()}
        asked, labels = reader.run(shelf["waves/questionnaire"]), reader.run(shelf["waves/answer_labels"])
    about, unverified = project.surveys[survey], warehouse.unverified(project.folder)
    return {
        name: Round(
            about,
            wave,
            _questions(_of_wave(asked, name), _of_wave(labels, name)),
            weights.get(name),
            unverified=(survey, name) in unverified,
        )
        for name, wave in project.waves[survey].items()
        if name in there
    }


def unanswered(project: Project, survey: str, waves: Sequence[str]) -> dict[str, dict[str, Unanswered]]:
    """Return how many gave no answer, by wave and item, for those of some waves that are loaded.

    Raises:
        StoreError: The store cannot be read.
    """
    there = [wave for wave in waves if (survey, wave) in warehouse.loaded(project.folder)]
    if not there:
        return {}
    query = queries.Shelf(project.queries)["analysis/missing_by_item"]
    with open_reader(project.folder, survey) as reader:
        rows = reader.run(query, waves=there).to_dicts()
    found: dict[str, dict[str, Unanswered]] = {wave: {} for wave in there}
    for row in rows:
        kinds = {kind: row[kind.replace(" ", "_")] for kind in MISSING_CODES}
        found[row["wave"]][row["item"]] = Unanswered(row["respondents"], kinds)
    return found


def verdicts(project: Project, accepted: Accepted) -> pl.DataFrame:
    """Return `frames.COMPARABILITY` of a survey's loaded waves, with one of them as it is about to be stored.

    Raises:
        StoreError: The store cannot be read.
    """
    survey, wave = accepted.survey, accepted.wave
    new = Round(
        project.surveys[survey], project.waves[survey][wave],
        _questions(accepted.questionnaire, accepted.answer_labels), _weights(accepted.respondents["weight"]),
    )  # fmt: skip
    known = loaded(project, survey) | {wave: new}
    ordered = [known[name] for name in project.waves[survey] if name in known]
    rows = [
        (
            one.wave, one.against, one.indicator, one.verdict.danish,
            [reason.code for reason in one.reasons], [reason.why for reason in one.reasons],
        )
        for one in compare(ordered, project.comparability).values()
    ]  # fmt: skip
    return pl.DataFrame(rows, COMPARABILITY, orient="row")


def informed(project: Project) -> Project:
    """Return the project with the verdicts its store holds; as it is where there is none yet.

    Raises:
        StoreError: The store cannot be read.
    """
    found: dict[tuple[str, str, str, str], Comparison] = {}
    shelf = queries.Shelf(project.queries)
    for survey in {name for name, _ in warehouse.loaded(project.folder)} & set(project.surveys):
        with open_reader(project.folder, survey) as reader:
            rows = reader.run(shelf["waves/comparability"], survey=survey).to_dicts()
        for row in rows:
            reasons = tuple(Reason(code, why) for code, why in zip(row["reasons"], row["why"], strict=True))
            wave, against, indicator = row["wave"], row["against"], row["indicator"]
            verdict = Comparability.named(row["verdict"])
            found[survey, wave, against, indicator] = Comparison(survey, wave, against, indicator, verdict, reasons)
    return project.knowing(found)


def _of_wave(rows: pl.DataFrame, wave: str) -> pl.DataFrame:
    return rows.filter(pl.col("wave") == wave)


def _questions(asked: pl.DataFrame, labels: pl.DataFrame) -> Mapping[str, Question]:
    by_item: dict[str, list[dict[str, object]]] = {}
    for row in labels.to_dicts():
        by_item.setdefault(row["item"], []).append(row)
    found = {}
    for row in asked.to_dicts():
        codes = {_code(one): str(one["label"]) for one in by_item.get(row["item"], [])}
        missing = frozenset(_code(one) for one in by_item.get(row["item"], []) if one["declared_missing"])
        found[row["item"]] = Question(row["position"], row["column_name"], row["text"], codes, missing)
    return found


def _code(row: Mapping[str, object]) -> int:
    code = row["code"]
    assert isinstance(code, int)
    return code


def _weights(weights: pl.Series) -> Weights:
    values = weights.cast(pl.Float64).to_list()
    total = sum(values)
    return Weights(len(values), total, min(values), max(values), len(values) * sum(w * w for w in values) / total**2)
