"""Who counts: two groups by a second division, and how people answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from tryghed.definitions.survey import answer_indicator
from tryghed.frames import EVERYBODY
from tryghed.release.released import Difference, Remark, Withheld
from tryghed.reporting import danish, figures, words
from tryghed.reporting.pages.development import area_name
from tryghed.reporting.pages.parts import Figure, Key, Note
from tryghed.reporting.pages.register import Register
from tryghed.reporting.pages.view import View, broken, caption, drawn, period
from tryghed.reporting.words import Claim

_NAMED = 3  # so many groups are named in a remark; of more it is told how many they are


@dataclass(frozen=True, slots=True)
class People:
    """The page's values."""

    id: str  #: of the page's text
    subject: str  #: in the header
    title: Sequence[str]  #: the difference between the groups as a sentence, in lines
    lead: str  #: both shares, and where the difference can be shown
    notes: Sequence[Note]  #: in the margin beside the lead
    groups: Figure | None  #: both groups by the second division
    keys: Sequence[Key]  #: the signs for what is not shown
    answers: Figure | None  #: all answers
    hidden: Sequence[str]  #: paragraphs on what the figures do not show
    who: Sequence[Note]  #: who answered


def people(view: View, code: str, register: Register) -> tuple[People | None, list[Claim]]:
    """Return the page, None where the report has neither groups nor answers, and the claims it has earned."""
    rows = group_rows(view, code)
    if not rows and view.report.answers is None:
        return None, []
    total = rows[0].difference if rows else None
    groups, claims = _groups(view, code, register) if rows else (None, [])
    return People(
        id=register.text,
        subject=f"Hvem {view.phrase(view.report.headline)}" if rows else "Svarfordeling",
        title=broken(*_title(view, total)),
        lead=_lead(view, rows) if rows else _level(view, code),
        notes=_pooled_note(view, code) if rows else (),
        groups=groups,
        keys=withheld_keys(groups.id.lower()) if groups and _any_withheld(rows) else (),
        answers=_answers(view, code, register),
        hidden=_not_shown(rows, labels(view)) if rows else (),
        who=_who(view),
    ), claims


def withheld_keys(prefix: str) -> tuple[Key, ...]:
    """Return the two signs for what is not shown, with their reasons."""
    secret = figures.sign(Withheld.SECRET, title="Skraveret firkant", prefix=f"{prefix}k1")
    uncertain = figures.sign(Withheld.UNRELIABLE, title="Stiplet ring", prefix=f"{prefix}k2")
    return (
        Key(drawn(secret), "Diskretion:", "enkeltpersoner kunne genkendes."),
        Key(drawn(uncertain), "Usikkerhed:", "intervallet er for bredt til at vise."),
    )


def pooled(view: View) -> tuple[str, ...]:
    """Return the waves whose answers are put together for the groups."""
    report = view.report
    if report.groups is None:
        return ()
    return view.project.pooled(report.survey, report.headline, view.wave, report.groups.pooled_waves)


def answered(view: View, code: str) -> tuple[str, ...]:
    """Return those of the pooled waves in which anybody answered: what the page may say it is about."""
    shares = {wave: view.share(view.report.headline, code, wave=wave) for wave in pooled(view)}
    return tuple(wave for wave, share in shares.items() if share.withheld is not Withheld.MISSING)


def _covered(view: View, waves: Sequence[str]) -> str:
    """Return the waves in words: a period only where none between them is left out."""
    every = list(view.project.waves[view.report.survey])
    between = every[every.index(waves[0]) : every.index(waves[-1]) + 1] if waves else []
    return period(waves) if between == list(waves) else danish.join(waves)


def labels(view: View) -> tuple[str, str]:
    """Return what the two groups are called."""
    one, other = _columns(view)
    found = view.survey.groups[view.report.groups.columns].categories if view.report.groups else {}
    return found[one].label, found[other].label


def group_rows(view: View, code: str) -> list[figures.GroupRow]:
    """Return everybody and each category of the second division; empty where the report has no groups."""
    groups = view.report.groups
    if groups is None:
        return []
    one, other = _columns(view)
    total = _row(view, code, "Alle", groups.columns, one, other, total=True)
    if total.first.withheld is Withheld.MISSING and total.second.withheld is Withheld.MISSING:
        return []
    crossing = next((one for one in view.survey.crossings if set(one) == {groups.rows, groups.columns}), None)
    if crossing is None:
        return [total]

    def cell(row: str, column: str) -> str:
        return "*".join({groups.rows: row, groups.columns: column}[part] for part in crossing)

    return [
        total,
        *(
            _row(view, code, category.label, "*".join(crossing), cell(row, one), cell(row, other))
            for row, category in view.survey.groups[groups.rows].categories.items()
        ),
    ]


def _columns(view: View) -> tuple[str, str]:
    groups = view.report.groups
    names = list(view.survey.groups[groups.columns].categories) if groups else []
    return names[0], names[1]


def _row(
    view: View, code: str, label: str, dimension: str, one: str, other: str, *, total: bool = False
) -> figures.GroupRow:
    wave = "+".join(pooled(view))
    first, second = (
        view.share(view.report.headline, code, wave=wave, dimension=dimension, category=name) for name in (one, other)
    )
    difference = view.between(code, wave=wave, dimension=dimension, category=one, other=other)
    return figures.GroupRow(label, first, second, difference, total=total)


def _title(view: View, total: Difference | None) -> tuple[str, ...]:
    phrase = view.phrase(view.report.headline)
    if total is None:
        return ("Sådan svarede de spurgte",)
    one, other = labels(view)
    if total.withheld:
        return (f"Om {one.lower()} og {other.lower()} adskiller sig,", "kan ikke afgøres")
    if total.direction:
        more = "Flere" if total.direction > 0 else "Færre"
        return (f"{more} {one.lower()} end {other.lower()}", phrase)
    return ("Der kan ikke påvises en forskel", f"mellem {one.lower()} og {other.lower()}")


def _lead(view: View, rows: Sequence[figures.GroupRow]) -> str:
    total = rows[0]
    sentences = [_both(view, total), words.rest_text(total.difference), _where(rows[1:])]
    return " ".join(sentence for sentence in sentences if sentence)


def _level(view: View, code: str) -> str:
    """Return how many count, where no groups are compared."""
    share = view.share(view.report.headline, code)
    if share.share is None:
        return words.level(view.phrase(view.report.headline), share)
    return f"{words.estimate(share)} {view.phrase(view.report.headline)}."


def _both(view: View, total: figures.GroupRow) -> str:
    if total.first.share is None or total.second.share is None:
        return ""
    one, other = (label.lower() for label in labels(view))
    shares = [danish.percent(side.share or 0.0, sensitive=side.sensitive) for side in (total.first, total.second)]
    return f"Blandt {one} er andelen {shares[0]}, blandt {other} {shares[1]}."


def _where(rows: Sequence[figures.GroupRow]) -> str:
    """Return in which categories the difference can be shown."""
    if not rows:
        return ""
    if all(row.difference.withheld for row in rows):
        return "Forskellen vises ikke for grupperne hver for sig." if len(rows) > 1 else ""
    sure = [row.label.lower() for row in rows if row.difference.direction]
    open_rows = [row for row in rows if not row.difference.direction]
    if not sure:
        return "Forskellen kan ikke påvises i nogen af grupperne for sig." if len(rows) > 1 else ""
    found = f"Forskellen kan påvises i {_some(sure, len(rows))}."
    return f"{found} Om den også findes i de øvrige, kan ikke afgøres." if open_rows else found


def _some(sure: Sequence[str], count: int) -> str:
    """Return a few groups by name, many by their number."""
    if len(sure) <= 2:  # noqa: PLR2004 (more names than two do not fit in a title)
        return _groups_named(sure)
    return f"{danish.numeral(len(sure))} af {danish.numeral(count)} grupper" if len(sure) < count else "alle grupper"


def _groups_named(labels: Sequence[str]) -> str:
    return f"{'gruppen' if len(labels) == 1 else 'grupperne'} {danish.join(labels)}"


def _groups(view: View, code: str, register: Register) -> tuple[Figure, list[Claim]]:
    one, other = labels(view)
    waves = answered(view, code)
    with register.figure(f"{one} og {other.lower()}") as identity:
        rows = group_rows(view, code)
    title = _where(rows[1:]).split(". ")[0].rstrip(".") or f"{one} og {other.lower()}"
    alt = "; ".join(f"{row.label}: {words.estimate(row.first)} og {words.estimate(row.second)}" for row in rows)
    svg = figures.by_group(rows, (one, other), title=f"{one} og {other.lower()}. {alt}.", prefix=identity.lower())
    line = caption(
        f"{view.headline.label}, pct., 95{danish.NBSP}%-interval, {_covered(view, waves)}", _bases(view, rows[0]),
        words.precise(rows[0].difference).rstrip("."),
    )  # fmt: skip
    claim = words.group_claim(view.phrase(view.report.headline), "grupper", one, other, rows[0].difference, identity)
    return Figure(identity, register.code, title, line, drawn(svg)), [claim] if claim else []


def _bases(view: View, total: figures.GroupRow) -> str:
    one, other = (label.lower() for label in labels(view))
    parts = [
        f"{name} {danish.number(share.n)}" for name, share in ((one, total.first), (other, total.second)) if share.n
    ]
    return f"n: {', '.join(parts)}" if parts else ""


def _any_withheld(rows: Sequence[figures.GroupRow]) -> bool:
    return any(share.withheld for row in rows for share in (row.first, row.second))


def _pooled_note(view: View, code: str) -> tuple[Note, ...]:
    waves = answered(view, code)
    if len(waves) == 1:
        return ()
    text = (
        "De mindste grupper har for få svar i én bølge. "
        f"Her bruges {danish.join(waves)} under ét; ordlyden er den samme."
    )
    if any(view.is_caveat(view.report.headline, wave) for wave in waves):
        text += f" {view.caveats([view.report.headline])}."
    return (Note(f"{danish.capital(danish.numeral(len(waves)))} bølger lagt sammen.", text),)


def _complement(rows: Sequence[figures.GroupRow], columns: tuple[str, str]) -> str:
    """Return the remark on shares that are shown although the share of the others is too uncertain to be."""
    marked = [
        f"{name.lower()} {row.label.lower()}"
        for row in rows
        for name, share in zip(columns, (row.first, row.second), strict=True)
        if Remark.COMPLEMENT in share.remarks
    ]
    if not marked:
        return ""
    named = danish.join(marked) if len(marked) <= _NAMED else f"{danish.numeral(len(marked))} af grupperne"
    return f" Regn ikke andelen af de øvrige ud ved at trække fra 100: for {named} er den for usikker til at vise."


def _answers(view: View, code: str, register: Register) -> Figure | None:
    item_name = view.report.answers
    if item_name is None or item_name not in view.survey.distributions:
        return None
    item = view.survey.items[item_name]
    answers = view.survey.answers(item_name)
    names = [answer_indicator(item_name, one) for one in answers]
    if not view.asked(names, code):
        return None
    categories = list(answers.values())
    counted = view.headline.counts if view.headline.item == item_name else []
    with register.figure("Svarfordeling") as identity:
        bars = [_bar(view, code, names)]
        if code != EVERYBODY:
            bars.append(_rest_bar(view, code, names))
        title = _answers_title(view, code, names, categories)
    alt = " ".join(
        f"{bar.name}: "
        + "; ".join(f"{name} {words.estimate(part)}" for name, part in zip(categories, bar.parts, strict=True))
        + "."
        for bar in bars
    )
    svg = figures.answers(
        bars, categories, together="I alt", counted=len(counted) if isinstance(counted, list) else 0,
        apart=len(answers) - len(item.codes), title=f"{title}. {alt}", prefix=identity.lower(),
    )  # fmt: skip
    return Figure(identity, register.code, title, f"Svar på »{item.asks}«, pct., {view.wave}", drawn(svg))


def _bar(view: View, code: str, names: Sequence[str]) -> figures.AnswerBar:
    together = view.share(view.report.headline, code)
    parts = [view.share(name, code) for name in names]
    return figures.AnswerBar(area_name(view, code), together.n, parts, together)


def _rest_bar(view: View, code: str, names: Sequence[str]) -> figures.AnswerBar:
    together = view.rest(view.report.headline, code).other
    parts = [view.rest(name, code).other for name in names]
    return figures.AnswerBar(danish.capital(view.words.rest), together.n, parts, together, "rest")


def _answers_title(view: View, code: str, names: Sequence[str], categories: Sequence[str]) -> str:
    if code != EVERYBODY:
        for name, category in zip(names, categories, strict=True):
            direction = view.rest(name, code).direction
            if direction:
                more = "Flere" if direction > 0 else "Færre"
                return f"{more} svarer »{category.lower()}« end i {view.words.rest}"
    return "Sådan fordeler svarene sig"


def _not_shown(rows: Sequence[figures.GroupRow], columns: tuple[str, str]) -> tuple[str, ...]:
    found = []
    stricter = words.stricter_note(row.difference for row in rows)
    if stricter:
        found.append(f"Ringe er forskelle, der ikke kan påvises. {stricter}")
    secret = [row.label for row in rows if Withheld.SECRET in (row.first.withheld, row.second.withheld)]
    if secret:
        found.append(
            f"Tal for {_groups_named([label.lower() for label in secret])} vises ikke alle: mindst ét af dem bygger på "
            "for få svar. Et andet kan være skjult med, så ingen kan regne ud, hvad ganske få har svaret. "
            "Svarene tæller med i linjen »Alle«."
        )
    others = "Personer, hvis gruppe ikke er med her eller ikke er oplyst, tæller kun med i det samlede tal."
    found.append(f"{others}{_complement(rows, columns)}")
    return tuple(found)


def _who(view: View) -> tuple[Note, ...]:
    calibrated = view.facts is not None and view.facts.calibration
    whose = (
        "Leverandørens vægte er her kalibreret til befolkningen." if calibrated
        else "Vægtene følger med svarene fra leverandøren."
    )  # fmt: skip
    first = f"Svarene er vægtet, så de ligner dem, undersøgelsen skal sige noget om. {whose}"
    second = "Hvis de, der ikke svarer, er anderledes end de, der svarer, kan vægtningen ikke altid rette det."
    return (Note("Hvem har svaret?", f"{first} {second}"),)
