"""Which survey, wave and waves are meant where a command does not name them."""

from tryghed.definitions.project import Project
from tryghed.errors import UsageError
from tryghed.store import warehouse


def latest_wave(project: Project, survey: str) -> str:
    """Return the newest wave defined for a survey.

    Raises:
        UsageError: It has none.
    """
    waves = list(project.waves.get(survey, {}))
    if not waves:
        raise UsageError(f"survey {survey!r} has no waves", hint=f"define one in surveys/{survey}/<wave>.toml")
    return waves[-1]


def present(project: Project) -> Project:
    """Return the project as it is without the waves that were erased: what can be reported on."""
    return project.without(warehouse.erased(project.folder))


def reported_surveys(project: Project) -> list[str]:
    """Return the surveys that the project's reports are about."""
    return list(dict.fromkeys(report.survey for report in project.reports.values()))


def main_survey(project: Project) -> str:
    """Return the survey meant when none is named: the first the reports are about, or the only one.

    Raises:
        UsageError: There is no such survey.
    """
    names = [*reported_surveys(project), *project.surveys]
    if not names:
        raise UsageError("the project has no survey", where=str(project.folder), hint="surveys/<name>/survey.toml")
    return names[0]
