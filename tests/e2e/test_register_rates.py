"""Rates of register counts at the terminal, on the demo city."""

import csv
import io
import json
import re
import shutil
import subprocess

import pytest

from tests.e2e.conftest import tryghed
from tests.e2e.test_share_and_compare import rows

SET = "survey_districts_13"
FILE = "voldskontakter_bydel.csv"
EUROPEAN = "c('0-17 år' = 19300, '18-24 år' = 8200, '25-34 år' = 12500, '35-49 år' = 21000, '50-64 år' = 19500, \
            '65 år og derover' = 19500)"
#: Directly standardised rates with Dobson's limits, by the formulas, from the delivered file itself.
R = """
rows <- read.csv2("{file}", fileEncoding = "UTF-8", check.names = FALSE, colClasses = "character")
number <- function(text) as.numeric(gsub(".", "", text, fixed = TRUE))
rows <- transform(subset(rows, `År` %in% c({years})), x = number(Kontakter), n = number(Indbyggere))
rows <- aggregate(cbind(x, n) ~ `Område` + `Køn` + Alder, rows, sum)
city <- aggregate(n ~ `Køn` + Alder, rows, sum)
w <- {standard}
for (area in unique(rows$`Område`)) {{
  part <- rows[rows$`Område` == area, ]
  part <- part[match(paste(city$`Køn`, city$Alder), paste(part$`Køn`, part$Alder)), ]
  x <- part$x; n <- part$n; total <- sum(x)
  rate <- sum(w * x / n) / sum(w); v <- sum(w^2 * x / n^2) / sum(w)^2
  low <- qchisq(0.025, 2 * total) / 2; high <- qchisq(0.975, 2 * total + 2) / 2
  cat(paste(area, sprintf("%.17g", {per} * sum(x) / sum(n)), sprintf("%.17g", {per} * rate),
            sprintf("%.17g", {per} * (rate + sqrt(v / total) * (low - total))),
            sprintf("%.17g", {per} * (rate + sqrt(v / total) * (high - total))), sep = ";"), "\\n", sep = "")
}}
"""


@pytest.mark.parametrize(
    ("asked", "years", "standard", "per"),
    [
        ((), ["2024"], "city$n", 1000),
        (
            ("--standard", "esp2013", "--per", "100000", "--year", "2022,2024,2023"),
            ["2022", "2023", "2024"], f"unname({EUROPEAN}[city$Alder])", 100_000,
        ),
    ],
)  # fmt: skip
def test_r_gives_the_same_rates(demo, tmp_path, asked, years, standard, per):
    if shutil.which("Rscript") is None:
        pytest.skip("needs Rscript")
    shutil.copy(demo / "deliveries" / "registre" / FILE, tmp_path)
    quoted = ", ".join(f'"{year}"' for year in years)
    (tmp_path / "rates.R").write_text(R.format(file=FILE, years=quoted, standard=standard, per=per), encoding="utf-8")
    done = subprocess.run(
        ["Rscript", "--encoding=UTF-8", "rates.R"], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    again = {name: numbers for name, *numbers in csv.reader(io.StringIO(done.stdout), delimiter=";")}

    found = {row[SET]: row for row in rows("rate", "violence_contacts", *asked, cwd=demo)}

    assert again.keys() == found.keys() - {"hele byen"}
    for name, numbers in again.items():
        assert [found[name][one] for one in ("crude", "rate", "lower", "upper")] == [
            pytest.approx(float(one), rel=1e-10) for one in numbers
        ]


@pytest.mark.parametrize("asked", [(), ("--standard", "esp2013", "--per", "100000", "--year", "2023,2024")])
def test_the_script_for_r_recomputes_the_rates(demo, tmp_path, asked):
    script = tmp_path / "again.R"
    found = rows("rate", "violence_contacts", *asked, "--r", script, cwd=demo)
    if shutil.which("Rscript") is None:
        pytest.skip("needs Rscript")
    done = subprocess.run(["Rscript", script.name], cwd=tmp_path, capture_output=True, text=True, check=True)

    again = sorted(csv.DictReader(io.StringIO(done.stdout)), key=lambda row: float(row["people"]))
    for one, other in zip(again, sorted(found, key=lambda row: row["people"]), strict=True):
        for name in ("events", "people", "crude", "rate", "lower", "upper"):
            assert float(one[name]) == pytest.approx(other[name], rel=1e-10), one["area"]


def test_the_city_standardised_to_itself_is_its_crude_rate(demo):
    *areas, city = rows("rate", "violence_contacts", cwd=demo)

    assert city[SET] == "hele byen"
    assert city["rate"] == pytest.approx(city["crude"], rel=1e-12)
    assert city["events"] == sum(row["events"] for row in areas)
    assert city["people"] == sum(row["people"] for row in areas)


def test_the_answer_says_what_was_standardised_to_what(demo):
    shown = tryghed("rate", "violence_contacts", cwd=demo)

    for told in (
        "Skadestuekontakter efter vold of 2024 per 1,000 (indbyggere)", "standardised for Køn and Alder",
        "to the city's population of 2024", "95 % Dobson intervals", "estimate/register_figures", FILE,
    ):  # fmt: skip
        assert told in shown.stderr
    assert "─●─" in shown.stdout
    assert "European Standard Population" in tryghed(
        "rate", "violence_contacts", "--standard", "esp2013", cwd=demo
    ).stderr  # fmt: skip


@pytest.fixture
def city(demo, tmp_path):
    """Return a function that loads other contents of the table into a copy of the city."""
    folder = tmp_path / "city"
    shutil.copytree(demo, folder, ignore=shutil.ignore_patterns("out"))

    def loaded(change, of="", accepted=("register_revised",)):
        table = folder / "deliveries" / "registre" / FILE
        table.write_text(change(table.read_text(encoding="utf-8")), encoding="utf-8", newline="")
        definition = folder / "surveys" / "registers" / "violence_contacts.toml"
        text = re.sub(r"(?m)^(sha256|rows) = .*\n", "", definition.read_text(encoding="utf-8"))
        looked = '\n[[accepted]]\ncode = "{}"\nbecause = "Rettet"\nby = "test"\ndate = 2026-11-27\ncount = 2000\n'
        definition.write_text(text + of + "".join(map(looked.format, accepted)), encoding="utf-8")
        tryghed("registers", "load", "violence_contacts", cwd=folder)
        return folder

    return loaded


def test_few_events_are_flagged_and_have_no_rate(city):
    # Guards against a rate of three events, which chance alone moves by a factor of five.
    none = re.compile(r"(?m)^(Valby;.*;2024;.*;.*;)[0-9]+(;.*)$")
    folder = city(lambda text: none.sub(r"\g<1>0\2", text).replace(
        "Valby;valby;2024;Mænd;18-24 år;0;", "Valby;valby;2024;Mænd;18-24 år;3;"))  # fmt: skip

    found = {row[SET]: row for row in rows("rate", "violence_contacts", cwd=folder)}

    assert found["Valby"]["flags"] == "secret, under 10 events"
    assert [found["Valby"][one] for one in ("events", "rate", "lower", "upper")] == [3, None, None, None]
    assert found["Vanløse"]["flags"] == ""


def test_an_area_that_lacks_a_group_has_no_rate_and_says_which(city):
    # Guards against a missing group that counts as nobody, so that the area's rate is one of the other ages.
    gone = re.compile(r"(?m)^Valby;valby;2024;Mænd;18-24 år;.*\n")
    folder = city(lambda text: gone.sub("", text))

    shown = tryghed("rate", "violence_contacts", cwd=folder)
    found = {row[SET]: row for row in rows("rate", "violence_contacts", cwd=folder)}

    assert (found["Valby"]["rate"], found["Valby"]["flags"]) == (None, "figures missing")
    assert "valby: no figure or nobody in Mænd × 18-24 år 2024" in shown.stderr
    assert found["Vanløse"]["rate"] > 0


def test_people_may_stand_in_a_table_of_their_own(city, demo):
    text = (demo / "surveys" / "registers" / "violence_contacts.toml").read_text(encoding="utf-8")
    own = re.sub(r"(?m)^(sha256|rows|denominator = \"Indb).*\n", "", text).replace('"Kontakter"', '"Indbyggere"')
    folder = city(lambda text: text, accepted=())
    (folder / "surveys" / "registers" / "people.toml").write_text(own, encoding="utf-8")
    definition = folder / "surveys" / "registers" / "violence_contacts.toml"
    definition.write_text(
        definition.read_text(encoding="utf-8").replace('denominator = "Indbyggere"\n', ""), encoding="utf-8"
    )
    tryghed("registers", "load", "people", "violence_contacts", cwd=folder)

    assert "nobody to count from" in tryghed("rate", "violence_contacts", cwd=folder, code=2).stderr
    again = rows("rate", "violence_contacts", "--population", "people", cwd=folder)
    assert again == rows("rate", "violence_contacts", cwd=demo)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("income",), "income is not divided by age or sex"),
        (("crime_reports",), "crime_reports has no counts: its figures are pr. 1.000 indbyggere"),
        (("rain",), "no register 'rain'"),
        (("violence_contacts", "--year", "2011"), "no figures of 2011"),
        (("violence_contacts", "--year", "i fjor"), "no years"),
    ],
)
def test_what_has_no_rate_is_refused(demo, asked, told):
    assert told in tryghed("rate", *asked, cwd=demo, code=2).stderr


def test_years_before_and_after_a_break_are_not_taken_together(city):
    folder = city(lambda text: text, of='\n[[breaks]]\nsince = 2023\nwhy = "Ny opgørelse"\n', accepted=())

    refused = tryghed("rate", "violence_contacts", "--year", "2022,2023", cwd=folder, code=2).stderr
    assert "years before and from 2023 on cannot be taken together: Ny opgørelse" in refused
    assert json.loads(tryghed("rate", "violence_contacts", "--year", "2023,2024", "-f", "json", cwd=folder).stdout)
