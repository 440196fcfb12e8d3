"""What one report sees of a release: its survey, its areas, its words, and the look-ups every page makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tryghed.definitions.areas import AreaRow
from tryghed.definitions.comparability import Comparability
from tryghed.definitions.project import Project
from tryghed.definitions.report import Report, Words
from tryghed.definitions.survey import Indicator, Survey
from tryghed.definitions.wave import Wave
from tryghed.frames import EVERYBODY
from tryghed.release.released import CellKey, Change, Difference, Places, Released, Share, WaveFacts, Withheld
from tryghed.reporting import corrections, danish, figures, theme, words
from tryghed.reporting.pages.parts import Head


@dataclass(frozen=True)
class View:
    """A release as one report sees it; look-ups speak of the report's survey and area set."""

    released: Released
    project: Project
    report: Report

    @property
    def survey(self) -> Survey:
        """The survey the report is about."""
        return self.project.surveys[self.report.survey]

    @property
    def wave(self) -> str:
        """The wave the release is about."""
        return self.released.wave

    @property
    def edition(self) -> str:
        """Name of the release."""
        return self.released.edition.name if self.released.edition else self.wave

    @property
    def definition(self) -> Wave:
        """The wave's definition."""
        return self.project.waves[self.report.survey][self.wave]

    @property
    def words(self) -> Words:
        """What areas are called."""
        return self.report.words

    def numeral(self, count: int) -> str:
        """Return a count in the gender that areas have here: `to`, `én`."""
        return danish.numeral(count, neuter=self.words.the.endswith("et"))

    def counted(self, count: int) -> str:
        """Return a count of areas: `to bydele`, `én bydel`."""
        return f"{self.numeral(count)} {self.words.one if count == 1 else self.words.many}"

    @property
    def areas(self) -> Mapping[str, AreaRow]:
        """The areas of the report in reading order."""
        return self.project.area_sets[self.report.area_set].areas

    @property
    def headline(self) -> Indicator:
        """The indicator of page 1."""
        return self.survey.indicators[self.report.headline]

    @property
    def facts(self) -> WaveFacts | None:
        """How the wave was measured."""
        return self.released.facts.get((self.report.survey, self.wave))

    @property
    def inside_label(self) -> str:
        """What the areas inside are called, empty where the report has none: `udsatte byområder`."""
        found = self.project.area_sets.get(self.report.inside or "")
        label = found.label.split("(")[0].split(",")[0].strip().rstrip("0123456789 ") if found else ""
        return f"{label[:1].lower()}{label[1:]}"

    def areas_of(self, code: str) -> tuple[str, ...]:
        """Return the areas a report on `code` speaks of: itself, those inside it, and what it is part of elsewhere."""
        if code == EVERYBODY:
            return tuple(area for known in self.project.area_sets.values() for area in known.areas)
        inside = self.project.area_sets.get(self.report.inside or "")
        own = {unit for unit, areas in self.project.area_sets[self.report.area_set].members.items() if code in areas}
        within = {area for unit, areas in inside.members.items() if unit in own for area in areas} if inside else set()
        return (code, self.areas[code].parent, *sorted(within))

    def changes(self, code: str) -> tuple[Change, ...]:
        """Return what the edition changed of a report on `code`; nothing in a first edition."""
        areas, edition = self.areas_of(code), self.released.edition
        return tuple(one for one in (edition.changes if edition else ()) if corrections.concerns(one, areas))

    @property
    def of_groups(self) -> bool:
        """Whether the areas are groups of people, whose names are no proper names."""
        return self.project.area_sets[self.report.area_set].kind == "group"

    def named(self, codes: Sequence[str]) -> str:
        """Return areas by name as a list for running text; groups of people are no proper names."""
        names = sorted(self.areas[code].name for code in codes)
        return danish.join([f"{one[:1].lower()}{one[1:]}" if self.of_groups else one for one in names])

    def indicator(self, name: str) -> Indicator:
        """Return an indicator's definition."""
        return self.survey.scores[name]

    def label(self, name: str) -> str:
        """Return an indicator's name for rows and column heads."""
        one = self.indicator(name)
        return one.short or one.label

    def phrase(self, name: str) -> str:
        """Return an indicator as what people do: `er trygge om aftenen og natten`."""
        return phrase(self.indicator(name))

    def asked(self, names: Sequence[str], area: str = EVERYBODY) -> tuple[str, ...]:
        """Return the indicators the release knows of in this wave."""
        return tuple(name for name in names if self.share(name, area).withheld is not Withheld.MISSING)

    def share(
        self, indicator: str, area: str = EVERYBODY, *, wave: str | None = None,
        dimension: str = EVERYBODY, category: str = EVERYBODY,
    ) -> Share:  # fmt: skip
        """Return one share of the report's survey and areas."""
        return self.released.share(
            indicator, area, survey=self.report.survey, wave=wave, area_set=self.report.area_set,
            dimension=dimension, category=category,
        )  # fmt: skip

    def cell(self, indicator: str, area: str = EVERYBODY) -> CellKey:
        """Return what a share of everybody in an area of the report is of."""
        return CellKey(self.report.survey, self.wave, self.report.area_set, area, EVERYBODY, EVERYBODY, indicator)

    def rest(self, indicator: str, area: str, *, wave: str | None = None) -> Difference:
        """Return an area against the rest."""
        return self.released.rest(indicator, area, survey=self.report.survey, wave=wave, area_set=self.report.area_set)

    def outside(self, indicator: str, area: str, *, wave: str) -> Share:
        """Return the share of the rest: everybody's where nobody in the area answered."""
        found = self.rest(indicator, area, wave=wave)
        unanswered = found.this.withheld is Withheld.MISSING and found.other.withheld is Withheld.MISSING
        return self.share(indicator, wave=wave) if unanswered else found.other

    def among(self) -> str:
        """Return the areas that have places, in words: "alle 13 bydele", or those with answers where some have none."""
        counted = f"{danish.numeral(self.placed)} {self.words.many}"
        return f"alle {counted}" if self.placed == len(self.areas) else f"de {counted} med svar"

    def change(self, indicator: str, area: str = EVERYBODY, *, since: str) -> Difference:
        """Return the change of an area since a wave."""
        return self.released.change(
            indicator, area, since=since, survey=self.report.survey, area_set=self.report.area_set
        )

    def between(self, area: str, *, wave: str, dimension: str, category: str, other: str) -> Difference:
        """Return one category against another of the headline."""
        return self.released.between(
            self.report.headline, area, dimension=dimension, category=category, other=other,
            survey=self.report.survey, wave=wave, area_set=self.report.area_set,
        )  # fmt: skip

    def places(self, area: str) -> Places | None:
        """Return the places an area may have on the headline."""
        return self.released.places(self.report.headline, area)

    @property
    def placed(self) -> int:
        """How many areas have places on the headline."""
        known = [self.places(code) for code in self.areas]
        return max((one.areas for one in known if one is not None), default=0)

    def comparable(self, indicator: str) -> tuple[str, ...]:
        """Return the released waves that may be compared with this one, itself last, oldest first.

        Itself is one of them also where nobody answered: a series must not end before it without a word.
        """
        allowed = self.project.comparable(self.report.survey, indicator, self.wave)
        return tuple(name for name in allowed if name == self.wave or self._answered(indicator, name))

    def _answered(self, indicator: str, wave: str) -> bool:
        return self.share(indicator, wave=wave).withheld is not Withheld.MISSING

    def since(self, indicator: str) -> str | None:
        """Return the first comparable wave, None where there is only this one."""
        waves = self.comparable(indicator)
        return waves[0] if len(waves) > 1 else None

    def series(self, indicator: str) -> tuple[str, ...]:
        """Return the released waves that a series shows: the comparable ones, and before the break those it ended.

        What lies before an earlier break is left out, so that no line ever crosses one.
        """
        names = list(self.project.waves[self.report.survey])
        past = names[: names.index(self.wave) + 1]
        shown = [name for name in past if name == self.wave or self._answered(indicator, name)]
        now = self.comparable(indicator)
        before = [name for name in shown if now and names.index(name) < names.index(now[0])]
        old = self.project.comparable(self.report.survey, indicator, before[-1]) if before else ()
        return tuple(name for name in shown if name in now or name in old)

    def caveats(self, indicators: Sequence[str]) -> str:
        """Return which waves shown may be compared with this one with a caveat only: `Forbehold: 2020 (anden årstid)`.

        Empty where none may; the reasons at length are in the survey's codebook.
        """
        found: dict[str, dict[str, None]] = {}
        for name in indicators:
            for wave in self.comparable(name):
                verdict = self.project.comparison(self.report.survey, name, self.wave, wave)
                for reason in verdict.reasons if verdict else ():
                    found.setdefault(wave, {})[words.caveat(reason.code)] = None
        told = [f"{wave} ({', '.join(reasons)})" for wave, reasons in sorted(found.items())]
        return f"Forbehold: {', '.join(told)}" if told else ""

    def is_caveat(self, indicator: str, since: str) -> bool:
        """Return whether this wave may be compared with an earlier one with a caveat only."""
        verdict = self.project.comparison(self.report.survey, indicator, self.wave, since)
        return verdict is not None and verdict.verdict is Comparability.CAVEAT

    def points(self, indicator: str, area: str, waves: Sequence[str]) -> tuple[figures.Point, ...]:
        """Return the points of a series."""
        return tuple(figures.Point(name, self.share(indicator, area, wave=name)) for name in waves)

    def ordered(self, indicator: str) -> tuple[str, ...]:
        """Return the areas from the highest share to the lowest, those not shown last in reading order."""

        def key(code: str) -> tuple[bool, float]:
            share = self.share(indicator, code).share
            return (share is None, -(share or 0.0))

        return tuple(sorted(self.areas, key=key))

    def head(self, name: str, code: str) -> Head:
        """Return what every page of the report carries, `name` being its area and `code` its own."""
        title = f"{name}: {self.report.title} {self.wave}"
        mark = " (syntetiske data)" if self.released.synthetic else ""
        ended = self.facts.end if self.facts else None
        contact = self.report.contact.split(",")[0].strip()
        release = f"Udgivelse {self.edition} · {grouped(self.released.release_id)}"
        return Head(
            title=title + mark, name=name, report=f"{self.report.title} {self.wave}",
            release=release, code=code,
            synthetic=self.released.synthetic, verified=self.released.verified,
            date=ended.isoformat() if ended else "", author=contact,
        )  # fmt: skip


def grouped(identity: str) -> str:
    """Return a release's fingerprint in groups of four, which nobody mistakes for a word to be hyphenated."""
    return " ".join(identity[at : at + 4] for at in range(0, len(identity), 4))


def phrase(indicator: Indicator) -> str:
    """Return an indicator as what people do; its label as an answer where it has no phrase."""
    return indicator.phrase or f"svarer »{indicator.label[:1].lower()}{indicator.label[1:]}«"


def drawn(svg: str) -> Markup:
    """Return a drawing as markup; only what a figure or map function returned may be passed."""
    return Markup(svg)  # noqa: S704 (figures escape every text they write)


def n_of(shares: Sequence[Share]) -> str:
    """Return the numbers of answers behind shares, nothing where none may be told: `n = 402–486`."""
    known = [share.n for share in shares if share.n is not None]
    return danish.n_range(known) if known else ""


def caption(*parts: str) -> str:
    """Return the line under a figure's title from its parts, each a sentence of its own; empty parts fall away."""
    return ". ".join(part for part in parts if part)


def period(waves: Sequence[str]) -> str:
    """Return the waves a figure covers: `2022–2025`."""
    return waves[0] if len(waves) == 1 else f"{waves[0]}{danish.DASH}{waves[-1]}"


def broken(*phrases: str) -> tuple[str, ...]:
    """Return a title in lines, broken between phrases only where it does not fit on one line."""
    lines: list[str] = []
    for part in phrases:
        together = f"{lines[-1]} {part}" if lines else part
        if lines and not fits(together):
            lines.append(part)
        elif lines:
            lines[-1] = together
        else:
            lines.append(part)
    return tuple(lines)


def fits(line: str) -> bool:
    """Return whether a line of a title fits across the page."""
    return theme.text_width(line, 21, 600) <= 172 * theme.POINTS_PER_MM
