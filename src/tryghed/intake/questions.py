"""The texts of the questions as delivered, held against the definition and against the wave before."""

from tryghed.definitions.project import Project
from tryghed.definitions.questionnaire import without_number
from tryghed.definitions.survey import Survey
from tryghed.definitions.wave import Wave
from tryghed.frames import Earlier, Finding
from tryghed.intake.delivered import Delivered
from tryghed.intake.findings import finding
from tryghed.intake.values import plain

_LISTED = 8


def asked(delivered: Delivered, wave: Wave) -> dict[str, str]:
    """Return the text of each question as the file has it, without its number; empty where the file has none."""
    return {item: without_number(delivered.labels.get(column, ""), column) for item, column in wave.columns.items()}


def differing(delivered: Delivered, wave: Wave, survey: Survey) -> list[Finding]:
    """Return the questions whose text in the file is another than the definition's."""
    there = {item: text for item, text in asked(delivered, wave).items() if text}
    other = [item for item, text in there.items() if plain(text) != plain(_words(wave, survey, item))]
    if not other:
        return []
    named = ", ".join(f"{item} ({wave.columns[item]})" for item in other[:_LISTED])
    more = " …" if len(other) > _LISTED else ""
    message = f"{len(other)} of {len(there)} questions have another text than the definition: {named}{more}"
    return [finding("wording_differs", wave.delivery.file, message, count=len(other))]


def changed(delivered: Delivered, wave: Wave, project: Project, earlier: Earlier) -> list[Finding]:
    """Return the questions whose text in the file has changed since the wave before, with nothing that declares it."""
    before = project.waves[wave.survey].get(earlier.wave)
    results: list[Finding] = []
    for item, text in asked(delivered, wave).items():
        was = earlier.questions.get(item, "")
        if not text or not was or plain(text) == plain(was) or _declared(wave, before, project, item, text):
            continue
        message = f"the question was {was!r} in {earlier.wave}, and is {text!r}"
        results.append(finding("wording_changed", f"{item} ({wave.columns[item]})", message, count=1))
    return results


def _declared(wave: Wave, before: Wave | None, project: Project, item: str, text: str) -> bool:
    """Return whether the definitions have the new words, and had others before; or a break of every indicator."""
    survey = project.surveys[wave.survey]
    now = _words(wave, survey, item)
    told = plain(text) == plain(now) and (before is None or plain(_words(before, survey, item)) != plain(now))
    indicators = [name for name, one in survey.indicators.items() if one.item == item]
    broken = bool(indicators) and all(
        name in wave.breaks and wave.breaks[name].since == wave.wave for name in indicators
    )
    return told or broken


def _words(wave: Wave, survey: Survey, item: str) -> str:
    return wave.wording.get(item, survey.items[item].asks)
