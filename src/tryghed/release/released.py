"""What may be shown, rounded as it may be shown. Only the gate makes a `Released`; reporting accepts nothing else."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final, Literal, NamedTuple, Self

from tryghed.errors import ReleaseError
from tryghed.frames import EVERYBODY
from tryghed.release.domains import Secret


class CellKey(NamedTuple):
    """What a share is of."""

    survey: str
    wave: str
    area_set: str
    area: str
    dimension: str
    category: str
    indicator: str


#: Begins the area of a cell that is everybody outside an area: "rest:vesterbro".
REST: Final = "rest:"

#: (kind, cell, against)
ContrastKey = tuple[str, CellKey, str]


class Withheld(Enum):
    """Why a number is not shown; each reason has a sign of its own on the page."""

    UNRELIABLE = "for usikkert til at vise"
    DECIDED = "udeladt"
    SECRET = "vises ikke: diskretion"
    MISSING = "ingen svar"


class Remark(Enum):
    """What is said of a share that is shown."""

    COMPLEMENT = "andelen af de øvrige er for usikker til at vise"
    FEW_DF = "få frihedsgrader: se efter"
    EXTREME = "alle eller ingen: se efter"


@dataclass(frozen=True, slots=True)
class Share:
    """One share in percent, as it may be shown: one decimal, none in sensitive topics.

    Withheld for secrecy or missing, every number is None; withheld for uncertainty or because people decided so, only
    `n` is left. `remarks` are what the rules want said of a share that is shown.
    """

    share: float | None
    lower: float | None
    upper: float | None
    n: int | None
    sensitive: bool = False
    withheld: Withheld | None = None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One comparison in percentage points, this side minus the other, as it may be shown.

    `direction` is the verdict of the test corrected within its family: -1 surely lower, 1 surely higher, 0 no
    difference shown. `detectable` is the smallest difference the survey finds with the declared power.
    """

    this: Share
    other: Share
    against: str
    difference: float | None
    lower: float | None
    upper: float | None
    detectable: float | None
    direction: Literal[-1, 0, 1]
    family: str
    tests: int
    p_adjusted: float | None
    withheld: Withheld | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """First and last place an area may have among the `areas` of its set."""

    first: int
    last: int
    areas: int


@dataclass(frozen=True, slots=True)
class WaveFacts:
    """How a wave was measured.

    `answered` counts respondents; `verified` says that the file's checksum and rows were declared; `accepted` counts
    the warnings about the delivery that a person has accepted. `revision` is 1, and one more for each file that has
    replaced the one before; 0 in releases that do not know it. `lonely_strata` are those of which one of several
    sampling units was drawn, and `lonely_psu` how their variance was found; `replicates` is the kind
    and number of replicate weights that variances come from, where the provider delivered any; `calibration` is how the
    weights were calibrated here, empty where they are as delivered. `again` are the earlier waves of its panel
    that it is compared with, each with the number of people asked in both, and `followed` whether what those answer
    alike is in the comparisons.
    """

    survey: str
    wave: str
    start: date | None
    end: date | None
    provider: str
    mode: tuple[str, ...]
    invited: int | None
    answered: int
    kish: float
    file: str
    sha256: str
    verified: bool
    lonely_psu: str = ""
    lonely_strata: tuple[str, ...] = ()
    replicates: tuple[str, int] | None = None
    accepted: int = 0
    revision: int = 0
    calibration: str = ""
    again: tuple[tuple[str, int], ...] = ()
    followed: bool = True

    @property
    def response_rate(self) -> float | None:
        """Answers per invitation in percent, where the number invited is known."""
        return None if self.invited is None else 100 * self.answered / self.invited


#: What can be looked up: a share, a comparison with the rest, with an earlier wave or with another category, places.
Kind = Literal["share", "rest", "wave", "category", "places"]


class Lookup(NamedTuple):
    """One look-up in a release: what was asked for, of which cell and, for a comparison, against what."""

    kind: Kind
    cell: CellKey
    against: str = ""


@dataclass(frozen=True, slots=True)
class Exemption:
    """What a person decided about a cell against the rules, and a second person agreed to.

    `show` lifts the reliability rule, never secrecy; `withhold` treats the cell as too uncertain, `secret` as one that
    could point at a person; `rules` takes an earlier exemption back. Without `seconded_by` it is not in force.
    """

    cell: CellKey
    verdict: Literal["show", "withhold", "secret", "rules"]
    by: str
    because: str
    on: date
    seconded_by: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A number that differs between two editions: None where an edition does not have it.

    `kind` is "share", "places", or that of a comparison ("rest", "wave", "category"), whose other side is `against`.
    """

    kind: str
    cell: CellKey
    against: str
    old: Share | Difference | Places | None
    new: Share | Difference | Places | None


@dataclass(frozen=True, slots=True)
class Edition:
    """Which frozen release numbers come from.

    `corrects` names the edition this one replaces, empty in a first one. `changes` are the numbers that were told
    otherwise before, in it or, in a first edition, in releases of other waves; `because` says why. `held` are the cells
    held back because earlier editions beside them would tell what a few people answered.
    """

    name: str
    number: int
    created: date
    corrects: str = ""
    because: str = ""
    changes: tuple[Change, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    held: tuple[CellKey, ...] = ()


#: No checksums: a release read back from its files.
_NOBODY: Final[Mapping[CellKey, str]] = {}
_SEAL: Final = object()
_NOTHING = Share(None, None, None, None, withheld=Withheld.MISSING)


@dataclass(frozen=True, slots=True)
class Conflict:
    """What is in the way of what an earlier release showed.

    Attributes:
        kind: `others`: the cells are about other people now; `gone`: the store no longer has them; `apart`: they are
            withheld, for both editions would tell of too few people; `known`: they are kept secret as people decided,
            and only earlier releases tell of them.
        release: The earlier release, empty where it is not one alone.
        cells: In order.
    """

    kind: Literal["others", "gone", "apart", "known"]
    release: str
    cells: tuple[CellKey, ...]


class Released:
    """Everything a release may show, looked up by cell; a cell that was never asked for is `MISSING`.

    Attributes:
        survey, wave, area_set: What look-ups speak of unless they say otherwise.
        release_id: Twelve hexadecimal digits over all that is shown and the rules it passed.
        synthetic: Whether the answers are made up.
        rules_version: Version of the rules applied.
        facts: How each wave was measured, by (survey, wave).
        secrets: What must not be learned of whom: the names of the counts, not their size.
        conflicts: What is in the way of what earlier releases showed.
        edition: The frozen release the numbers were loaded from; None straight from the gate.
        advice: In words, which categories to merge where too much of a table is withheld.
    """

    def __init__(
        self,
        *,
        seal: object,
        survey: str,
        wave: str,
        area_set: str,
        release_id: str,
        synthetic: bool,
        rules_version: str,
        facts: Mapping[tuple[str, str], WaveFacts],
        shares: Mapping[CellKey, Share],
        differences: Mapping[ContrastKey, Difference],
        places: Mapping[CellKey, Places],
        people: Mapping[CellKey, str] = _NOBODY,
        secrets: tuple[Secret, ...] = (),
        conflicts: tuple[Conflict, ...] = (),
        advice: tuple[str, ...] = (),
        edition: Edition | None = None,
    ) -> None:
        if seal is not _SEAL:
            raise ReleaseError("only the gate makes released numbers", hint="use tryghed.release.gate.release")
        self.survey = survey
        self.wave = wave
        self.area_set = area_set
        self.release_id = release_id
        self.synthetic = synthetic
        self.rules_version = rules_version
        self.facts = facts
        self.edition = edition
        self._shares = shares
        self._differences = differences
        self._places = places
        self._people = people
        self.secrets = secrets
        self.conflicts = conflicts
        self.advice = advice
        self._seen: Callable[[Lookup, Share | Difference | Places | None], None] = _unseen

    def watched(self, seen: Callable[[Lookup, Share | Difference | Places | None], None]) -> Self:
        """Return the same release, telling `seen` of each look-up and what it found: how pages are traced."""
        other = copy.copy(self)
        other._seen = seen
        return other

    def as_edition(self, edition: Edition) -> Self:
        """Return these numbers as those of an edition that is about to be frozen."""
        other = copy.copy(self)
        other.edition = edition
        return other

    def standing_for(self, frozen: "Released") -> Self:
        """Return these numbers under the name and fingerprint of a frozen release, to be held against it."""
        other = copy.copy(self)
        other.edition, other.release_id = frozen.edition, frozen.release_id
        return other

    @property
    def verified(self) -> bool:
        """Whether every file behind the release had its checksum declared."""
        return all(facts.verified for facts in self.facts.values())

    def waves(self, survey: str | None = None) -> tuple[str, ...]:
        """Return the single waves of a survey that the release draws on, oldest first."""
        return tuple(wave for name, wave in self.facts if name == (survey or self.survey))

    def share(
        self,
        indicator: str,
        area: str = EVERYBODY,
        *,
        survey: str | None = None,
        wave: str | None = None,
        area_set: str | None = None,
        dimension: str = EVERYBODY,
        category: str = EVERYBODY,
    ) -> Share:
        """Return one share; `wave` may be pooled ("2023+2024+2025")."""
        cell = self._key(indicator, area, survey, wave, area_set, dimension, category)
        found = self._shares.get(cell, _NOTHING)
        self._seen(Lookup("share", cell), found)
        return found

    def rest(
        self,
        indicator: str,
        area: str,
        *,
        survey: str | None = None,
        wave: str | None = None,
        area_set: str | None = None,
        dimension: str = EVERYBODY,
        category: str = EVERYBODY,
    ) -> Difference:
        """Return an area against the rest of the city."""
        return self._difference("rest", self._key(indicator, area, survey, wave, area_set, dimension, category), "rest")

    def change(
        self,
        indicator: str,
        area: str = EVERYBODY,
        *,
        since: str,
        survey: str | None = None,
        wave: str | None = None,
        area_set: str | None = None,
    ) -> Difference:
        """Return the change from wave `since` to `wave`."""
        return self._difference("wave", self._key(indicator, area, survey, wave, area_set, EVERYBODY, EVERYBODY), since)

    def between(
        self,
        indicator: str,
        area: str = EVERYBODY,
        *,
        dimension: str,
        category: str,
        other: str,
        survey: str | None = None,
        wave: str | None = None,
        area_set: str | None = None,
    ) -> Difference:
        """Return one category of a dimension against another within an area."""
        return self._difference(
            "category", self._key(indicator, area, survey, wave, area_set, dimension, category), other
        )

    def places(self, indicator: str, area: str, *, wave: str | None = None) -> Places | None:
        """Return the places an area may have, None where its share is withheld or no ranking was asked for."""
        cell = self._key(indicator, area, None, wave, None, EVERYBODY, EVERYBODY)
        found = self._places.get(cell)
        self._seen(Lookup("places", cell), found)
        return found

    def find(self, lookup: Lookup) -> Share | Difference | Places | None:
        """Return what a look-up finds, None where the release has nothing of it."""
        if lookup.kind == "share":
            return self._shares.get(lookup.cell)
        if lookup.kind == "places":
            return self._places.get(lookup.cell)
        return self._differences.get((lookup.kind, lookup.cell, lookup.against))

    def shares(self) -> list[tuple[CellKey, Share]]:
        """Return every share of the release, shown or withheld, in order of its key."""
        return sorted(self._shares.items())

    def rests(self) -> list[tuple[CellKey, Share]]:
        """Return the rest of the city beside each compared area, under the area's code after `rest:`, in order."""
        found = {
            cell._replace(area=REST + cell.area): difference.other
            for (kind, cell, _), difference in self._differences.items()
            if kind == "rest"
        }
        return sorted(found.items())

    def people(self, cell: CellKey) -> str:
        """Return a checksum over the pseudonyms of those a cell is about, empty where it is not known."""
        return self._people.get(cell, "")

    def differences(self) -> list[tuple[ContrastKey, Difference]]:
        """Return every comparison of the release, shown or withheld, in order of its key."""
        return sorted(self._differences.items(), key=lambda one: one[0])

    def rankings(self) -> list[tuple[CellKey, Places]]:
        """Return the places of every area that is ranked, in order of its key."""
        return sorted(self._places.items(), key=lambda one: one[0])

    def _key(
        self, indicator: str, area: str, survey: str | None, wave: str | None, area_set: str | None,
        dimension: str, category: str,
    ) -> CellKey:  # fmt: skip
        named = survey or self.survey
        latest = self.wave if named == self.survey else (self.waves(named) or ("",))[-1]
        return CellKey(named, wave or latest, area_set or self.area_set, area, dimension, category, indicator)

    def _difference(self, kind: Literal["rest", "wave", "category"], cell: CellKey, against: str) -> Difference:
        found = self._differences.get((kind, cell, against))
        if found is None:
            this = self._shares.get(cell, _NOTHING)
            found = Difference(
                this, _NOTHING, against, None, None, None, None, 0, "", 0, None, withheld=Withheld.MISSING
            )
        self._seen(Lookup(kind, cell, against), found)
        return found


def _unseen(lookup: Lookup, found: Share | Difference | Places | None) -> None:
    """Watch nothing."""
