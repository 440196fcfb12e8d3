"""How to read the report, how the numbers were made, when a number is not shown, and the index of numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tryghed.frames import EVERYBODY
from tryghed.release.released import Withheld
from tryghed.reporting import corrections, danish, figures, words
from tryghed.reporting.pages.health import health_wave
from tryghed.reporting.pages.index import index
from tryghed.reporting.pages.parts import Entry, Fact, Key, Note
from tryghed.reporting.pages.register import Register
from tryghed.reporting.pages.view import View, drawn, grouped


@dataclass(frozen=True, slots=True)
class Method:
    """The page's values."""

    id: str  #: of the page's text
    subject: str  #: in the header
    title: Sequence[str]  #: in lines
    example: Markup  #: annotated interval; empty where the headline is withheld
    example_title: str  #: above it
    example_caption: str  #: below its title
    example_note: str  #: how two intervals are compared
    words: Sequence[Note]  #: words that must be earned
    facts: Sequence[Fact]  #: the method in lines
    withheld: Sequence[Key]  #: when a number is not shown
    signs: Sequence[Key]  #: the marks of the figures
    entries: Sequence[Entry]  #: the index of numbers
    notes: Sequence[Note]  #: tracing, rights, release, contact


def method(view: View, code: str, register: Register) -> Method:
    """Return the page; `code` is the report's area, or `EVERYBODY`."""
    share = view.share(view.report.headline, code)
    example = share.share is not None and share.lower is not None and code != EVERYBODY
    return Method(
        id=register.text,
        subject="Læsning, metode og talregister",
        title=("Sådan læses rapporten",),
        example=_example(view, code) if example else Markup(),
        example_title="Et tal fra en stikprøve er altid omgivet af usikkerhed" if example else "",
        example_caption=f"{view.headline.label}, {view.wave}" if example else "",
        example_note=_EXAMPLE_NOTE if example else "",
        words=_words(),
        facts=_facts(view),
        withheld=_withheld(view),
        signs=_signs(view),
        entries=index(view, register.items),
        notes=_notes(view, code),
    )


_EXAMPLE_NOTE = (
    "Stregerne alene afgør ikke, om en forskel er statistisk sikker. Det gør en test, der tager højde for alle "
    "prøver i udgivelsen; svaret står i teksten."
)


def _example(view: View, code: str) -> Markup:
    headline, name = view.report.headline, view.areas[code].name
    share, rest = view.share(headline, code), view.rest(headline, code).other
    others = danish.capital(view.words.rest)
    svg = figures.reading_example(
        figures.Level(name, share), figures.Level(others, rest, "rest"),
        dot=f"Prikken: {danish.possessive(view.words.the)} andel",
        dot_note=f"{danish.percent(share.share or 0.0, sensitive=share.sensitive)} af svarene, vægtet",
        line=f"Stregen: 95{danish.NBSP}%-interval", diamond=f"Ruden: {view.words.rest}",
        title=f"Eksempel. {name}: {words.estimate(share)}. {others}: {words.estimate(rest)}.", prefix="eksempel",
    )  # fmt: skip
    return drawn(svg)


def _words() -> tuple[Note, ...]:
    earned = "står kun, hvor forskellen er statistisk sikker efter rettelse for alle de prøver, udgivelsen indeholder."
    shown = "betyder, at undersøgelsen ikke kan skelne – ikke, at alt er ens. Rettelsen er strengere end intervallet."
    return (
        Note("Flere, færre, steget, faldet", earned),
        Note("Ingen påvist forskel", shown),
        Note("Plads", "angives som interval."),
    )


def _facts(view: View) -> tuple[Fact, ...]:
    known, rules = view.facts, view.project.rules
    found = [Fact("Hvem", view.survey.population)]
    if known:
        asked = f" af {danish.number(known.invited)}" if known.invited else ""
        rate = f" ({danish.percent(known.response_rate)})" if known.response_rate is not None else ""
        n = view.share(view.report.headline).n
        behind = f"; hovedtallet bygger på {danish.number(n)}" if n is not None else ""
        found.append(Fact("Svar", f"{danish.number(known.answered)}{asked}{rate}{behind}"))
        if known.start and known.end:
            found.append(Fact("Indsamlet", f"{_collected(view)}{_revision(known.revision)}"))
        elif known.revision > 1:
            found.append(Fact("Leverance", f"Revision {known.revision}"))
        whose = "Fra leverandøren, kalibreret" if known.calibration else "Fra leverandøren"
        found.append(Fact("Vægtning", f"{whose}; designeffekt {danish.decimal(known.kish, 2)} (Kish)"))
    alphas = rules.families
    levels = f"{danish.decimal(100 * alphas.total, 0)}{danish.NBSP}%"
    found += [
        Fact("Interval", f"95{danish.NBSP}%, {_INTERVALS[rules.interval]}, hvert tal for sig"),
        Fact(
            "Sammenligning",
            f"Mod {view.words.rest}; rettet for alle prøver i udgivelsen, {levels} i alt "
            f"(hovedtal Holm, resten {alphas.other_correction})",
        ),
        Fact(
            "Påviselighed",
            f"Findes med {danish.number(100 * rules.power)}{danish.NBSP}% sandsynlighed",
        ),
        Fact("Base", _base(view)),
        *_calibrated(view),
        *_replicates(view),
        *_lonely(view),
        *_again(view),
    ]
    return tuple(found)


#: The intervals of shares, by `interval` of the release rules.
_INTERVALS = {
    "korn-graubard": "Korn-Graubard",
    "logit": "logit (Korn-Graubard ved 0 og 100)",
    "wilson": "Wilson",
}
#: How the variance of a stratum is found of which one sampling unit was drawn, by `design.lonely_psu`.
_TREATED = {
    "certainty": "regnet som uden stikprøveusikkerhed",
    "remove": "regnet som uden stikprøveusikkerhed",
    "adjust": "regnet ud fra enhedens afstand til det samlede niveau",
    "average": "sat til gennemsnittet af de andre strata",
}


#: Kinds of replicate weights, by `kind` of `[design.replicates]`.
_KINDS = {
    "jk1": "jackknife", "jkn": "jackknife", "brr": "halve stikprøver", "fay": "halve stikprøver efter Fay",
    "bootstrap": "bootstrap", "other": "egen metode",
}  # fmt: skip


#: Methods of calibration, by `method` of `[design.calibration]`.
_CALIBRATED = {"linear": "regression", "raking": "raking", "logit": "raking med grænser"}


def _calibrated(view: View) -> tuple[Fact, ...]:
    """Return the waves whose weights were calibrated to the population here."""
    found = []
    for one in view.released.facts.values():
        if one.calibration:
            method, _, margins = one.calibration.partition(" to ")
            known = "; ".join(_margin(view, one.survey, margin) for margin in margins.split(", "))
            told = f"{one.wave}: kalibreret til befolkningen efter {known} ({_CALIBRATED[method]})"
            how = (
                "replikatvægtene er kalibreret på samme måde" if one.replicates else "usikkerheden tager højde for det"
            )
            found.append(Fact("Kalibrering", f"{told}; {how}"))
    return tuple(found)


def _margin(view: View, survey: str, margin: str) -> str:
    """Return a margin by its labels: `køn × alder`."""
    groups, sets = view.project.surveys[survey].groups, view.project.area_sets
    labels = [
        groups[name].label if name in groups else sets[name].label if name in sets else name
        for name in margin.split("*")
    ]
    return " × ".join(one.lower() for one in labels)


def _replicates(view: View) -> tuple[Fact, ...]:
    """Return the waves whose uncertainty comes from replicate weights that the provider delivered."""
    return tuple(
        Fact("Usikkerhed", f"{one.wave}: fra leverandørens {danish.number(one.replicates[1])} sæt replikatvægte "
             f"({_KINDS[one.replicates[0]]})")
        for one in view.released.facts.values() if one.replicates
    )  # fmt: skip


def _lonely(view: View) -> tuple[Fact, ...]:
    """Return what was done in strata where one sampling unit was drawn, for every wave the release rests on."""
    found = []
    for one in view.released.facts.values():
        if one.lonely_strata:
            count = len(one.lonely_strata)
            strata = f"{'stratum' if count == 1 else 'strata'} {danish.join(one.lonely_strata)}"
            treated = _TREATED[one.lonely_psu]
            found.append(
                Fact(
                    "Én udtrukket enhed",
                    f"I {strata} ({one.wave}) er der kun udtrukket én enhed. Usikkerheden derfra er {treated}; det "
                    "gælder alle tal, som svar derfra indgår i",
                )
            )
    return tuple(found)


def _again(view: View) -> tuple[Fact, ...]:
    """Return the waves that asked people of earlier ones again, and whether the comparisons count it."""
    found = []
    for one in view.released.facts.values():
        if one.again:
            people = danish.join([f"{danish.number(shared)} også i {since}" for since, shared in one.again])
            counted = (
                "sammenligningerne med disse år tager højde for det"
                if one.followed
                else "sammenligningerne tager ikke højde for det og er derfor forsigtige"
            )
            found.append(Fact("Spurgt igen", f"Af dem, der svarede i {one.wave}, svarede {people}; {counted}"))
    return tuple(found)


def _collected(view: View) -> str:
    known = view.facts
    assert known is not None
    assert known.start is not None
    assert known.end is not None
    by = f" af {known.provider}" if known.provider else ""
    how = f" ({', '.join(known.mode)})" if known.mode else ""
    return f"{danish.capital(danish.months(known.start, known.end))}{by}{how}"


def _base(view: View) -> str:
    item = view.survey.items[view.headline.item]
    counted = [item.missing[one].label.lower() for one in view.headline.base if one in item.missing]
    if counted:
        return f"Alle, der er stillet spørgsmålet; »{danish.join(counted)}« tæller med"
    return "Alle, der har svaret på spørgsmålet"


def _withheld(view: View) -> tuple[Key, ...]:
    secrecy, reliability = view.project.rules.secrecy, view.project.rules.reliability
    widest, always, relative = (
        danish.number(100 * one)
        for one in (reliability.max_width, reliability.always_show_width, reliability.max_relative_width)
    )
    secret = (
        f"Færre end {danish.number(secrecy.min_base)} svar, på følsomme spørgsmål også færre end "
        f"{danish.numeral(secrecy.min_count)} ens svar; eller et tal, der kunne røbe, hvad så få har svaret. "
        "Hverken andel eller n vises. Følsomme andele vises uden decimaler og n til nærmeste ti."
    )
    uncertain = (
        f"Effektivt n under {danish.number(reliability.min_effective_n)}; et interval på {widest} procentpoint eller "
        f"mere; eller et på over {always}, der er over {relative}{danish.NBSP}% af andelen. n vises, andelen ikke. "
        f"Færre end {danish.numeral(reliability.min_df)} frihedsgrader efterses."
    )
    broken = "Ordlyd, metode eller afgrænsning er ændret. Tal på hver side af bruddet må ikke sammenlignes."
    return (
        Key(drawn(figures.sign(Withheld.SECRET, title="Skraveret firkant", prefix="m1")), "Diskretion.", secret),
        Key(drawn(figures.sign(Withheld.UNRELIABLE, title="Stiplet ring", prefix="m2")), "Usikkerhed.", uncertain),
        *_decided(view),
        Key(drawn(figures.mark("break", title="Bleg skravering", prefix="m3")), "Brud.", broken),
    )


def _decided(view: View) -> tuple[Key, ...]:
    """Return the sign of what people decided to withhold, where a release has any."""
    edition = view.released.edition
    if not any(one.verdict == "withhold" for one in (edition.exemptions if edition else ())):
        return ()
    sign = drawn(figures.sign(Withheld.DECIDED, title="Tom firkant", prefix="m9"))
    return (Key(sign, "Udeladt.", "Besluttet af to personer (se Undtagelser fra reglerne)."),)


def _signs(view: View) -> tuple[Key, ...]:
    return (
        Key(drawn(figures.mark("ours", title="Prik på streg", prefix="m4")), view.words.the),
        Key(drawn(figures.mark("rest", title="Rude på felt", prefix="m5")), view.words.rest),
        Key(drawn(figures.mark("higher", title="Trekant op", prefix="m6")), "sikkert højere"),
        Key(drawn(figures.mark("lower", title="Trekant ned", prefix="m7")), "sikkert lavere"),
        Key(drawn(figures.mark("none", title="Ring", prefix="m8")), "ingen påvist forskel"),
    )


def _notes(view: View, code: str) -> tuple[Note, ...]:
    released = view.released
    trace = (
        "Hvert nummer kan følges til svarene: tryghed explain RAPPORT.pdf F4. "
        "Tallene ligger også som CSV og Excel. "
        "Forskelle er regnet før afrunding og kan afvige på sidste ciffer."
    )
    identity = f"{view.edition}, regelsæt {released.rules_version}, {grouped(released.release_id)}."
    verified = "" if released.verified else " Uverificeret: mindst én fils kontrolsum er ikke oplyst."
    taken = view.facts.accepted if view.facts else 0
    warnings = "én advarsel" if taken == 1 else f"{danish.number(taken)} advarsler"
    accepted = f" Ved indlæsningen blev {warnings} gennemgået og accepteret." if taken else ""
    found = [
        Note("Spor et tal", trace),
        Note("Data og rettigheder", _rights(view)),
        Note("Udgivelse", identity + _replaced(view) + verified + accepted),
        *_edition(view, code),
    ]
    if view.report.contact:
        found.append(Note("Kontakt", view.report.contact))
    return tuple(found)


def _revision(number: int) -> str:
    """Return that the wave's file replaced an earlier one, nothing where it is the first."""
    return f"; leverancens revision {number}" if number > 1 else ""


def _replaced(view: View) -> str:
    """Return which other waves are from a file that replaced one."""
    own = view.facts
    if own is None:
        return ""
    others = [
        f"{'' if one.survey == own.survey else view.project.surveys[one.survey].title + ' '}{one.wave} "
        f"(revision {one.revision})"
        for one in view.released.facts.values()
        if one.revision > 1 and one is not own
    ]
    return f" Erstattet af en senere leverance: {danish.join(others)}." if others else ""


def _edition(view: View, code: str) -> list[Note]:
    """Return what a corrected edition changed in this report, and the exemptions from the rules."""
    edition, areas = view.released.edition, view.areas_of(code)
    decided = [one.cell for one in (edition.exemptions if edition else ()) if one.cell.area in (*areas, EVERYBODY)]
    notes = [
        Note("Rettelse", corrections.listed(edition, view.project, view.changes(code))),
        Note("Undtagelser fra reglerne", corrections.exemptions(edition, view.project, decided)),
    ]
    return [note for note in notes if note.text]


def _rights(view: View) -> str:
    surveys = [f"{view.survey.title} {view.wave}"]
    wave = health_wave(view)
    if view.report.health and wave:
        surveys.append(f"{view.project.surveys[view.report.health.survey].title} {wave}")
    used = [view.project.area_sets.get(name or "") for name in (view.report.area_set, view.report.inside)]
    sources = dict.fromkeys(one.attribution for one in used if one is not None and one.outlines and one.attribution)
    synthetic = " Svarene er syntetiske: tallene er opdigtede." if view.released.synthetic else ""
    return " ".join([f"{danish.join(surveys)}.{synthetic}", *(f"{credit}." for credit in sources)])
