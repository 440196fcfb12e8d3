"""Which waves may be held together in one answer: refusals where a break lies between them, and caveats to be told."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from tryghed.definitions.comparability import Comparability, Comparison
from tryghed.definitions.project import Project
from tryghed.errors import UsageError, all_at_once


def expect_comparable(
    project: Project, survey: str, indicators: Sequence[str], waves: Sequence[str], since: str
) -> None:
    """Refuse to compare waves, pooled where they are several, with an earlier one that a break parts from them.

    Raises:
        UsageError: The earlier wave does not exist, or breaks lie between; all are listed with their reasons.
    """
    project.wave(survey, since)
    problems = []
    for indicator in indicators:
        broken = _broken(project, survey, indicator, [(wave, since) for wave in waves if wave != since])
        if broken:
            message = f"{indicator}: {since} cannot be compared with {waves[-1]}, a break lies between them"
            comparable = ", ".join(project.comparable(survey, indicator, waves[-1]))
            problems.append(UsageError(f"{message}{_because(broken)}", hint=f"comparable waves: {comparable}"))
    all_at_once(UsageError, problems)


def expect_poolable(project: Project, survey: str, indicators: Sequence[str], waves: Sequence[str]) -> None:
    """Refuse to take waves together that a break parts.

    Raises:
        UsageError: All breaks are listed with their reasons.
    """
    problems = []
    for indicator in indicators:
        apart = [one for one in waves[:-1] if _broken(project, survey, indicator, [(one, waves[-1])])]
        broken = _broken(project, survey, indicator, list(combinations(dict.fromkeys(waves), 2)))
        if broken:
            message = f"{indicator}: {' and '.join(apart or waves[:-1])} cannot be pooled with {waves[-1]}"
            comparable = ", ".join(project.comparable(survey, indicator, waves[-1]))
            problems.append(UsageError(f"{message}{_because(broken)}", hint=f"comparable waves: {comparable}"))
    all_at_once(UsageError, problems)


def cautions(project: Project, survey: str, pairs: Mapping[str, Iterable[tuple[str, str]]]) -> list[str]:
    """Return why pairs of waves may be compared with a caveat only, by indicator; each reason once."""
    told: dict[tuple[str, str], list[str]] = {}
    for indicator, waves in pairs.items():
        for one, other in waves:
            found = project.comparison(survey, indicator, one, other)
            for reason in found.reasons if found and found.verdict is Comparability.CAVEAT else ():
                told.setdefault((reason.code, reason.why), []).append(indicator)
    return [f"caveat ({code}) for {', '.join(dict.fromkeys(named))}: {why}" for (code, why), named in told.items()]


def _broken(project: Project, survey: str, indicator: str, pairs: Sequence[tuple[str, str]]) -> list[Comparison | None]:
    found = [project.comparison(survey, indicator, *pair) for pair in pairs]
    return [one for one in found if one is None or one.verdict is Comparability.BREAK]


def _because(broken: Sequence[Comparison | None]) -> str:
    """Return the reasons of breaks, each once; None stands for an indicator that one of the waves did not ask."""
    reasons = dict.fromkeys(f"{one.code}: {one.why}" for found in broken if found for one in found.reasons)
    return f" ({' '.join(reasons)})" if reasons else " (one of them did not ask it)"
