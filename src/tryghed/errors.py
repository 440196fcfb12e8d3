"""Every error the software raises on purpose, and the exit code each one ends with.

    TryghedError
    ├── UsageError        2   the command was asked for something that does not exist
    ├── DefinitionError   3   a TOML definition, a query header or a template does not hold
    ├── DataError         4   a delivered file cannot be used
    ├── StoreError        4   the store is missing, locked, full or damaged
    ├── QueryError        5   SQL that cannot run, or may not
    ├── DesignError       6   the sample design cannot support the estimate
    ├── ReleaseError      7   the gate refuses, or a finished report is not what its inputs give
    ├── RenderError       8   a page could not be made
    └── DeliveryError     9   a finished file could not be handed over

A message says where, what (with numbers) and, in the hint, what to do next.
Anything that is not a `TryghedError` is a bug and ends with exit code 1 and its traceback.
"""

from collections.abc import Sequence
from typing import ClassVar


class TryghedError(Exception):
    """Base of all expected errors.

    Args:
        message: What is wrong, with numbers.
        where: File, key, table or area the message speaks of.
        hint: What the reader can do about it.

    Attributes:
        problems: The single problems of an error that tells several at once.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint
        self.problems: tuple[TryghedError, ...] = ()

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text}\n  hint: {self.hint}" if self.hint else text

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process boundaries (readers and renderers run in child processes).
        return (_rebuild, (type(self), self.message, self.where, self.hint))


def _rebuild(kind: type[TryghedError], message: str, where: str, hint: str) -> TryghedError:
    return kind(message, where=where, hint=hint)


class UsageError(TryghedError):
    """The command was asked for something that does not exist."""

    exit_code = 2


class DefinitionError(TryghedError):
    """A definition, a query header or a template does not hold."""

    exit_code = 3


class DataError(TryghedError):
    """A delivered file cannot be used."""

    exit_code = 4


class StoreError(TryghedError):
    """The store is missing, locked, full or damaged."""

    exit_code = 4


class QueryError(TryghedError):
    """SQL that cannot run, or may not."""

    exit_code = 5


class DesignError(TryghedError):
    """The sample design cannot support the estimate."""

    exit_code = 6


class ReleaseError(TryghedError):
    """The gate refuses to release."""

    exit_code = 7


class RenderError(TryghedError):
    """A page could not be made."""

    exit_code = 8


class DeliveryError(TryghedError):
    """A finished file could not be handed over."""

    exit_code = 9


def all_at_once(kind: type[TryghedError], problems: Sequence[TryghedError]) -> None:
    """Raise every problem as one error, so that the reader mends them in one go.

    Args:
        kind: The class to raise.
        problems: What was found; nothing is raised when it is empty.

    Raises:
        TryghedError: Of class `kind`, listing all problems, when there are any; a single one is raised as it is.
    """
    if len(problems) == 1 and isinstance(problems[0], kind):
        raise problems[0]
    if problems:
        whole = tuple(one for problem in problems for one in (problem.problems or (problem,)))
        lines = "\n".join(str(one) for one in whole)
        together = kind(f"{len(whole)} problems\n{lines}")
        together.problems = whole
        raise together
