"""Every code a finding can have: how bad it is, what it means, and what to do about it.

An error refuses the delivery. A warning refuses it too, until a person accepts it. A remark is told.
docs/findings.md is written from here.
"""

from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Code:
    """A kind of finding; the first of its severities is the one it has unless the finding says otherwise."""

    severities: tuple[Severity, ...]
    meaning: str
    cure: str


_ERROR: Final = ("error",)
_WARNING: Final = ("warning",)
_INFO: Final = ("info",)
_ASK: Final = "ask for a corrected file"

#: Codes in the order a delivery is checked: the file, its columns, the sample design, the answers, the wave before.
CODES: Final[dict[str, Code]] = {
    "unreadable": Code(_ERROR, "the file is missing, damaged, or another than the definition says", "see the message"),
    "other_file": Code(
        _ERROR, "the wave is loaded from another file (told by `--dry-run`; loading refuses it)",
        'if it is meant: `--revision --because "…"`',
    ),
    "erased": Code(
        _ERROR, "the wave was erased (told by `--dry-run`; loading refuses it)",
        'if it is meant: `--again --because "…"`',
    ),
    "empty_delivery": Code(_ERROR, "the file has no rows", _ASK),
    "other_rows": Code(
        _ERROR, "the file has another number of rows than `rows` under `[delivery]`",
        "the file is cut off, or another than agreed: " + _ASK,
    ),
    "unverified": Code(
        _INFO, "`sha256` and `rows` are not both given; every number from the wave is marked *uverificeret*",
        "have the provider confirm both, and write them under `[delivery]`",
    ),
    "retention_passed": Code(
        _WARNING, "the day the answers may be kept until has passed",
        "erase the wave, or write the new day as `retain_until` under `[privacy]`",
    ),
    "tagged_missing": Code(
        _WARNING,
        "lettered missing values of Stata or SAS (.a, .b) that `letters` does not know are read as blank: their kinds "
        "are lost",
        "write what they mean as `letters` under `[delivery]`, or ask for codes (8, 9) instead",
    ),
    "missing_kinds_lost": Code(
        _WARNING, "codes that a .por file declares as missing are read as blank: their kinds are lost",
        "ask for a .sav file",
    ),
    "cell_errors": Code(
        _WARNING, "cells of an Excel sheet hold an error, such as #N/A of a lookup: they are read as blank",
        "ask for a file with values instead of formulas",
    ),
    "unmatched": Code(
        ("warning", "info"), "rows of a joined file belong to nobody (warning), or people have no row in it (remark)",
        "ask whether the files are of the same delivery",
    ),
    "missing_column": Code(
        _ERROR, "a column that the definition names is not in the file", "correct the name, or " + _ASK
    ),
    "extra_column": Code(
        _INFO, "columns that the definition does not name: they do not enter", "name a column that is needed"
    ),
    "garbled_text": Code(
        _WARNING, "text of a column has letters of another character set, such as Ã¦ for æ",
        "set `encoding` under `[delivery.csv]`, or " + _ASK,
    ),
    "cpr_column": Code(
        _ERROR, "a column holds CPR numbers; only the respondent's number may, which is stored as a pseudonym",
        "ask for a file without it, and delete this one",
    ),
    "cpr_in_text": Code(
        ("warning", "error"),
        "single values hold what looks like a CPR number, in a column that is not free text; an error where the column "
        "enters as it is (stratum, sampling unit, household, weight, answers)",
        "look at the rows; ask for a file without them, and delete this one",
    ),
    "cpr_replaced": Code(_INFO, "respondents are known by CPR numbers; pseudonyms stand for them in the store", ""),
    "contact_details": Code(
        ("warning", "error"),
        "a column holds e-mail addresses or telephone numbers; an error where it enters as it is (a household known by "
        "its telephone)",
        "ask for a file without it, and delete this one",
    ),
    "masked_text": Code(
        _INFO, "CPR numbers, e-mail addresses and telephone numbers in free text were replaced by marks", ""
    ),
    "missing_respondent": Code(_ERROR, "rows have no respondent number", _ASK),
    "duplicate_respondent": Code(_ERROR, "the same respondent number is used more than once", _ASK),
    "weight_missing": Code(_ERROR, "rows have no weight", _ASK),
    "weight_not_positive": Code(
        _ERROR, "weights are 0 or less, not a number, infinite, or above a thousand million",
        _ASK + '; or set `zero_weight = "outside"` under `[design]` where 0 means outside the sample',
    ),
    "weight_extreme": Code(_WARNING, "weights are over 20 times the median", "ask how they were trimmed"),
    "weight_sum": Code(
        _WARNING, "the weights sum neither to the population nor to the number of respondents, by over 5 %",
        "ask what they sum to; rows may be missing, or the population be of another year",
    ),
    "weight_strata": Code(
        _WARNING, "a stratum's part of the weights is over 5 % off its part of the population",
        "ask what the weights were calibrated to",
    ),
    "weight_rules": Code(
        _WARNING,
        "weights calibrated here for estimates (`estimates = true`) break a rule that `tryghed weights` calls stop; "
        "found when the wave is loaded, not by `--dry-run`",
        "give `bounds` under `[design.calibration]`, unite small categories of its margins, or ask for trimmed ones",
    ),
    "missing_stratum": Code(_ERROR, "rows have no stratum", _ASK),
    "missing_psu": Code(_ERROR, "rows have no primary sampling unit", _ASK),
    "missing_household": Code(_ERROR, "rows have no household", _ASK),
    "household_split": Code(_ERROR, "people of one household are in several primary sampling units", _ASK),
    "replicates_missing": Code(
        _ERROR, "the file has fewer than two of the columns of replicate weights",
        "correct `columns` under `[design.replicates]`, or " + _ASK,
    ),
    "replicates_scales": Code(
        _ERROR, "there are not as many `rscales` as columns of replicate weights",
        "correct `[design.replicates]`: one for each column, or one for all",
    ),
    "replicate_not_weight": Code(_ERROR, "replicate weights are missing, negative or not numbers", _ASK),
    "stratum_without_population": Code(
        _ERROR, "rows are in strata that `population` under `[design]` does not list", "complete the table, or " + _ASK
    ),
    "stratum_empty": Code(_ERROR, "nobody answered in a stratum that has a population", "ask for the missing rows"),
    "population_too_small": Code(
        _ERROR, "more were sampled in a stratum than live there", "correct `population` under `[design]`"
    ),
    "unknown_area": Code(
        ("warning", "error"), "rows are in areas the unit set does not have; an error above 5 % of the rows",
        "load the areas of that year, or " + _ASK,
    ),
    "missing_area": Code(("info", "error"), "rows have no area; an error from 50 % of the rows", _ASK),
    "unit_without_area": Code(
        _WARNING, "known units lie in no district: they count in the whole, but in no district",
        "complete the members of the area set",
    ),
    "date_unreadable": Code(_ERROR, "values of the column `answer_date` names are not dates", "name the right column"),
    "date_missing": Code(_INFO, "rows have no date of answer", ""),
    "date_outside_fieldwork": Code(
        _WARNING, "answers are dated outside the fieldwork", "correct `fieldwork`, or ask whose answers they are"
    ),
    "invited_unreadable": Code(
        _ERROR, "the table of the invited is missing, or not `division;category;invited`", "correct it or `invited_by`"
    ),
    "invited_unknown": Code(
        _ERROR, "the table of the invited names something that is no area set, group or stratum, or no category of it",
        "correct the names",
    ),
    "invited_sum": Code(
        _WARNING, "the invited of a division do not sum to `invited` of the fieldwork", "ask which number is right"
    ),
    "invited_too_few": Code(
        _WARNING, "more answered in a category than were invited in it", "ask how the invited were counted"
    ),
    "unknown_code": Code(
        _ERROR, "answers have codes the item does not declare, or numbers the file calls missing",
        "add what is missing to the item in survey.toml, or " + _ASK,
    ),
    "label_mismatch": Code(
        _ERROR, "the file calls a code something else than survey.toml: a turned or shifted scale",
        "find out who is right; if they mean the same, write the file's label in survey.toml",
    ),
    "label_undeclared": Code(
        _WARNING, "the file has labels for codes that the item does not have: the scale may have grown",
        "add the codes to the item in survey.toml, or a new item for the new scale",
    ),
    "answer_declared_missing": Code(
        _ERROR, "the file declares codes as missing that are answers in survey.toml", "find out who is right"
    ),
    "missing_as_answer": Code(
        _WARNING, "answers to a number are 99, 999, -1 or the like, far from all others: codes for no answer, it seems",
        "add them to `missing` of the item in survey.toml",
    ),
    "answered_past_filter": Code(
        ("warning", "info"),
        "people answered a question that the definition's `routing` leads them past; a remark up to 5 % of them",
        "correct `routing`, or ask whether the filter is another than in the wave before",
    ),
    "empty_item": Code(_WARNING, "nobody answered a question", "ask for the answers, or take it out of `columns`"),
    "area_unanswered": Code(
        _WARNING, "nobody in a whole district answered a question that others did",
        "ask for the answers; if it was not asked there, declare it under `routing`",
    ),
    "wording_differs": Code(
        _INFO, "the file's question texts are others than the definition's", "compare with the questionnaire"
    ),
    "wording_changed": Code(
        _WARNING, "a question's text is another than in the wave before, and nothing declares it",
        "write the new words under `wording`, and a break where answers cannot be compared",
    ),
    "same_file": Code(
        _WARNING, "the file is the one that the wave before was loaded from: its answers would be told as new ones",
        "put the right file there, or correct `file` under `[delivery]`",
    ),
    "area_fewer": Code(
        _WARNING, "a district of 50 respondents and more has less than half of them left since the wave before",
        "ask for the missing rows, or why fewer were invited",
    ),
    "not_compared": Code(_INFO, "the wave before is not loaded, so nothing was held against it", "load it first"),
    "register_column": Code(
        _ERROR, "a column that the register's definition names is not in the file", "correct the name, or " + _ASK
    ),
    "register_area_unknown": Code(
        _ERROR, "figures are for areas that the area set does not have, or has not under that name",
        "add the spelling to the `aliases` of the area set, or say under `[[rows]]` which rows belong here",
    ),
    "register_area_missing": Code(
        _WARNING, "areas of the set have no figure in some years", "ask for them, or accept that there are none"
    ),
    "register_twice": Code(
        _ERROR, "an area has several figures in one year (and category)",
        "name the columns that divide them as `category`, or set `adds_up = true`",
    ),
    "register_not_a_number": Code(
        _ERROR, "figures or denominators are not numbers", "correct `decimal` under `[delivery.csv]`, or " + _ASK
    ),
    "register_out_of_range": Code(
        _ERROR, "figures lie outside `minimum` and `maximum`, or a denominator is not above 0", _ASK
    ),
    "register_year": Code(
        _ERROR, "years cannot be read, or lie outside `first_year` and `last_year`",
        "correct the definition, or " + _ASK,
    ),
    "register_blank": Code(_INFO, "areas have no figure in the file: it is kept as unknown", ""),
    "register_other_rows": Code(_INFO, "rows of the file do not belong to the register by its `[[rows]]`", ""),
    "register_revised": Code(
        _WARNING, "figures that are loaded already are others in this file: the source has revised them",
        "ask why, and accept it; figures already printed were made from the earlier ones",
    ),
    "reason_personal": Code(
        _ERROR,
        "the reason of an acceptance, which is kept, holds a CPR number, an e-mail address or a telephone number",
        "say it without",
    ),
    "acceptance_unused": Code(_INFO, "something was accepted that was not found", "take it out of `accepted`"),
}  # fmt: skip
