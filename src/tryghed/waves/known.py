"""What is known about a new wave before anything is guessed."""

from dataclasses import dataclass

from tryghed.definitions.project import Project
from tryghed.definitions.questionnaire import Round, without_number
from tryghed.definitions.survey import Survey
from tryghed.definitions.wave import Delivery, Wave
from tryghed.intake.delivered import Delivered

_SHOWN = 60


@dataclass(frozen=True)
class Known:
    """What is known about the new wave before any guess."""

    project: Project
    survey: Survey
    name: str
    year: int
    before: Round | None
    delivery: Delivery
    delivered: Delivered

    @property
    def previous(self) -> Wave | None:
        """The definition of the wave before."""
        return self.before.wave if self.before else None

    @property
    def since(self) -> str:
        """What the wave before is called."""
        return self.before.wave.wave if self.before else ""


def short(text: str) -> str:
    """Return a question in one short line, without its number."""
    text = without_number(text, "\0")
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
