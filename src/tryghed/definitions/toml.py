"""Reads a TOML file into a frozen pydantic model, and tells all that is wrong with it at once."""

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from tryghed.errors import DefinitionError


class Definition(BaseModel):
    """Base of every definition: unknown keys are errors, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=Definition)


def read(path: Path, model: type[Model], **known: object) -> Model:
    """Return the definition in `path` as `model`.

    Args:
        path: The TOML file.
        model: What it must hold.
        known: Values the file's place decides (its name, its survey); a key of the same name in the file is an error.

    Raises:
        DefinitionError: The file is missing, not TOML, or does not fit; every problem is listed as
            `file: path.to.key: what is wrong`.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DefinitionError(
            "no such file", where=str(path), hint="tryghed check lists the definitions it found"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DefinitionError(f"not valid TOML: {error}", where=str(path)) from None
    twice = sorted(set(content) & set(known))
    if twice:
        raise DefinitionError(f"key {twice[0]!r} follows from the file's place and cannot be set", where=str(path))
    try:
        return model.model_validate(content | known)
    except ValidationError as error:
        raise _explained(path, error) from None


def _explained(path: Path, error: ValidationError) -> DefinitionError:
    lines = [
        f"{path}: {'.'.join(str(part) for part in problem['loc']) or '(file)'}: {_plain(problem['msg'])}"
        for problem in error.errors()
    ]
    return DefinitionError("\n".join(lines), hint="the keys are described in docs/definitions.md")


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ").replace("Extra inputs are not permitted", "unknown key")
