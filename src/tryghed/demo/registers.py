"""Register tables as a statistics office sends them: aggregates per area and year, in Danish habits of writing.

All figures are invented; they follow the demo city's index of hardship, so that they agree with its answers.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tryghed.definitions.areas import AreaRow
from tryghed.definitions.project import Project
from tryghed.demo.city import DISTRICTS, City, drawn
from tryghed.demo.model import Model

_LAST_YEAR = 2024
_VULNERABLE = "udsatte_2025"
_MORE = 0.7  # hardship of a vulnerable area above that of its district


@dataclass(frozen=True)
class Table:
    """One file: `level` is the figure where hardship is 0 in the last year, `slope` its change with hardship."""

    file: str
    heading: str
    level: float
    slope: float
    yearly: float
    decimals: int
    encoding: str
    by_district: bool
    years: tuple[int, ...] = tuple(range(2018, 2025))


_TABLES = (
    Table("indkomst_bydel.csv", "Gennemsnitlig bruttoindkomst, kr.", 402_000, -90_000, 9_500, 0, "cp1252", True),
    Table("grundskole_bydel.csv", "Kun grundskole, 30-59 år, pct.", 11.5, 7.0, -0.5, 1, "utf-8-sig", True),
    Table("uden_arbejdsmarked_udsatte.csv", "Uden arbejdsmarkedstilknytning, pct.", 11.0, 7.5, -0.6, 1, "utf-8", False),
    Table("boernefattigdom_udsatte.csv", "Børn i fattige familier, pct.", 6.5, 6.0, -0.3, 1, "cp1252", False),
    Table("ungdomsuddannelse_udsatte.csv", "Uden ungdomsuddannelse, 18-24 år, pct.", 9.0, 5.0, -0.2, 1, "utf-8", False),
    Table("stoej_udsatte.csv", "Boliger med vejstøj over 68 dB, pct.", 8.0, 3.0, 0.0, 1, "cp1252", False),
    Table("valgdeltagelse_bydel.csv", "Valgdeltagelse, pct.", 68.0, -7.0, 0.1, 1, "utf-8", True, (2017, 2021)),
    Table("fritid_udsatte.csv", "Børn og unge i fritidsforening, 7-17 år, pct.", 55.0, -8.0, 0.4, 1, "utf-8", False),
    Table("anmeldelser_bydel.csv", "Anmeldelser pr. 1.000 indbyggere", 62.0, 14.0, -1.5, 1, "cp1252", True),
)  # fmt: skip
_POPULATION, _GROWTH = "befolkning_bydel.csv", 0.011
_CONTACTS, _CONTACT_YEARS = "voldskontakter_bydel.csv", range(2020, _LAST_YEAR + 1)
#: Part of the city's people in each age, and their contacts per 1,000 a year where hardship is 0.
_AGES = {
    "0-17 år": (0.18, 0.7), "18-24 år": (0.12, 5.2), "25-34 år": (0.24, 3.6), "35-49 år": (0.20, 2.2),
    "50-64 år": (0.15, 1.3), "65 år og derover": (0.11, 0.5),
}  # fmt: skip
_SEXES = {"Kvinder": 0.7, "Mænd": 1.3}
_UNEQUAL = 0.3  # how far districts differ in ages and in contacts, on the scale of logarithms


def write(folder: Path, project: Project, city: City, model: Model) -> None:
    """Write the register tables into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in _TABLES:
        areas = _districts(project, model) if table.by_district else _vulnerable(project, city, model)
        lines = [f"Område;Kode;År;{table.heading}"]
        for code, name, hardship in areas:
            noise = drawn(f"register {table.file} {code}", len(table.years))
            lines += [
                f"{name};{code};{year};{_danish(_value(table, hardship, year, float(noise[step])), table.decimals)}"
                for step, year in enumerate(table.years)
            ]
        _save(folder / table.file, lines, table.encoding)
    _save(folder / _POPULATION, _population(project), "utf-8-sig")
    _save(folder / _CONTACTS, _contacts(project, model), "utf-8")


def _save(path: Path, lines: list[str], encoding: str) -> None:
    path.write_text("\r\n".join(lines) + "\r\n", encoding=encoding, newline="")


def _population(project: Project) -> list[str]:
    """Return how many live in each district, growing to what the area set has for it."""
    lines = ["Område;Kode;År;Personer"]
    for code, area in project.area_sets[DISTRICTS].areas.items():
        lines += [
            f"{area.name};{code};{year};{_danish(_people(area, year), 0)}" for year in range(2018, _LAST_YEAR + 1)
        ]
    return lines


def _people(area: AreaRow, year: int) -> float:
    return (area.population or 0) * (1 - _GROWTH) ** (_LAST_YEAR - year)


def _contacts(project: Project, model: Model) -> list[str]:
    """Return contacts and people by district, year, sex and age: districts of young people have more of them."""
    lines = ["Område;Kode;År;Køn;Alder;Kontakter;Indbyggere"]
    for code, name, hardship in _districts(project, model):
        skewed = np.exp(_UNEQUAL * drawn(f"ages {code}", len(_AGES)))
        parts = np.array([part for part, _ in _AGES.values()]) * skewed
        parts /= parts.sum()
        for year in _CONTACT_YEARS:
            everybody = _people(project.area_sets[DISTRICTS].areas[code], year)
            noise = drawn(f"contacts {code} {year}", len(_SEXES) * len(_AGES)).reshape(len(_SEXES), -1)
            for (sex, more), chance in zip(_SEXES.items(), noise, strict=True):
                for place, (age, (_, rate)) in enumerate(_AGES.items()):
                    people = round(everybody * float(parts[place]) / len(_SEXES))
                    expected = people / 1000 * rate * more * float(np.exp(_UNEQUAL * hardship))
                    contacts = max(0.0, expected + expected**0.5 * float(chance[place]))
                    lines.append(f"{name};{code};{year};{sex};{age};{_danish(contacts, 0)};{_danish(people, 0)}")
    return lines


def _value(table: Table, hardship: float, year: int, noise: float) -> float:
    years = year - _LAST_YEAR
    return table.level + table.slope * hardship + table.yearly * years + 0.01 * table.level * noise


def _danish(value: float, decimals: int) -> str:
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def _districts(project: Project, model: Model) -> list[tuple[str, str, float]]:
    areas = project.area_sets[DISTRICTS].areas
    return [(name, areas[name].name, one.hardship) for name, one in model.districts.items()]


def _vulnerable(project: Project, city: City, model: Model) -> list[tuple[str, str, float]]:
    """Return each vulnerable area with the hardship of the districts it lies in, and more."""
    area_set, found = project.area_sets[_VULNERABLE], []
    for code, area in area_set.areas.items():
        inside = np.array([code in area_set.members.get(rode, ()) for rode in city.roder])
        if inside.any():
            hardship = np.mean([model.districts[city.districts[place]].hardship for place in city.district[inside]])
            found.append((code, area.name, float(hardship) + _MORE))
    return found
