"""Makes a project folder with a synthetic city: definitions, deliveries, register tables and the truth."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tryghed.definitions.project import REGISTERS, Project, load
from tryghed.definitions.starting import begin, expect_new
from tryghed.definitions.wave import Wave
from tryghed.demo import answers, deliveries, invitations, model, people, registers
from tryghed.demo.chances import of_wave
from tryghed.demo.city import City, settle
from tryghed.demo.city import people as inhabitants
from tryghed.demo.model import Model
from tryghed.demo.truth import true_shares
from tryghed.errors import UsageError

#: The deliveries' folder, and the table of true shares, in the project folder.
DELIVERIES = "deliveries"
TRUTH_FILE = "truth.csv"


def build(folder: Path, seed: int = 2035) -> None:
    """Make the demo project in `folder`, whole or not at all: the same seed gives the same bytes.

    The folder gets the starting project, `deliveries/` with one file per wave (whose checksum and number of rows are
    written into the wave's definition), tables of the invited and of registers, and `truth.csv` with the true shares
    (`truth.TRUTH`).

    Raises:
        UsageError: The folder holds something already, or cannot be made.
        DefinitionError: The starting project does not hold.
    """
    expect_new(folder)
    if folder.resolve() == Path.cwd():
        raise UsageError("the current folder cannot be replaced", where=str(folder), hint="name a new one in it")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        place = TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-")
    except OSError as error:
        raise UsageError(f"cannot be made: {error.strerror}", where=str(folder), hint="name another folder") from None
    with place as elsewhere:
        draft = Path(elsewhere) / folder.name
        _draw(draft, seed)
        draft.rename(folder)


def _draw(folder: Path, seed: int) -> None:
    begin(folder)
    project, demo = load(folder), model.load()
    city = settle(project, demo)
    for survey in demo.answered:
        for wave in project.waves[survey].values():
            _deliver(project, city, demo, wave, np.random.default_rng([seed, wave.year, *survey.encode()]))
    registers.write(folder / DELIVERIES / "registre", project, city, demo)
    for name, register in project.registers.items():
        table = folder / register.delivery.file
        rows = len(table.read_bytes().splitlines()) - 1
        _seal(folder / "surveys" / REGISTERS / f"{name}.toml", table, rows)
    true_shares(project, city, demo).write_csv(folder / TRUTH_FILE, float_precision=6)


def _deliver(project: Project, city: City, demo: Model, wave: Wave, rng: np.random.Generator) -> None:
    survey = project.surveys[wave.survey]
    answered = demo.answered[wave.survey][wave.wave]
    sample = people.draw(city, wave, demo, answered, _youngest(project, wave), rng)
    known = of_wave(survey, wave.wave, list(wave.columns), city, demo, inhabitants(city, wave, demo))
    target = project.folder / wave.delivery.file
    target.parent.mkdir(parents=True, exist_ok=True)
    deliveries.write(target, survey, wave, city, sample, answers.draw(known, wave, sample, rng), rng)
    invitations.write(project, city, demo, wave, sample)
    _seal(project.folder / "surveys" / wave.survey / f"{wave.wave}.toml", target, answered)


def _youngest(project: Project, wave: Wave) -> int:
    """Return the age from which the survey asks: where its youngest age group begins."""
    ages = project.surveys[wave.survey].groups["age"].categories.values()
    return int(min(one.range.min for one in ages if one.range is not None and one.range.min is not None))


def _seal(definition: Path, delivered: Path, rows: int) -> None:
    """Write the checksum and the number of rows of the delivered file into the wave's definition."""
    checksum = hashlib.sha256(delivered.read_bytes()).hexdigest()
    text = definition.read_text(encoding="utf-8")
    heading = "[delivery]\n"
    sealed = text.replace(heading, f'{heading}sha256 = "{checksum}"\nrows = {rows}\n', 1)
    definition.write_text(sealed, encoding="utf-8")
