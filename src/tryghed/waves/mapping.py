"""Which column holds which item of a new wave, in which words, and who was asked: the guesses and their reasons."""

from collections.abc import Iterator, Mapping, Sequence

from tryghed.definitions.differences import similarity
from tryghed.definitions.drafts import Line, Table
from tryghed.definitions.questionnaire import spoken
from tryghed.intake.guesses import filter_of
from tryghed.intake.matching import Match, Wanted, nearest
from tryghed.intake.questionnaire import labelled_codes
from tryghed.intake.values import plain
from tryghed.waves.known import Known, short


def wanted_items(known: Known) -> dict[str, Wanted]:
    """Return every item of the survey, those of the wave before in its order first."""
    columns = known.previous.columns if known.previous else {}
    names = dict.fromkeys([*columns, *known.survey.items])
    return {name: Wanted(known.survey.items[name], _texts(known, name), columns.get(name, "")) for name in names}


def _texts(known: Known, item: str) -> tuple[str, ...]:
    """Return how an item was worded: in the file before, in its definition, and in the survey."""
    told = [known.survey.items[item].asks]
    if known.before:
        told = [known.before.delivered_text(item), known.before.declared_text(item), *told]
    return tuple(dict.fromkeys(filter(None, told)))


def columns(
    known: Known, wanted: Mapping[str, Wanted], found: Mapping[str, Match], missing: Sequence[str],
    unused: Sequence[str],
) -> Table:  # fmt: skip
    """Return the columns of the items that were found, and what is told of those that were not."""
    lines = [
        Line(item, found[item].column, _doubt(known, item, wanted[item], found[item]))
        for item in wanted if item in found
    ]  # fmt: skip
    for item in missing:
        near = nearest(wanted[item], known.delivered, unused)
        like = f"; most like it: {near[0]}, {100 * near[1]:.0f} % ({known.delivered.labels[near[0]]})" if near else ""
        asks = short(wanted[item].texts[0])
        lines.append(Line("", guess=f"not found: {item}, {wanted[item].column} in {known.since} ({asks}){like}"))
    sure = sum(bool(line.key) and not line.guess for line in lines)
    whole = f"{sure} columns without a mark have the name, the question and the labels of {known.since}" if sure else ""
    return Table("columns", lines, guess=whole)


def _doubt(known: Known, item: str, wanted: Wanted, one: Match) -> str:
    """Return what is not as it was about a column; empty where name, text and labels all are."""
    said = []
    if not one.same_name:
        said.append(
            f"{known.since} had {wanted.column}" if wanted.column else f"not asked in {known.since or 'any wave'}"
        )
    if one.alike is None:
        said.append("the file has no question text")
    else:
        alike = similarity(one.text, wanted.texts[0])
        if spoken(wanted.texts[0]).startswith(spoken(one.text)):
            said.append("same question" if said else "")
        elif wanted.column:
            said.append(f"question changed since {known.since}, {100 * alike:.0f} % alike: {short(one.text)}")
        else:
            said.append(f"question {100 * alike:.0f} % like survey.toml's: {short(one.text)}")
    if one.labels is False:
        said.append("other labels than in survey.toml")
    said.append(_other_codes(known, item, one.column))
    return "; ".join(part for part in said if part)


def _other_codes(known: Known, item: str, column: str) -> str:
    """Return the codes that file and survey disagree about."""
    about = known.survey.items[item]
    known_codes = {*about.codes, *about.missing}
    labelled = labelled_codes(known.delivered, column)
    new = [f"{code} {label}".strip() for code, (label, _) in labelled.items() if code not in known_codes]
    clash = [str(code) for code, (_, absent) in labelled.items() if absent and code in about.codes]
    said = []
    if new and not (about.numeric and not labelled):
        said.append(f"codes that survey.toml lacks: {', '.join(new)}")
    if clash:
        said.append(f"answers the file declares missing: {', '.join(clash)}")
    return "; ".join(said)


def wording(known: Known, found: Mapping[str, Match]) -> Iterator[Table]:
    """Yield the questions that are worded otherwise than in the survey; a label that was cut off is not."""
    lines = []
    for item, one in found.items():
        asks = known.survey.items[item].asks
        cut = spoken(asks).startswith(spoken(one.text)) and spoken(asks) != spoken(one.text)
        if one.text and not cut and plain(one.text) != plain(asks):
            asked_before = known.before if known.before and item in known.before.wave.columns else None
            before = asked_before.declared_text(item) if asked_before else asks
            new = f"new wording; {known.since if asked_before else 'survey.toml'}: {short(before)}"
            lines.append(Line(item, one.text, "" if plain(before) == plain(one.text) else new))
    if lines:
        yield Table("wording", lines)


def routing(known: Known, found: Mapping[str, Match], unused: Sequence[str]) -> Iterator[Table]:
    """Yield who was asked what: the filters of the wave before, and those the blanks of the file point to."""
    before = known.previous
    items = {one.column: item for item, one in found.items()}
    candidates = [*items, *unused]
    for item, one in found.items():
        earlier = before.routing.get(item) if before else None
        seen = filter_of(known.delivered, one.column, [name for name in candidates if name != one.column])
        if earlier and before:
            asked = next((name for name, column in before.columns.items() if column == earlier.column), "")
            column = found[asked].column if asked in found else earlier.column
            if column in known.delivered.rows.columns and (seen is None or seen.column == column):
                codes = list(seen.codes) if seen else earlier.codes
                same = column == earlier.column and codes == earlier.codes
                reason = f"as in {known.since}" if same else f"{known.since} had {earlier.column} = {earlier.codes}"
                shown = f"; {seen.why}" if seen else "; the blanks of the file do not show it"
                yield _filter(item, column, codes, earlier.otherwise, reason + shown)
                continue
        if seen:
            otherwise = "filtreret fra" if seen.column in items else "ikke stillet"
            yield _filter(item, seen.column, list(seen.codes), otherwise, seen.why)


def _filter(item: str, column: str, codes: Sequence[int], otherwise: str, reason: str) -> Table:
    lines = [Line("column", column, reason), Line("codes", codes), Line("otherwise", otherwise)]
    return Table(f"routing.{item}", lines)
