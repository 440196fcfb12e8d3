"""A small survey whose definitions and delivery each test changes where it wants."""

from datetime import date

import pytest

from tryghed.definitions import project
from tryghed.frames import Decision
from tryghed.intake.accept import Refused, accept, examine

SURVEY = """
title = "Prøve"
short = "Prøve"
population = "Voksne"
area_sets = ["dele", "hele"]
distributions = ["safe"]
crossings = [["sex", "age"]]

[items.sex]
asks = "Køn"
codes = { 1 = "Mand", 2 = "Kvinde" }

[items.age]
asks = "Alder"
missing = { 999 = "vil ikke svare" }

[items.safe]
asks = "Hvor tryg?"
codes = { 1 = "Tryg", 2 = "Hverken eller", 3 = "Utryg" }
missing = { 8 = "ved ikke", 9 = "vil ikke svare" }

[items.never]
asks = "Ikke med i år"
codes = { 1 = "Ja", 2 = "Nej" }

[indicators.tryg]
item = "safe"
counts = [1]
base = [1, 2, 3, 8]
label = "Tryg"

[indicators.utryg]
item = "safe"
counts = [3]
label = "Utryg"

[indicators.voksen]
item = "age"
counts = { min = 40 }
among = { item = "sex", codes = [2] }
label = "Kvinder på 40 og derover"

[indicators.aldrig]
item = "never"
counts = [1]
label = "Aldrig"

[groups.sex]
item = "sex"
label = "Køn"
categories.kvinde = { label = "Kvinder", codes = [2] }
categories.mand = { label = "Mænd", codes = [1] }

[groups.age]
item = "age"
label = "Alder"
categories.under_40 = { label = "Under 40", range = { below = 40 } }
categories.over_40 = { label = "40 og over", range = { min = 40 } }
"""

WAVE = """
year = 2025

[delivery]
file = "deliveries/wave.csv"

[privacy]
legal_basis = "§ 10"
retain_until = 2099-12-31

[design]
respondent = "nr"
weight = "vaegt"
stratum = "lag"

[design.population]
1 = 100
2 = 200

[area]
column = "rode"
set = "roder"

[columns]
sex = "koen"
age = "alder"
safe = "q1"

[routing.safe]
column = "del"
codes = [1]
otherwise = "ikke stillet"
"""

ROWS = """nr;vaegt;lag;rode;koen;alder;q1;del
a;1,5;1;101;1;39,5;1;1
b;0,25;1;101;2;40;8;1
c;2;2;201;2;999;9;1
d;1.000,5;2;201;1;80;;2
e;1;2;;2;;;1
f;1;2;202;2;18;3;1
"""

ROWS_OF = {
    "roder": "code;name\n101;Rode 101\n201;Rode 201\n202;Rode 202\n",
    "dele": "code;name\nnord;Nord\nsyd;Syd\n",
    "dele_members": "unit;area\n101;nord\n201;syd\n202;syd\n202;nord\n",
    "hele": "code;name\n101;Rode 101\n",
}


def _set(kind, *more):
    return "\n".join(['label = "x"', f'kind = "{kind}"', 'version = "1"', *more])


@pytest.fixture
def made(tmp_path):
    """Return a function that writes the project, with pieces of text replaced, and loads it."""

    def make(rows=ROWS, *, survey=(), wave=(), content=None):
        files = {
            "surveys/proeve/survey.toml": _replaced(SURVEY, survey),
            "surveys/proeve/2025.toml": _replaced(WAVE, wave),
            "surveys/areas/roder.toml": _set("unit", 'areas = "roder.csv"'),
            "surveys/areas/dele.toml": _set(
                "vulnerable", 'areas = "dele.csv"', 'members = "dele_members.csv"', 'unit_set = "roder"'
            ),
            "surveys/areas/hele.toml": _set("vulnerable", 'areas = "hele.csv"'),
        } | {f"surveys/areas/{name}.csv": text for name, text in ROWS_OF.items()}
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / "deliveries").mkdir(exist_ok=True)
        (tmp_path / "deliveries" / "wave.csv").write_bytes(rows.encode() if content is None else content)
        return project.load(tmp_path)

    return make


def _replaced(text, changes):
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


@pytest.fixture
def take():
    """Return a function that accepts a wave of a project, and whatever warnings there are in it."""

    def run(of, wave="2025", **more):
        found = examine(of, "proeve", wave, **more).findings
        codes = dict.fromkeys(one.code for one in found if one.severity == "warning")
        decisions = [Decision(code, "en prøve", "testen", date(2026, 1, 2)) for code in codes]
        return accept(of, "proeve", wave, decisions=decisions, **more)

    return run


@pytest.fixture
def taken(made, take):
    """Return a function that makes the project and accepts its wave, warnings included."""
    return lambda *args, **changes: take(made(*args, **changes))


@pytest.fixture
def refused(made):
    """Return a function that gives the findings by code of a wave that must be refused."""

    def run(*args, **changes):
        with pytest.raises(Refused) as caught:
            accept(made(*args, **changes), "proeve", "2025")
        return {one.code: one for one in caught.value.findings}

    return run
