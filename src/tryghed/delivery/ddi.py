"""DDI-Codebook 2.5: a survey's documentation as archives and catalogues read it.

Each delivered file is a `fileDscr`, each item of each wave a `var` of its file. The order of the elements is that of
the schema (ddi:codebook:2_5). How many gave which answer is for the team's own codebook, and a note there says so.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from xml.etree import ElementTree as ET

from tryghed import __version__
from tryghed.definitions.comparability import Comparability, Comparisons
from tryghed.definitions.questionnaire import Round
from tryghed.definitions.survey import MISSING_CODES, Item, Survey

_NAMESPACE = "ddi:codebook:2_5"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what labels may hold all the same
_LOCATION = f"{_NAMESPACE} http://www.ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd"


#: Answers by wave, item and code as stored; None is all numbers together.
_Counts = Mapping[tuple[str, str, int | None], int]


def codebook(survey: Survey, rounds: Sequence[Round], verdicts: Comparisons, counts: _Counts | None = None) -> bytes:
    """Return the survey's codebook as XML; the same input gives the same bytes.

    Args:
        survey: The survey.
        rounds: Its waves in order of time.
        verdicts: Verdicts on pairs of waves.
        counts: Answers, where they are to be counted.
    """
    root = ET.Element("codeBook", {
        "xmlns": _NAMESPACE, "xmlns:xsi": _XSI, "xsi:schemaLocation": _LOCATION, "version": "2.5", "xml:lang": "da",
        "ID": _id("kodebog", survey.name),
    })  # fmt: skip
    _study(root, survey, rounds)
    for one in rounds:
        _file(root, one)
    data = ET.SubElement(root, "dataDscr")
    for item in survey.items:
        group = [_id("v", one.wave.wave, item) for one in rounds if item in one.wave.columns]
        if group:
            attributes = {"ID": _id("g", item), "type": "repetition", "var": " ".join(group), "name": item}
            _text(ET.SubElement(data, "varGrp", attributes), "labl", survey.items[item].asks)
    for one in rounds:
        for item in one.wave.columns:
            _variable(data, survey, one, item, counts or {})
    if counts is not None:
        _text(data, "notes", "Til intern brug: antal svar er ikke udgivet og må ikke gives videre.", subject="intern")
    for line in _notes(survey, verdicts):
        _text(data, "notes", line, subject="sammenlignelighed")
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _study(root: ET.Element, survey: Survey, rounds: Sequence[Round]) -> None:
    study = ET.SubElement(root, "stdyDscr")
    citation = ET.SubElement(study, "citation")
    titles = ET.SubElement(citation, "titlStmt")
    _text(titles, "titl", survey.title)
    if survey.short != survey.title:
        _text(titles, "altTitl", survey.short)
    _text(titles, "IDNo", survey.name)
    _text(ET.SubElement(citation, "prodStmt"), "software", "tryghed", version=__version__)
    info = ET.SubElement(study, "stdyInfo")
    if survey.synthetic:
        _text(info, "abstract", "Syntetiske data: tallene er opdigtede og må ikke citeres.")
    summary = ET.SubElement(info, "sumDscr")
    for one in rounds:
        for event, day in (("start", one.wave.fieldwork.start), ("end", one.wave.fieldwork.end)):
            if day:
                _text(summary, "collDate", day.isoformat(), date=day.isoformat(), event=event, cycle=one.wave.wave)
    _text(summary, "anlyUnit", "person")
    _text(summary, "universe", survey.population)
    _text(summary, "dataKind", "survey data")
    method = ET.SubElement(study, "method")
    collection = ET.SubElement(method, "dataColl")
    for provider in dict.fromkeys(one.wave.fieldwork.provider for one in rounds if one.wave.fieldwork.provider):
        _text(collection, "dataCollector", provider)
    for mode in dict.fromkeys(mode for one in rounds for mode in one.wave.fieldwork.mode):
        _text(collection, "collMode", mode)
    known = [one for one in rounds if one.response is not None]
    if known:
        analysis = ET.SubElement(method, "anlyInfo")
        for one in known:
            _text(analysis, "respRate", f"{one.wave.wave}: {100 * (one.response or 0):.1f} %")


def _file(root: ET.Element, one: Round) -> None:
    described = ET.SubElement(root, "fileDscr", {"ID": _id("f", one.wave.wave)})
    text = ET.SubElement(described, "fileTxt")
    _text(text, "fileName", one.wave.delivery.file.rpartition("/")[2])
    dimensions = ET.SubElement(text, "dimensns")
    if one.weights:
        _text(dimensions, "caseQnty", str(one.weights.respondents))
    _text(dimensions, "varQnty", str(len(one.wave.columns)))
    _text(text, "fileType", one.wave.delivery.format or one.wave.delivery.file.rpartition(".")[2])
    if one.unverified:
        told = "Uverificeret: leverandøren har ikke bekræftet både filens kontrolsum og antal rækker."
        _text(described, "notes", told, subject="uverificeret")


def _variable(data: ET.Element, survey: Survey, one: Round, name: str, counts: _Counts) -> None:
    item, wave = survey.items[name], one.wave.wave
    variable = ET.SubElement(data, "var", {
        "ID": _id("v", wave, name), "name": _NOT_IN_XML.sub("\ufffd", one.wave.columns[name]), "files": _id("f", wave),
        "intrvl": "contin" if item.numeric else "discrete",
    })  # fmt: skip
    _text(variable, "labl", name)
    question = ET.SubElement(variable, "qstn")
    _text(question, "qstnLit", one.delivered_text(name) or one.declared_text(name))
    if item.missing:
        invalid = ET.SubElement(variable, "invalrng")
        for code in item.missing:
            ET.SubElement(invalid, "item", {"VALUE": str(code)})
    routing = one.wave.routing.get(name)
    if routing:
        _text(variable, "universe", f"{routing.column} = {', '.join(map(str, routing.codes))}; {routing.otherwise}")
    if item.numeric and (wave, name, None) in counts:
        _text(variable, "sumStat", str(counts[wave, name, None]), type="vald")
    for code, label, kind, stored in _categories(item):
        category = ET.SubElement(variable, "catgry", {"missing": "Y", "missType": kind} if kind else {})
        _text(category, "catValu", str(code))
        _text(category, "labl", label)
        if stored is not None and (wave, name, stored) in counts:
            _text(category, "catStat", str(counts[wave, name, stored]), type="freq")
    ET.SubElement(variable, "varFormat", {"type": "numeric"})  # schema "other" would want a vocabulary that names it


def _categories(item: Item) -> Iterator[tuple[int, str, str, int | None]]:
    """Yield code, label, kind of missing (empty for answers), and the code it is counted by (None: shared)."""
    for code, label in item.codes.items():
        yield code, label, "", code
    for code, one in item.missing.items():
        alone = sum(other.kind == one.kind for other in item.missing.values()) == 1
        yield code, one.label, one.kind, MISSING_CODES[one.kind] if alone else None


def _notes(survey: Survey, verdicts: Comparisons) -> Iterator[str]:
    """Yield what may not be compared freely, a line per indicator and pair of waves."""
    for one in verdicts.values():
        if one.survey == survey.name and one.indicator in survey.indicators and one.verdict > Comparability.COMPARABLE:
            why = " ".join(reason.why for reason in one.reasons)
            yield f"{one.indicator}, {one.wave} mod {one.against}: {one.verdict.danish}. {why}"


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = _NOT_IN_XML.sub("\ufffd", text)


def _id(*parts: str) -> str:
    """Return an XML id: letters, digits, "_", "-" and "."."""
    return ".".join(parts)
