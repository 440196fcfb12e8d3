"""Each check of a delivery finds what it is for, with its code, severity and rows; and nothing where all is well."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pyreadstat
import pytest

from tryghed.definitions.areas import AreaRow, AreaSet
from tryghed.definitions.survey import MISSING_CODES
from tryghed.definitions.wave import Delivery
from tryghed.frames import Decision, Earlier
from tryghed.intake import readers
from tryghed.intake.accept import Refused, accept, examine
from tryghed.intake.catalogue import CODES
from tryghed.intake.continuity import fewer, unanswered
from tryghed.intake.findings import at_rows, finding

HEAD = "nr;vaegt;lag;rode;koen;alder;q1;del"
#: Weights that sum to the population, stratum by stratum.
GOOD = "".join(
    f"p{i};{'25' if i < 4 else '50'};{1 if i < 4 else 2};{101 if i < 4 else 201};1;39;1;1\n" for i in range(8)
)
DATED = ("[privacy]", '[fieldwork]\nstart = 2025-01-01\nend = 2025-01-31\nanswer_date = "dag"\n\n[privacy]')


@pytest.fixture
def found(made):
    """Return a function that gives the findings by code of a wave, refused or not."""

    def run(rows=f"{HEAD}\n{GOOD}", *, earlier=None, decisions=(), **changes):
        findings = examine(made(rows, **changes), "proeve", "2025", earlier=earlier, decisions=decisions).findings
        return {one.code: one for one in findings}

    return run


def with_column(name, values):
    lines = f"{HEAD}\n{GOOD}".splitlines()
    return "\n".join(f"{line};{more}" for line, more in zip(lines, [name, *values], strict=True)) + "\n"


def test_a_good_delivery_has_remarks_only(found):
    assert {code: one.severity for code, one in found().items()} == {"unverified": "info"}


def test_columns_that_are_not_named_are_told_and_do_not_enter(found, take, made):
    rows = with_column("telefon_model", ["x"] * 8)

    extra = found(rows)["extra_column"]

    assert (extra.severity, extra.count) == ("info", 1)
    assert extra.message.endswith("telefon_model")
    assert "telefon_model" not in take(made(rows)).answers.columns


@pytest.mark.parametrize(
    ("weights", "codes"),
    [
        (["25"] * 4 + ["50"] * 4, set()),  # sums to the population
        (["0,667"] * 4 + ["1,333"] * 4, set()),  # sums to the respondents, in the population's proportions
        (["250"] * 4 + ["500"] * 4, {"weight_sum"}),  # of another size
        (["37,5"] * 8, {"weight_strata"}),  # the right sum, divided wrongly
        (["1"] * 8, {"weight_strata"}),
    ],
)
def test_weights_are_held_against_the_population(found, weights, codes):
    # Guards against a district that counts double because its weights were never calibrated.
    rows = "".join(f"p{i};{w};{1 + i // 4};{101 if i < 4 else 201};1;39;1;1\n" for i, w in enumerate(weights))
    assert {code for code in found(f"{HEAD}\n{rows}") if code.startswith("weight")} == codes


def test_weights_of_clusters_are_not_held_against_a_number_of_clusters(found):
    changes = [('weight = "vaegt"', 'weight = "vaegt"\npsu = "del"')]
    assert not {"weight_sum", "weight_strata"} & set(found(wave=changes))


@pytest.mark.parametrize(
    ("days", "code", "rows"),
    [
        (["2025-01-01"] * 8, None, ()),
        (["01-01-2025", "31.01.2025", "2/1/2025", "20250102"] * 2, None, ()),
        (["2025-01-05 13:30:00"] * 8, None, ()),
        (["2025-01-05"] * 7 + ["2025-02-01"], "date_outside_fieldwork", (8,)),
        (["2024-12-31"] + ["2025-01-05"] * 7, "date_outside_fieldwork", (1,)),
        (["2025-01-05"] * 7 + [""], "date_missing", (8,)),
        (["2025-01-05"] * 6 + ["32-01-2025", "ja"], "date_unreadable", (7, 8)),
    ],
)
def test_days_of_answers_are_held_against_the_fieldwork(found, days, code, rows):
    # Guards against last year's answers delivered once more.
    there = {name: one for name, one in found(with_column("dag", days), wave=[DATED]).items() if "date" in name}
    assert {name: one.rows for name, one in there.items()} == ({code: rows} if code else {})


@pytest.mark.parametrize("ending", ["sav", "dta"])
def test_days_are_read_as_spss_and_stata_count_them(made, tmp_path, ending):
    # Guards against seconds since 1582 taken for days since 1960.
    rows = pl.DataFrame(
        {
            "nr": [float(i) for i in range(8)], "vaegt": [25.0] * 4 + [50.0] * 4, "lag": [1.0] * 4 + [2.0] * 4,
            "rode": ["101"] * 4 + ["201"] * 4, "koen": [1.0] * 8, "alder": [39.0] * 8, "q1": [1.0] * 8,
            "del": [1.0] * 8, "dag": [date(2025, 1, 5)] * 7 + [date(2025, 3, 1)],
        }
    )  # fmt: skip
    (tmp_path / "deliveries").mkdir()
    writer = pyreadstat.write_sav if ending == "sav" else pyreadstat.write_dta
    writer(rows, tmp_path / "deliveries" / f"wave.{ending}")
    project = made(wave=[DATED, ("wave.csv", f"wave.{ending}")])
    findings = {one.code: one for one in examine(project, "proeve", "2025").findings}
    assert findings["date_outside_fieldwork"].rows == (8,)
    assert "date_unreadable" not in findings


def test_a_wave_past_its_retention_is_a_warning(found):
    late = [("retain_until = 2099-12-31", "retain_until = 2020-12-31")]
    assert found(wave=late)["retention_passed"].message == "the answers may be kept until 2020-12-31"


EARLIER = Earlier("2024", {"safe": "Hvor tryg?"}, {"dele": {"nord": 100, "syd": 100}})


def test_last_year_s_file_under_this_year_s_name_is_told(found, made):
    # Guards against answers that are told twice, the second time as news.
    sha256 = readers.checksum(made(f"{HEAD}\n{GOOD}").folder / "deliveries/wave.csv", Delivery(file="wave.csv"))

    assert found(earlier=replace(EARLIER, sha256=sha256))["same_file"].severity == "warning"
    assert "same_file" not in found(earlier=EARLIER)


def test_districts_that_lost_half_their_respondents_are_named(made):
    # Guards against a district whose second batch of answers never arrived, and against alarms for small areas.
    sets = made().area_sets
    districts = sets | {"dele": sets["dele"].model_copy(update={"kind": "district"})}
    there = {("dele", "nord"): 49, ("dele", "syd"): 50, ("dele", "alle"): 10}

    (lost,) = fewer(there, districts, EARLIER)

    assert (lost.code, lost.where, lost.count) == ("area_fewer", "dele", 1)
    assert lost.message == "less than half the respondents of 2024: Nord 49 (was 100)"
    assert fewer(there, sets, EARLIER) == []
    assert fewer({}, districts, Earlier("2024", {}, {"dele": {"nord": 49}})) == []


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("å1 på stien".encode(), ()),
        ("på stien".encode().decode("cp1252").encode(), (2,)),  # garbled before it was delivered
        ("på stien".encode() + b"\xe6", (2,)),  # one byte of the file is damaged, and all of it is read as cp1252
        ("mørkt".encode("cp850"), (2,)),
        ("Citat: ‹mørkt›, og 1¾ år".encode("cp1252"), ()),
    ],
)
def test_text_in_the_wrong_character_set_is_told(found, content, rows):
    # Guards against "pÃ¥ stien" in a quotation, and against roder and strata that nobody knows.
    lines = with_column("andet", ["MARK" if one == 1 else "" for one in range(8)]).encode().replace(b"MARK", content)
    apart = ("[columns]", '[free_text]\nother = "andet"\n\n[columns]')

    told = found(content=lines, wave=[apart]).get("garbled_text")

    assert (told.rows if told else ()) == rows


def test_garbled_labels_are_told(made, tmp_path):
    project = made(f"{HEAD}\n{GOOD}", wave=[("wave.csv", "wave.sav")])
    rows = readers.read(tmp_path / "deliveries/wave.csv", Delivery(file="wave.csv")).rows
    labels = {"q1": "Hvor tryg er du pÃ¥ gaden?"}
    pyreadstat.write_sav(rows, tmp_path / "deliveries/wave.sav", column_labels=labels)

    told = [one for one in examine(project, "proeve", "2025").findings if one.code == "garbled_text"]

    assert [(one.where, one.count) for one in told] == [("q1", 1)]


@pytest.mark.parametrize(
    ("ages", "count"),
    [
        (["39", "40", "99", "97", "18", "18", "60", "77"], 0),  # people of 97 and 99
        (["39", "40", "998", "9999", "18", "18", "60", "77"], 2),
        (["39", "40", "-1", "-9", "18", "18", "60", "77"], 2),
        (["3", "4", "99", "1", "1", "2", "5", "6"], 1),
        (["3", "4", "9", "1", "1", "2", "5", "6"], 0),  # nine is a number as good as any
        (["-12", "4", "-9", "1", "1", "2", "5", "6"], 0),
        (["39", "40", "999", "", "18", "18", "60", "77"], 0),  # declared by the item
        (["999", "999", "999", "", "999", "999", "999", "999"], 0),
    ],
)
def test_codes_for_no_answer_among_numbers_are_told(found, ages, count):
    # Guards against an age of 998 in a file that cannot say which of its numbers are none.
    values = iter(ages)
    rows = "\n".join(line.replace(";39;", f";{next(values)};") for line in GOOD.splitlines())

    told = found(f"{HEAD}\n{rows}\n").get("missing_as_answer")

    assert (told.count if told else 0) == count


@pytest.mark.parametrize(("answers", "severity"), [((), None), ((3,), "info"), ((3, 5, 9), "warning"), ((0, 1), None)])
def test_answers_of_people_who_were_not_asked_are_told(found, answers, severity):
    # Guards against a filter that is another this year: the share would be out of other people.
    rows = [f"p{one};25;1;101;1;39;{'' if one > 1 else 1};{1 if one <= 1 else 2}" for one in range(40)]
    rows = [row.replace(";39;;", ";39;2;") if at in answers else row for at, row in enumerate(rows)]

    told = found(f"{HEAD}\n" + "\n".join(rows) + "\n").get("answered_past_filter")

    assert (told and (told.severity, told.count, told.where)) == (severity and (severity, len(answers), "safe (q1)"))


def districts(kind="district"):
    names = {f"d{one}": AreaRow(code=f"d{one}", name=f"Bydel {one}") for one in range(3)}
    return AreaSet(
        name="dele", label="x", kind=kind, version="1", source="", attribution="", unit_set=None, areas=names,
        members={}, groups={}, outlines=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "silent", "others", "size", "told"),
    [
        ("district", "mangler", 1, 10, 1),
        ("district", "vil ikke svare", 1, 10, 1),
        ("district", "ved ikke", 8, 10, 0),  # others did not know either
        ("district", "ikke stillet", 1, 10, 0),
        ("district", "mangler", 1, 9, 0),  # by chance
        ("vulnerable", "mangler", 1, 10, 0),
        ("district", None, 1, 10, 0),
    ],
)
def test_a_question_that_nobody_of_a_district_answered_is_told(kind, silent, others, size, told):
    # Guards against a district whose interviewers left out a page: the city's numbers would be those of the others.
    mark = MISSING_CODES[silent] if silent else 2
    other = MISSING_CODES["ved ikke"] if others == 8 else others
    values = [mark] * size + [other] * 30
    ids = [f"p{one}" for one in range(len(values))]
    answers = pl.DataFrame({"respondent": ids, "q": values, "fine": [1.5] * len(values)})
    areas = ["d0"] * size + ["d1", "d2"] * 15
    membership = pl.DataFrame({"respondent": ids, "area_set": ["dele"] * len(ids), "area": areas})

    found = unanswered(answers, membership, [districts(kind)], {"q": "q7", "fine": "q8"})

    assert [(one.code, one.where, one.count) for one in found] == [("area_unanswered", "q (q7)", size)] * told
    assert not found or "Bydel 0 (10 asked)" in found[0].message


def test_acceptances_hold_for_their_code_place_and_count(made):
    rows = f"{HEAD}\n" + GOOD.replace("p0;25", "p0;2500")
    project = made(rows)

    def refusing(*decisions):
        try:
            accept(project, "proeve", "2025", decisions=decisions)
        except Refused as refusal:
            return {one.code for one in refusal.findings if one.severity == "warning" and not one.accepted}
        return set()

    codes = refusing()
    assert codes == {"weight_extreme", "weight_sum", "weight_strata"}
    yes = [Decision(code, "set", "mig", date(2026, 1, 1)) for code in codes]
    assert refusing(*yes) == set()
    # Guards against an acceptance of one extreme weight that hides a thousand later ones, or other columns.
    few = Decision("weight_extreme", "set", "mig", date(2026, 1, 1), count=0)
    elsewhere = Decision("weight_extreme", "set", "mig", date(2026, 1, 1), where="alder")
    other_file = Decision("weight_extreme", "set", "mig", date(2026, 1, 1), sha256="0" * 64)
    rest = [one for one in yes if one.code != "weight_extreme"]
    for wrong in (few, elsewhere, other_file):
        assert refusing(wrong, *rest) == {"weight_extreme"}


def test_errors_cannot_be_accepted(made):
    rows = f"{HEAD}\n" + GOOD.replace("p1;", "p0;")
    with pytest.raises(Refused, match="duplicate_respondent"):
        accept(made(rows), "proeve", "2025", decisions=[Decision("duplicate_respondent", "a", "b", date(2026, 1, 1))])


def test_acceptances_of_the_definition_are_read_and_those_in_vain_are_told(found):
    accepted = '[[accepted]]\ncode = "weight_extreme"\nbecause = "set"\nby = "mig"\ndate = 2026-01-01\n'
    told = found(wave=[("[columns]", f"{accepted}\n[columns]")])
    assert told["acceptance_unused"].message == "no warning weight_extreme anywhere"


def test_a_reason_in_the_definition_names_nobody(found):
    # Guards against a number in the store that came in by the reason, where none may come in by the answers.
    accepted = '[[accepted]]\ncode = "weight_extreme"\nbecause = "010190-1234 ringede"\nby = "mig"\ndate = 2026-01-01\n'

    told = found(wave=[("[columns]", f"{accepted}\n[columns]")])["reason_personal"]

    assert (told.severity, told.where) == ("error", "accepted weight_extreme")
    assert "1234" not in told.message


def test_a_refusal_says_how_a_warning_is_accepted(made):
    rows = f"{HEAD}\n" + GOOD.replace("p0;25", "p0;2500")
    with pytest.raises(Refused) as caught:
        accept(made(rows), "proeve", "2025")
    assert "3 warnings\n" in str(caught.value)
    assert 'tryghed ingest proeve/2025 --accept weight_extreme --because "…"' in caught.value.hint


def test_an_examination_writes_nothing(made, tmp_path):
    project = made()
    before = sorted(tmp_path.rglob("*"))
    examine(project, "proeve", "2025")
    assert sorted(tmp_path.rglob("*")) == before


def test_the_catalogue_has_every_code_and_no_other():
    # Guards against a code that docs/findings.md does not explain, and one that explains what nothing finds.
    folder = Path(__file__).parents[3] / "src" / "tryghed"
    code = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py") if path.name != "catalogue.py")
    used = {word for word in re.findall(r'"([a-z]+(?:_[a-z]+)*)"', code) if word in CODES}
    assert used == set(CODES)
    with pytest.raises(KeyError):
        finding("no_such_code", "", "")


def test_what_is_lost_in_columns_that_do_not_enter_is_no_warning(made, monkeypatch):
    # Guards against a delivery refused for lettered missing values in a column nobody asked for.
    project = made(with_column("andet", ["x"] * 8))
    read = readers.read
    lost = tuple(
        finding("tagged_missing", name, "2 values .a are read as blank") for name in ("andet", "q1", "wave.dta")
    )
    monkeypatch.setattr(readers, "read", lambda *given: replace(read(*given), findings=lost))
    told = [one.where for one in examine(project, "proeve", "2025").findings if one.code == "tagged_missing"]
    assert told == ["q1", "wave.dta"]


@pytest.mark.parametrize(
    ("message", "one", "many"),
    [
        ("{count} rows have no weight", "1 row has no weight", "2 rows have no weight"),
        ("{count} people have no row here", "1 person has no row here", "2 people have no row here"),
        ("{count} rows are in areas: x", "1 row is in areas: x", "2 rows are in areas: x"),
        ("{count} replicate weights are missing", "1 replicate weight is missing", "2 replicate weights are missing"),
        ("{count} answers look like codes", "1 answer looks like codes", "2 answers look like codes"),
        ("{count} rows belong to nobody", "1 row belongs to nobody", "2 rows belong to nobody"),
        ("{count} of the column x", "1 of the column x", "2 of the column x"),
    ],
)
def test_one_row_is_told_as_one(message, one, many):
    # "1 rows have no weight".
    for count, told in ((1, one), (2, many)):
        (found,) = at_rows(pl.Series([True] * count), "missing_psu", "x", message)
        assert found.message == told


def test_another_number_of_rows_hides_nothing_else(found):
    # Guards against a first mistake that hides the others: each delivery was corrected once for every one of them.
    named = 'file = "deliveries/wave.csv"'
    told = found(rows=f"{HEAD}\n{GOOD}p9;;1;101;1;39;1;1\n", wave=[(named, f"{named}\nrows = 5")])

    assert told["other_rows"].message == "9 rows, the definition has 5"
    assert "weight_missing" in told
