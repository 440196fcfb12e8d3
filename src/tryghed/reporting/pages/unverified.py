"""What documents beside the reports say of numbers from files that nobody has confirmed."""

from collections.abc import Sequence

from tryghed.definitions.questionnaire import Round
from tryghed.reporting import danish


def unverified(rounds: Sequence[Round]) -> str:
    """Return a sentence on the waves among `rounds` whose numbers are not verified; empty where all are."""
    names = [one.wave.wave for one in rounds if one.unverified]
    if not names:
        return ""
    files = f"fil{'en' if len(names) == 1 else 'erne'} fra {danish.join(names)}"
    return f"Uverificeret: leverandøren har ikke bekræftet både kontrolsum og antal rækker for {files}."
