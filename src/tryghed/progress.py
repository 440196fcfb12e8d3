"""How far a long piece of work has come, as it tells whoever waits for it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """How far the work has come: a stage, what it is at, and its steps done and in all (0 where none are counted)."""

    stage: str
    at: str
    done: int = 0
    steps: int = 0


Progress = Callable[[Step], None]
