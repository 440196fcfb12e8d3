"""A survey of one question, and unreleased rows about it, for tests of the gate and what comes behind it."""

from tryghed.definitions.policy import ReleaseRules
from tryghed.definitions.survey import Survey
from tryghed.frames import CONTRAST

RULES = ReleaseRules(version="1")
SURVEY = Survey.model_validate(
    {
        "name": "s", "title": "", "short": "", "population": "",
        "items": {
            "q": {"asks": "?", "codes": {1: "ja", 2: "ved ikke rigtigt", 3: "nej"}},
            "h": {"asks": "?", "codes": {1: "ja", 2: "ved ikke rigtigt", 3: "nej"}},
        },
        "indicators": {
            "tryg": {"item": "q", "counts": [1], "label": "trygge"},
            "utryg": {"item": "q", "counts": [3], "label": "utrygge", "pair_of": "tryg"},
            "tvivl": {"item": "q", "counts": [2], "label": "i tvivl"},
            "syg": {"item": "h", "counts": [1], "label": "syge", "sensitive": True},
        },
    }
)  # fmt: skip


def estimate(indicator="tryg", area="a", *, n=400, share=0.71249, half=0.045, category="alle", wave="2025"):
    return {
        "survey": "s", "wave": wave, "area_set": "set", "area": area,
        "dimension": "alle" if category == "alle" else "sex", "category": category, "indicator": indicator,
        "n": n, "positives": round(n * share), "share": share, "se": half / 2, "df": n - 1,
        "n_eff": share * (1 - share) / (half / 2) ** 2, "lower": share - half, "upper": share + half,
    }  # fmt: skip


def contrast(kind="rest", against="rest", *, direction=1, **cell):
    return {
        **dict.fromkeys(CONTRAST),
        **{name: value for name, value in estimate(**cell).items() if name in CONTRAST},
        "kind": kind, "against": against, "other_share": 0.6, "other_lower": 0.58, "other_upper": 0.62, "other_n": 4000,
        "other_positives": 2400, "other_n_eff": 3000.0, "difference": 0.11249, "lower": 0.05, "upper": 0.17,
        "family": "headline", "tests": 26, "p_adjusted": 0.001, "direction": direction, "detectable": 0.07,
    }  # fmt: skip
