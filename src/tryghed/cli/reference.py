"""Writes the reference pages that follow from the code: the command line, the definition files and the findings.

    python -m tryghed.cli.reference docs

A test compares the pages in docs/ with what this module would write.
"""

import inspect
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from tryghed.cli.main import tryghed
from tryghed.definitions.areas import AreaRow, AreaSetFile
from tryghed.definitions.comparability import ComparabilityRules
from tryghed.definitions.policy import ReleaseRules
from tryghed.definitions.registers import Register
from tryghed.definitions.report import Report
from tryghed.definitions.survey import Survey
from tryghed.definitions.wave import Wave
from tryghed.intake.catalogue import CODES


@dataclass(frozen=True)
class File:
    """A kind of definition file: the model it must fit, the keys its place decides, and one to look at."""

    path: str
    model: type[BaseModel]
    example: str
    from_place: frozenset[str] = frozenset()


FILES = (
    File("surveys/SURVEY/survey.toml", Survey, "surveys/tryghed/survey.toml", frozenset({"name"})),
    File("surveys/SURVEY/WAVE.toml", Wave, "surveys/tryghed/2025.toml", frozenset({"survey", "wave"})),
    File("surveys/areas/SET.toml", AreaSetFile, "surveys/areas/survey_districts_13.toml", frozenset({"name"})),
    File("surveys/registers/REGISTER.toml", Register, "surveys/registers/income.toml", frozenset({"name"})),
    File("reports/REPORT.toml", Report, "reports/district.toml", frozenset({"name"})),
    File("policy/release.toml", ReleaseRules, "policy/release.toml"),
    File("policy/comparability.toml", ComparabilityRules, "policy/comparability.toml"),
)
_WIDTH = 100  # of the help texts, as `tryghed --help` shows them on a wide terminal
_PLAIN: dict[type, str] = {str: "text", int: "whole number", float: "number", bool: "true or false"}
_FIELD = re.compile(r"(?:^    #: (.+)\n)?^    (\w+): .*?(?:  #: (.+))?$", re.MULTILINE)
_ACCEPTED = """```toml
[[accepted]]
code = "weight_extreme"
where = "vaegt"  # only there; everywhere when absent
count = 5  # as many as were seen: more need a new decision
because = "The institute confirms them."
by = "A. Analyst"
date = 2026-03-03
```
"""
_SIGNS = {"Ge": "at least", "Gt": "above", "Le": "at most", "Lt": "below"}


def pages() -> dict[str, str]:
    """Return the reference pages by file name."""
    makers = {"cli.md": _command_line, "definitions.md": _definitions, "findings.md": _findings}
    return {name: "\n".join(maker()) + "\n" for name, maker in makers.items()}


def commands() -> Iterator[tuple[str, click.Context]]:
    """Yield every command with the context its help is shown in, groups before what is in them."""
    yield from _walk(click.Context(tryghed, info_name="tryghed", terminal_width=_WIDTH, **tryghed.context_settings))


def _walk(context: click.Context) -> Iterator[tuple[str, click.Context]]:
    yield context.command_path, context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            below = context.command.get_command(context, name)
            assert below is not None
            yield from _walk(click.Context(below, info_name=name, parent=context, terminal_width=_WIDTH))


def _command_line() -> Iterator[str]:
    yield "# Command line\n"
    yield "Written by `python -m tryghed.cli.reference docs` from the help texts; a test keeps it true.\n"
    yield "Data go to standard output, words to standard error. Exit codes: 0 ok, 1 a bug (with traceback),"
    yield "2 usage, 3 definition, 4 data or store, 5 query, 6 design, 7 release refused, 8 render, 9 delivery,"
    yield "130 interrupted.\n"
    for path, context in commands():
        yield f"## {path}\n\n```text\n{context.get_help()}\n```\n"


def _findings() -> Iterator[str]:
    yield "# Findings in deliveries\n"
    yield "Written by `python -m tryghed.cli.reference docs` from `intake/catalogue.py`; a test keeps it true.\n"
    yield "A delivery is checked whole. An **error** refuses it. A **warning** refuses it too, until a person accepts"
    yield 'it: with `tryghed ingest SURVEY/WAVE --accept CODE --because "…"`, which holds for that very file; or in the'
    yield "wave's definition, where it is versioned, and lets `tryghed run` go through:\n"
    yield _ACCEPTED
    yield "An **info** is told. All are kept with the wave (`tryghed query findings`), and with what was accepted: who,"
    yield "when and why. `tryghed ingest --dry-run` shows everything and writes nothing.\n"
    yield "| code | severity | what it means | what to do |\n|---|---|---|---|"
    for name, one in CODES.items():
        yield f"| `{name}` | {' or '.join(one.severities)} | {one.meaning} | {one.cure} |"


def _definitions() -> Iterator[str]:
    yield "# Definition files\n"
    yield "Written by `python -m tryghed.cli.reference docs` from the models that read the files; a test keeps it"
    yield "true.\n"
    yield "The files are TOML: `key = value`, tables in `[brackets]`. A key that is not listed here is an error, and"
    yield "so is a required key that is missing; `tryghed check` tells all of them at once. Surveys, waves, area sets"
    yield "and reports are named by their folder or file.\n"
    shown: set[type[BaseModel]] = set()
    for file in FILES:
        yield f"## `{file.path}`\n\nFor example [{file.example}](../{file.example}).\n"
        yield from _model(file.model, shown, hidden=file.from_place)
    yield "## Area tables\n"
    yield "The CSV files beside an area set are UTF-8 with semicolons. `areas` has these columns, of which only `code`"
    yield "and `name` must be there; `members` has `unit` and `area`, `aliases` has `alias` and `area`.\n"
    yield from _model(AreaRow, shown)


def _model(
    model: type[BaseModel], shown: set[type[BaseModel]], *, hidden: frozenset[str] = frozenset()
) -> Iterator[str]:
    shown.add(model)
    yield f"{inspect.cleandoc(model.__doc__ or '')}\n"
    yield "| key | meaning | value | default |\n|---|---|---|---|"
    said = meanings(model)
    fields = {name: field for name, field in model.model_fields.items() if name not in hidden}
    for name, field in fields.items():
        yield f"| `{name}` | {said.get(name, '')} | {_kind(field.annotation)}{_limits(field)} | {_default(field)} |"
    yield ""
    for field in fields.values():
        for below in _models(field.annotation):
            if below not in shown:
                yield f"### {below.__name__}\n"
                yield from _model(below, shown)


def meanings(model: type[BaseModel]) -> dict[str, str]:
    """Return what each key of a model means: the `#:` comment behind or above its field, inherited ones included."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__[: model.__mro__.index(BaseModel)]):
        for above, name, behind in _FIELD.findall(inspect.getsource(base)):
            found[name] = above or behind
    return found


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in get_args(annotation) for found in _models(part)]


def _kind(annotation: Any) -> str:
    """Return the kind of value in words a writer of TOML knows."""
    parts = get_args(annotation)
    origin = getattr(annotation, "__origin__", None)
    if hasattr(annotation, "__metadata__"):
        kind = _kind(parts[0])
    elif origin is dict:
        kind = f"table of {_kinds(parts[1])} by {_kind(parts[0])}"
    elif origin is list:
        kind = f"list of {_kinds(parts[0])}"
    elif parts:
        choices = [f'"{part}"' if isinstance(part, str) else _kind(part) for part in parts if part is not type(None)]
        kind = " or ".join(choices)
    elif _models(annotation):
        kind = f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    else:
        kind = _PLAIN.get(annotation, annotation.__name__)
    return kind


def _kinds(annotation: Any) -> str:
    kind = _kind(annotation)
    return f"{kind}s" if kind.endswith("number") else kind


def _limits(field: FieldInfo) -> str:
    """Return the limits of a number, as `, above 0, at most 0.05`."""
    known = [(_SIGNS.get(type(limit).__name__), limit) for limit in field.metadata]
    return "".join(f", {sign} {getattr(limit, type(limit).__name__.lower())}" for sign, limit in known if sign)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, BaseModel):
        return "as below"
    return f"`{json.dumps(value, ensure_ascii=False)}`"


if __name__ == "__main__":
    for name, text in pages().items():
        (Path(sys.argv[1]) / name).write_text(text, encoding="utf-8")
