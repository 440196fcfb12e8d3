"""Waves side by side, as an analyst asks for them: differences, comparability, the codebook."""

import csv
import json
import os
import re
import shutil
import stat
import subprocess
from xml.etree import ElementTree as ET

import pikepdf
import pypdfium2
import pytest

from tests.e2e.conftest import tryghed
from tryghed.definitions.project import load
from tryghed.release import editions
from tryghed.store import rounds

DDI = "{ddi:codebook:2_5}"
#: The order in which the schema of DDI-Codebook 2.5 wants the elements that are used here.
ORDER = {
    "codeBook": ["stdyDscr", "fileDscr", "dataDscr"],
    "stdyDscr": ["citation", "stdyInfo", "method"],
    "citation": ["titlStmt", "prodStmt"],
    "titlStmt": ["titl", "altTitl", "IDNo"],
    "stdyInfo": ["abstract", "sumDscr"],
    "sumDscr": ["collDate", "anlyUnit", "universe", "dataKind"],
    "method": ["dataColl", "anlyInfo"],
    "dataColl": ["dataCollector", "collMode"],
    "fileTxt": ["fileName", "dimensns", "fileType"],
    "dimensns": ["caseQnty", "varQnty"],
    "dataDscr": ["varGrp", "var", "notes"],
    "var": ["labl", "qstn", "invalrng", "universe", "sumStat", "catgry", "varFormat"],
    "catgry": ["catValu", "labl", "catStat"],
    "varGrp": ["labl"],
}
#: What the schema lets stand in attributes that are lists of words.
WORDS = {
    ("catgry", "missing"): {"Y", "N"},
    ("varFormat", "type"): {"character", "numeric"},
    ("varFormat", "schema"): {"SAS", "SPSS", "IBM", "ANSI", "ISO", "XML-Data"},
    ("varGrp", "type"): {"section", "multipleResp", "grid", "display", "repetition", "subject", "version"},
    ("var", "intrvl"): {"contin", "discrete"},
    ("collDate", "event"): {"start", "end", "single"},
}


@pytest.fixture
def copy(demo, tmp_path):
    for part in ("surveys", "deliveries", "store", "keys"):
        shutil.copytree(demo / part, tmp_path / part)
    return tmp_path


@pytest.fixture(scope="module")
def books(demo, tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    for survey in ("tryghed", "sundhed"):
        tryghed("codebook", survey, "-o", folder, cwd=demo)
    return folder


def test_the_changed_wording_is_told_with_both_wordings(demo, tmp_path):
    page = tmp_path / "d.html"

    done = tryghed("wave", "diff", "tryghed/2022", "tryghed/2021", "--html", page, cwd=demo)

    assert "safe_evening  69 % alike" in done.stdout
    assert "2021  Hvor tryg eller utryg føler du dig, når du færdes alene" in done.stdout
    assert re.search(r"^answered +4,624 +3,596 +≠$", done.stdout, re.MULTILINE)
    assert "brud (declared_break, wording): tryg_aften, utryg_aften" in done.stdout
    assert "20 indicators in both: 2 may not be compared, 7 with a caveat" in done.stderr
    html = page.read_text("utf-8")
    assert "<del>" in html
    assert "<ins>" in html
    assert '<html lang="da">' in html
    assert "src=" not in html
    assert set(re.findall(r"url\((.{10})", html)) == {"data:font/"}  # nothing is fetched from anywhere


def test_shares_without_an_answer_that_moved_are_told_without_a_verdict(demo, tmp_path):
    # Guards against a filter that nobody declared, and that the questionnaire does not show.
    page = tmp_path / "d.html"
    counted = tryghed("query", "missing_by_item", "-p", "waves=2021,2023", "-f", "json", cwd=demo).stdout
    shares = {(one["wave"], one["item"]): 100 * one["ikke_stillet"] / one["respondents"] for one in json.loads(counted)}

    told = tryghed("wave", "diff", "tryghed/2021", "tryghed/2023", "--html", page, cwd=demo).stdout
    quiet = tryghed("wave", "diff", "tryghed/2024", "tryghed/2025", cwd=demo).stdout

    before, after = (f"{shares[year, 'unsafe_cellar']:.0f} %" for year in ("2021", "2023"))
    assert re.search(rf"^unsafe_cellar +ikke stillet +{before} +{after}$", told, re.MULTILINE)
    assert (before, after) == ("49 %", "0 %")
    assert "none moved by more than 5 percentage points" in quiet
    assert "unreleased: for analysis, not for publication" in " ".join(told.split())
    # what leaves the house counts no answers: no gate has seen them
    assert "uden svar" not in page.read_text("utf-8")
    assert "49\u00a0%" not in page.read_text("utf-8").replace("&nbsp;", "\u00a0")


def test_a_new_name_alone_changes_nothing(demo):
    done = tryghed("wave", "diff", "tryghed/2023", "tryghed/2024", cwd=demo)

    assert "safe_evening  q7_2 → q8_2" in done.stdout
    assert "28 indicators in both: 0 may not be compared, 0 with a caveat" in done.stderr


def test_waves_that_cannot_be_held_together_are_refused(demo):
    assert "SURVEY/WAVE" in tryghed("wave", "diff", "2021", "2022", cwd=demo, code=2).stderr
    assert "one survey" in tryghed("wave", "diff", "tryghed/2021", "sundhed/2021", cwd=demo, code=2).stderr
    assert "no wave '2030'" in tryghed("wave", "diff", "tryghed/2030", "tryghed/2021", cwd=demo, code=2).stderr


def test_the_matrix_is_right_for_the_demo_city(demo):
    done = tryghed("wave", "comparability", "tryghed", "-f", "csv", cwd=demo)

    lines = [line.split(";") for line in done.stdout.splitlines()]
    cells = {(line[0], line[1], wave): verdict for line in lines[1:]
             for wave, verdict in zip(lines[0][2:-1], line[2:-1], strict=True)}  # fmt: skip
    assert cells["tryg_aften", "2022", "2021"] == "brud"  # new wording
    assert cells["tryg_aften", "2025", "2022"] == "sammenlignelig"
    assert cells["tryg_dag", "2022", "2021"] == "sammenlignelig"  # a new name alone
    assert cells["tryg_dag", "2025", "2018"] == "sammenlignelig"
    assert cells["tryg_dag", "2020", "2019"] == "forbehold"  # February and March instead of December and January
    assert cells["sted_stop", "2022", "2021"] == "forbehold"  # a random half was asked in 2021
    assert cells["tilfreds_legepladser", "2023", "2022"] == "sammenlignelig"  # the same filter in both
    assert cells["tryg_stop", "2021", "2019"] == ""  # not asked in 2019


def test_a_break_nobody_declared_is_found_stored_and_obeyed(copy):
    definition = copy / "surveys" / "tryghed" / "2022.toml"
    text = definition.read_text("utf-8")
    definition.write_text(text[: text.index("[breaks.tryg_aften]")], encoding="utf-8")
    for year in range(2018, 2022):  # nor any other words: the files alone tell
        path = copy / "surveys" / "tryghed" / f"{year}.toml"
        path.write_text(re.sub(r"(?s)\[wording\]\n.*?\n\n?(?=# |\Z)", "", path.read_text("utf-8")), encoding="utf-8")
    by_definition = load(copy)
    assert by_definition.comparable("tryghed", "tryg_aften", "2025")[0] == "2018"

    stored = rounds.informed(by_definition)
    refused = tryghed("compare", "tryg_aften", "--since", "2021", cwd=copy, code=2).stderr
    pooled = tryghed("share", "tryg_aften", "--wave", "2021,2022", cwd=copy, code=2).stderr

    assert stored.comparable("tryghed", "tryg_aften", "2025") == ("2022", "2023", "2024", "2025")
    assert stored.comparable("tryghed", "safe_evening_svar_1", "2025")[0] == "2022"
    assert "wording: Spørgsmålet har fået ny ordlyd mellem 2021 og 2025." in refused
    assert "2021 cannot be pooled with 2022" in pooled


def test_caveats_are_told_where_numbers_are(demo):
    compared = tryghed("compare", "tryg_dag", "--since", "2020", cwd=demo).stderr
    trend = tryghed("trend", "sted_stop", cwd=demo).stderr

    assert "caveat (period) for tryg_dag: Svarene er indsamlet på forskellige tider af året" in compared
    assert "caveat (split) for sted_stop: Kun en del af stikprøven fik spørgsmålet i 2021." in trend


def test_numbers_of_a_file_nobody_confirmed_are_marked_everywhere(copy):
    # Guards against a response rate or a count of answers that looks as good as those of the file that was agreed on.
    definition = copy / "surveys" / "tryghed" / "2025.toml"
    text = definition.read_text("utf-8")
    definition.write_text(re.sub(r"(?m)^sha256 = .*\n", "", text), encoding="utf-8")
    tryghed("ingest", "tryghed/2025", cwd=copy)

    told = tryghed("wave", "diff", "tryghed/2024", "tryghed/2025", "--html", "a.html", cwd=copy).stdout
    tryghed("codebook", "tryghed", "-o", "books", cwd=copy)

    assert "5,040 (uverificeret)" in told
    assert "4,610 (uverificeret)" not in told
    for page in ("a.html", "books/kodebog-tryghed.html"):
        assert "Uverificeret: leverandøren har ikke bekræftet" in (copy / page).read_text("utf-8")
    assert "Epinion, uverificeret" in (copy / "books" / "kodebog-tryghed.html").read_text("utf-8")
    assert (copy / "books" / "kodebog-tryghed.xml").read_text("utf-8").count("Uverificeret") == 1


def test_the_codebook_has_every_question_with_its_answers(books, demo):
    html = (books / "kodebog-tryghed.html").read_text("utf-8")

    for item in load(demo).surveys["tryghed"].items:
        assert f"<h3>{item}</h3>" in html
    assert re.search(
        r"<strong><span class=\"nb\">2018–2021</span></strong> Hvor tryg eller utryg føler du dig, når", html
    )
    assert "q5_2" in html
    assert "ikke stillet" in html
    assert "Tællende" not in html
    with pikepdf.open(books / "kodebog-tryghed.pdf") as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "da"


def test_a_codebook_tells_of_the_answers_what_was_released_and_nothing_else(books, demo):
    # Guards against counts that pass by the gate: beside a release they told what three people in a district answered.
    for survey in ("tryghed", "sundhed"):
        html = (books / f"kodebog-{survey}.html").read_text("utf-8")
        tables = re.findall(r"<caption>(\w+): udgivne andele.*?</thead>(.*?)</table>", html, re.DOTALL)
        told = [one for _, table in tables for one in re.findall(r'num">([\d,]+)</td>', table)]

        assert len(told) > 5
        assert set(told) <= _whole_city(demo, survey)
        assert "antal svar<" not in html
        tree = ET.parse(books / f"kodebog-{survey}.xml")  # noqa: S314 (our own file)
        assert not [one for name in ("catStat", "sumStat") for one in tree.iter(f"{DDI}{name}")]


def test_the_team_has_a_codebook_with_counts_of_its_own(demo, tmp_path):
    told = tryghed("codebook", "tryghed", "--counts", "-o", tmp_path, cwd=demo).stderr

    assert "unreleased numbers: for analysis, not for publication" in told
    paths = {path.suffix: path for path in tmp_path.iterdir()}
    assert {path.name for path in paths.values()} == {f"kodebog-tryghed-intern.{one}" for one in ("html", "pdf", "xml")}
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths.values()} == {0o600}
    asked = "select safe_evening::integer as code, count(*) as n from answer where wave = '2025' group by 1"
    counts = {row["code"]: row["n"] for row in json.loads(tryghed("sql", asked, "-f", "json", cwd=demo).stdout)}
    html = paths[".html"].read_text("utf-8")
    table = re.search(r"<caption>safe_evening: svarmuligheder og antal svar</caption>(.*?)</table>", html, re.DOTALL)[1]
    newest = re.findall(r'<td class="code">(\d+)</td>.*?<td class="num">([\d.]+)</td></tr>', table)
    assert {int(code): int(n.replace(".", "")) for code, n in newest if int(code) in counts} == {
        code: n for code, n in counts.items() if code > 0
    }
    tree = ET.parse(paths[".xml"])  # noqa: S314 (our own file)
    assert next(one.get("subject") for one in tree.iter(f"{DDI}notes")) == "intern"
    pages = pypdfium2.PdfDocument(paths[".pdf"])
    assert len(pages) > 5
    assert all("Til intern brug: antal svar er ikke udgivet" in page.get_textpage().get_text_range() for page in pages)


def test_a_codebook_is_silent_where_nothing_was_released_or_all_was_withdrawn(demo, tmp_path):
    for part in ("surveys", "deliveries", "store", "keys", "releases", "reports", "policy", "queries"):
        shutil.copytree(demo / part, tmp_path / part)
    editions.withdraw(load(tmp_path), "2025", "en prøve")

    tryghed("codebook", "tryghed", "-o", "books", cwd=tmp_path)

    assert "udgivne andele" not in (tmp_path / "books" / "kodebog-tryghed.html").read_text("utf-8")


def _whole_city(demo, survey):
    """Return the shares of the whole city in the files beside the reports, as they stand there."""
    short = load(demo).surveys[survey].short
    with (demo / "out" / "2025" / "tal.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = [row for row in csv.DictReader(stream, delimiter=";") if row["undersøgelse"] == short]
    return {row["pct"].removesuffix(",0") if survey == "sundhed" else row["pct"] for row in rows
            if row["områdekode"] == row["gruppe"] == "alle"}  # fmt: skip


def test_the_ddi_has_only_words_of_the_schema_in_its_attributes(books):
    tree = ET.parse(books / "kodebog-sundhed.xml")  # noqa: S314 (our own file)
    used = {
        (one.tag.removeprefix(DDI), name, value)
        for one in tree.iter()
        for name, value in one.attrib.items()
        if (one.tag.removeprefix(DDI), name) in WORDS
    }

    assert ("varGrp", "type", "repetition") in used
    assert [one for one in used if one[2] not in WORDS[one[:2]]] == []


def test_the_ddi_is_valid_by_the_official_schema(books):
    # The schema is under the LGPL, over 400 kB, and in no Python package: whoever has it names it.
    schema, xmllint = os.environ.get("TRYGHED_DDI_XSD"), shutil.which("xmllint")
    if not schema or not xmllint:
        pytest.skip("needs xmllint, and codebook.xsd of DDI-Codebook 2.5 named by TRYGHED_DDI_XSD")
    for survey in ("tryghed", "sundhed"):
        file = books / f"kodebog-{survey}.xml"
        done = subprocess.run(
            [xmllint, "--noout", "--schema", schema, file], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def test_the_ddi_has_its_elements_in_the_order_of_the_schema(books):
    tree = ET.parse(books / "kodebog-tryghed.xml")  # noqa: S314 (our own file)
    identities = [one.attrib["ID"] for one in tree.iter() if "ID" in one.attrib]

    assert tree.getroot().tag == f"{DDI}codeBook"
    assert len(identities) == len(set(identities))
    assert all(re.fullmatch(r"[a-z][\w.-]*", one) for one in identities)
    for parent in tree.iter():
        order = ORDER.get(parent.tag.removeprefix(DDI))
        names = [child.tag.removeprefix(DDI) for child in parent]
        if order:
            assert set(names) <= set(order), parent.tag
            assert [order.index(name) for name in names] == sorted(order.index(name) for name in names), parent.tag
    referred = {one for part in tree.iter() for key in ("files", "var") for one in part.attrib.get(key, "").split()}
    assert referred <= set(identities)
    assert tree.find(f".//{DDI}var[@ID='v.2024.safe_evening']").attrib["name"] == "q8_2"
