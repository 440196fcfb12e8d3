"""What the store holds before a wave is loaded: the wave before it, and what was accepted of its delivery."""

from pathlib import Path

from tryghed.frames import Decision, Earlier
from tryghed.store import content, layout, sandbox, warehouse

_QUESTIONS = "select item, text from questionnaire where wave = $wave"
_RESPONDENTS = "select area_set, area, count(*) from membership where wave = $wave group by all"
_DECISIONS = """
    select finding.code, finding.because, accepted_by, accepted_on, place, count, sha256
    from finding
    join delivery using (survey, wave)
    where survey = $survey and wave = $wave and finding.because is not null
    order by all
"""


def earlier(folder: Path, survey: str, wave: str) -> Earlier | None:
    """Return what the store holds of the wave before the one to be loaded, None where it does not hold that wave.

    Args:
        folder: The project folder.
        survey: The survey.
        wave: The wave before.

    Raises:
        StoreError: The store cannot be read.
    """
    known = warehouse.loaded(folder).get((survey, wave))
    if known is None:
        return None
    connection = sandbox.connect(warehouse.required(folder).path, survey)
    try:
        asked = (survey, "questionnaire") in content.tables(connection, "store")  # an earlier version had none
        questions = connection.execute(_QUESTIONS, {"wave": wave}).fetchall() if asked else []
        respondents: dict[str, dict[str, int]] = {}
        for area_set, area, count in connection.execute(_RESPONDENTS, {"wave": wave}).fetchall():
            respondents.setdefault(area_set, {})[area] = count
    finally:
        connection.close()
    return Earlier(wave, dict(questions), respondents, known.sha256)


def decisions(folder: Path, survey: str, wave: str) -> list[Decision]:
    """Return what was accepted of the delivery that is loaded for a wave: each holds for that very file.

    Raises:
        StoreError: The store cannot be read.
    """
    if (survey, wave) not in warehouse.loaded(folder):
        return []
    path = warehouse.required(folder).path
    if layout.of(path) == 1:  # nothing could be accepted then
        return []
    connection = sandbox.connect(path)
    try:
        rows = connection.execute(_DECISIONS, {"survey": survey, "wave": wave}).fetchall()
    finally:
        connection.close()
    return [Decision(*row) for row in rows]
