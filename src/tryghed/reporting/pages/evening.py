"""All areas side by side on the headline, and the area's other levels."""

from collections.abc import Sequence
from dataclasses import dataclass

from tryghed.release.released import Difference
from tryghed.reporting import danish, figures, words
from tryghed.reporting.pages.parts import Figure, Key, Note
from tryghed.reporting.pages.register import Register
from tryghed.reporting.pages.view import View, broken, caption, drawn, n_of
from tryghed.reporting.words import Claim


@dataclass(frozen=True, slots=True)
class Evening:
    """The page's values."""

    id: str  #: of the page's text
    subject: str  #: in the header
    title: Sequence[str]  #: the comparison as a sentence, in lines
    lead: str  #: the difference, and how many areas differ
    notes: Sequence[Note]  #: in the margin beside the lead
    ranked: Figure  #: every area with its places
    keys: Sequence[Key]  #: what the marks mean
    levels: Figure | None  #: the area's other levels
    level_notes: Sequence[Note]  #: in the margin beside them


def evening(view: View, code: str, register: Register) -> tuple[Evening, list[Claim]]:
    """Return the page and the claims it has earned."""
    headline = view.report.headline
    rest = view.rest(headline, code)
    ranked = ranking(view, code, register)
    levels, claims = _levels(view, code, register)
    return Evening(
        id=register.text,
        subject=danish.capital(view.words.many) + " side om side",
        title=broken(*words.rest_title(view.headline.label, view.phrase(headline), rest, view.words.rest)),
        lead=" ".join(
            part
            for part in (_area_and_rest(view, rest), words.rest_text(rest), _precise(rest), counted(view, headline))
            if part
        ),
        notes=(_why_the_rest(view),),
        ranked=ranked,
        keys=keys(view, ranked.id.lower()),
        levels=levels,
        level_notes=_level_notes(view, level_rows(view, code)),
    ), claims


def ranking(view: View, code: str | None, register: Register) -> Figure:
    """Return every area with estimate, interval, n and places; `code` is the report's own area."""
    headline = view.report.headline
    with register.figure(f"{len(view.areas)} {view.words.many}, plads") as identity:
        rows = area_rows(view, code)
        whole = view.share(headline)
        places = view.places(code) if code else None
        title = (
            words.rank(view.areas[code].name, places)
            if code and places
            else f"{view.headline.label} efter {view.words.one}"
        )
        alt = "; ".join(f"{row.name}: {words.estimate(row.share)}" for row in rows)
        svg = figures.ranked(
            rows, figures.Level(danish.capital(view.words.whole), whole, "whole"), head=danish.capital(view.words.one),
            title=f"{title}. {alt}.", prefix=identity.lower(),
        )  # fmt: skip
    n = "" if whole.n is None else danish.n_is(whole.n)
    return Figure(
        identity, register.code, title,
        caption(f"{view.headline.label}, pct., {_lower(view.survey.population)}, {view.wave}", n), drawn(svg),
    )  # fmt: skip


def _lower(text: str) -> str:
    """Return a text for the middle of a sentence."""
    return f"{text[:1].lower()}{text[1:]}"


def area_rows(view: View, code: str | None) -> list[figures.AreaRow]:
    """Return every area, from the highest share to the lowest."""
    headline = view.report.headline
    return [
        figures.AreaRow(
            view.areas[one].name,
            view.share(headline, one),
            view.rest(headline, one).direction,
            view.places(one),
            ours=one == code,
        )
        for one in view.ordered(headline)
    ]


def counted(view: View, indicator: str) -> str:
    """Return how many areas surely lie above and below the rest, and for how many nothing can be shown."""
    verdicts = [view.rest(indicator, code) for code in view.areas]
    known = [one for one in verdicts if not one.withheld]
    groups = [
        (sum(one.direction < 0 for one in known), "ligger statistisk sikkert lavere end {rest}"),
        (sum(one.direction > 0 for one in known), "ligger statistisk sikkert højere end {rest}"),
    ]
    undecided = sum(one.direction == 0 for one in known)
    parts = [f"{view.counted(count)} {text.format(rest=view.words.rest)}" for count, text in groups if count]
    if len(parts) == len(groups):
        parts[1] = f"{view.numeral(groups[1][0])} ligger højere"
    if undecided:
        parts.append(
            f"for {view.numeral(undecided) if parts else view.counted(undecided)} kan der ikke påvises en forskel"
        )
    hidden = len(verdicts) - len(known)
    if hidden:
        parts.append(f"for {view.numeral(hidden) if parts else view.counted(hidden)} vises sammenligningen ikke")
    return f"{danish.capital(_clauses(parts))}." if parts else ""


def _clauses(parts: Sequence[str]) -> str:
    """Return main clauses as one sentence, with a comma before its last "og"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])}, og {parts[-1]}"


def _area_and_rest(view: View, rest: Difference) -> str:
    if rest.this.share is None or rest.other.share is None:
        return ""
    one, other = (danish.percent(side.share or 0.0, sensitive=side.sensitive) for side in (rest.this, rest.other))
    return f"I {view.words.the} gælder det {one} mod {other} i {view.words.rest}."


def _precise(rest: Difference) -> str:
    """Return why a sure difference, whose size is told, is not that of the shares before it."""
    return words.precise(rest) if rest.direction else ""


def _why_the_rest(view: View) -> Note:
    text = f"sammenlignes med {view.words.rest}, aldrig med et tal, som den selv indgår i. {corrected(view)}"
    return Note(danish.capital(view.words.the), text)


def corrected(view: View) -> str:
    """Return what the verdicts of the headline are corrected for: every test of its family in the release."""
    headline = view.report.headline
    tests = max((view.rest(headline, code).tests for code in view.areas), default=0)
    return f"Der er rettet for alle hovedtallets {danish.numeral(tests)} prøver i udgivelsen."


def keys(view: View, prefix: str) -> tuple[Key, ...]:
    """Return what the marks of a comparison mean."""
    rest = view.words.rest
    return (
        Key(drawn(figures.mark("higher_grey", title="Trekant op", prefix=f"{prefix}m1")), f"højere end {rest}"),
        Key(drawn(figures.mark("none_grey", title="Ring", prefix=f"{prefix}m2")), "ingen påvist forskel"),
        Key(drawn(figures.mark("lower_grey", title="Trekant ned", prefix=f"{prefix}m3")), f"lavere end {rest}"),
    )


def level_rows(view: View, code: str) -> list[figures.ComparedRow]:
    """Return the area's levels against the rest."""
    return [
        figures.ComparedRow(view.label(name), view.rest(name, code)) for name in view.asked(view.report.levels, code)
    ]


def _levels(view: View, code: str, register: Register) -> tuple[Figure | None, list[Claim]]:
    names = view.asked(view.report.levels, code)
    if len(names) < 2:  # noqa: PLR2004 (the headline alone is shown above)
        return None, []
    with register.figure("Flere niveauer") as identity:
        rows = level_rows(view, code)
    title = differing(rows, "andele", view.words.rest)
    area = view.areas[code].name
    svg = figures.compared_levels(
        rows, head="Andel trygge" if "tryg" in names[0] else "Andel", area=area, rest=danish.capital(view.words.rest),
        title=f"{title}. {compared_in_words(rows)}", prefix=identity.lower(),
    )  # fmt: skip
    n, other = (n_of([getattr(row.difference, side) for row in rows]) for side in ("this", "other"))
    line = caption(f"Pct., 95{danish.NBSP}%-interval, {view.wave}", _two_bases(area, n, view.words.rest, other))
    return Figure(identity, register.code, title, line, drawn(svg)), rest_claims(view, code, names, identity)


def _two_bases(area: str, n: str, rest: str, other: str) -> str:
    return ", ".join(f"{name} {base}" for name, base in ((area, n), (rest, other)) if base)


def rest_claims(view: View, code: str, names: Sequence[str], figure: str) -> list[Claim]:
    """Return the claims earned by comparisons with the rest; the headline has its own place on page 1."""
    found = [
        words.rest_claim(
            view.phrase(name), view.indicator(name).better, name, view.rest(name, code), view.words.rest, figure
        )
        for name in names
        if name != view.report.headline
    ]
    return [claim for claim in found if claim is not None]


def differing(
    rows: Sequence[figures.ComparedRow], noun: str, rest: str, *, neuter: bool = False, narrow: bool = False
) -> str:
    """Return how many of the shown comparisons surely differ from the rest, as a title."""
    shown = [row for row in rows if not row.difference.withheld]
    sure = sum(bool(row.difference.direction) for row in shown)
    if not shown:
        return "Forskellene vises ikke" if narrow else f"Forskellene til {rest} vises ikke"
    if not sure:
        return "Der kan ikke påvises forskelle" if narrow else f"Der kan ikke påvises forskelle til {rest}"
    count = danish.capital(danish.numeral(sure, neuter=neuter))
    found = f"{count} af {danish.numeral(len(shown))} {noun} adskiller sig"
    return found if narrow else f"{found} fra {rest}"


def compared_in_words(rows: Sequence[figures.ComparedRow]) -> str:
    """Return the comparisons for those who cannot see them."""
    return "; ".join(f"{row.label}: {_compared(row.difference)}" for row in rows) + "."


def _compared(difference: Difference) -> str:
    if difference.withheld:
        return words.estimate(difference.this)
    return f"{words.estimate(difference.this)}, forskel {words.signed_size(difference)}"


def _level_notes(view: View, rows: Sequence[figures.ComparedRow]) -> tuple[Note, ...]:
    open_rows = [row.difference for row in rows if not row.difference.withheld and not row.difference.direction]
    found = []
    if open_rows and all(one.detectable is not None for one in open_rows):
        least = danish.about(min(one.detectable or 0.0 for one in open_rows))
        most = danish.about(max(one.detectable or 0.0 for one in open_rows))
        sizes = least if least == most else f"{least}{danish.DASH}{most}"
        text = (
            f"Undersøgelsen kan påvise forskelle på ca. {sizes} procentpoint. "
            f"En mindre forskel kan findes, uden at den ses her. {words.stricter_note(open_rows)}"
        ).strip()
        found.append(Note("Ikke påvist er ikke det samme som ens", text))
    if view.placed:
        text = f"De pladser, {view.words.the} kan have, når usikkerheden i {view.among()} regnes med."
        found.append(Note("Pladsinterval", f"{text} Derfor står her ingen enkelt placering."))
    return tuple(found)
