"""Sentences a released value has earned, in Danish.

A direction (flere, færre, steget, faldet, højere, lavere) is written only where `Difference.direction` is not 0: the
test behind it is corrected for everything the release tests. Where it is 0 the text says what could have been seen.
`phrase` is the indicator's verb phrase ("er trygge om aftenen og natten"), so that people are the subject.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from tryghed.release.released import Difference, Places, Share, Withheld
from tryghed.reporting import danish

#: What the words of a direction are, for linting texts that have not earned one.
DIRECTIONAL: Final = ("flere", "færre", "steget", "faldet", "højere", "lavere", "stigning", "fald", "mere", "mindre")

#: What a triangle in a table or a figure is not.
NO_JUDGEMENT: Final = "Trekanten viser retning, ikke om det er godt eller skidt."

#: Half of the last digit printed: numbers that agree in print are nearer.
_LESS_THAN_A_DIGIT: Final = 0.05

#: Which direction of an indicator is the one that is wished for.
Better = Literal["higher", "lower", "neither"]


@dataclass(frozen=True, slots=True)
class Claim:
    """One sure sentence: `before`, the verb set in bold, `after`; `reference` is the figure that shows it."""

    before: str
    verb: str
    after: str
    reference: str
    #: Whether the finding is a strength by `Indicator.better`.
    strength: bool
    #: Which indicator it speaks of, so that no two sentences say the same.
    about: str
    difference: Difference


def withheld(share: Share) -> str:
    """Return why a share is not shown, with n where that may be told: `for usikkert til at vise (n = 34)`."""
    reason = share.withheld or Withheld.MISSING
    if share.n is not None:
        return f"{reason.value} ({danish.n_is(share.n)})"
    return reason.value


def estimate(share: Share) -> str:
    """Return a share with its interval: `71,2 % (66,5–75,6)`, or why it is not shown."""
    if share.share is None:
        return withheld(share)
    shown = danish.percent(share.share, sensitive=share.sensitive)
    limits = interval(share)
    return f"{shown} ({limits})" if limits else shown


def interval(share: Share) -> str:
    """Return the limits of a share, nothing where it has none: `66,5–75,6`."""
    if share.lower is None or share.upper is None:
        return ""
    return danish.interval(share.lower, share.upper, sensitive=share.sensitive)


def level(phrase: str, share: Share) -> str:
    """Return how many: `Omkring syv ud af ti er trygge`; in percent where the words would leave the interval."""
    if share.share is None:
        return f"Hvor mange der {phrase}, vises ikke: {_reason(share)}."
    words = danish.out_of_ten(share.share, share.lower, share.upper)
    subject = words or danish.percent(share.share, sensitive=share.sensitive)
    return f"{danish.capital(subject)} {phrase}."


def _reason(share: Share) -> str:
    reasons = {
        Withheld.SECRET: "enkeltpersoner kunne genkendes",
        Withheld.UNRELIABLE: "tallet er for usikkert",
        Withheld.DECIDED: "tallet er udeladt",
        Withheld.MISSING: "ingen har svaret",
    }
    return reasons[share.withheld or Withheld.MISSING]


def short_rest(difference: Difference, rest: str) -> str:
    """Return the comparison as a sentence that follows the level (`Det er færre end i resten af byen.`)."""
    if difference.withheld:
        return f"Tallet kan ikke sammenlignes med {rest}."
    if difference.direction:
        return f"Det er {_more(difference)} end i {rest}."
    return f"Der kan ikke påvises en forskel til {rest}."


def short_change(difference: Difference) -> str:
    """Return the change as a sentence that follows the level."""
    if difference.withheld or not difference.direction:
        return f"Om andelen har ændret sig siden {difference.against}, kan ikke afgøres."
    return f"Andelen er {_moved(difference)} siden {difference.against}."


def rest_title(label: str, phrase: str, difference: Difference, rest: str) -> tuple[str, ...]:
    """Return the comparison as a title, in phrases it may be broken between; what it is of stands in every one."""
    if difference.withheld:
        return (f"{label}:", f"kan ikke sammenlignes med {rest}")
    if difference.direction:
        return (f"{danish.capital(_more(difference))} {phrase}", f"end i {rest}")
    return (f"{label}:", f"ingen påvist forskel til {rest}")


def undecided(count: int, of: int, counted: str, *, all_known: bool) -> str:
    """Return for how many no difference can be shown: `For ingen af de 22 forhold …` where that is all of them.

    Args:
        count: How many are undecided.
        of: How many were compared, the withheld ones with them.
        counted: The undecided in words: `22 forhold`.
        all_known: Whether none is withheld, so that what was not named yet are "the others".
    """
    if count == of > 1:
        return f"For ingen af de {counted} kan der påvises en forskel."
    others = "de øvrige " if all_known and 1 < count < of else ""
    return f"For {others}{counted} kan der ikke påvises en forskel."


def rest_text(difference: Difference) -> str:
    """Return the size and sureness of a comparison."""
    if difference.withheld:
        return f"Forskellen vises ikke: {_reason(_hidden_side(difference))}."
    if difference.direction:
        return f"Forskellen er {size(difference, named=True)} og statistisk sikker."
    shown = "Der kan ikke påvises en forskel"
    if stricter_than_interval(difference):
        shown += ", når der rettes for de mange prøver"
    return f"{shown}. {detectable_difference(difference)}".strip()


def change_title(label: str, phrase: str, difference: Difference) -> tuple[str, ...]:
    """Return the change as a title, in phrases it may be broken between; what it is of stands in every one."""
    if difference.withheld:
        return (f"{label}:", f"ændringen siden {difference.against} vises ikke")
    if difference.direction:
        return (f"{danish.capital(_more(difference))} {phrase}", f"end i {difference.against}")
    return (f"{label}:", f"ingen påvist ændring siden {difference.against}")


def change_text(difference: Difference) -> str:
    """Return the size and sureness of a change."""
    since = difference.against
    if difference.withheld:
        return f"Om andelen har ændret sig siden {since}, kan ikke afgøres: {_reason(_hidden_side(difference))}."
    if difference.direction:
        return f"Andelen er {_moved(difference)} med {size(difference)} siden {since}. Ændringen er statistisk sikker."
    return f"Om andelen har ændret sig siden {since}, kan ikke afgøres. {detectable_change(difference)}".strip()


def detectable_change(difference: Difference) -> str:
    """Return the smallest change the survey sees with the declared power."""
    if difference.detectable is None:
        return ""
    return f"Undersøgelsen kan påvise ændringer på ca. {danish.about(difference.detectable)} procentpoint."


def detectable_difference(difference: Difference) -> str:
    """Return the smallest difference the survey sees with the declared power."""
    if difference.detectable is None:
        return ""
    return f"Undersøgelsen kan påvise forskelle på ca. {danish.about(difference.detectable)} procentpoint."


def change_answer(difference: Difference) -> str:
    """Return the change as one answer: `Steget`, `Faldet`, `Kan ikke afgøres`."""
    if difference.withheld or not difference.direction:
        return "Kan ikke afgøres"
    return danish.capital(_moved(difference))


def rest_answer(difference: Difference) -> str:
    """Return the comparison as one answer: `Højere`, `Lavere`, `Kan ikke afgøres`."""
    if difference.withheld or not difference.direction:
        return "Kan ikke afgøres"
    return "Højere" if difference.direction > 0 else "Lavere"


def trend_answer(difference: Difference) -> str:
    """Return the change as the heading of a small series: `Steget`, `Faldet`, `Ingen påvist ændring`."""
    if difference.withheld:
        return "Vises ikke"
    return danish.capital(_moved(difference)) if difference.direction else "Ingen påvist ændring"


def size(difference: Difference, *, named: bool = False) -> str:
    """Return the size of a shown difference with its interval: `7,4 procentpoint (2,8–12,0)`."""
    if difference.difference is None or difference.lower is None or difference.upper is None:
        return Withheld.MISSING.value
    sensitive = difference.this.sensitive
    limits = danish.size_interval(difference.lower, difference.upper, sensitive=sensitive)
    prefix = f"95{danish.NBSP}%-interval " if named else ""
    return f"{danish.points(difference.difference, sensitive=sensitive)} ({prefix}{limits})"


def signed_size(difference: Difference) -> str:
    """Return a shown difference with sign and interval: `−1,4 (−4,2 til +1,4)`; nothing where it is withheld."""
    if difference.difference is None or difference.lower is None or difference.upper is None:
        return ""
    sensitive = difference.this.sensitive
    limits = danish.signed_interval(difference.lower, difference.upper, sensitive=sensitive)
    return f"{danish.signed(difference.difference, sensitive=sensitive)} ({limits})"


def precise(*differences: Difference) -> str:
    """Return why a difference is not that of the numbers beside it, nothing where it is."""
    if not any(_differs_in_print(one) for one in differences):
        return ""
    return "Forskelle er regnet med alle decimaler."


def _differs_in_print(difference: Difference) -> bool:
    one, other, gap = difference.this.share, difference.other.share, difference.difference
    if one is None or other is None or gap is None:
        return False
    return abs(one - other - gap) > _LESS_THAN_A_DIGIT


def stricter_than_interval(difference: Difference) -> bool:
    """Return whether the interval leaves out zero while the corrected test shows nothing: the text must say so."""
    if difference.withheld or difference.direction or difference.lower is None or difference.upper is None:
        return False
    return difference.lower > 0 or difference.upper < 0


def stricter_note(differences: Iterable[Difference]) -> str:
    """Return why an interval may leave out zero where no difference is shown; nothing where none of them does."""
    if not any(stricter_than_interval(one) for one in differences):
        return ""
    return "Et interval, der går fri af nul, er ikke nok: der er rettet for de mange prøver."


def rank(name: str, places: Places) -> str:
    """Return the places a name may have: `Valbys plads ligger et sted mellem nr. 5 og nr. 13`."""
    owner = danish.possessive(name)
    if places.first == places.last:
        return f"{name} kan kun have plads nr.{danish.NBSP}{places.first}"
    return f"{owner} plads ligger et sted mellem nr.{danish.NBSP}{places.first} og nr.{danish.NBSP}{places.last}"


#: Why waves may be compared with a caveat only, in a few words.
_CAVEATS: Final = {
    "period": "anden årstid", "length": "anden varighed", "split": "kun en del spurgt",
    "order": "anden plads i skemaet",
    "mode": "anden svarmetode", "provider": "anden indsamler", "response": "anden svarprocent",
    "weights": "andre vægte", "wording": "anden ordlyd", "answers": "andre svarmuligheder",
    "no_answer": "andre muligheder for ikke at svare", "filter": "andre spurgt",
}  # fmt: skip


def caveat(code: str) -> str:
    """Return a reason for a caveat in a few words."""
    return _CAVEATS.get(code, "ændret spørgsmål")


def break_title(since: str) -> str:
    """Return why a series is split."""
    return f"Tal fra før og efter {since} kan ikke sammenlignes"


def rest_claim(phrase: str, better: Better, about: str, difference: Difference, rest: str, figure: str) -> Claim | None:
    """Return `Flere er tilfredse … end i resten af byen`, None where the comparison has not earned it."""
    if difference.withheld or not difference.direction:
        return None
    after = f" {phrase} end i {rest}, {size(difference)}."
    strength = _is_strength(difference, better)
    return Claim("", danish.capital(_more(difference)), after, figure, strength, about, difference)


def change_claim(
    phrase: str, better: Better, about: str, difference: Difference, figure: str, *, caveat: bool = False
) -> Claim | None:
    """Return `Andelen, der er bekymrede, er faldet …`, None where the change has not earned it.

    With a `caveat` it says so; the figure's page tells which.
    """
    if difference.withheld or not difference.direction:
        return None
    after = f" med {size(difference)} siden {difference.against}{' (med forbehold)' if caveat else ''}."
    strength = _is_strength(difference, better)
    return Claim(f"Andelen, der {phrase}, er ", _moved(difference), after, figure, strength, about, difference)


def group_claim(phrase: str, about: str, one: str, other: str, difference: Difference, figure: str) -> Claim | None:
    """Return `Færre kvinder end mænd er trygge`, None where the comparison has not earned it."""
    if difference.withheld or not difference.direction:
        return None
    after = f" {one.lower()} end {other.lower()} {phrase}, {size(difference)}."
    return Claim("", danish.capital(_more(difference)), after, figure, False, about, difference)


def surest(claims: Sequence[Claim], count: int = 3) -> tuple[Claim, ...]:
    """Return the surest claims, strengths first and each indicator once.

    A strength has the first place where there is one; the rest of the places go to the surest claims.
    """
    ordered = sorted(claims, key=_doubt)
    once = list({claim.about: claim for claim in reversed(ordered)}.values())
    ordered = sorted(once, key=_doubt)
    strengths = [claim for claim in ordered if claim.strength]
    first = strengths[: count - 1]
    others = [claim for claim in ordered if claim not in first]
    chosen = [*first, *others[: count - len(first)]]
    return tuple(sorted(chosen, key=lambda claim: (not claim.strength, _doubt(claim))))


def surest_of(comparisons: Mapping[str, Sequence[Difference]]) -> str | None:
    """Return the name with the surest of all differences, None where none has a direction."""
    sure = {name: [one for one in found if one.direction] for name, found in comparisons.items()}
    best = {name: min(_unsureness(one) for one in found) for name, found in sure.items() if found}
    return min(best, key=lambda name: (best[name], name), default=None)


def surest_difference(differences: Iterable[Difference]) -> Difference:
    """Return the surest of the differences that have a direction; there must be one."""
    return min((one for one in differences if one.direction), key=_unsureness)


def _doubt(claim: Claim) -> tuple[float, float, str]:
    return (*_unsureness(claim.difference), claim.about)


def _unsureness(one: Difference) -> tuple[float, float]:
    """Return the order of sureness: the corrected p first, then the difference in units of its interval."""
    p = 1.0 if one.p_adjusted is None else one.p_adjusted
    if one.difference is None or one.lower is None or one.upper is None or one.upper == one.lower:
        return (p, 0.0)
    return (p, -abs(one.difference) / (one.upper - one.lower))


def _more(difference: Difference) -> str:
    return "flere" if difference.direction > 0 else "færre"


def _moved(difference: Difference) -> str:
    return "steget" if difference.direction > 0 else "faldet"


def _is_strength(difference: Difference, better: Better) -> bool:
    return (better, difference.direction) in {("higher", 1), ("lower", -1)}


def _hidden_side(difference: Difference) -> Share:
    return difference.this if difference.this.withheld else difference.other
