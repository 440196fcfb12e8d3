"""A small made-up city, released through the gate: what pages, words and PDF files are tried on."""

import random
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from math import sqrt
from pathlib import Path

import polars as pl
import pytest
from made_atoms import atoms_of

from tryghed.definitions.areas import AreaRow, AreaSet
from tryghed.definitions.comparability import ComparabilityRules
from tryghed.definitions.policy import ReleaseRules
from tryghed.definitions.project import Project, by_definition
from tryghed.definitions.report import Report
from tryghed.definitions.survey import Category, Group, Indicator, Item, Survey
from tryghed.definitions.toml import read
from tryghed.definitions.wave import Break, Delivery, Design, Privacy, Wave
from tryghed.frames import CONTRAST, ESTIMATE, EVERYBODY, RANK
from tryghed.release.gate import Draft, release
from tryghed.release.plan import Request, plan
from tryghed.release.released import Released, WaveFacts

REPOSITORY = Path(__file__).parents[3]
TEMPLATES = (REPOSITORY / "reports" / "templates",)

LEVELS = {
    "tryg_aften": (78, "Trygge i aften- og nattetimerne", "Aften og nat", "er trygge om aftenen og natten"),
    "tryg_dag": (92, "Trygge i dagtimerne", "I dagtimerne", "er trygge om dagen"),
    "tryg_nabolag": (86, "Trygge i nabolaget i det hele taget", "I nabolaget", "er trygge i deres nabolag"),
    "tryg_stop": (70, "Trygge ved stop og stationer", "Ved stop og stationer", "er trygge ved stop og stationer"),
}
WORRIES = {
    "bekymret_cykeltyveri": (57, "Cykeltyveri", "cykeltyveri"),
    "bekymret_stoej": (46, "Støj fra naboer", "støj fra naboer"),
    "bekymret_haervaerk": (38, "Hærværk", "hærværk"),
    "bekymret_grupper": (28, "Grupper på gaden", "grupper på gaden"),
    "bekymret_indbrud": (36, "Indbrud", "indbrud"),
    "bekymret_vold": (17, "Vold og trusler", "vold og trusler"),
    "bekymret_roeveri": (16, "Røveri", "røveri"),
}
PLACES = {
    "sted_mindst_et": (49, "Mindst ét sted", "er utrygge mindst ét sted"),
    "sted_stop": (31, "Stop og stationer", "er utrygge ved stop og stationer"),
    "sted_stier": (23, "Stier", "er utrygge på stier"),
    "sted_parker": (22, "Parker, legepladser", "er utrygge i parker og på legepladser"),
    "sted_gaden": (15, "Gaden, hvor jeg bor", "er utrygge i deres egen gade"),
    "sted_kaelder": (13, "Kælder, opgang", "er utrygge i kælder og opgang"),
    "sted_parkering": (11, "P-pladser", "er utrygge på parkeringspladser"),
}
ATTRACTIVE = {
    "tilfreds_butikker": (74, "Butikker og byliv", "er tilfredse med butikker og byliv"),
    "tilfreds_transport": (80, "Kollektiv transport", "er tilfredse med den kollektive transport"),
    "tilfreds_cykelveje": (84, "Cykelveje til resten af byen", "er tilfredse med cykelvejene"),
    "tilfreds_legepladser": (68, "Legepladser", "er tilfredse med legepladserne"),
    "lidt_stoej": (57, "Lidt eller ingen støj fra trafik", "oplever lidt eller ingen støj fra trafik"),
    "tilfreds_groenne": (77, "Grønne områder", "er tilfredse med de grønne områder"),
    "tilfreds_vedligehold": (63, "Vedligeholdelse", "er tilfredse med vedligeholdelsen"),
    "tilfreds_renhold": (56, "Renholdelse", "er tilfredse med renholdelsen"),
}
HEALTH = {
    "svaer_overvaegt": (14, "Svær overvægt", "har svær overvægt", "lower"),
    "godt_helbred": (85, "Godt selvvurderet helbred", "har et godt selvvurderet helbred", "higher"),
    "ensomhed": (13, "Ensomhed", "er ensomme", "lower"),
    "lavt_mentalt": (20, "Lavt mentalt helbred", "har et lavt mentalt helbred", "lower"),
    "daglig_rygning": (10, "Daglig rygning", "ryger dagligt", "lower"),
    "lidt_aktiv": (53, "For lidt fysisk aktivitet (WHO)", "er for lidt fysisk aktive", "lower"),
    "hoejt_stress": (28, "Højt stressniveau", "har et højt stressniveau", "lower"),
}
DISTRICTS = {
    "amager-vest": ("Amager Vest", "7", 6), "amager-oest": ("Amager Øst", "8", -2),
    "bispebjerg": ("Bispebjerg", "6", -8), "broenshoej-husum": ("Brønshøj-Husum", "5", -14),
    "christianshavn": ("Christianshavn", "1", -3), "indre-by": ("Indre By", "1", 5),
    "indre-noerrebro": ("Indre Nørrebro", "3", 2), "kgs-enghave": ("Kgs. Enghave", "9", 2),
    "valby": ("Valby", "4", -1), "vanloese": ("Vanløse", "10", 1), "vesterbro": ("Vesterbro", "9", 3),
    "ydre-noerrebro": ("Ydre Nørrebro", "3", -7), "oesterbro": ("Østerbro", "2", 7),
}  # fmt: skip
BYDELE = ("Indre By", "Østerbro", "Nørrebro", "Valby", "Brønshøj-Husum", "Bispebjerg", "Amager Vest", "Amager Øst",
          "Vesterbro-Kongens Enghave", "Vanløse")  # fmt: skip
ANSWERS = {1: "Meget tryg", 2: "Tryg", 3: "Hverken eller", 4: "Utryg", 5: "Meget utryg"}
AGES = {"18_24": "18-24 år", "25_34": "25-34 år", "35_49": "35-49 år", "50_64": "50-64 år", "65_79": "65-79 år",
        "80_plus": "80 år og over"}  # fmt: skip
ANSWER_SHARES = {1: 38, 2: 40, 3: 9, 4: 8, 5: 3, 8: 2}


def tryghed() -> Survey:
    plain = {"counts": [1], "better": "higher"}
    indicators = {
        name: Indicator(item="safe_evening" if name == "tryg_aften" else name, counts=[1, 2], base=[1, 2, 3, 4, 5, 8],
                        label=label, short=short, phrase=phrase, better="higher")
        for name, (_, label, short, phrase) in LEVELS.items()
    }  # fmt: skip
    for name, (_, short, thing) in WORRIES.items():
        indicators[name] = Indicator(item=name, counts=[1], label=f"Bekymrede for {thing}", short=short,
                                     phrase=f"er bekymrede for {thing}", better="lower")  # fmt: skip
    for name, (_, short, phrase) in PLACES.items():
        indicators[name] = Indicator(item=name, counts=[1], label=short, short=short, phrase=phrase, better="lower")
    for name, (_, short, phrase) in ATTRACTIVE.items():
        indicators[name] = Indicator(item=name, label=short, short=short, phrase=phrase, **plain)
    codes = {"codes": ANSWERS, "missing": {8: "ved ikke", 9: "vil ikke svare"}}
    items = {one.item: Item(asks="?", **codes) for one in indicators.values()}
    items["safe_evening"] = Item(
        asks="Hvor tryg eller utryg føler du dig i dit nabolag i aften- og nattetimerne?", **codes
    )
    items |= {"koen": Item(asks="Køn", codes={1: "Kvinde", 2: "Mand"}), "alder": Item(asks="Alder")}
    groups = {
        "sex": Group(item="koen", label="Køn", categories={
            "kvinde": Category(label="Kvinder", codes=[1]), "mand": Category(label="Mænd", codes=[2])}),
        "age": Group(item="alder", label="Alder", categories={
            name: Category(label=label, range={"min": 18}) for name, label in AGES.items()}),
    }  # fmt: skip
    return Survey(
        name="tryghed", title="Københavns Tryghedsundersøgelse", short="Tryghedsundersøgelsen",
        population="18 år og derover", area_sets=["survey_districts_13", "udsatte_2025"], synthetic=True, items=items,
        indicators=indicators, groups=groups, crossings=[["sex", "age"]], distributions=["safe_evening"],
    )  # fmt: skip


def sundhed() -> Survey:
    indicators = {
        name: Indicator(item=name, counts=[1], label=label, phrase=phrase, better=better, sensitive=True)
        for name, (_, label, phrase, better) in HEALTH.items()
    }
    items = {name: Item(asks="?", codes={1: "ja", 2: "nej"}) for name in HEALTH}
    return Survey(
        name="sundhed", title="Sundhedsprofilen", short="Sundhedsprofilen", population="16 år og derover",
        area_sets=["bydele_10"], synthetic=True, items=items, indicators=indicators,
    )  # fmt: skip


def wave(survey: Survey, year: int, breaks: dict[str, Break]) -> Wave:
    return Wave(
        survey=survey.name, wave=str(year), year=year, delivery=Delivery(file="x.sav"),
        privacy=Privacy(legal_basis="§ 10", retain_until=date(2099, 12, 31)),
        design=Design(respondent="id", weight="w"), columns={name: name for name in survey.items}, breaks=breaks,
    )  # fmt: skip


def area_sets() -> dict[str, AreaSet]:
    units = {f"{at}{number}": (code,) for at, code in enumerate(DISTRICTS) for number in range(4)}
    names = {"a": "Ydre Nørrebro", "b": "Ved Bispeengbuen", "c": "Ved Jagtvej", "d": "Husum"}
    members = {"110": ("a",), "111": ("a",), "112": ("b",), "113": ("c",), "30": ("d",), "31": ("d",)}
    rows = {
        "survey_districts_13": {
            code: AreaRow(code=code, name=name, parent=parent, population=45357) for code, (name, parent, _) in
            DISTRICTS.items()
        },
        "bydele_10": {str(at): AreaRow(code=str(at), name=name) for at, name in enumerate(BYDELE, start=1)},
        "udsatte_2025": {code: AreaRow(code=code, name=name) for code, name in names.items()},
    }  # fmt: skip
    labels = {"survey_districts_13": "Undersøgelsesbydele", "bydele_10": "Bydele", "udsatte_2025": "Udsatte byområder"}
    return {
        name: AreaSet(
            name=name, label=labels[name], kind="district", version="1", source="", attribution="", unit_set=None,
            areas=rows[name], members={"survey_districts_13": units, "udsatte_2025": members}.get(name, {}), groups={},
            outlines=None,
        )
        for name in rows
    }  # fmt: skip


def project() -> Project:
    surveys = {"tryghed": tryghed(), "sundhed": sundhed()}
    cut = {"tryg_aften": Break(since="2022", why="ny ordlyd")}
    waves = {
        "tryghed": {
            str(year): wave(surveys["tryghed"], year, cut if year == 2022 else {}) for year in range(2018, 2026)
        },
        "sundhed": {"2021": wave(surveys["sundhed"], 2021, {})},
    }
    reports = {name: read(REPOSITORY / "reports" / f"{name}.toml", Report, name=name) for name in ("district", "city")}
    return Project(
        REPOSITORY,
        surveys,
        waves,
        area_sets(),
        ReleaseRules(version="1"),
        reports,
        queries=(),
        templates=TEMPLATES,
        comparisons=by_definition(surveys, waves, ComparabilityRules()),
    )


@dataclass
class City:
    """Estimates of a city where `effects` says how strongly everything differs, and `n` how many answer per area.

    In the `silent` areas (all of them, with `EVERYBODY`) nobody answers the headline in 2025; in the `absent` ones
    nobody answers anything then.
    """

    effects: float = 1.0
    n: int = 420
    seed: int = 1
    silent: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    def true(self, indicator: str, area: str, wave: str, category: str) -> float:
        level = {**LEVELS, **WORRIES, **PLACES, **ATTRACTIVE, **HEALTH}.get(indicator)
        base = level[0] if level else 50
        if "_svar_" in indicator:
            base = ANSWER_SHARES[int(indicator.rpartition("_")[2])]
        draw = random.Random(f"{self.seed}{indicator}{area}{category}")  # noqa: S311
        shift = DISTRICTS[area][2] if area in DISTRICTS and indicator in LEVELS else draw.gauss(0, 4)
        shift = 0 if area == EVERYBODY else shift
        years = {"bekymret_indbrud": -3.0, "tryg_aften": 0.4}.get(indicator, 0) * (int(wave[:4]) - 2022)
        sex = {"kvinde": -6, "mand": 6}.get(category.partition("*")[0], 0)
        age = draw.choice([-6, -3, 0, 3]) if "*" in category else 0
        if "_svar_" in indicator:
            shift, age = -0.3 * shift, 0
        return min(0.97, max(0.02, (base + self.effects * (shift + years + sex + age)) / 100))

    def answered(self, area: str, category: str, wave: str) -> int:
        waves, parts = wave.count("+") + 1, category.split("*")
        share = {"80_plus": 0.02, "65_79": 0.1}.get(parts[-1], 0.22) if parts[-1] in AGES else 1.0
        share *= 0.5 if parts[0] in ("kvinde", "mand") else 1.0
        small = area not in DISTRICTS and not area.isdigit()
        size = random.Random(area).randint(10, 200) if small else int(self.n * (1 + len(area) / 80))  # noqa: S311
        size = {EVERYBODY: 13 * self.n, "a": 188, "b": 34, "c": 12}.get(area, size)
        return int(size * waves * share)

    def estimate(self, request: Request, area_set: str, area: str, dimension: str, category: str, indicator: str):
        n, p = self.answered(area, category, request.wave), self.true(indicator, area, request.wave, category)
        se = sqrt(1.2 * p * (1 - p) / max(n, 1))
        positives = round(n * p)
        key = {
            "survey": request.survey, "wave": request.wave, "area_set": area_set, "area": area,
            "dimension": dimension, "category": category, "indicator": indicator,
        }  # fmt: skip
        headline = indicator == "tryg_aften" or "safe_evening" in indicator
        if headline and request.wave == "2025" and (area in self.silent or EVERYBODY in self.silent):
            return key | dict.fromkeys(list(ESTIMATE)[7:]) | {"n": 0, "positives": 0, "df": 0}
        return key | {
            "n": n, "positives": positives,
            "share": p, "se": se, "df": max(n - 1, 0), "n_eff": n / 1.2, "lower": max(0.0, p - 1.96 * se),
            "upper": min(1.0, p + 1.96 * se),
        }  # fmt: skip

    def contrast(self, kind: str, one: dict, other: dict, against: str):
        key = {name: one[name] for name in ("survey", "wave", "area_set", "area", "dimension", "category", "indicator")}
        described = {f"other_{name}": other[name] for name in ("share", "lower", "upper", "n", "positives", "n_eff")}
        if one["share"] is None or other["share"] is None:
            return dict.fromkeys(CONTRAST) | key | described | {
                "kind": kind, "against": against, "df": 0, "family": "other", "tests": 500, "p_adjusted": 1.0,
                "direction": 0,
            }  # fmt: skip
        difference, se = one["share"] - other["share"], sqrt(one["se"] ** 2 + other["se"] ** 2)
        z = abs(difference) / se
        direction = 0 if z < 3 else (1 if difference > 0 else -1)
        return key | described | {
            "kind": kind, "against": against, "difference": difference, "se": se, "df": 900,
            "lower": difference - 1.96 * se, "upper": difference + 1.96 * se, "p": 2.7 ** (-z), "family": "other",
            "tests": 500, "p_adjusted": min(1.0, 50 * 2.7 ** (-2 * z)), "direction": direction, "detectable": 2.8 * se,
        }  # fmt: skip

    def rest(self, request: Request, row: dict):
        whole = self.estimate(request, row["area_set"], EVERYBODY, row["dimension"], row["category"], row["indicator"])
        if whole["share"] is None:
            return whole
        n = max(whole["n"] - row["n"], 1)
        se = sqrt(1.2 * whole["share"] * (1 - whole["share"]) / n)
        limits = {"lower": whole["share"] - 1.96 * se, "upper": whole["share"] + 1.96 * se}
        return whole | limits | {"n": n, "positives": round(n * whole["share"]), "se": se, "n_eff": n / 1.2}

    def released(
        self, project: Project, survey: str = "tryghed", wave: str = "2025", *, verified: bool = True,
        calibration: str = "",
        again: tuple[tuple[str, int], ...] = (),
        followed: bool = True,
    ) -> Released:  # fmt: skip
        wanted = plan(project, survey, wave)
        estimates: dict[tuple, dict] = {}
        contrasts, places = {}, {}
        for request in wanted.requests:
            for key, row in self.estimates(project, request):
                estimates[key] = row
                for one in self.contrasts(request, row):
                    contrasts[one["kind"], key, one["against"]] = one
                if row["indicator"] in request.ranked and row["area"] != EVERYBODY and row["n"]:
                    count = len({*project.area_sets[row["area_set"]].areas} - {*self.silent, *self.absent})
                    places[key] = {name: row[name] for name in list(RANK)[:7]} | {
                        "first": 2,
                        "last": count,
                        "areas": count,
                    }
        facts = {
            (request.survey, one): WaveFacts(
                request.survey, one, date(int(one) - 1, 12, 2), date(int(one), 1, 31), "Epinion", ("web", "telefon"),
                14400, 5210, 1.2, "x.sav", "0" * 64, verified=verified, accepted=0 if verified else 2,
                revision=1 if verified or one == "2024" else 2, calibration=calibration if one == wave else "",
                again=again if one == wave else (), followed=followed,
            )
            for request in wanted.requests for one in request.waves
        }  # fmt: skip
        facts = dict(sorted(facts.items()))
        draft = Draft(
            survey, wave, wanted.area_set, pl.DataFrame(list(estimates.values()), schema=ESTIMATE),
            pl.DataFrame(list(contrasts.values()), schema=CONTRAST).select(list(CONTRAST)),
            pl.DataFrame(list(places.values()), schema=RANK), facts, atoms_of(estimates.values(), project.surveys),
        )  # fmt: skip
        return release(draft, project.rules, project.surveys)

    def estimates(self, project: Project, request: Request):
        survey = project.surveys[request.survey]
        for area_set, dimension, indicator in product(request.area_sets, request.dimensions, request.indicators):
            categories = [EVERYBODY]
            if dimension != EVERYBODY:
                parts = [survey.groups[one].categories for one in dimension.split("*")]
                categories = ["*".join(one) for one in product(*parts)]
            there = [
                one for one in project.area_sets[area_set].areas if one not in self.absent or request.wave != "2025"
            ]
            for area, category in product([EVERYBODY, *there], categories):
                row = self.estimate(request, area_set, area, dimension, category, indicator)
                yield tuple(row[name] for name in list(ESTIMATE)[:7]), row

    def contrasts(self, request: Request, row: dict):
        area, indicator = row["area"], row["indicator"]
        if request.against_rest and area != EVERYBODY:
            untested = {"family": "", "tests": 0, "p_adjusted": None, "direction": 0}
            shown = untested if request.against_rest == "show" else {}
            yield self.contrast("rest", row, self.rest(request, row), "rest") | shown
        for earlier in request.since:
            before = replace(request, waves=(earlier,))
            other = self.estimate(before, row["area_set"], area, row["dimension"], row["category"], indicator)
            yield self.contrast("wave", row, other, earlier)
        for dimension, one, two in request.pairs:
            if (row["dimension"], row["category"]) == (dimension, one):
                other = self.estimate(request, row["area_set"], area, dimension, two, indicator)
                yield self.contrast("category", row, other, two)


@pytest.fixture(scope="session")
def made_project() -> Project:
    return project()


@pytest.fixture(scope="session")
def made_city(made_project) -> Released:
    return City().released(made_project)
