"""Writes answers as an institute delivers them: SPSS files with labels and declared missing values."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from tryghed.definitions.survey import Item, Survey
from tryghed.definitions.wave import Wave
from tryghed.demo.city import UNITS, City, Floats
from tryghed.demo.people import Sample

_CREATION = slice(92, 109)  # date and time in the header of .sav and .zsav: 9 and 8 bytes
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNSTATED = 0.003  # those whose sex the file does not tell
_ON_THE_WEB = 0.85
_LATE = 21  # days from the end of fieldwork to the delivery


def write(
    target: Path, survey: Survey, wave: Wave, city: City, sample: Sample, answers: Mapping[str, Floats],
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Write one wave's delivery to `target`; the same input gives the same bytes."""
    import pyreadstat

    rows = _rows(survey, wave, city, sample, answers, rng)
    items = {column: survey.items[name] for name, column in wave.columns.items()}
    labels = {column: wave.wording.get(name, survey.items[name].asks) for name, column in wave.columns.items()}
    pyreadstat.write_sav(
        rows,
        target,
        file_label=f"{survey.title} {wave.wave} (syntetiske data)",
        column_labels={column: labels.get(column, _LABELS.get(column, "")) for column in rows.columns},
        variable_value_labels={column: _value_labels(item) for column, item in items.items() if _value_labels(item)},
        missing_ranges={column: list(item.missing) for column, item in items.items() if item.missing},
        variable_measure={column: "nominal" for column, item in items.items() if item.codes},
        row_compress=target.suffix == ".sav",
        compress=target.suffix == ".zsav",
    )
    _date(target, (wave.fieldwork.end or date(wave.year, 1, 31)) + timedelta(days=_LATE))


_LABELS = {
    "respnr": "Respondentnummer",
    "lbnr": "Løbenummer",
    "bydel_nr": "Undersøgelsesbydel (1-13)",
    "bydel": "Bydel (1-10)",
    "rode": "Rode",
    "split": "Halvdel af stikprøven",
    "svardato": "Dato for svar",
    "metode": "Svarmetode (1 = web, 2 = telefon eller papir)",
    "vaegt": "Vægt, gennemsnit 1",
    "vaegt_kbh": "Vægt, summerer til befolkningen",
}


def _value_labels(item: Item) -> dict[int | float, str]:
    labels = item.codes | {code: missing.label for code, missing in item.missing.items()}
    return dict(labels.items())


def _rows(
    survey: Survey, wave: Wave, city: City, sample: Sample, answers: Mapping[str, Floats], rng: np.random.Generator
) -> pl.DataFrame:
    design = wave.design
    columns: dict[str, pl.Series | np.ndarray] = {design.respondent: _numbers(sample, rng)}
    columns[str(design.stratum)] = sample.stratum.astype(np.float64)
    if wave.area is not None and wave.area.set == UNITS:
        columns[wave.area.column] = pl.Series([city.roder[place] for place in sample.rode])
    columns[wave.columns["sex"]] = _sex(survey.items["sex"], sample, rng)
    columns[wave.columns["age"]] = sample.age.astype(np.float64)
    if any(routing.column == "split" for routing in wave.routing.values()):
        columns["split"] = answers["split"]
    columns |= {column: answers[name] for name, column in wave.columns.items() if name in answers}
    columns["metode"] = np.where(rng.random(sample.size) < _ON_THE_WEB, 1.0, 2.0)
    columns["svardato"] = _dates(wave, sample, rng)
    columns[design.weight] = sample.weight
    return pl.DataFrame(columns).with_columns(pl.selectors.float().fill_nan(None))


def _numbers(sample: Sample, rng: np.random.Generator) -> Floats:
    invited = np.arange(10_000, 10_000 + 4 * sample.size)
    return np.sort(rng.choice(invited, sample.size, replace=False)).astype(np.float64)


def _sex(item: Item, sample: Sample, rng: np.random.Generator) -> Floats:
    codes = np.array(sorted(item.codes), dtype=np.float64)[sample.sex]
    unstated = rng.random(sample.size) < _UNSTATED
    return np.where(unstated, float(min(item.missing)), codes) if item.missing else codes


def _dates(wave: Wave, sample: Sample, rng: np.random.Generator) -> pl.Series:
    start = wave.fieldwork.start or date(wave.year, 1, 1)
    days = ((wave.fieldwork.end or start) - start).days
    after = np.sort((days * rng.random(sample.size) ** 1.5).astype(int))
    return pl.Series([start + timedelta(days=int(one)) for one in after])


def _date(target: Path, day: date) -> None:
    """Put the delivery's date where the writer put the clock."""
    content = bytearray(target.read_bytes())
    written = f"{day.day:02} {_MONTHS[day.month - 1]} {day.year % 100:02}" + "09:00:00"
    content[_CREATION] = written.encode("ascii")
    target.write_bytes(content)
